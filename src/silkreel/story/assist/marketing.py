"""Marketing: titles, loglines, hooks, covers, tags and clips, held against spoilers and claims."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from silkreel.engines.chat_replies import FIRST_WIDE, tokens_of
from silkreel.kit.languages import primary
from silkreel.story.assist.answers import (
    TEXT,
    Answer,
    Change,
    Task,
    fields_of,
    items,
    list_of,
    nothing_else,
    texts_of,
    words_of,
)
from silkreel.story.assist.material import MOST_LENGTH, Material, Scored
from silkreel.story.lints.evidence import Evidence
from silkreel.story.script import Beat, has_tag, tag_value

CLAIMS = Path(__file__).parent / "banned_claims.yaml"
OWN_CLAIMS = "prompts/banned_claims.yaml"  # the operator's own, in the home folder: they are added
LENGTHS = {"titles": 60, "loglines": 240, "hooks": 140, "tags": 30}
LONGEST_BRIEF = 400
MOST_OF_A_KIND = 12
MOST_CLIP_LINES = 40  # about two minutes
SHARED_LETTERS, SHARED_WIDE = 18, 7  # of a spoiler that a copy may not hold in a row
_CLIP = fields_of(**{"from": TEXT, "to": TEXT, "why": TEXT})
_COVER = fields_of(title_line=TEXT, brief=TEXT)
_SCHEMA = fields_of(
    titles=list_of(TEXT), loglines=list_of(TEXT), hooks=list_of(TEXT), covers=list_of(_COVER),
    tags=list_of(TEXT), clips=list_of(_CLIP),
)  # fmt: skip
_HAN = re.compile(r"[㐀-鿿]")


def series_material(
    evidence: Evidence, language: str, wish: str, most_tokens: int, home: Path
) -> Material:
    """A series as those are told of it who shall sell it: from its beginning, without its spoilers.

    Lines and scenes tagged `#spoiler` are never told; what is told ends at `most_tokens`.
    """
    project = evidence.story.project
    scored = tuple(_scored(evidence))
    episodes, told_ids = _told(evidence, {each.id for each in scored if each.spoiler}, most_tokens)
    document = {
        "language": project.language, "title": project.title,
        "cast": [{"id": c.id, "name": c.name} for c in project.cast],
        "terms": [
            {"source": t.source, "target": t.targets.get(language, "")} for t in project.terms[:100]
        ],
        "episodes": episodes, "episodes_in_all": len(evidence.numbered), "wish": wish,
    }  # fmt: skip
    return Material(
        "series", 0, {}, tuple(c.id for c in project.cast), (), told_ids,
        document, secret=tuple(_secrets(evidence, scored, language)),
        banned=_claims(home, language) | _forbidden(evidence, language), clips=scored,
    )  # fmt: skip


def check_marketing(answer: Answer, material: Material, language: str) -> list[Change]:
    """One proposal a text.

    Raises:
        ValueError: a text gives something away, claims what nobody can prove, or a clip is none.
    """
    nothing_else(answer, _SCHEMA)
    found = []
    for name, most in LENGTHS.items():
        for text in _few(texts_of(answer, name, most), name):
            _may_be_said(text, material, language)
            found.append(_copy(name, text, language))
    for item in _few(items(answer, "covers"), "covers"):
        row = {"title_line": words_of(item, "title_line", LENGTHS["titles"]),
               "brief": words_of(item, "brief", LONGEST_BRIEF)}  # fmt: skip
        for text in row.values():
            _may_be_said(text, material, "")
        _may_be_said(row["title_line"], material, language)
        found.append(_copy("covers", _row(row), language))
    found += [_clip(each, material, language) for each in _few(items(answer, "clips"), "clips")]
    if not found:
        raise ValueError("every list is empty; propose something")
    return found


def _few(told: Any, name: str) -> Any:
    if len(told) > MOST_OF_A_KIND:
        raise ValueError(f'"{name}" has {len(told)} entries; give at most {MOST_OF_A_KIND}')
    return told


def _may_be_said(text: str, material: Material, language: str) -> None:
    for secret in material.secret:
        if shared := _shared(text, secret):
            raise ValueError(f"“{shared}” gives away what the series keeps; say nothing of it")
    for claim, why in material.banned.items():
        if _holds(text, claim):
            raise ValueError(f"“{claim}” may not be claimed: {why}")
    if language and primary(language) not in {"zh", "ja"} and _HAN.search(text):
        raise ValueError(f"“{text[:40]}” is not in the target language")


def _clip(item: Mapping[str, Any], material: Material, language: str) -> Change:
    places = {each.id: at for at, each in enumerate(material.clips)}
    ends = [words_of(item, end, 60) for end in ("from", "to")]
    for each in ends:
        if each not in material.canon_ids:
            raise ValueError(f"{each} is no line you were told; a clip begins and ends on such")
    first, last = (places[each] for each in ends)
    inside = material.clips[first : last + 1]
    if not inside or len(inside) > MOST_CLIP_LINES or inside[0].episode != inside[-1].episode:
        raise ValueError(
            f"a clip runs forward in one episode, over at most {MOST_CLIP_LINES} lines"
        )
    if spoiled := [each.id for each in inside if each.spoiler]:
        raise ValueError(f"the clip from {ends[0]} holds {spoiled[0]}, which gives the series away")
    if paid := [each.id for each in inside if each.payoff]:
        raise ValueError(f"a clip ends before the pay-off; {paid[0]} lies in it")
    why = words_of(item, "why")
    _may_be_said(why, material, "")
    row = {"from": ends[0], "to": ends[1], "why": why}
    return Change("copy", ends[0], "", _row(row), "", language, place="clips")


def _copy(section: str, text: str, language: str) -> Change:
    return Change("copy", "", "", text, "", language, place=section)


def _row(row: Mapping[str, str]) -> str:
    return str(yaml.safe_dump(dict(row), allow_unicode=True, sort_keys=False, width=1000))


def _scored(evidence: Evidence) -> Iterator[Scored]:
    hidden = {
        placed.node.id
        for placed in evidence.story.walk()
        if isinstance(placed.node, Beat) and placed.inherited("spoiler") is not None
    }
    for episode in evidence.numbered:
        for beat in evidence.beats[episode.name]:
            if beat.id:
                spoiler = beat.id in hidden or has_tag(beat.tags, "spoiler")
                payoff = tag_value(beat.tags, "beat") == "payoff"
                yield Scored(beat.id, episode.name, spoiler, payoff)


def _told(
    evidence: Evidence, hidden: set[str], most_tokens: int
) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    episodes, ids, left = [], [], most_tokens
    for episode in evidence.numbered:
        lines = []
        for beat in evidence.beats[episode.name]:
            if beat.id is None or beat.id in hidden:
                continue
            left -= tokens_of(beat.text) + tokens_of(beat.id)
            if left < 0:
                break
            lines.append({"id": beat.id, "speaker": beat.speaker, "text": beat.text[:MOST_LENGTH]})
            ids.append(beat.id)
        if lines:
            episodes.append({"name": episode.name, "title": episode.title, "lines": lines})
        if left < 0:
            break
    return episodes, tuple(ids)


def _secrets(evidence: Evidence, scored: tuple[Scored, ...], language: str) -> Iterator[str]:
    hidden = {each.id for each in scored if each.spoiler}
    yield from (each.text for each in evidence.story.lines if each.id in hidden)
    wordings = evidence.translations[language].wordings if language in evidence.translations else ()
    yield from (each.text for each in wordings if each.line_id in hidden and each.text)


def _claims(home: Path, language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in (CLAIMS, home / OWN_CLAIMS):
        told = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else None
        for tongue in ("any", primary(language)):
            entries = (told or {}).get(tongue) or []
            found |= {str(word): str(each["because"]) for each in entries for word in each["words"]}
    return found


def _forbidden(evidence: Evidence, language: str) -> dict[str, str]:
    terms = evidence.story.project.terms
    return {
        word: f"{term.source} is not called that"
        for term in terms for word in term.forbidden.get(language, ())
    }  # fmt: skip


def _holds(text: str, claim: str) -> bool:
    folded, wanted = text.casefold(), claim.casefold()
    if any(character >= FIRST_WIDE for character in wanted):
        return wanted in folded
    return re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", folded) is not None


def _shared(text: str, secret: str) -> str:
    """The words a text has in a row from a spoiler; nothing where they are too few to tell."""
    said, kept = _letters(text), _letters(secret)
    wide = any(character >= FIRST_WIDE for character in kept)
    least = min(len(kept), SHARED_WIDE if wide else SHARED_LETTERS)
    if least < SHARED_WIDE:
        return ""
    runs = (kept[at : at + least] for at in range(len(kept) - least + 1))
    return next((run for run in runs if run in said), "")


def _letters(text: str) -> str:
    return "".join(each for each in text.casefold() if each.isalnum())


MARKETING = Task("marketing", _SCHEMA, check_marketing, 4, wants_language=True, scope="series")
