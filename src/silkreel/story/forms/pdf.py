"""The series as a script on paper: A4 pages in the layout that sets read, letters inside the file.

Columns follow the American screenplay: action wide, dialogue narrow, the speaker over it. Scene ids
stand where scene numbers do, so that whoever holds the page finds the scene in every other form.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from fontTools.ttLib import TTFont
from fpdf import FPDF

from silkreel.kit.refusals import Refusal
from silkreel.kit.words import reader_language, speaking, words
from silkreel.story.forms.linear import LinearScene, Said, linear_scenes
from silkreel.story.novel_pages import told_text
from silkreel.story.project import Story
from silkreel.story.script import Episode

FONT = "script"
POINTS, SMALL_POINTS, TITLE_POINTS = 11, 8, 24
LINE_MM, GAP_MM = 5.2, 4.0
LEFT_MM, RIGHT_MM, TOP_MM, BOTTOM_MM = 32.0, 22.0, 24.0, 20.0
NAME_MM, DIRECTION_MM, DIALOGUE_MM, DIALOGUE_WIDTH_MM = 88.0, 74.0, 60.0, 92.0  # from the edge
KEPT_MM = 22.0  # a name never stands alone at the foot of a page
WRITTEN = datetime(1980, 1, 1, tzinfo=UTC)  # the same story, the same bytes
WIDE = 0x2E80  # from here on, letters of scripts that are broken anywhere


class CannotPrint(Refusal):
    """The font has no letters for what is said."""

    status = 422
    message = (
        "The font on this machine has no letters for {letters} ({line_id}); export Fountain or HTML "
        "and print it where fonts for that script are installed."
    )


def write_pdf(story: Story, walk: Sequence[str], font: Path, face: int = 0) -> bytes:
    """The series in the order of a walk; `face` is which font of a collection.

    Raises:
        CannotPrint: letters are missing in the font.
    """
    scenes = linear_scenes(story, walk)
    _expect_letters(scenes, font, face)
    page = _Page(_title(story))
    page.add_font(FONT, fname=str(font), collection_font_number=face)
    page.front(story)
    episode: Episode | None = None
    with speaking(reader_language([story.project.language])):
        for scene in scenes:
            if scene.episode is not episode:
                episode = scene.episode
                page.begin_episode(episode)
            page.scene(scene)
    return bytes(page.output())


def _title(story: Story) -> str:
    return story.project.title or story.main.tag("title") or story.folder.resolve().name


def _expect_letters(scenes: Sequence[LinearScene], font: Path, face: int) -> None:
    known = set(TTFont(font, fontNumber=face, lazy=True).getBestCmap())
    for scene in scenes:
        for line in scene.lines:
            told = f"{line.beat.speaker}{line.beat.direction}{told_text(line.beat.text)}"
            missing = sorted({c for c in told if ord(c) not in known and not c.isspace()})
            if missing:
                raise CannotPrint(letters=" ".join(missing[:8]), line_id=line.beat.id)


class _Page(FPDF):  # type: ignore[misc]  # fpdf2 has no types
    def __init__(self, title: str) -> None:
        super().__init__(orientation="portrait", format="A4")
        self._title = title
        self._episode = ""
        self.set_creation_date(WRITTEN)
        self.set_title(title)
        self.set_margins(LEFT_MM, TOP_MM, RIGHT_MM)
        self.set_auto_page_break(True, BOTTOM_MM)

    def header(self) -> None:
        """Title, episode and page, on every page but the first."""
        if self.page_no() == 1:
            return
        self.set_font(FONT, size=SMALL_POINTS)
        self.set_xy(LEFT_MM, TOP_MM / 2)
        self.cell(text=f"{self._title} · {self._episode}" if self._episode else self._title)
        self.set_xy(LEFT_MM, TOP_MM / 2)
        self.cell(self.epw, text=f"{self.page_no() - 1}.", align="R")
        self.set_xy(LEFT_MM, TOP_MM)
        self.set_font(FONT, size=POINTS)

    def front(self, story: Story) -> None:
        """The title page: what it is called, in which language, who is in it."""
        self.add_page()
        self.set_y(95)
        self._told(self._title, LEFT_MM, self.epw, points=TITLE_POINTS, line_mm=11, align="C")
        self.ln(6)
        cast = ", ".join(c.name or c.id for c in story.project.cast if c.id != "NARRATOR")
        self._told(cast, LEFT_MM, self.epw, align="C")

    def begin_episode(self, episode: Episode) -> None:
        """Each episode on a page of its own: they are shot, timed and sold one by one."""
        name = words("Episode {number}", number=episode.number)
        self._episode = f"{name}: {episode.title}" if episode.title else name
        self.add_page()
        budget = episode.budget_seconds
        behind = f" ({budget:.0f} s)" if budget else ""
        self._told(f"{self._episode}{behind}", LEFT_MM, self.epw, points=14, line_mm=8)

    def scene(self, scene: LinearScene) -> None:
        """A heading with its id, and what happens."""
        self._room(KEPT_MM)
        self.ln(GAP_MM)
        self.set_font(FONT, size=SMALL_POINTS)
        self.text(LEFT_MM - 22, self.get_y() + 3.9, scene.scene.name[:14])
        self._told(scene.scene.heading or "INT. UNKNOWN - DAY", LEFT_MM, self.epw)
        for line in scene.lines:
            self.ln(GAP_MM)
            self._line(line)

    def _line(self, line: Said) -> None:
        beat, text = line.beat, told_text(line.beat.text)
        if not beat.speaker:
            self._told(text, LEFT_MM, self.epw)
            return
        self._room(KEPT_MM)
        behind = f" ({', '.join(beat.qualifiers)})" if beat.qualifiers else ""
        self._told(f"{beat.speaker}{behind}", NAME_MM, self.w - RIGHT_MM - NAME_MM)
        if beat.direction:
            self._told(f"({beat.direction})", DIRECTION_MM, self.w - RIGHT_MM - DIRECTION_MM)
        self._told(text, DIALOGUE_MM, DIALOGUE_WIDTH_MM)

    def _told(
        self, text: str, left_mm: float, width_mm: float, *, points: float = POINTS,
        line_mm: float = LINE_MM, align: str = "L",
    ) -> None:  # fmt: skip
        self.set_font(FONT, size=points)
        self.set_x(left_mm)
        wide = sum(ord(char) >= WIDE for char in text) * 3 > len(text)
        self.multi_cell(
            width_mm, line_mm, text, align=align, wrapmode="CHAR" if wide else "WORD",
            new_x="LMARGIN", new_y="NEXT",
        )  # fmt: skip

    def _room(self, height_mm: float) -> None:
        """Go on at the next page where so much is not left of this one."""
        if self.will_page_break(height_mm):
            self.add_page()
