"""Sizes of pictures: upright, mended, and on each rung. Pure."""

from dataclasses import dataclass
from fractions import Fraction

from silkreel.media.facts import Facts

VERTICAL = Fraction(9, 16)


def even(pixels: Fraction | float) -> int:
    """The nearest even number, at least two: 4:2:0 colour has one sample for two pixels."""
    return max(2, 2 * round(pixels / 2))


@dataclass(frozen=True, slots=True)
class Size:
    """A picture's size."""

    width_pixels: int
    height_pixels: int

    @property
    def short_side_pixels(self) -> int:
        """The smaller of the two: it names the rung."""
        return min(self.width_pixels, self.height_pixels)

    def scaled(self, short_side_pixels: int) -> "Size":
        """The same shape with another short side."""
        share = Fraction(short_side_pixels, self.short_side_pixels)
        return Size(even(self.width_pixels * share), even(self.height_pixels * share))

    def cropped_upright(self) -> "Size":
        """The 9:16 middle of a picture that is too wide."""
        return Size(even(self.height_pixels * VERTICAL), self.height_pixels)

    def fitted_upright(self) -> "Size":
        """A 9:16 ground as wide as the picture's short side, so that nothing is scaled up."""
        return Size(self.short_side_pixels, even(self.short_side_pixels / VERTICAL))


def seen_size(facts: Facts) -> Size:
    """The size as seen: cropped to even numbers, square pixels, turned upright."""
    width = even(facts.width_pixels // 2 * 2 * facts.pixel_aspect)
    height = facts.height_pixels // 2 * 2
    return Size(height, width) if facts.rotation_degrees % 180 else Size(width, height)
