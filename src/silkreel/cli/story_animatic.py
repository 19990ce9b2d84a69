"""`silkreel story animatic`: watch an episode before it is shot."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter, validators

from silkreel.cli import show
from silkreel.cli.opening import opened
from silkreel.flows.make_animatic import Animatic, AnimaticOrder, make_animatic
from silkreel.kit.languages import normal_tag
from silkreel.kit.words import Counted, words

COLUMN_SENTENCES = ("shot", "size", "move", "at", "seconds", "asked", "lines")
SHOTS = Counted("{count} shots", one="{count} shot")


def animatic(
    path: Path,
    /,
    *,
    episode: Annotated[int, Parameter(validator=validators.Number(gte=1))],
    language: str = "",
    draft: bool = False,
    out: Path | None = None,
    json: bool = False,
) -> None:
    """Render an episode's shots and lines into a vertical preview with voices and captions.

    Pictures the board names are shown; what nobody has drawn yet is drawn here. Only what changed is
    made anew: run it again after each edit, or after Ctrl-C to go on.

    Args:
        path: a story's folder, or one .ink file
        episode: which episode
        language: speak and caption it in this language, from i18n/LANGUAGE.po
        draft: stills instead of moving shots, three times as fast
        out: the .mp4 file to write; subtitles lie beside it; by default in the story's folder out
        json: print machine-readable results
    """
    tag = normal_tag(language) if language else ""
    order = AnimaticOrder(path, episode, tag, draft, out)
    with opened() as house, show.watching() as watcher:
        made = make_animatic(
            house.settings, house.workshop, order,
            progress=lambda what, share: watcher.share(share, what, None),
        )  # fmt: skip
    if json:
        show.print_json(made.to_json())
    else:
        _tell(made)


def _tell(made: Animatic) -> None:
    rows = [
        (
            row.id, row.size, row.move.replace("_", " "), f"{row.start_seconds:.1f}",
            f"{row.length_seconds:.1f}", f"{row.asked_seconds:.1f}" if row.asked_seconds else "",
            " ".join(row.lines),
        )
        for row in made.shots
    ]  # fmt: skip
    show.print_table(made.episode, [words(name) for name in COLUMN_SENTENCES], rows)
    print(_length(made))
    for who, voice in made.voices.items():
        print(f"{who:>12}  {voice}")
    for note in made.notes:
        print(f"! {note}")
    if made.proposed:
        print(
            words(
                "The shots are proposed; write shots/{name}.yaml to direct them.", name=made.episode
            )
        )
    shots = words(SHOTS, count=len(made.shots))
    print(
        words("{shots}, {drawn} drawn now: {film}", shots=shots, drawn=made.drawn, film=made.film)
    )
    print(
        words("Voices and pictures are synthetic; the film says so, and the catalogue refuses it.")
    )


def _length(made: Animatic) -> str:
    seconds, budget = made.length_seconds, made.budget_seconds
    if budget is None:
        return words("{seconds:.1f} s; the episode has no # budget.", seconds=seconds)
    return words(
        "{seconds:.1f} s of {budget:.0f} s: {over:+.0%}.",
        seconds=seconds, budget=budget, over=seconds / budget - 1,
    )  # fmt: skip
