"""`silkreel story play`: play a story here, walk its canon, or rehearse it many times."""

import sys
from collections.abc import Callable
from pathlib import Path

from silkreel.cli import DONE, REFUSED, show
from silkreel.cli.files import read_named, write_named
from silkreel.kit.words import Counted, words
from silkreel.story.compile import compile_ink, ink_of
from silkreel.story.players import Option, Shown
from silkreel.story.playing import ChildPlayer, game_only_of, not_in_game_of, open_play, places_of
from silkreel.story.project import Story, open_story
from silkreel.story.reach import reach
from silkreel.story.rehearse import LineReport, Rehearsal, rehearse
from silkreel.story.replay import Save, digest_of, save_from_json, save_to_json

SHOWN_DEAD = 20  # lines named on the screen; --json has all
PRICE = Counted("({coins} coins)", one="({coins} coin)", by="coins")
WALKED = Counted(
    "{walks} walks showed {shown} of {lines} lines and options.",
    one="{walks} walk showed {shown} of {lines} lines and options.",
    by="walks",
)


def play(
    path: Path,
    /,
    *,
    canon: bool = False,
    log: Path | None = None,
    walks: int | None = None,
    seed: int = 1,
    json: bool = False,
) -> int:
    """Play a story in the terminal; with --walks, name the lines that no play ever shows.

    Args:
        path: a story's folder, or one .ink file
        canon: show the series' own way instead of asking
        log: a save to go on from, and to write after each choice
        walks: take this many walks by chance and report on every line
        seed: the same seed takes the same walks
        json: print machine-readable results; with --walks and --canon
    """
    story = open_story(path)
    made = compile_ink(ink_of(story)).json()
    if walks is not None:
        return _tell(rehearse(story, made, walks=walks, seed=seed), json=json)
    with open_play(made, places_of(story)) as player:
        if canon:
            return _tell_canon(story, player.canon(game_only_of(story)).ids, json=json)
        _play(player, story, frozenset(reach(made).ids), log)
    return DONE


def _play(player: ChildPlayer, story: Story, known: frozenset[str], log: Path | None) -> None:
    """Lines and numbered choices, until the story ends or the reader stops."""
    digest, unseen = digest_of(story.texts), not_in_game_of(story)
    save = Save(digest)
    if log is not None and log.is_file():
        save = save_from_json(read_named(log).decode(errors="replace"))
    told = player.replay(save.log, known)
    for divergence in told.divergences:
        print(f"! {divergence.sentence()}")
    taken, lines, options = list(told.log), told.lines, told.options
    while True:
        _print_lines(lines, unseen)
        if not options:
            print(f"\n{words('The end.')}")
            return
        option = _ask(options, input)
        if option is None:
            return
        taken.append(option.id)
        stop = player.choose(option.id)
        lines, options = stop.lines, stop.options
        if log is not None:
            write_named(log, save_to_json(Save(digest, tuple(taken))).encode())


def _ask(options: tuple[Option, ...], answer: Callable[[str], str]) -> Option | None:
    """The option a reader picks by its number; None when they stop."""
    for number, option in enumerate(options, start=1):
        price = "  " + words(PRICE, coins=option.price_coins) if option.price_coins else ""
        print(f"  {number}. {option.text}{price}")
    while True:
        try:
            told = answer("> ").strip()
        except EOFError:
            return None
        if told.isascii() and told.isdigit() and 1 <= int(told) <= len(options):
            return options[int(told) - 1]
        print(words("Type a number from 1 to {last}, or end with Ctrl-D.", last=len(options)))


def _print_lines(lines: tuple[Shown, ...], unseen: frozenset[str]) -> None:
    for line in lines:
        if line.id not in unseen:
            print(line.text)


def _tell_canon(story: Story, ids: tuple[str, ...], *, json: bool) -> int:
    if json:
        show.print_json(list(ids))
        return DONE
    texts = {line.id: line for line in story.lines}
    for line_id in ids:
        line = texts[line_id]
        speaker = getattr(line, "speaker", "")
        print(f"{line_id}  {f'{speaker}: ' if speaker else ''}{line.text}")
    return DONE


def _tell(told: Rehearsal, *, json: bool) -> int:
    unreached = [line for line in told.lines if not line.reached]
    dead = [line for line in told.lines if line.dead]
    bad = bool(unreached or dead or told.silent_loops)
    if json:
        show.print_json(_as_json(told))
        return REFUSED if bad else DONE
    for loop in told.silent_loops:
        way = " → ".join(loop)
        print(words("{loop}: goes round for ever and shows nothing (DRM008)", loop=way))
    _name(unreached, words("nothing leads to it (DRM006)"))
    _name(dead if told.walks else [], words("no walk ever showed it (DRM007)"))
    print(words(WALKED, walks=told.walks, shown=told.shown, lines=len(told.lines)))
    return REFUSED if bad else DONE


def _name(lines: list[LineReport], why: str) -> None:
    for line in lines[:SHOWN_DEAD]:
        print(f"{line.at}: {line.line_id}: {why}")
    if len(lines) > SHOWN_DEAD:
        more = len(lines) - SHOWN_DEAD
        print(words("… and {count} more; --json has all.", count=more), file=sys.stderr)


def _as_json(told: Rehearsal) -> dict[str, object]:
    return {
        "walks": told.walks,
        "silent_loops": [list(loop) for loop in told.silent_loops],
        "lines": [
            {
                "id": line.line_id, "file": line.at.file, "line": line.at.line,
                "reached": line.reached, "times": line.times,
                "witness": None if line.witness is None else list(line.witness),
            }
            for line in told.lines
        ],
    }  # fmt: skip
