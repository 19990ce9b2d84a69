"""Shorter words for lines whose takes came out too long: memory, an engine told the seconds, then rules.

Whatever shortens passes the same gate; what is not shorter than all that was tried is no help.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from silkreel.bible.memory import Memory
from silkreel.dubbing.gate import passes
from silkreel.dubbing.names import accepted_forms, terms_in
from silkreel.dubbing.translating import (
    RequestParts,
    TranslationOutcome,
    Waiting,
    judged,
    requests_for,
)
from silkreel.dubbing.wordings import MEMORY, RULE, SourceLine, Wording, clean_text
from silkreel.engines.contracts import (
    Candidate,
    EngineCard,
    Length,
    TranslationRequest,
    Translator,
)
from silkreel.kit.children import Cancelled
from silkreel.kit.languages import primary
from silkreel.kit.refusals import Refusal

SHORTER: tuple[Length, ...] = ("compact", "short")
LEAST_GAIN = 0.95  # of the length: less is not worth another take

# (what is written, what is said): only forms that speech uses and that change nothing.
_CONTRACTIONS = {
    "en": (
        (r"\bI am\b", "I'm"), (r"\b(you|we|they) are\b", r"\1're"), (r"\b(he|she|it|that|there|here) is\b", r"\1's"),
        (r"\b(I|you|we|they|he|she|it) will\b", r"\1'll"), (r"\b(I|you|we|they) have(?= \w+(?:ed|en|n)\b)", r"\1've"),
        (r"\b(do|does|did|is|are|was|were|has|have|had|would|could|should) not\b", r"\1n't"),
        (r"\bcannot\b", "can't"), (r"\bwill not\b", "won't"), (r"\blet us\b", "let's"),
    ),
    "pt": ((r"\bpara o\b", "pro"), (r"\bpara a\b", "pra"), (r"\bvocê está\b", "cê tá"), (r"\bestá\b", "tá")),
}  # fmt: skip
_FILLERS = {
    "en": r"well|you know|look|listen|actually|I mean|so|now|please|hey|oh|right|okay|anyway",
    "es": r"bueno|pues|mira|oye|escucha|verás|en realidad|o sea|ay|oh|entonces|por favor",
    "pt": r"bom|bem|olha|escuta|na verdade|quer dizer|ah|oh|então|por favor",
}


@dataclass(frozen=True, slots=True)
class Overlong:
    """A line that fits in none of its wordings, by how much, and what was tried."""

    line: SourceLine
    overrun_seconds: float
    tried: tuple[Wording, ...]

    @property
    def shortest(self) -> int:
        """Characters of the shortest wording that was tried."""
        return min((len(wording.text) for wording in self.tried), default=0)

    def helps(self, wording: Wording) -> bool:
        """Whether a wording is shorter than all before and passes the gate."""
        enough = not self.tried or len(wording.text) <= self.shortest * LEAST_GAIN
        return enough and passes(wording.findings)


def reword_lines(
    lines: Sequence[SourceLine],
    overlong: Sequence[Overlong],
    translators: Sequence[Translator],
    parts: RequestParts,
    *,
    memory: Memory | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> TranslationOutcome:
    """Shorter wordings for lines that came out too long; what nothing shortens waits, worst first.

    Args:
        lines: all lines of the episode in order, told as context.
        overlong: the lines that do not fit, with their measured overrun.
        translators: open engines; only those that can reword are asked.
        parts: what every request holds.
        memory: approved shorter wordings that were not tried yet.
        cancelled: asked between requests.

    Raises:
        Cancelled: somebody asked to stop.
    """
    worst_first = sorted(overlong, key=lambda each: -each.overrun_seconds)
    bench = _Bench({each.line.line_id: each for each in worst_first})
    for each in worst_first:
        bench.keep(each, list(_from_memory(each, memory, parts)))
    for translator in translators:
        if translator.rewords and translator.can(parts.source_language, parts.target_language):
            _ask(translator, lines, bench, parts, cancelled)
    for each in list(bench.open.values()):
        bench.keep(each, list(by_rule(each, parts)))
    return bench.outcome()


@dataclass(slots=True)
class _Bench:
    """Lines still too long, and what was found for the others."""

    open: dict[str, Overlong]
    found: list[Wording] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    cards: dict[str, EngineCard] = field(default_factory=dict)

    def keep(self, each: Overlong, wordings: Sequence[Wording]) -> bool:
        """Keep what helps a line; whether anything did."""
        good = [wording for wording in wordings if each.helps(wording)]
        if good:
            self.found += good
            del self.open[each.line.line_id]
        return bool(good)

    def outcome(self) -> TranslationOutcome:
        """Everything together; what nothing shortened waits."""
        waiting = tuple(
            Waiting(line_id, (f"too long by {each.overrun_seconds:.2f} s in every wording",))
            for line_id, each in self.open.items()
        )
        cards = tuple(self.cards.values())
        return TranslationOutcome(tuple(self.found), waiting, (), tuple(self.notes), cards)


def _ask(
    translator: Translator,
    lines: Sequence[SourceLine],
    bench: _Bench,
    parts: RequestParts,
    cancelled: Callable[[], bool],
) -> None:
    """Ask one engine for everything that is still too long; its no is a note."""
    card = translator.card
    try:
        for line_id, own in _asked(translator, lines, dict(bench.open), parts, cancelled):
            each = bench.open[line_id]
            if bench.keep(each, _renamed(each, own, parts, card.name)):
                bench.cards[card.name] = card
    except Cancelled:
        raise
    except Refusal as refusal:
        bench.notes[f"{card.name}: {refusal}"] = None


def by_rule(each: Overlong, parts: RequestParts) -> Iterator[Wording]:
    """Shorter wordings without an engine: contractions and fillers, then names only called out."""
    if not each.tried:
        return
    text = min((wording.text for wording in each.tried), key=len)
    compact = _without_fillers(_contracted(text, parts.target_language), parts.target_language)
    shortest = _without_calls(compact, each.line, parts)
    candidates = [Candidate(each.line.line_id, compact, "compact")]
    candidates.append(Candidate(each.line.line_id, shortest, "short"))
    changed = [candidate for candidate in candidates if candidate.text != text]
    yield from judged(each.line, changed, parts, origin=RULE)


def _from_memory(each: Overlong, memory: Memory | None, parts: RequestParts) -> Iterator[Wording]:
    if memory is None:
        return
    tried = {wording.text for wording in each.tried}
    for entry in memory.recall(each.line.text, each.line.context, each.line.line_id).exact:
        if entry.length in SHORTER and entry.text not in tried:
            length: Length = "compact" if entry.length == "compact" else "short"
            yield Wording(
                each.line.line_id, entry.text, MEMORY, each.line.source_hash, length, draft=False,
                findings=parts.check(each.line, entry.text, length), approved_by=entry.approved_by,
            )  # fmt: skip


def _asked(
    translator: Translator,
    lines: Sequence[SourceLine],
    open_lines: Mapping[str, Overlong],
    parts: RequestParts,
    cancelled: Callable[[], bool],
) -> Iterator[tuple[str, list[Candidate]]]:
    watch = getattr(translator, "watch", None)
    if watch is not None:
        watch(cancelled)
    overruns = {line_id: each.overrun_seconds for line_id, each in open_lines.items()}
    for request in requests_for(lines, overruns, parts):
        if cancelled():
            raise Cancelled
        candidates = translator.translate(_with_overruns(request, overruns))
        for line in request.lines:
            own = [each for each in candidates if each.line_id == line.line_id]
            if own:
                yield line.line_id, own


def _with_overruns(
    request: TranslationRequest, overruns: Mapping[str, float]
) -> TranslationRequest:
    asked = tuple(replace(each, overrun_seconds=overruns[each.line_id]) for each in request.lines)
    return replace(request, lines=asked)


def _renamed(
    each: Overlong, own: Sequence[Candidate], parts: RequestParts, origin: str
) -> list[Wording]:
    """An engine's answer as shorter wordings: its full wording may be no longer than our compact one."""
    tried = {wording.text for wording in each.tried}
    texts = dict.fromkeys(clean_text(candidate.text) for candidate in own)
    shorter = sorted((text for text in texts if text and text not in tried), key=len, reverse=True)
    named = [text for text in shorter if len(text) <= each.shortest * LEAST_GAIN or not each.tried]
    pairs = zip(SHORTER, (named[0], named[-1]) if named else (), strict=False)
    candidates = [Candidate(each.line.line_id, text, length) for length, text in pairs]
    return list(judged(each.line, candidates, parts, origin=origin))


def _contracted(text: str, language: str) -> str:
    for pattern, said in _CONTRACTIONS.get(primary(language), ()):
        text = re.sub(pattern, said, text)
    return text


def _without_fillers(text: str, language: str) -> str:
    fillers = _FILLERS.get(primary(language))
    if fillers is None:
        return text
    text = re.sub(rf"(^|[.!?…]\s+)(?:{fillers}),\s+(\w)", _opening, text, flags=re.IGNORECASE)
    return re.sub(rf",\s+(?:{fillers})(?=[.!?…]*$)", "", text, flags=re.IGNORECASE)


def _without_calls(text: str, line: SourceLine, parts: RequestParts) -> str:
    """Names that are only called out go: "Mr. Gu, the meeting starts" says as much without."""
    for term in terms_in(line.text, parts.terms):
        for form in accepted_forms(term):
            name = re.escape(form)
            text = re.sub(rf"^{name},\s+(\w)", lambda m: m[1].upper(), text, flags=re.IGNORECASE)
            text = re.sub(rf",\s+{name}(?=[.!?…]*$)", "", text, flags=re.IGNORECASE)
    return text


def _opening(match: re.Match[str]) -> str:
    return f"{match[1]}{match[2].upper()}"
