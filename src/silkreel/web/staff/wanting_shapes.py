"""What the desk tells of translations that are stale or missing."""

from collections.abc import Sequence

from pydantic import Field

from silkreel.story.desk.wanting import MOST_TOLD, Wanting, WantingText
from silkreel.web.api.shapes import Shape


class LackShape(Shape):
    """One variant of a text."""

    use: str = Field(description="sub, dub or print")
    standing: str = Field(description="stale or missing")
    words: str
    was: str = Field(description="what the words were made from; empty where there are none")


class WantingTextShape(Shape):
    """A text, and where it is written."""

    id: str
    part: str
    speaker: str
    source: str
    file: str
    line: int
    lacks: list[LackShape]

    @classmethod
    def of(cls, told: WantingText) -> "WantingTextShape":
        """A text as a value."""
        return cls(
            id=told.id, part=told.part, speaker=told.speaker, source=told.source,
            file=told.at.file, line=told.at.line,
            lacks=[LackShape.model_validate(each, from_attributes=True) for each in told.lacks],
        )  # fmt: skip


class WantingShape(Shape):
    """What is stale and missing in one language of a story."""

    language: str
    languages: list[str]
    parts: list[str] = Field(description="episodes and chapters")
    counts: dict[str, dict[str, int]] = Field(description="of the whole story, by use and standing")
    texts: list[WantingTextShape]
    left_off: int = Field(description="texts beyond those told; ask for one part")

    @classmethod
    def of(
        cls, told: Wanting, languages: Sequence[str], parts: Sequence[str], part: str
    ) -> "WantingShape":
        """What is wanting of one part, or of all."""
        texts = [each for each in told.texts if part in ("", each.part)]
        return cls(
            language=told.language, languages=[*languages], parts=[*parts],
            counts={use: {**counted} for use, counted in told.counts.items()},
            texts=[WantingTextShape.of(each) for each in texts[:MOST_TOLD]],
            left_off=max(0, len(texts) - MOST_TOLD),
        )  # fmt: skip
