"""Checks of translations, one language at a time: `i18n/LANGUAGE.po` against the script as it is."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TypeVar

from silkreel.kit.keys import text_hash
from silkreel.kit.languages import primary
from silkreel.story.forms.po import TICK, Wording, is_ticked, listed, loc_notes
from silkreel.story.grammar import placeholders
from silkreel.story.lints.catalogue import Found, lint
from silkreel.story.lints.evidence import Evidence
from silkreel.story.novel import prose_units
from silkreel.story.script import Beat, Choice, tag_value

LONGEST_RATIO = 2.5  # to the source, both in what they measure alike: see `_weight`
SHORTEST_RATIO = 0.4
LEAST_MEASURED = 8  # characters: shorter lines vary too much
IDEOGRAPH_WEIGHT = 3  # a Chinese character says about what three letters say
IDEOGRAPHS = {"zh", "ja"}
Form = TypeVar("Form")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_IDEOGRAPH = re.compile(r"[㐀-鿿]")


def _taken(evidence: Evidence) -> Iterator[tuple[str, Wording, Beat | Choice]]:
    """Wordings of lines that exist, with language and line."""
    lines = {line.id: line for line in evidence.story.lines if line.id}
    for language, translations in evidence.translations.items():
        for wording in translations.wordings:
            line = lines.get(wording.line_id)
            if line is not None and wording.text:
                yield language, wording, line


@lint("DRM201", "W")
def stale(evidence: Evidence) -> Iterator[Found]:
    """A line, or a block of the novel, was reworded after it was translated.

    The translation is still shown, and counted; look whether it still fits, then export again.
    """
    for language, wording, line in _taken(evidence):
        if wording.source != line.text:
            yield Found(f"{language}: {line.id} now reads “{line.text}”.", wording.at, line.id)
    prose = {unit.id: unit for unit in prose_units(evidence.chapters)}
    for language, translations in evidence.translations.items():
        for wording in translations.wordings:
            unit = prose.get(wording.line_id)
            if unit is not None and wording.text and wording.source != unit.text:
                sentence = f"{language}: {unit.id} of the novel reads otherwise now."
                yield Found(sentence, wording.at, unit.id)


@lint("DRM202", "B")
def lost_placeholder(evidence: Evidence) -> Iterator[Found]:
    """A translation lost or gained a placeholder.

    `{NAME}` is filled while playing; without it a name is missing, and one too many shows as braces.
    """
    for language, wording, line in _taken(evidence):
        if Counter(placeholders(wording.text)) != Counter(placeholders(line.text)):
            wanted = " ".join(placeholders(line.text)) or "none"
            yield Found(f"{language}: placeholders must be: {wanted}.", wording.at, line.id)


@lint("DRM203", "B")
def untranslated(evidence: Evidence) -> Iterator[Found]:
    """A line of the series has no words in a language that is being released.

    Languages are those of story.yaml that have a file in i18n; an untranslated line is shown and
    voiced in the source language.
    """
    released = evidence.story.project.languages
    for language in (each for each in evidence.translations if each in released):
        translations = evidence.translations[language]
        have = {w.line_id for w in translations.wordings if w.text and not w.draft}
        for episode in evidence.numbered:
            for beat in evidence.beats[episode.name]:
                own = tag_value(beat.tags, "same") or beat.id
                if beat.speaker and beat.text and own and own not in have:
                    yield Found(f"{language}: {beat.id} has no words.", beat.at, beat.id)


@lint("DRM206", "I")
def odd_length(evidence: Evidence) -> Iterator[Found]:
    """A translation is far longer or shorter than its source.

    A sentence was added, lost, or put into the wrong entry.
    """
    for language, wording, line in _taken(evidence):
        source = _weight(line.text, evidence.story.project.language)
        if source < LEAST_MEASURED:
            continue
        ratio = _weight(wording.text, language) / source
        if not SHORTEST_RATIO <= ratio <= LONGEST_RATIO:
            yield Found(f"{language}: {ratio:.1f} times its source's length.", wording.at, line.id)


def _weight(text: str, language: str) -> float:
    letters = sum(char.isalnum() for char in text)
    return letters * (IDEOGRAPH_WEIGHT if primary(language) in IDEOGRAPHS else 1)


@lint("DRM207", "W")
def missing_term(evidence: Evidence) -> Iterator[Found]:
    """A translation does not use the agreed form of a term, or uses a forbidden one.

    Names and phrases of story.yaml read the same in every episode.
    """
    for language, wording, line in _taken(evidence):
        for term in evidence.story.project.terms:
            wanted = _for(term.targets, language)
            for form in _for(term.forbidden, language) or ():
                if form in wording.text:
                    yield Found(
                        f"{language}: {form} is forbidden for {term.source}.", wording.at, line.id
                    )
            if wanted and term.source in line.text and not _has_any(wording.text, wanted):
                yield Found(f"{language}: {term.source} is {wanted} there.", wording.at, line.id)


def _for(forms: Mapping[str, Form], language: str) -> Form | None:
    return forms.get(language) or forms.get(primary(language))


def _has_any(text: str, wanted: str) -> bool:
    return any(form.casefold() in text.casefold() for form in wanted.split("|"))


@lint("DRM208", "W")
def note_not_ticked(evidence: Evidence) -> Iterator[Found]:
    """A translator's note is not ticked.

    A line under `// LOC:` is easy to get wrong. Whoever translates it writes the comment `# LOC ok`
    above its entry, with a word of how if need be; when the note changes, the tick is asked for again
    once the file has been exported.
    """
    notes = loc_notes(evidence.story)
    for language, wording, line in _taken(evidence):
        wanted = notes.get(line.id or "", ())
        if wanted and wording.use == "sub" and not is_ticked(wording, wanted):
            told = f"{language}: mind “{wanted[0]}”, then write “# {TICK}” above the entry."
            yield Found(told, wording.at, line.id)


@lint("DRM209", "W")
def source_left_over(evidence: Evidence) -> Iterator[Found]:
    """Chinese characters are left in a translation into a language that has none.

    A name or a whole line was not translated.
    """
    for language, wording, line in _taken(evidence):
        if primary(language) not in {"zh", "ja", "ko"} and _IDEOGRAPH.search(wording.text):
            yield Found(f"{language}: source characters are left over.", wording.at, line.id)


@lint("DRM210", "W")
def other_number(evidence: Evidence) -> Iterator[Found]:
    """A number in digits differs from the source's.

    Sums, dates and rooms are plot.
    """
    for language, wording, line in _taken(evidence):
        source, target = (_numbers(text) for text in (line.text, wording.text))
        if source and target and source != target:
            told = ", ".join(sorted(source))
            yield Found(f"{language}: the source says {told}.", wording.at, line.id)


def _numbers(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKC", text)
    return {re.sub(r"[.,](?=\d{3}\b)", "", number) for number in _NUMBER.findall(plain)}


@lint("DRM211", "W")
def two_wordings(evidence: Evidence) -> Iterator[Found]:
    """One speaker says the same words twice and is translated differently.

    Where the difference is meant, say so with a waiver; where it is not, viewers notice.
    """
    first: dict[tuple[str, str, str, str], Wording] = {}
    for language, wording, line in _taken(evidence):
        speaker = line.speaker if isinstance(line, Beat) else ""
        key = (language, speaker, line.text, wording.use)
        other = first.setdefault(key, wording)
        if speaker and other.text != wording.text:
            yield Found(f"{language}: {other.line_id} says “{other.text}”.", wording.at, line.id)


@lint("DRM212", "B")
def machine_words(evidence: Evidence) -> Iterator[Found]:
    """A language has words of a machine that the story's policy does not allow.

    story.yaml says `machine_translation: {es: reviewed, "*": forbidden}`, or one word for all
    languages. `reviewed`: no entry is marked fuzzy, so a person stands for each. `forbidden`: nor does
    any entry read as a model proposed it. Without a policy everything is `allowed`.
    """
    proposed = {
        (each.language, each.line_id): text_hash(each.text)
        for each in evidence.provenance.proposed
        if each.kind == "translation"
    }
    for language, wording, line in _taken(evidence):
        policy = evidence.story.project.machine_policy(language)
        if policy != "allowed" and wording.draft:
            told = f"{language}: this is a draft; let a person read it and take the fuzzy mark out."
            yield Found(told, wording.at, line.id)
        elif policy == "forbidden" and _is_a_models(
            wording, proposed.get((language, line.id or ""))
        ):
            told = f"{language}: a model worded this, which story.yaml forbids; word it yourself."
            yield Found(told, wording.at, line.id)


def _is_a_models(wording: Wording, proposed_hash: str | None) -> bool:
    return proposed_hash is not None and text_hash(wording.text) == proposed_hash


@lint("DRM213", "B")
def control_characters(evidence: Evidence) -> Iterator[Found]:
    """A translation holds a character that cannot be shown.

    Control characters come from bad pasting and break subtitles and books.
    """
    for language, wording, line in _taken(evidence):
        if any(unicodedata.category(char) == "Cc" and char != "\n" for char in wording.text):
            yield Found(f"{language}: there is a control character.", wording.at, line.id)


@lint("DRM220", "W")
def left_alone(evidence: Evidence) -> Iterator[Found]:
    """A translation belongs to no line, or a line is worded twice.

    Its line was cut or its id was changed by hand; nothing is guessed.
    """
    for language, translations in evidence.translations.items():
        for each in listed(translations, evidence.story, prose_units(evidence.chapters)):
            yield Found(f"{language}: {each.line_id}: {each.reason}.", each.at)
