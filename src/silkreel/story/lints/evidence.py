"""What the checks look at: the story as written, and what compiling and playing it told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from silkreel.story.canon import Walk
from silkreel.story.flow import Part, linear, parts_of
from silkreel.story.forms.po import Translations
from silkreel.story.novel import Chapter
from silkreel.story.project import Story
from silkreel.story.script import At, Beat, Episode
from silkreel.story.shots import ShotList


@dataclass(frozen=True, slots=True)
class Told:
    """What the compiler says of one line."""

    at: At
    sentence: str


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
            home = self._homes.get(line_id)
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
    def _homes(self) -> Mapping[str, str]:
        return {
            placed.node.id: placed.episode.name
            for placed in self.story.walk()
            if isinstance(placed.node, Beat) and placed.node.id and placed.episode
        }

    def _written(self, episode: Episode) -> tuple[Beat, ...]:
        names = [episode.name, *(scene.id for scene in episode.scenes if scene.only != "game")]
        return tuple(
            beat for name in names if name in self.parts for beat in linear(self.parts[name].items)
        )
