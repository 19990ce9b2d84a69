"""EpisodeCard from a split novel: hook, reversals and cliffhanger of a planned episode, on words of it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from silkreel.engines.chat_replies import tokens_of
from silkreel.kit.keys import text_hash
from silkreel.kit.refusals import Refusal
from silkreel.story.assist.answers import (
    TEXT,
    Answer,
    Change,
    Task,
    fields_of,
    items,
    list_of,
    maybe_words,
    nothing_else,
    words_of,
)
from silkreel.story.assist.landing import Stale, dumped, mapping_in, plan_of
from silkreel.story.assist.material import Material, Passage
from silkreel.story.lints.evidence import Evidence
from silkreel.story.project import Story
from silkreel.story.source import Paragraph, hash_of_paragraphs, read_source

CARDS = "source/cards.yaml"  # by episode, what was accepted of its card
LONGEST_FIELD = 300
QUOTE_LENGTHS = (2, 200)  # characters; a model is asked for four to eighty
MOST_REVERSALS = 3
SAID = ("entry", "goal", "opposition")
SHOWN = ("hook", "payoff", "exit_pressure")
REVERSALS = "reversals"
_HEAD = "# What each planned episode must do, and the words of the novel it rests on.\n"
_RESTING = fields_of(text=TEXT, quote=TEXT)
_SCHEMA = fields_of(
    entry=TEXT, picks_up=TEXT, goal=TEXT, opposition=TEXT, hook=_RESTING,
    reversals=list_of(_RESTING), payoff=_RESTING, exit_pressure=_RESTING,
)  # fmt: skip


class TooMuchOfIt(Refusal):
    """An episode of the plan holds more than one question does."""

    status = 422
    message = (
        "Episode {episode} of the plan holds about {tokens} tokens of the novel and one question at "
        "most {most}; give it fewer paragraphs in {path}."
    )


def planned_row(folder: Path, number: int) -> Mapping[str, Any] | None:
    """What the plan of episodes says of one; None where it was not taken in.

    Raises:
        Stale: the plan is no list of episodes.
    """
    return next((row for row in plan_of(folder) if row["episode"] == number), None)


def card_of(folder: Path, number: int) -> Mapping[str, Any]:
    """What was accepted of an episode's card; empty where nothing was."""
    told = mapping_in(folder / CARDS, CARDS).get(number)
    return told if isinstance(told, dict) else {}


def card_material(
    evidence: Evidence, row: Mapping[str, Any], wish: str, most_tokens: int
) -> Material:
    """A planned episode's paragraphs, and where it comes from and goes to.

    Raises:
        NoSource, BadStoryFile, Stale: it cannot be read. TooMuchOfIt: it is too long.
    """
    folder, project, number = evidence.story.folder, evidence.story.project, int(row["episode"])
    own = paragraphs_of(read_source(folder), row)
    tokens = sum(tokens_of(each.text) for each in own)
    if tokens > most_tokens:
        path = "source/episodes.yaml"
        raise TooMuchOfIt(episode=number, tokens=tokens, most=most_tokens, path=path)
    exit_before = _said(card_of(folder, number - 1).get("exit_pressure"))
    following = planned_row(folder, number + 1) or {}
    document = {
        "language": project.language,
        "title": project.title,
        "episode": {name: row.get(name, "") for name in ("episode", "title", "summary")},
        "before": {"exit_pressure": exit_before},
        "after": {name: following.get(name, "") for name in ("title", "summary")},
        "cast": [{"id": c.id, "name": c.name, "note": c.note} for c in project.cast],
        "paragraphs": [each.text for each in own],
        "wish": wish,
    }
    passages = tuple(Passage(f"p{each.number}", each.text, each.chapter) for each in own)
    return Material(f"ep{number:03}", number, {}, (), (), (), document, passages=passages)


def paragraphs_of(paragraphs: Sequence[Paragraph], row: Mapping[str, Any]) -> tuple[Paragraph, ...]:
    """The paragraphs a planned episode takes.

    Raises:
        Stale: the novel has none of these.
    """
    own = tuple(paragraphs[int(row["first"]) - 1 : int(row["last"])])
    if not own:
        raise Stale(why=f"the novel has no paragraph {row['first']}")
    return own


def check_same_paragraphs(
    paragraphs: Sequence[Paragraph], row: Mapping[str, Any], change: Change
) -> None:
    """Whether a planned episode takes what it took when the change was proposed.

    Raises:
        Stale: it takes other paragraphs.
    """
    if hash_of_paragraphs(paragraphs, row["first"], row["last"]) != change.old_hash:
        raise Stale(why=f"episode {row['episode']} takes other paragraphs by now")


def hash_of_passages(material: Material) -> str:
    """Of the paragraphs a model was shown: as `hash_of_paragraphs` tells of the novel's."""
    return text_hash("\n".join(each.text for each in material.passages))


def check_card(answer: Answer, material: Material, _language: str) -> list[Change]:
    """One proposal for each thing the card says.

    Raises:
        ValueError: something is missing, a quotation does not stand in the text, or the entry does not
            take up what the episode before left open.
    """
    nothing_else(answer, _SCHEMA)
    reversals = items(answer, REVERSALS)
    if not 1 <= len(reversals) <= MOST_REVERSALS:
        raise ValueError(f'"{REVERSALS}" must have one to {MOST_REVERSALS} entries')
    first, picked = material.passages[0], _picks_up(answer, material)
    made = [
        _change(material, name, first, words_of(answer, name, LONGEST_FIELD),
                picked if name == "entry" else "")
        for name in SAID
    ]  # fmt: skip
    for name in SHOWN:
        if name == "exit_pressure":
            made += [_resting(material, REVERSALS, each) for each in reversals]
        told = answer.get(name)
        if not isinstance(told, Mapping):
            raise ValueError(f'"{name}" must be an object with "text" and "quote"')  # noqa: TRY004 - as words
        if name != "payoff" or maybe_words(told, "text", LONGEST_FIELD):
            made.append(_resting(material, name, told))
    return made


def carded(story: Story, change: Change) -> tuple[str, str]:
    """The cards with one thing more said of an episode.

    Raises:
        Stale: its paragraphs are not in one episode as they were, or the card says this already.
    """
    at, paragraphs = int(change.line_id.removeprefix("p")), read_source(story.folder)
    row = next((r for r in plan_of(story.folder) if r["first"] <= at <= r["last"]), None)
    if row is None:
        raise Stale(why=f"paragraph {at} of the novel is in no planned episode any more")
    check_same_paragraphs(paragraphs, row, change)
    there = mapping_in(story.folder / CARDS, CARDS)
    card = there.setdefault(row["episode"], {})
    entry = {"text": change.text, "source": change.line_id, "quote": change.reason}
    if change.place == REVERSALS:
        told = card.setdefault(REVERSALS, [])
        if any(each["text"] == change.text for each in told):
            raise Stale(why="the card has this reversal already")
        told.append(entry)
    elif change.place in card:
        raise Stale(why=f"the card says already: {_said(card[change.place])}")
    else:
        card[change.place] = change.text if change.place in SAID else entry
    return CARDS, _HEAD + dumped(dict(sorted(there.items())))


def _picks_up(answer: Answer, material: Material) -> str:
    """What of the last episode's exit this one's entry takes up."""
    before = str(material.document["before"]["exit_pressure"])
    picked = maybe_words(answer, "picks_up", LONGEST_FIELD)
    if bool(picked) != bool(before) or picked not in before:
        wanted = f"copy some of “{before}” letter by letter" if before else "leave it empty"
        raise ValueError(f'"picks_up" must say what of the episode before is taken up; {wanted}')
    return picked


def _resting(material: Material, name: str, told: Mapping[str, Any]) -> Change:
    text, quote = words_of(told, "text", LONGEST_FIELD), words_of(told, "quote", QUOTE_LENGTHS[1])
    if len(quote) < QUOTE_LENGTHS[0]:
        raise ValueError(f"“{quote}” of {name} is too short to show anything; copy more words")
    home = next((each for each in material.passages if quote in each.text), None)
    if home is None:
        raise ValueError(f"“{quote[:60]}” of {name} stands in no paragraph; copy letter by letter")
    return _change(material, name, home, text, quote)


def _change(material: Material, name: str, home: Passage, text: str, quote: str) -> Change:
    return Change("card", home.key, hash_of_passages(material), text, quote, place=name)


def _said(entry: object) -> str:
    return str(entry.get("text", "")) if isinstance(entry, Mapping) else str(entry or "")


CARD_FROM_NOVEL = Task(
    "episode_card", _SCHEMA, check_card, 60, prompt="episode_card_from_novel"
)  # some eight sentences with quotations, whatever the paragraphs
