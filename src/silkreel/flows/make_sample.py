"""The demo's series: spoken, drawn and laid into a folder as a stranger's would be.

What a stranger would not hand over stays apart: the stems and the truth about the captions lie
beside that folder, and the approved wordings come from `story.sample.approved_translations`.
"""

import contextvars
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter

from silkreel.engines.contracts import Speaker
from silkreel.flows.table_read import Casting, Role, Said, cast_voices, read_aloud
from silkreel.kit.keys import work_key
from silkreel.media.theatre import VERSION, Picture, RenderedEpisode, render_episode
from silkreel.story.sample import SOURCE_LANGUAGE, Drama, Script, load_sample

RENDERERS = 2  # an episode takes one core
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Sample:
    """The finished sample."""

    folder: Path  # what a stranger would hand over: films and series.yaml
    drama: Drama
    episodes: tuple[RenderedEpisode, ...]
    casting: tuple[Casting, ...]

    @property
    def truth(self) -> Mapping[int, tuple[str, ...]]:
        """The captions of each episode in order, to hold a reader against."""
        return {e.number: tuple(caption.text for caption in e.captions) for e in self.episodes}


def make_sample(
    folder: Path,
    *,
    speakers: Sequence[Speaker],
    progress: Progress | None = None,
    drama: Drama | None = None,
    picture: Picture | None = None,
) -> Sample:
    """Make the series in `folder/SLUG`; stems and truth lie beside it. Made once, it is found again.

    `speakers` are asked in their order; copies of one engine speak beside each other. `progress`
    hears what is done and the share of the whole.

    Raises:
        NoVoice: no speaker knows the language.
        FontMissing: captions cannot be drawn.
    """
    drama, picture = drama or load_sample(), picture or Picture()
    casting = cast_voices(_roles(drama), speakers, SOURCE_LANGUAGE)
    goal = folder / drama.sheet.slug
    goal.mkdir(parents=True, exist_ok=True)
    _write_sheet(goal, drama)
    tell = _Teller(progress, len(drama.episodes))
    with ThreadPoolExecutor(RENDERERS) as pool:
        films = [
            _episode(script, drama, casting, speakers, folder, picture, pool, tell)
            for script in drama.episodes
        ]
        episodes = tuple(film.result() for film in films)
    return Sample(goal, drama, episodes, casting)


def _episode(
    script: Script,
    drama: Drama,
    casting: Sequence[Casting],
    speakers: Sequence[Speaker],
    folder: Path,
    picture: Picture,
    pool: ThreadPoolExecutor,
    tell: "_Teller",
) -> "Future[RenderedEpisode]":
    """Speak an episode now and let it be drawn beside the next one's speaking."""
    truth, key = (
        folder / "truth" / f"{script.number}.json",
        _key(script, casting, speakers, picture),
    )
    made = _remembered(truth, key)
    if made is not None:
        tell(script.number, 1.0, "found")
        ready: Future[RenderedEpisode] = Future()
        ready.set_result(made)
        return ready
    takes = read_aloud(
        _said(script), casting, speakers,
        lambda share: tell(script.number, 0.5 * share, "speaking"),
    )  # fmt: skip

    def draw() -> RenderedEpisode:
        rendered = render_episode(
            script.play,
            takes,
            folder / drama.sheet.slug,
            stems=folder / "stems",
            picture=picture,
            progress=lambda share: tell(script.number, 0.5 + 0.5 * share, "drawing"),
        )
        _remember(truth, key, rendered)
        tell(script.number, 1.0, "done")
        return rendered

    # The thread counts its CPU seconds on whoever measures here.
    return pool.submit(contextvars.copy_context().run, draw)


def _roles(drama: Drama) -> tuple[Role, ...]:
    """Everybody of the cast, with the voices the stage wishes for."""
    parts = {member.id: drama.staging.part(member.id) for member in drama.project.cast}
    return tuple(
        Role(who, part.voice.presets, part.gender, part.voice.rate, part.voice.pitch_semitones)
        for who, part in parts.items()
    )


def _said(script: Script) -> tuple[Said, ...]:
    texts = {beat.id: beat.text for beat in script.lines}
    return tuple(Said(line.id, line.who, texts[line.id]) for line in script.play.spoken)


def _key(
    script: Script, casting: Sequence[Casting], speakers: Sequence[Speaker], picture: Picture
) -> str:
    inputs = {
        "play": asdict(script.play),
        "spoken": [line.text for line in _said(script)],
        "casting": [asdict(part) for part in casting],
        "engines": list({s.card.name: s.card.to_json() for s in speakers}.values()),
        "picture": asdict(picture),
    }
    return work_key("sample.episode", VERSION, inputs)


def _remembered(path: Path, key: str) -> RenderedEpisode | None:
    """The episode made before from the same inputs, while its files are still there."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    if content.get("key") != key:
        return None
    made: RenderedEpisode = TypeAdapter(RenderedEpisode).validate_python(content["episode"])
    return made if made.path.is_file() and made.stem_path.is_file() else None


def _remember(path: Path, key: str, rendered: RenderedEpisode) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"key": key, "episode": asdict(rendered)}
    text = json.dumps(content, ensure_ascii=False, indent=1, default=str)
    unfinished = path.with_suffix(".part")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)


def _write_sheet(folder: Path, drama: Drama) -> None:
    """series.yaml as a producer would write it: no wordings, no times."""
    told, project = drama.sheet, drama.project
    sheet: dict[str, Any] = {
        "slug": told.slug,
        "source_language": project.language,
        "orientation": told.orientation,
        "title": dict(told.title),
        "synopsis": dict(told.synopsis),
        "cast": [{"name": member.name, "names": dict(member.names)} for member in project.cast],
        "terms": [
            {"source": t.source, "kind": t.kind, "reading": t.reading, "targets": dict(t.targets)}
            for t in project.terms
        ],
        "rights": asdict(told.rights),
    }
    text = yaml.safe_dump(sheet, allow_unicode=True, sort_keys=False, width=100)
    (folder / "series.yaml").write_text(text, encoding="utf-8")


class _Teller:
    """Adds up the shares of episodes that are made beside each other."""

    def __init__(self, progress: Progress | None, episodes: int) -> None:
        self._progress = progress
        self._shares: dict[int, float] = {}
        self._episodes = episodes

    def __call__(self, number: int, share: float, what: str) -> None:
        self._shares[number] = share
        if self._progress is not None:
            whole = sum(self._shares.values()) / self._episodes
            self._progress(f"episode {number}: {what}", min(1.0, whole))
