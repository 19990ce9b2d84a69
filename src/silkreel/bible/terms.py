"""Terms of a series: names and phrases that must read the same everywhere, and what engines are told."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import sqlalchemy as sa

from silkreel.bible.tables import CharacterRow, TermRow
from silkreel.engines.contracts import TermHint
from silkreel.kit.database import Session
from silkreel.kit.languages import primary

Form = TypeVar("Form")


def put_term(
    tx: Session,
    series_id: str,
    source: str,
    *,
    kind: str = "name",
    reading: str = "",
    targets: Mapping[str, str] | None = None,
    forbidden: Mapping[str, Sequence[str]] | None = None,
) -> TermRow:
    """The term of that source text, made or brought up to date.

    A target may list further accepted forms behind bars: `Mr. Gu|President Gu`.
    """
    query = sa.select(TermRow).where(TermRow.series_id == series_id, TermRow.source == source)
    row = tx.scalar(query)
    if row is None:
        row = TermRow(series_id=series_id, source=source)
        tx.add(row)
    row.kind, row.reading = kind, reading
    row.targets = dict(targets or {})
    row.forbidden = {language: list(forms) for language, forms in (forbidden or {}).items()}
    tx.flush()
    return row


def terms_of(tx: Session, series_id: str) -> list[TermRow]:
    """Terms of a series in the order of their source text."""
    query = sa.select(TermRow).where(TermRow.series_id == series_id)
    return sorted(tx.scalars(query), key=lambda row: row.source)


def term_hints(tx: Session, series_id: str, language: str) -> tuple[TermHint, ...]:
    """What an engine and the gate must know in a language: terms, and the cast's names.

    A term speaks before a name of the cast with the same source. Terms without a form in this
    language are left out, unless forms are forbidden.
    """
    hints = {
        row.source: TermHint(
            row.source,
            in_language(row.targets, language) or "",
            row.kind,
            tuple(in_language(row.forbidden, language) or ()),
        )
        for row in terms_of(tx, series_id)
    }
    cast = sa.select(CharacterRow).where(CharacterRow.series_id == series_id)
    for character in tx.scalars(cast.order_by(CharacterRow.name)):
        form = in_language(character.names, language)
        if form and character.name not in hints:
            hints[character.name] = TermHint(character.name, str(form), "person")
    return tuple(hint for hint in hints.values() if hint.target or hint.forbidden)


def in_language(forms: Mapping[str, Form], language: str) -> Form | None:
    """The form under a tag, or under a tag of the same language: pt-BR finds pt, and pt finds pt-BR."""
    if language in forms:
        return forms[language]
    related = sorted(tag for tag in forms if primary(tag) == primary(language))
    return forms[related[0]] if related else None
