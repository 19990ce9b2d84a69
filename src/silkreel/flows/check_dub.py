"""Quality control: every line, episode and series gets a verdict, and people a worklist."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

import sqlalchemy as sa

from silkreel.bible.cast import voices_of
from silkreel.bible.lines import lines_of
from silkreel.bible.subtitle_limits import subtitle_limits
from silkreel.bible.tables import LineRow
from silkreel.catalogue.series import episodes_of, find_series
from silkreel.catalogue.tables import EpisodeRow, RenditionRow
from silkreel.dubbing.checks import (
    SENTENCES,
    JudgedLine,
    JudgedSound,
    Level,
    Reason,
    Verdict,
    judge_episode,
    judge_line,
    judge_series,
)
from silkreel.dubbing.fit_plan import FitPlan
from silkreel.dubbing.gate import GateFinding
from silkreel.dubbing.subtitles import Shown
from silkreel.dubbing.tables import DubRow, VerdictRow, WordingRow
from silkreel.flows.dub_parts import DubParts, dub_parts, plan_of, sounds_of_takes
from silkreel.flows.listen_to_dub import understood
from silkreel.jobs.journeys import Answer, Arguments, Desk, stage
from silkreel.kit.artifacts import Workshop
from silkreel.kit.clock import now
from silkreel.kit.database import Session

WORST_SHOWN = 20  # lines a table shows; --json has all


@stage("check_episode", weight=0.2)
def check_episode(desk: Desk, arguments: Arguments) -> Answer:
    """Judge every line of an episode in a language, and the episode."""
    episode_id, language = arguments["episode_id"], arguments["language"]
    workshop = desk.workshop
    with workshop.reading() as tx:
        parts = dub_parts(tx, episode_id, language)
        cues = _cues(tx, episode_id, language)
    dub = parts.dub
    plan = plan_of(workshop, dub) if dub else FitPlan(())
    takes = sounds_of_takes(workshop, dub) if dub else {}
    heard = understood(workshop, dub.plan_key) if dub else {}
    vertical = parts.series.orientation == "vertical"
    limits = subtitle_limits(language, vertical=vertical)
    verdicts = [
        judge_line(
            replace(
                _judged(parts, line, plan, cues.get(line.id, Shown())),
                take=takes.get(line.id),
                understood=heard.get(line.id),
            ),
            limits,
        )
        for line in parts.lines
    ]
    whole = judge_episode(verdicts, _sound(dub) if dub else None)
    judged = {"plan": dub.plan_key, "mix": dub.mix_key} if dub else {}
    with workshop.transaction() as tx:
        _keep(tx, parts.series.id, episode_id, language, [*verdicts, whole], judged)
    return dict(Counter(verdict.level for verdict in verdicts))


@stage("check_series", weight=0.1)
def check_series(desk: Desk, arguments: Arguments) -> Answer:
    """Judge a series in a language: loudness from episode to episode, wordings, voices."""
    series_id, language = arguments["series_id"], arguments["language"]
    with desk.workshop.reading() as tx:
        episodes = episodes_of(tx, series_id)
        levels = _levels(tx, series_id, language)
        dubs = {row.episode_id: row for row in _dubs(tx, series_id, language)}
        loudness = {
            e.number: float(dubs[e.id].facts["loudness_lufs"])
            for e in episodes
            if e.id in dubs and dubs[e.id].facts.get("loudness_lufs") is not None
        }
        wordings = _wordings(tx, series_id, language)
        lines = [line for e in episodes for line in lines_of(tx, e.id)]
        pairs = [(ln.source_text, w.text) for ln in lines if (w := wordings.get(ln.id))]
        cast = sorted({line.character_id for line in lines if line.character_id})
        voices = {
            name: f"{v.engine}:{v.preset} {v.pitch_semitones:+g}"
            for name, v in voices_of(tx, cast, language).items()
        }
    verdict = judge_series({e.number: levels.get(e.id) for e in episodes}, loudness, pairs, voices)
    with desk.workshop.transaction() as tx:
        _keep(tx, series_id, "", language, [verdict], {})
    return {"level": verdict.level}


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """A line that is not simply good."""

    episode: int
    language: str
    line_id: str
    level: Level
    source: str
    text: str
    reasons: tuple[str, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckedEpisode:
    """An episode in a language, in numbers; number 0 is the series as a whole."""

    number: int
    language: str
    level: Level
    passed: int
    warned: int
    failed: int
    loudness_lufs: float | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeriesChecks:
    """Everything the checks found of a series."""

    slug: str
    episodes: tuple[CheckedEpisode, ...]
    lines: tuple[CheckedLine, ...]  # worst first

    def count(self, level: Level) -> int:
        """Lines of a level over all episodes and languages."""
        name = {"PASS": "passed", "WARN": "warned", "FAIL": "failed"}[level]
        return sum(getattr(each, name) for each in self.episodes)

    def to_json(self) -> dict[str, Any]:
        """As scripts read it."""
        return {
            "pass": self.count("PASS"),
            "warn": self.count("WARN"),
            "fail": self.count("FAIL"),
            "episodes": [asdict(each) for each in self.episodes],
            "lines": [asdict(each) for each in self.lines],
        }


def series_checks(workshop: Workshop, slug: str, language: str | None = None) -> SeriesChecks:
    """What was found, from the rows; nothing is judged anew.

    Raises:
        NoSuchSeries: there is none of that slug.
    """
    with workshop.reading() as tx:
        series = find_series(tx, slug)
        episodes = {episode.id: episode for episode in episodes_of(tx, series.id)}
        query = sa.select(VerdictRow).where(VerdictRow.series_id == series.id)
        if language:
            query = query.where(VerdictRow.language == language)
        rows = list(tx.scalars(query))
        dubs = {(row.episode_id, row.language): row for row in _dubs(tx, series.id)}
        lines = {ln.id: ln for e in episodes for ln in lines_of(tx, e)}
        texts = {
            (row.language, row.line_id): row.text
            for row in tx.scalars(_wording_query(series.id).where(WordingRow.length == "full"))
        }
    wholes = [row for row in rows if not row.line_id]
    levels = Counter((row.episode_id, row.language, row.level) for row in rows if row.line_id)
    checked = [_checked_episode(row, levels, episodes, dubs) for row in wholes]
    worst = [
        _checked_line(row, episodes, lines, texts)
        for row in rows
        if row.line_id in lines and row.level != "PASS"
    ]
    worst.sort(key=lambda each: (each.level != "FAIL", each.language, each.episode, each.line_id))
    checked.sort(key=lambda each: (each.language, each.number or 10**6))
    return SeriesChecks(slug, tuple(checked), tuple(worst))


def _judged(parts: DubParts, line: LineRow, plan: FitPlan, shown: Shown) -> JudgedLine:
    placed, wording = plan.find(line.id), parts.full(line)
    overruns = {each.line_id: each.seconds for each in plan.needs_wording}
    covered = 0
    if placed:
        covered = min(placed.end_frame, line.end_frame) - max(placed.first_frame, line.first_frame)
    return JudgedLine(
        line_id=line.id,
        speech_seconds=float((line.end_frame - line.first_frame) / parts.frame_rate),
        dubbed=line.dubbed,
        came_from=line.came_from,
        text=wording.text if wording else None,
        draft=wording.draft if wording else False,
        fuzzy=wording.origin == "fuzzy" if wording else False,
        stale=wording.source_hash != line.source_hash if wording else False,
        gate=_gate(wording),
        rate=placed.rate if placed else None,
        onset_frames=placed.first_frame - line.first_frame if placed else 0,
        covered_seconds=float(max(0, covered) / parts.frame_rate),
        overrun_seconds=overruns.get(line.id),
        cue_characters=shown.characters,
        cue_seconds=shown.seconds,
        cue_lines=shown.lines,
        read_confidence=line.read_confidence,
        heard_confidence=line.heard_confidence,
        has_voice=line.character_id in parts.voices,
    )


def _gate(wording: WordingRow | None) -> tuple[GateFinding, ...]:
    return tuple(GateFinding.from_json(each) for each in wording.findings) if wording else ()


def _sound(dub: DubRow) -> JudgedSound | None:
    facts = dub.facts
    if facts.get("loudness_lufs") is None:
        return None
    return JudgedSound(
        float(facts["loudness_lufs"]),
        float(facts["true_peak_dbtp"]),
        float(facts["target_lufs"]),
        float(facts["peak_limit_dbtp"]),
        str(facts["bed"]),
        tuple(facts.get("bed_setbacks", ())),
    )


def _cues(tx: Session, episode_id: str, language: str) -> dict[str, Shown]:
    """By line id: what the dub's subtitle track shows of it."""
    facts = tx.scalar(
        sa.select(RenditionRow.facts).where(
            RenditionRow.episode_id == episode_id, RenditionRow.name == f"s.{language}.cc"
        )
    )
    return {line: Shown(**figures) for line, figures in (facts or {}).get("shown", {}).items()}


def _wording_query(series_id: str) -> sa.Select[WordingRow]:
    return sa.select(WordingRow).where(WordingRow.series_id == series_id, WordingRow.use == "dub")


def _wordings(tx: Session, series_id: str, language: str) -> dict[str, WordingRow]:
    query = _wording_query(series_id).where(
        WordingRow.language == language, WordingRow.length == "full"
    )
    return {row.line_id: row for row in tx.scalars(query)}


def _levels(tx: Session, series_id: str, language: str) -> dict[str, Level]:
    """What each episode was judged, by its id."""
    query = sa.select(VerdictRow.episode_id, VerdictRow.level).where(
        VerdictRow.series_id == series_id,
        VerdictRow.language == language,
        VerdictRow.episode_id != "",
        VerdictRow.line_id == "",
    )
    return {name: cast("Level", level) for name, level in tx.execute(query)}


def _dubs(tx: Session, series_id: str, language: str | None = None) -> Sequence[DubRow]:
    query = sa.select(DubRow).where(DubRow.series_id == series_id)
    if language:
        query = query.where(DubRow.language == language)
    return tx.scalars(query).all()


def _keep(
    tx: Session,
    series_id: str,
    episode_id: str,
    language: str,
    verdicts: Iterable[Verdict],
    judged: dict[str, str],
) -> None:
    tx.execute(
        sa.delete(VerdictRow).where(
            VerdictRow.series_id == series_id,
            VerdictRow.episode_id == episode_id,
            VerdictRow.language == language,
        )
    )
    for verdict in verdicts:
        tx.add(
            VerdictRow(
                series_id=series_id,
                episode_id=episode_id,
                language=language,
                line_id=verdict.line_id,
                level=verdict.level,
                reasons=[reason.to_json() for reason in verdict.reasons],
                judged=judged,
                made_at=now(),
            )
        )


def _sentences(row: VerdictRow) -> tuple[str, ...]:
    known = [r for r in row.reasons if r["code"] in SENTENCES]
    return tuple(Reason(r["code"], r["level"], r["values"]).sentence for r in known)


def _checked_episode(
    row: VerdictRow,
    levels: Mapping[tuple[str, str, str], int],
    episodes: dict[str, EpisodeRow],
    dubs: dict[tuple[str, str], DubRow],
) -> CheckedEpisode:
    passed, warned, failed = (
        levels.get((row.episode_id, row.language, level), 0) for level in ("PASS", "WARN", "FAIL")
    )
    dub = dubs.get((row.episode_id, row.language))
    episode = episodes.get(row.episode_id)
    return CheckedEpisode(
        number=episode.number if episode else 0,
        language=row.language,
        level=row.level,  # type: ignore[arg-type]  # written by us
        passed=passed,
        warned=warned,
        failed=failed,
        loudness_lufs=dub.facts.get("loudness_lufs") if dub else None,
        reasons=_sentences(row),
    )


def _checked_line(
    row: VerdictRow,
    episodes: dict[str, EpisodeRow],
    lines: dict[str, LineRow],
    texts: dict[tuple[str, str], str],
) -> CheckedLine:
    return CheckedLine(
        episode=episodes[row.episode_id].number,
        language=row.language,
        line_id=row.line_id,
        level=row.level,  # type: ignore[arg-type]  # written by us
        source=lines[row.line_id].source_text,
        text=texts.get((row.language, row.line_id), ""),
        reasons=_sentences(row),
        codes=tuple(reason["code"] for reason in row.reasons),
    )
