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
from queue import SimpleQueue
from typing import Any

import yaml
from pydantic import TypeAdapter

from silkreel.engines.contracts import Speaker, VoiceChoice
from silkreel.kit.keys import work_key
from silkreel.kit.refusals import Refusal
from silkreel.kit.sound import Sound
from silkreel.media.theatre import Picture, RenderedEpisode, render_episode
from silkreel.story.sample import (
    SOURCE_LANGUAGE,
    Drama,
    Member,
    Script,
    ScriptLine,
    load_sample,
    play_of,
)  # fmt: skip

VERSION = 2  # of what is drawn: raise it when the theatre draws otherwise
RENDERERS = 2  # an episode takes one core
Progress = Callable[[str, float], None]


class NoVoice(Refusal):
    """Nobody here speaks the drama's language."""

    status = 503
    message = (
        "No engine here speaks {language}; run: silkreel models fetch, or apt-get install espeak-ng"
    )


@dataclass(frozen=True, slots=True)
class Casting:
    """Which voice of which engine plays a character."""

    member: str
    voice: VoiceChoice
    rate: float


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
    casting = _cast(drama, speakers)
    goal = folder / drama.slug
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
        _key(script, drama, casting, speakers, picture),
    )
    made = _remembered(truth, key)
    if made is not None:
        tell(script.number, 1.0, "found")
        ready: Future[RenderedEpisode] = Future()
        ready.set_result(made)
        return ready
    takes = _speak(
        script, casting, speakers, lambda share: tell(script.number, 0.5 * share, "speaking")
    )

    def draw() -> RenderedEpisode:
        rendered = render_episode(
            play_of(script, drama),
            takes,
            folder / drama.slug,
            stems=folder / "stems",
            picture=picture,
            progress=lambda share: tell(script.number, 0.5 + 0.5 * share, "drawing"),
        )
        _remember(truth, key, rendered)
        tell(script.number, 1.0, "done")
        return rendered

    # The thread counts its CPU seconds on whoever measures here.
    return pool.submit(contextvars.copy_context().run, draw)


def _cast(drama: Drama, speakers: Sequence[Speaker]) -> tuple[Casting, ...]:
    """A voice for everybody, from the first speaker who knows the language; no two alike."""
    for speaker in speakers:
        known = speaker.voices(SOURCE_LANGUAGE)
        if known:
            return _roles(drama, speaker, known)
    raise NoVoice(language=SOURCE_LANGUAGE)


def _roles(drama: Drama, speaker: Speaker, known: Sequence[str]) -> tuple[Casting, ...]:
    casting: list[Casting] = []
    for member in drama.cast:
        taken = {part.voice.preset for part in casting}
        voice = VoiceChoice(
            engine=speaker.card.name,
            preset=_preset(member, [name for name in known if name not in taken] or known),
            language=SOURCE_LANGUAGE,
            pitch_semitones=member.voice.pitch_semitones,
        )
        casting.append(Casting(member.id, voice, member.voice.rate))
    return tuple(casting)


def _preset(member: Member, known: Sequence[str]) -> str:
    """The wished voice, else the best one left of the right gender, else the best one left."""
    for preset in member.voice.presets:
        if preset in known:
            return preset
    letter = member.gender[0]  # Kokoro writes zf_name, espeak-ng cmn+f2
    fitting = [name for name in known if f"+{letter}" in name or name[1:3] == f"{letter}_"]
    return (fitting or list(known))[0]


def _speak(
    script: Script,
    casting: Sequence[Casting],
    speakers: Sequence[Speaker],
    tell: Callable[[float], None],
) -> dict[str, Sound]:
    voices = {part.member: part for part in casting}
    copies = _copies(speakers)

    def take(line: ScriptLine) -> Sound:
        part = voices[line.who]
        mine = copies[part.voice.engine]
        speaker = mine.get()
        try:
            return speaker.speak(line.spoken, voice=part.voice, rate=part.rate).sound
        finally:
            mine.put(speaker)

    takes: dict[str, Sound] = {}
    with ThreadPoolExecutor(max(each.qsize() for each in copies.values())) as pool:
        # The threads count their CPU seconds on whoever measures here.
        futures = [pool.submit(contextvars.copy_context().run, take, line) for line in script.lines]
        for i, (line, future) in enumerate(zip(script.lines, futures, strict=True)):
            takes[line.id] = future.result()
            tell((i + 1) / len(script.lines))
    return takes


def _copies(speakers: Sequence[Speaker]) -> dict[str, SimpleQueue[Speaker]]:
    """The copies of each engine, each to be taken by one who speaks and put back."""
    copies: dict[str, SimpleQueue[Speaker]] = {}
    for speaker in speakers:
        copies.setdefault(speaker.card.name, SimpleQueue()).put(speaker)
    return copies


def _key(
    script: Script,
    drama: Drama,
    casting: Sequence[Casting],
    speakers: Sequence[Speaker],
    picture: Picture,
) -> str:
    inputs = {
        "play": asdict(play_of(script, drama)),
        "spoken": [line.spoken for line in script.lines],
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
    sheet: dict[str, Any] = {
        "slug": drama.slug,
        "source_language": drama.source_language,
        "orientation": drama.orientation,
        "title": dict(drama.title),
        "synopsis": dict(drama.synopsis),
        "cast": [
            {
                "name": member.names[SOURCE_LANGUAGE],
                "names": {k: v for k, v in member.names.items() if k != SOURCE_LANGUAGE},
            }
            for member in drama.cast
        ],
        "terms": [
            {"source": t.source, "kind": t.kind, "reading": t.reading, "targets": dict(t.targets)}
            for t in drama.terms
        ],
        "rights": asdict(drama.rights),
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
