"""How well read captions match drawn ones: letters, lines, borders."""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from drawn_captions import Caption
from silkreel.dubbing.caption_script import comparable
from silkreel.dubbing.read_lines import ReadLine

RIGHT_SHARE = 0.8  # of a line's letters, for the line to count as found


@dataclass(frozen=True)
class Score:
    letters: int  # in the truth
    wrong_letters: int  # changed, missed or invented
    lines: int
    read: int
    right: int
    blanks_right: int
    borders: tuple[int, ...]  # frames off, two for each matched line

    @property
    def cer(self) -> float:
        return self.wrong_letters / max(1, self.letters)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, self.lines + self.read)

    @property
    def within_one(self) -> float:
        return sum(each <= 1 for each in self.borders) / max(1, len(self.borders))

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.letters + other.letters, self.wrong_letters + other.wrong_letters,
            self.lines + other.lines, self.read + other.read, self.right + other.right,
            self.blanks_right + other.blanks_right, self.borders + other.borders,
        )  # fmt: skip


def score(truth: Sequence[Caption], lines: Sequence[ReadLine]) -> Score:
    """Match lines one to one by their common frames, the longest first."""
    pairs = sorted(
        ((_common(caption, line), caption, line) for caption in truth for line in lines),
        key=lambda pair: (-pair[0], -_likeness(pair[1], pair[2])),
    )
    left_truth, left_lines = list(truth), list(lines)
    wrong = right = blanks = 0
    borders: list[int] = []
    for common, caption, line in pairs:
        shorter = min(caption.end_frame - caption.first_frame, line.span.length_frames)
        if caption not in left_truth or line not in left_lines or 2 * common < shorter:
            continue
        left_truth.remove(caption)
        left_lines.remove(line)
        off = Levenshtein.distance(comparable(caption.text), comparable(line.text))
        wrong += off
        right += off <= (1 - RIGHT_SHARE) * len(comparable(caption.text))
        blanks += caption.text.split() == line.text.split()
        borders += [
            abs(line.span.first_frame - caption.first_frame),
            abs(line.span.end_frame - caption.end_frame),
        ]
    wrong += sum(len(comparable(each.text)) for each in (*left_truth, *left_lines))
    letters = sum(len(comparable(caption.text)) for caption in truth)
    return Score(letters, wrong, len(truth), len(lines), right, blanks, tuple(borders))


def _common(caption: Caption, line: ReadLine) -> int:
    first = max(caption.first_frame, line.span.first_frame)
    return max(0, min(caption.end_frame, line.span.end_frame) - first)


def _likeness(caption: Caption, line: ReadLine) -> float:
    return Levenshtein.normalized_similarity(comparable(caption.text), comparable(line.text))
