"""Checks of where words come from: what a model worded is on record, and can be labelled."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from silkreel.kit.keys import text_hash
from silkreel.story.lints.catalogue import Found, lint
from silkreel.story.lints.evidence import Evidence
from silkreel.story.provenance import Proposed, drafted_words
from silkreel.story.script import Line

DRAFTS = {"lines", "scene"}  # proposals of several lines, which have no ids yet
SHORTEST_DRAFTED = 12  # letters: shorter lines are said by everybody


@lint("DRM401", "B")
def without_record(evidence: Evidence) -> Iterator[Found]:
    """Words of a model stand in the story and no person is on record for them.

    `assist.jsonl` keeps what models proposed and who decided. A line or a translation that reads as
    a proposal still open or rejected was copied past it: `silkreel story accept` the proposal, or word
    the line yourself. A row that cannot be read, or an accepted proposal whose question is gone, has to
    be restored from version control: labels and rights hang on it.
    """
    record = evidence.provenance
    for at in record.faults:
        yield Found("This row of the record cannot be read; restore it from version control.", at)
    for each in record.proposed:
        if each.state == "accepted" and each.call not in record.calls:
            told = (
                f"Proposal {each.number} names a question that is not on record; restore the file."
            )
            yield Found(told, each.at, each.line_id)
    undecided = [each for each in record.proposed if each.state != "accepted"]
    yield from _copied_words(evidence, undecided)
    yield from _copied_drafts(evidence, [each for each in undecided if each.kind in DRAFTS])
    yield from _copied_wordings(evidence, undecided)


def _copied_words(evidence: Evidence, undecided: Sequence[Proposed]) -> Iterator[Found]:
    lines = {line.id: line for line in evidence.story.lines if line.id}
    for each in undecided:
        line = lines.get(each.line_id)
        if each.kind == "words" and line is not None and _reads_as(line.text, each):
            yield Found(_copied(each), line.at, line.id)


def _copied_drafts(evidence: Evidence, undecided: Sequence[Proposed]) -> Iterator[Found]:
    """Lines of a draft that stand in the script; short ones are said by everybody."""
    by_words: dict[str, list[Line]] = defaultdict(list)
    for line in evidence.story.lines if undecided else ():
        if sum(char.isalnum() for char in line.text) >= SHORTEST_DRAFTED:
            by_words[text_hash(line.text)].append(line)
    for each in undecided:
        for text in sorted(drafted_words(each, evidence.story.project.names)):
            for line in by_words.get(text_hash(text), ()):
                yield Found(_copied(each), line.at, line.id)


def _copied_wordings(evidence: Evidence, undecided: Sequence[Proposed]) -> Iterator[Found]:
    proposed = {(p.language, p.line_id): p for p in undecided if p.kind == "translation"}
    for language, found in evidence.translations.items():
        for wording in found.wordings:
            each = proposed.get((language, wording.line_id))
            if each is not None and wording.text and _reads_as(wording.text, each):
                yield Found(_copied(each), wording.at, wording.line_id)


def _reads_as(text: str, each: Proposed) -> bool:
    """Whether a text reads as was proposed, and did not before."""
    return text_hash(text) == text_hash(each.text) != text_hash(each.old_text)


def _copied(each: Proposed) -> str:
    state = "open" if each.state == "open" else f"{each.state} by {each.decided_by}"
    return (
        f"This reads as proposal {each.number}, which is {state}; accept it, or word it yourself."
    )


@lint("DRM402", "I")
def assisted_share(evidence: Evidence) -> Iterator[Found]:
    """Some of an episode's lines were worded with a model's help.

    Markets and stores ask for a label by how much of a work a machine had a hand in. Counted are the
    lines of the series whose words a person accepted from a model, by the story's own record.
    """
    assisted = frozenset(evidence.provenance.assisted)
    drafted: dict[str, set[str]] = defaultdict(set)
    for each in evidence.provenance.proposed:
        if each.state == "accepted" and each.kind in DRAFTS:
            home = evidence.homes.get(each.line_id, each.place)
            drafted[home] |= drafted_words(each, evidence.story.project.names)
    for episode in evidence.numbered:
        beats = evidence.beats[episode.name]
        count = sum(beat.id in assisted or beat.text in drafted[episode.name] for beat in beats)
        if count:
            share = f"{count} of {len(beats)} lines ({count / len(beats):.0%})"
            yield Found(f"{share} of {episode.name} are AI-assisted; label it so.", episode.at)
