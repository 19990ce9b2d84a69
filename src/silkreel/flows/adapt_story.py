"""A series that has only video becomes a draft script: its lines, with the ids they have already.

A dub that was made first and the script written from it are then joined by id from the start: takes,
subtitles, translations and moments need no matching. What a camera and a recogniser cannot know
(places, times of day, choices, shots) is left for a writer, and marked so.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml

from silkreel.bible.cast import cast_of
from silkreel.bible.lines import lines_of
from silkreel.bible.tables import CharacterRow, LineRow, MemoryRow
from silkreel.bible.terms import terms_of
from silkreel.catalogue.series import episodes_of, find_series
from silkreel.catalogue.tables import EpisodeRow, SeriesRow
from silkreel.dubbing.tables import WordingRow
from silkreel.dubbing.wordings import wording_of
from silkreel.flows.picture import NotTakenInError, picture_of
from silkreel.kit.artifacts import Workshop
from silkreel.kit.database import Session
from silkreel.kit.languages import primary
from silkreel.kit.refusals import Refusal
from silkreel.story.forms.po import Translations, Wording, write_po
from silkreel.story.ids import IdLock, is_id, print_lock, random_digits
from silkreel.story.printing import print_script
from silkreel.story.project import Story, open_story
from silkreel.story.readers.draft import UNKNOWN_HEADING, Draft, Drafting, plain
from silkreel.story.script import Beat, Script, Tag, TagLine
from silkreel.story.stamping import FolderTaken, replace_file, stamp_story, write_stamped

SCENE_PAUSE_SECONDS = 2.0  # nobody speaks so long, and the picture is cut: another place or time
NARRATOR = "NARRATOR"
WORDLESS = "…"  # what stands for an episode nobody speaks in, until a writer says what happens
LOST_SOURCE = "…"  # what a line read before, where nobody kept it
_NO_NAME = re.compile(r"[\\:：()（）#{}\[\]|/]+")
_LONGEST_NAME = 40


class NothingToAdapt(Refusal):
    """A series nobody has taken the lines of."""

    status = 409
    message = (
        "{slug} has no lines yet; run `silkreel localise {slug} --to LANGUAGES` first, which reads "
        "and hears them."
    )


@dataclass(frozen=True, slots=True)
class Adapted:
    """The story that was made."""

    story: Story
    lines: int
    languages: Mapping[str, int]  # how many wordings came along, by language


@dataclass(frozen=True, slots=True)
class _Filmed:
    """An episode as it was filmed: its lines, and where the picture is cut."""

    episode: EpisodeRow
    lines: tuple[LineRow, ...]
    cuts: tuple[int, ...]


def adapt_series(workshop: Workshop, slug: str, folder: Path) -> Adapted:
    """Write a new story project of a series in the house; a folder with anything in it stays as it is.

    Raises:
        FolderTaken: something is there already.
        NoSuchSeries, NothingToAdapt: there is nothing to write.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderTaken(path=str(folder))
    with workshop.reading() as tx:
        series = find_series(tx, slug)
        filmed = [_filmed(tx, workshop, episode) for episode in episodes_of(tx, series.id)]
        living = {row.id: row for each in filmed for row in each.lines}
        if not living:
            raise NothingToAdapt(slug=slug)
        cast = _cast(tx, series.id, living.values())
        draft = _draft(series, filmed, cast)
        sheet = _sheet(tx, series, draft, cast)
        retired = _retired(tx, series.id)
        texts = {line.id: line.text for line in draft.script.lines if line.id is not None}
        translations = _translations(tx, series.id, living, texts)
    sheet["languages"] = [
        each.language
        for each in translations
        if not any(w.draft for w in each.wordings) and len(each.wordings) == len(texts)
    ]
    (folder / "script").mkdir(parents=True, exist_ok=True)
    shown = yaml.safe_dump(sheet, allow_unicode=True, sort_keys=False)
    replace_file(folder / "story.yaml", shown)
    names = [told["id"] for told in sheet["cast"]]
    replace_file(folder / "script/main.ink", print_script(draft.script, names))
    replace_file(folder / "ids.lock", print_lock(IdLock(frozenset(texts), retired)))
    story = open_story(folder)
    write_stamped(story, stamp_story(story, random_digits))  # what has no line in the series
    story = open_story(folder)
    for each in translations:
        (folder / "i18n").mkdir(exist_ok=True)
        replace_file(folder / f"i18n/{each.language}.po", write_po(story, each.language, each))
    counted = {each.language: len(each.wordings) for each in translations}
    return Adapted(story, len(texts), counted)


def _filmed(tx: Session, workshop: Workshop, episode: EpisodeRow) -> _Filmed:
    try:
        cuts = tuple(picture_of(workshop, episode).shots)
    except NotTakenInError:
        cuts = ()
    spoken = (row for row in lines_of(tx, episode.id) if row.source_text.strip())
    return _Filmed(episode, tuple(spoken), cuts)


def _cast(tx: Session, series_id: str, rows: Any) -> dict[str, tuple[str, CharacterRow]]:
    """Whoever speaks, by id: the name in the script, and who it is."""
    speaking = {row.character_id for row in rows}
    taken = {NARRATOR}
    found: dict[str, tuple[str, CharacterRow]] = {}
    for character in cast_of(tx, series_id):
        if character.id in speaking:
            unnamed = character.found_by == "voice"
            wanted = "SPEAKER_1" if unnamed else _script_name(character.name)
            name = _free(wanted, taken)
            taken.add(name)
            found[character.id] = name, character
    return found


def _script_name(name: str) -> str:
    """A name as a script has it before the colon."""
    kept = " ".join(_NO_NAME.sub(" ", _told(name)).split())[: _LONGEST_NAME - 3].strip()
    return kept.upper() or "SPEAKER_1"


def _free(wanted: str, taken: set[str]) -> str:
    stem, number = wanted, 2
    if wanted == "SPEAKER_1":
        stem, number = "SPEAKER", 1
    while wanted in taken:
        wanted = f"{stem}_{number}"
        number += 1
    return wanted


def _draft(
    series: SeriesRow, filmed: Sequence[_Filmed], cast: Mapping[str, tuple[str, CharacterRow]]
) -> Draft:
    """The lines as a script: a scene where a pause holds a cut, headings for a writer to fill in."""
    title = _in_source(series.titles, series) or series.slug
    drafting = Drafting("script/main.ink", series.source_language, _told(title))
    for each in filmed:
        drafting.episode(each.episode.number, _told(_in_source(each.episode.titles, series)))
        before: LineRow | None = None
        drafting.scene(UNKNOWN_HEADING, tags=(Tag("todo"),))
        for row in each.lines:
            if before is not None and _scene_ends(before, row, each):
                drafting.scene(UNKNOWN_HEADING, tags=(Tag("todo"),))
            drafting.beat(_beat(row, cast))
            before = row
        if not each.lines:
            drafting.beat(Beat(WORDLESS))
    made = drafting.draft()
    return replace(made, script=_marked(made.script))


def _in_source(told: Mapping[str, Any], series: SeriesRow) -> str:
    language = series.source_language
    return str(told.get(language) or told.get(primary(language)) or "")


def _scene_ends(before: LineRow, row: LineRow, filmed: _Filmed) -> bool:
    pause = row.first_frame - before.end_frame
    long = pause >= SCENE_PAUSE_SECONDS * Fraction(filmed.episode.frame_rate)
    return long and any(before.end_frame <= cut <= row.first_frame for cut in filmed.cuts)


def _beat(row: LineRow, cast: Mapping[str, tuple[str, CharacterRow]]) -> Beat:
    """A line; what is read and not spoken is on-screen text."""
    known = cast.get(row.character_id or "")
    name = known[0] if known is not None else NARRATOR
    qualifiers = () if row.dubbed else ("SUB",)
    return Beat(_told(row.source_text), name, qualifiers, id=row.id if is_id(row.id) else None)


def _marked(script: Script) -> Script:
    """The whole file is a draft until a writer says otherwise."""
    tags, *rest = script.head
    assert isinstance(tags, TagLine), "it has a title"
    return replace(script, head=(TagLine((*tags.tags, Tag("ws", "draft"))), *rest))


def _sheet(
    tx: Session,
    series: SeriesRow,
    draft: Draft,
    cast: Mapping[str, tuple[str, CharacterRow]],
) -> dict[str, Any]:
    """What story.yaml says."""
    told = [
        {"id": name, "name": character.name, **_if_any("names", dict(character.names or {}))}
        for name, character in cast.values()
    ]
    terms = [
        {
            "source": row.source, "kind": row.kind, **_if_any("reading", row.reading),
            **_if_any("targets", dict(row.targets)), **_if_any("forbidden", dict(row.forbidden)),
        }
        for row in terms_of(tx, series.id)
    ]  # fmt: skip
    unnamed = sum(name.startswith("SPEAKER_") for name, _ in cast.values())
    waivers = {"DRM030": "Voices that nobody has named yet."} if unnamed > 1 else {}
    return {
        "title": draft.script.tag("title") or series.slug,
        "language": series.source_language,
        "languages": [],
        "series": series.slug,
        "cast": told,
        "locations": [{"id": place} for place in draft.locations],
        **_if_any("terms", terms),
        **_if_any("waivers", waivers),
    }


def _if_any(name: str, value: Any) -> dict[str, Any]:
    return {name: value} if value else {}


def _retired(tx: Session, series_id: str) -> frozenset[str]:
    """Ids the series once gave; no line of the story may have them."""
    query = sa.select(LineRow.id).where(LineRow.series_id == series_id, LineRow.retired)
    return frozenset(filter(is_id, tx.scalars(query)))


def _translations(
    tx: Session, series_id: str, living: Mapping[str, LineRow], texts: Mapping[str, str]
) -> tuple[Translations, ...]:
    """What the dub says, by language; what a machine only guessed stays behind."""
    query = sa.select(WordingRow).where(
        WordingRow.series_id == series_id, WordingRow.use == "dub", WordingRow.length == "full"
    )
    older = _older_texts(tx, series_id)
    found: dict[str, list[Wording]] = {}
    for row in tx.scalars(query.order_by(WordingRow.language, WordingRow.line_id)):
        if row.line_id in texts and wording_of(row).usable:
            fresh = row.source_hash == living[row.line_id].source_hash
            source = texts[row.line_id] if fresh else older.get(row.source_hash, LOST_SOURCE)
            worded = Wording(row.line_id, _told(row.text), source, "sub", row.draft or not fresh)
            found.setdefault(row.language, []).append(worded)
    return tuple(Translations(language, tuple(own)) for language, own in found.items())


def _older_texts(tx: Session, series_id: str) -> dict[str, str]:
    """Source texts the memory knows, by hash: what a line read when it was translated."""
    query = sa.select(MemoryRow.source_hash, MemoryRow.source_text)
    rows: Iterator[Any] = iter(tx.execute(query.where(MemoryRow.series_id == series_id)))
    return {source_hash: _told(text) for source_hash, text in rows}


def _told(text: str) -> str:
    """A caption as a script has it: braces in it are marks, for no variable stands behind them."""
    return plain(text, placeholders=False)
