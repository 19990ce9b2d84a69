"""An episode's lines into another language: memory first, then one engine after the other, then a person.

Three parts that do not mix: what the memory has (reads), what the engines make (no transaction is open
while they work), what is written (`store_wordings`). Every text passes the gate, whoever wrote it; a
line no engine could word waits, with the reasons, and the rest of the episode goes on.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from silkreel.bible.lines import lines_of
from silkreel.bible.memory import Memory, Remembered, open_memory
from silkreel.bible.terms import term_hints
from silkreel.dubbing.gate import GateFinding, check_wording, passes
from silkreel.dubbing.wordings import (
    FUZZY,
    LENGTHS,
    MEMORY,
    SourceLine,
    Wording,
    clean_text,
    is_settled,
    stale_lines,
    store_wordings,
    wordings_of_lines,
)
from silkreel.engines.contracts import (
    Candidate,
    EngineCard,
    Length,
    LineToTranslate,
    SceneLine,
    TermHint,
    TranslationRequest,
    Translator,
)
from silkreel.kit.children import Cancelled
from silkreel.kit.database import Database, Session
from silkreel.kit.refusals import Refusal
from silkreel.kit.sound import Sound

TRANSLATORS = ("endpoint", "ctranslate2", "firefox", "whisper")  # in the order they are asked
SCENE_LINES = 6  # told before and after, though they are not to be translated
LINES_TOGETHER = 48  # in one request; an episode has about 35


@dataclass(frozen=True, slots=True)
class RequestParts:
    """What every request for an episode in a language holds besides its lines."""

    series_id: str
    source_language: str
    target_language: str
    terms: tuple[TermHint, ...] = ()
    formality: str = ""
    synopsis: str = ""
    sound: Sound | None = None

    def check(self, line: SourceLine, text: str, length: Length) -> tuple[GateFinding, ...]:
        """What the gate says of a wording."""
        return check_wording(
            line.text,
            text,
            source_language=self.source_language,
            target_language=self.target_language,
            terms=self.terms,
            length=length,
        )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line nobody could word: why, and what was turned down."""

    line_id: str
    reasons: tuple[str, ...]
    turned_down: tuple[Wording, ...] = ()


@dataclass(frozen=True, slots=True)
class TranslationOutcome:
    """What became of the lines."""

    wordings: tuple[Wording, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    suggestions: tuple[Wording, ...] = ()  # fuzzy and turned down: shown to a person, never spoken
    notes: tuple[str, ...] = ()
    engines: tuple[EngineCard, ...] = ()  # whose wordings are among them
    stale: tuple[str, ...] = ()  # approved for an older source text


@dataclass(slots=True)
class _Desk:
    """Lines under way: what each has, and why it has no more."""

    parts: RequestParts
    open: dict[str, SourceLine]
    wordings: list[Wording] = field(default_factory=list)
    turned_down: dict[str, list[Wording]] = field(default_factory=dict)
    reasons: dict[str, list[str]] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    engines: dict[str, EngineCard] = field(default_factory=dict)

    def missed(self, line_ids: Iterable[str], reason: str) -> None:
        """Keep why lines were not done."""
        for line_id in line_ids:
            self.reasons.setdefault(line_id, []).append(reason)

    def outcome(self, suggestions: Sequence[Wording]) -> TranslationOutcome:
        """Everything together; a line that is still open waits."""
        waiting = tuple(
            Waiting(
                line_id,
                tuple(self.reasons.get(line_id, ())) or ("no translator is configured",),
                tuple(self.turned_down.get(line_id, ())),
            )
            for line_id in self.open
        )
        shown = {wording.line_id: wording for wording in suggestions}
        for line_id, texts in self.turned_down.items():
            shown.setdefault(line_id, texts[0])
        return TranslationOutcome(
            wordings=tuple(self.wordings),
            waiting=waiting,
            suggestions=tuple(shown[line_id] for line_id in self.open if line_id in shown),
            notes=tuple(self.notes),
            engines=tuple(self.engines.values()),
        )


def translate_episode(
    database: Database,
    episode_id: str,
    lines: Sequence[SourceLine],
    translators: Sequence[Translator],
    parts: RequestParts,
    *,
    cancelled: Callable[[], bool] = lambda: False,
) -> TranslationOutcome:
    """Word every line of an episode that needs it, and keep what was found.

    Raises:
        Cancelled: somebody asked to stop; what the memory had is kept.
    """
    series_id, language = parts.series_id, parts.target_language
    with database.reading() as tx:
        there = wordings_of_lines(tx, series_id, language, [line.line_id for line in lines])
        memory = open_memory(tx, series_id, language)
        living = {row.id for row in lines_of(tx, episode_id)}
    todo = [
        line
        for line in lines
        if line.line_id in living and not is_settled(line, there.get(line.line_id, {}))
    ]
    remembered = wordings_from_memory(memory, todo, parts)
    with database.transaction() as tx:
        store_wordings(tx, series_id, language, remembered.wordings)
    known = {wording.line_id for wording in remembered.wordings}
    made = translate_lines(
        lines,
        translators,
        parts,
        only=[line.line_id for line in todo if line.line_id not in known],
        suggestions=remembered.suggestions,
        cancelled=cancelled,
    )
    with database.transaction() as tx:
        store_wordings(tx, series_id, language, [*made.wordings, *made.suggestions])
    return replace(
        made,
        wordings=(*remembered.wordings, *made.wordings),
        stale=stale_lines(lines, there),
    )


def request_parts(
    tx: Session,
    series_id: str,
    *,
    source_language: str,
    target_language: str,
    synopsis: str = "",
    sound: Sound | None = None,
    formality: str = "",
) -> RequestParts:
    """What requests for a series in a language hold: its terms and its cast's names among it."""
    terms = term_hints(tx, series_id, target_language)
    return RequestParts(
        series_id, source_language, target_language, terms, formality, synopsis, sound
    )


def wordings_from_memory(
    memory: Memory, lines: Sequence[SourceLine], parts: RequestParts
) -> TranslationOutcome:
    """What was approved before.

    The line's own context, or an approval for any context, gives approved wordings. The same source
    in another context gives a draft. A similar source gives a suggestion with the difference.
    """
    wordings: list[Wording] = []
    suggestions: list[Wording] = []
    for line in lines:
        recall = memory.recall(line.text, line.context, line.line_id)
        if any(entry.length == "full" for entry in recall.exact):
            wordings += [_approved(line, entry, parts) for entry in recall.exact]
        elif recall.offered:
            wordings += _offered(line, recall.offered, parts)
        elif recall.fuzzy:
            suggestions.append(_fuzzy(line, recall.fuzzy[0], parts))
    return TranslationOutcome(wordings=tuple(wordings), suggestions=tuple(suggestions))


def translate_lines(
    lines: Sequence[SourceLine],
    translators: Sequence[Translator],
    parts: RequestParts,
    *,
    only: Iterable[str] | None = None,
    suggestions: Sequence[Wording] = (),
    cancelled: Callable[[], bool] = lambda: False,
) -> TranslationOutcome:
    """Word lines by the engines, in order; what one leaves out or the gate turns down goes to the next.

    Args:
        lines: all lines of the episode in order: those not in `only` are told as context.
        translators: open engines, first choice first.
        parts: what every request holds.
        only: ids of the lines to word; all by default.
        suggestions: fuzzy memories, shown for lines that are left waiting.
        cancelled: asked between requests, and by engines that can stop in the middle.

    Raises:
        Cancelled: somebody asked to stop.
    """
    wanted = {line.line_id for line in lines} if only is None else set(only)
    desk = _Desk(parts, {line.line_id: line for line in lines if line.line_id in wanted})
    for translator in translators:
        if not desk.open:
            break
        if translator.can(parts.source_language, parts.target_language):
            _ask(translator, lines, desk, cancelled)
        else:
            name = translator.card.name
            pair = f"{parts.source_language} to {parts.target_language}"
            desk.notes[f"{name} does not translate {pair}"] = None
            desk.missed(desk.open, f"{name}: does not translate {pair}")
    return desk.outcome(suggestions)


def requests_for(
    lines: Sequence[SourceLine], wanted: Iterable[str], parts: RequestParts
) -> Iterator[TranslationRequest]:
    """Requests for runs of neighbouring lines, each with the lines around it as context."""
    ids = set(wanted)
    run: list[int] = []
    for place, line in enumerate(lines):
        if line.line_id in ids:
            run.append(place)
        if run and (line.line_id not in ids or len(run) == LINES_TOGETHER):
            yield _request(lines, run, parts)
            run = []
    if run:
        yield _request(lines, run, parts)


def _request(
    lines: Sequence[SourceLine], run: Sequence[int], parts: RequestParts
) -> TranslationRequest:
    first, end = run[0], run[-1] + 1
    return TranslationRequest(
        source_language=parts.source_language,
        target_language=parts.target_language,
        lines=tuple(_to_translate(lines[place]) for place in run),
        before=tuple(_spoken(line) for line in lines[max(0, first - SCENE_LINES) : first]),
        after=tuple(_spoken(line) for line in lines[end : end + SCENE_LINES]),
        terms=parts.terms,
        formality=parts.formality,
        sound=parts.sound,
        synopsis=parts.synopsis,
        series_id=parts.series_id,
    )


def _to_translate(line: SourceLine) -> LineToTranslate:
    return LineToTranslate(
        line_id=line.line_id,
        text=line.text,
        speaker=line.speaker,
        addressee=line.addressee,
        allowance_characters=line.allowance_characters,
        start_seconds=line.start_seconds,
        end_seconds=line.end_seconds,
    )


def _spoken(line: SourceLine) -> SceneLine:
    return SceneLine(line.speaker, line.text)


def _ask(
    translator: Translator,
    lines: Sequence[SourceLine],
    desk: _Desk,
    cancelled: Callable[[], bool],
) -> None:
    """Ask one engine for everything that is open; its first no sends the rest to the next engine."""
    name = translator.card.name
    watch = getattr(translator, "watch", None)  # an engine that can stop while it waits
    if watch is not None:
        watch(cancelled)
    for request in list(requests_for(lines, desk.open, desk.parts)):
        if cancelled():
            raise Cancelled
        asked = [line.line_id for line in request.lines]
        try:
            candidates = translator.translate(request)
        except Cancelled:
            raise
        except Refusal as refusal:
            desk.notes[f"{name}: {refusal}"] = None
            desk.missed(desk.open, f"{name}: {refusal}")
            return
        for line_id in asked:
            own = [each for each in candidates if each.line_id == line_id]
            _take(translator.card, desk.open[line_id], own, desk)


def _take(card: EngineCard, line: SourceLine, own: Sequence[Candidate], desk: _Desk) -> None:
    """Keep an engine's wordings of a line that pass the gate; without a full one it stays open."""
    passed: list[Wording] = []
    refused: list[Wording] = []
    for wording in judged(line, own, desk.parts, origin=card.name):
        (passed if passes(wording.findings) else refused).append(wording)
    if any(wording.length == "full" for wording in passed):
        desk.wordings += passed
        desk.engines[card.name] = card
        del desk.open[line.line_id]
        return
    if refused:
        desk.turned_down.setdefault(line.line_id, []).extend(refused)
    if not own:
        desk.missed([line.line_id], f"{card.name}: left the line out")
    for wording in refused:
        why = "; ".join(each.sentence for each in wording.findings if each.level == "FAIL")
        desk.missed([line.line_id], f"{card.name}: {why}")


def judged(
    line: SourceLine, candidates: Sequence[Candidate], parts: RequestParts, *, origin: str
) -> Iterator[Wording]:
    """An engine's candidates as drafts with the gate's word, one a length, each text once."""
    seen: set[str] = set()
    for length in LENGTHS:
        own = next((each for each in candidates if each.length == length), None)
        text = clean_text(own.text) if own else ""
        if own is None or (text in seen and text):
            continue
        seen.add(text)
        findings = parts.check(line, text, length)
        yield Wording(line.line_id, text, origin, line.source_hash, length, findings=findings)


def _approved(line: SourceLine, entry: Remembered, parts: RequestParts) -> Wording:
    length = _length(entry)
    return Wording(
        line.line_id, entry.text, MEMORY, line.source_hash, length, draft=False,
        findings=parts.check(line, entry.text, length), approved_by=entry.approved_by,
    )  # fmt: skip


def _offered(
    line: SourceLine, entries: Sequence[Remembered], parts: RequestParts
) -> Iterator[Wording]:
    newest: dict[str, Remembered] = {}
    for entry in entries:
        newest.setdefault(entry.length, entry)
    drafts = [
        Wording(
            line.line_id, entry.text, MEMORY, line.source_hash, _length(entry),
            findings=(*parts.check(line, entry.text, _length(entry)), _other_context()),
        )
        for entry in newest.values()
    ]  # fmt: skip
    if any(draft.length == "full" and passes(draft.findings) for draft in drafts):
        yield from (draft for draft in drafts if passes(draft.findings))


def _fuzzy(line: SourceLine, entry: Remembered, parts: RequestParts) -> Wording:
    marked = GateFinding(
        "fuzzy_memory",
        "WARN",
        (("share", f"{entry.similarity:.0%}"), ("difference", entry.difference)),
    )
    findings = (*parts.check(line, entry.text, "full"), marked)
    return Wording(line.line_id, entry.text, FUZZY, line.source_hash, findings=findings)


def _other_context() -> GateFinding:
    return GateFinding("other_context", "WARN")


def _length(entry: Remembered) -> Length:
    return entry.length  # type: ignore[return-value]
