"""What the checks look at: the story as written, and what compiling and playing it told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from silkreel.story.canon import Walk
from silkreel.story.flow import Part, linear, parts_of
from silkreel.story.forms.po import Translations
from silkreel.story.forms.vtt import Cues
from silkreel.story.novel import Chapter
from silkreel.story.project import Story
from silkreel.story.provenance import Provenance
from silkreel.story.script import At, Beat, Choice, Episode
from silkreel.story.shots import ShotList


@dataclass(frozen=True, slots=True)
class Told:
    """What the compiler says of one line."""

    at: At
    sentence: str


Takes = Mapping[str, float]  # seconds that words lasted when they were spoken, by the words


@dataclass(frozen=True, slots=True)
class Outside:
    """What is known of a story beyond its folder; the edge that can look tells it."""

    series: str = ""  # whose story it is
    before: Mapping[str, str] = field(default_factory=dict)  # words last published, by line id
    cues: Mapping[str, Cues] = field(default_factory=dict)  # of the picture, by language
    takes: Mapping[str, Takes] = field(default_factory=dict)  # of the dub, by language


@dataclass(frozen=True)
class Evidence:
    """A story and all that is known of it. What is None was not looked into."""

    story: Story
    compiler_told: tuple[Told, ...] = ()
    compiled_ids: frozenset[str] | None = None
    silent_loops: tuple[tuple[str, ...], ...] | None = None  # rings that show nothing, by the graph
    canon: Walk | None = None
    translations: Mapping[str, Translations] = field(default_factory=dict)  # by language
    shot_lists: tuple[ShotList, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    walks: int = 0  # how often the story was played through by chance
    never_shown: frozenset[str] = frozenset()  # ids no walk has shown
    own_cues: Mapping[str, Cues] = field(default_factory=dict)  # of the story's folder, by language
    provenance: Provenance = field(default_factory=Provenance)
    outside: Outside = field(default_factory=Outside)

    @cached_property
    def parts(self) -> Mapping[str, Part]:
        """Scenes and episodes with their ways out."""
        return parts_of(self.story)

    @cached_property
    def beats(self) -> Mapping[str, tuple[Beat, ...]]:
        """Beats of each numbered episode as the plain series shows them.

        In the order of the canon walk where there is one, else as near as the script tells.
        """
        written = {episode.name: self._written(episode) for episode in self.numbered}
        if self.canon is None:
            return written
        known = {line.id: line for line in self.story.lines if isinstance(line, Beat) and line.id}
        walked: dict[str, list[Beat]] = {name: [] for name in written}
        for line_id in self.canon.ids:
            home = self.homes.get(line_id)
            if line_id in known and home in walked:
                walked[home].append(known[line_id])
        return {name: tuple(beats) for name, beats in walked.items()}

    @cached_property
    def numbered(self) -> tuple[Episode, ...]:
        """Episodes by number."""
        numbered = (e for e in self.story.episodes if e.number is not None)
        return tuple(sorted(numbered, key=lambda e: e.number or 0))

    def leads_on(self, name: str) -> bool:
        """Whether a part is an episode that should lead into its scenes."""
        return any(episode.name == name and episode.scenes for episode in self.numbered)

    @cached_property
    def cues(self) -> Mapping[str, Cues]:
        """When lines are said, by language; files in the story's folder go before the picture's."""
        languages = dict.fromkeys((*self.own_cues, *self.outside.cues))
        here, there = self.own_cues, self.outside.cues
        return {each: {**there.get(each, {}), **here.get(each, {})} for each in languages}

    @cached_property
    def before(self) -> Mapping[str, str]:
        """What lines read earlier: as published, else as their translators had them."""
        worded = (each for found in self.translations.values() for each in found.wordings)
        told = {each.line_id: each.source for each in worded if each.use == "sub"}
        return {**told, **self.outside.before}

    @cached_property
    def homes(self) -> Mapping[str, str]:
        """The knot each line and option stands in."""
        return {
            placed.node.id: placed.episode.name
            for placed in self.story.walk()
            if isinstance(placed.node, Beat | Choice) and placed.node.id and placed.episode
        }

    def _written(self, episode: Episode) -> tuple[Beat, ...]:
        names = [episode.name, *(scene.id for scene in episode.scenes if scene.only != "game")]
        return tuple(
            beat for name in names if name in self.parts for beat in linear(self.parts[name].items)
        )
