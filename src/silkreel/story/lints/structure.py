"""Checks of structure: what the drama profile allows, and whether every way leads somewhere."""

import re
from collections.abc import Iterator
from itertools import pairwise

from silkreel.story.flow import START, Options, Part, open_ends, option_sets, price_coins, reached
from silkreel.story.lints import needs
from silkreel.story.lints.catalogue import Found, lint
from silkreel.story.lints.evidence import Evidence
from silkreel.story.script import (
    NOWHERE,
    At,
    Beat,
    Choice,
    Comment,
    Divert,
    Logic,
    Placed,
    has_tag,
    tag_value,
    walk,
)

MOST_OPTIONS = 6  # more do not fit a phone's screen above the thumb
DEEPEST_CHOICE = 2
FEWEST_QUOTED_WORDS = 2

_HEADING = re.compile(r"(INT|EXT|EST|INT\.?/EXT|EXT\.?/INT|I/E)[. ]\s*\S.*", re.IGNORECASE)
_STITCH = re.compile(r"[a-z][a-z0-9]*")
_KNOT = re.compile(r"ep\d{3}")
_QUOTED = re.compile(r"[“\"«]([^”\"»]+)[”\"»]|「([^」]+)」|『([^』]+)』")
_PLACEHOLDER = re.compile(r"\{\s*[^\W\d]\w*\s*\}")
_BRACES = re.compile(r"(?<!\\)\{[^{}]*\}?")
_GLUE = re.compile(r"(?<!\\)<>")
_BARRED = re.compile(r"\b(RANDOM|SEED_RANDOM|TURNS_SINCE|TURNS|CHOICE_COUNT|LIST_RANDOM|shuffle)\b")
_DECLARED = re.compile(r"VAR\s+(\w+)\s*=")
_ASSIGNED = re.compile(r"^~\s*(\w+)\s*(?:=(?!=)|\+=|-=|\+\+|--)")
_WORD = re.compile(r"[^\W\d]\w*")


@lint("DRM001", "B")
def compiles(evidence: Evidence) -> Iterator[Found]:
    """The ink compiler has an error or a warning.

    The story cannot be played as it stands, or the compiler doubts that it can. The compiler's own
    words are told with the file and line it names.
    """
    for told in evidence.compiler_told:
        yield Found(f"The ink compiler says: {told.sentence}", told.at)


@lint("DRM004", "B")
def choice_form(evidence: Evidence) -> Iterator[Found]:
    """A choice stands on one line, its text and tags inside the brackets, with an id.

    Tags behind the closing bracket land on whatever is shown next, and the game finds the option
    without its id, price or canon mark. Text outside the brackets is shown twice.
    """
    for placed in evidence.story.walk():
        choice = placed.node
        if not isinstance(choice, Choice) or choice.fallback:
            continue
        if not choice.brackets:
            yield Found("Write the choice in brackets: * [Sign. #id:…].", choice.at, choice.id)
        elif choice.before or choice.after:
            stray = choice.after or choice.before
            yield Found(
                f"Move “{stray}” inside the choice's brackets: behind them it lands on the next line.",
                choice.at, choice.id,
            )  # fmt: skip
        elif choice.id is None:
            yield Found("This choice has no id; run `silkreel story stamp`.", choice.at)


@lint("DRM005", "B")
def logic_in_text(evidence: Evidence) -> Iterator[Found]:
    """Text holds glue, alternatives or conditions.

    One id must always stand for the same words, or neither a voice nor a translation fits it. Only
    `{NAME}`, filled from a variable, may stand in a text; conditions stand on lines of their own.
    """
    for placed in evidence.story.walk():
        node = placed.node
        if isinstance(node, Beat | Choice):
            bare = _PLACEHOLDER.sub("", node.text)
            if _GLUE.search(bare):
                yield Found("Take the glue <> out: a line is said whole.", node.at, node.id)
            elif _BRACES.search(bare):
                yield Found(
                    "Put the condition or the alternatives on lines of their own, each text with an id.",
                    node.at, node.id,
                )  # fmt: skip
        elif isinstance(node, Logic) and node.kind == "switch" and _says_something(node.text):
            yield Found("This condition shows text; write it over several lines.", node.at)


def _says_something(switch: str) -> bool:
    sides = switch.strip("{} ").partition(":")[2].split("|")
    return any(side.strip() and not side.strip().startswith(("->", "~")) for side in sides)


@lint("DRM006", "B")
def unreachable(evidence: Evidence) -> Iterator[Found]:
    """No way leads to this scene.

    Neither a divert nor a choice reaches it from the story's first line, so no viewer, reader or
    player ever meets it.
    """
    parts = evidence.parts
    first = next((episode.name for episode in evidence.numbered), None)
    starts = [START] if parts[START].exits or first is None else [first]
    met = reached(parts, starts)
    for name, part in parts.items():
        if name not in met and name != START and _shows(part):
            yield Found(f"Nothing leads to {name}; divert to it, or take it out.", part.at)


def _shows(part: Part) -> bool:
    return not part.silent


@lint("DRM007", "W", needs.walks)
def never_shown(evidence: Evidence) -> Iterator[Found]:
    """No play ever shows this line, though something leads to it.

    Its condition never holds where it stands: only playing finds that. The check takes the walks that
    `--walks` asks for, and always one to every option it can find. A line that is rarely met is
    tagged `#rare`.
    """
    for line in evidence.story.lines:
        if line.id in evidence.never_shown and not has_tag(line.tags, "rare"):
            yield Found(f"None of {evidence.walks} walks shows this.", line.at, line.id)


@lint("DRM008", "B")
def runs_out(evidence: Evidence) -> Iterator[Found]:
    """The story runs out of lines, turns in an empty loop, or asks a question without answers.

    After the last line of a branch there must be a divert: to a scene, or to END. A circle of scenes
    that show nothing hangs every player. A set of choices that all have conditions can be empty.
    """
    for name, part in evidence.parts.items():
        if name == START and part.silent and not part.exits:
            continue
        ends = open_ends(part.items)
        if not part.exits and part.silent and evidence.leads_on(name):
            ends = [part.at]
        for at in dict.fromkeys(ends):
            yield Found("The story runs out here: end the branch with -> scene or -> END.", at)
        for options, _ in option_sets(part.items):
            if all(choice.conditions for choice in options.choices):
                yield Found(
                    "Every option here has a condition: add one that is always open.",
                    options.choices[0].at,
                )
    yield from _empty_loops(evidence)


def _empty_loops(evidence: Evidence) -> Iterator[Found]:
    """Rings without a way out, as the compiled graph tells; without one, as the script does."""
    if evidence.silent_loops is None:
        yield from _empty_loops_as_written(evidence)
        return
    places = {episode.name: episode.at for episode in evidence.story.episodes}
    places |= {name: part.at for name, part in evidence.parts.items()}
    for ring in evidence.silent_loops:
        told = " and ".join(ring) or "the beginning"
        at = next((places[name] for name in ring if name in places), NOWHERE)
        yield Found(f"{told}: this goes round for ever and shows nothing; give it a way out.", at)


def _empty_loops_as_written(evidence: Evidence) -> Iterator[Found]:
    silent = {name: part for name, part in evidence.parts.items() if part.silent}
    for name, part in silent.items():
        starts = [way.target for way in part.exits if way.target in silent]
        if name in reached(silent, starts):
            yield Found(f"{name} leads back to itself without showing a line.", part.at)


@lint("DRM009", "B")
def canon_way(evidence: Evidence) -> Iterator[Found]:
    """The series' own way is missing, double, or leaves an episode out.

    Every set of choices the series meets has exactly one option tagged `#canon`, and the way it
    makes shows every episode in order.
    """
    for part in evidence.parts.values():
        for options, game_only in option_sets(part.items, game_only=part.game_only):
            shown = [choice for choice in options.choices if not choice.fallback]
            canon = [choice for choice in shown if has_tag(choice.tags, "canon")]
            if len(canon) > 1:
                yield Found("Two options are #canon; leave one.", canon[1].at, canon[1].id)
            elif not canon and len(shown) > 1 and not game_only:
                yield Found("Tag one of these options #canon.", shown[0].at, shown[0].id)
    if evidence.canon is not None and all(line.id for line in evidence.story.lines):
        yield from _skipped(evidence)


def _skipped(evidence: Evidence) -> Iterator[Found]:
    for episode in evidence.numbered:
        if not evidence.beats[episode.name] and tag_value(episode.tags, "only") != "game":
            yield Found(f"The canon way shows nothing of {episode.name}.", episode.at)


@lint("DRM011", "B")
def headings(evidence: Evidence) -> Iterator[Found]:
    """A scene has no proper heading, or text stands outside a scene.

    `# scene:INT. CAR - NIGHT` under a stitch of ASCII letters tells print, board and schedule where
    and when it plays. Lines stand in scenes of knots tagged `# episode:N`; no number comes twice.
    """
    if not evidence.numbered:
        told = "There is no episode: tag a knot # episode:1."
        yield Found(told, At(evidence.story.main.path, 1))
    numbers: dict[int, str] = {}
    for episode in evidence.story.episodes:
        if episode.number is not None:
            if episode.number in numbers:
                other = numbers[episode.number]
                yield Found(f"{other} has the same episode number {episode.number}.", episode.at)
            if not _KNOT.fullmatch(episode.name):
                yield Found(f"Call the knot of episode {episode.number} epNNN.", episode.at)
            numbers[episode.number] = episode.name
    yield from _scene_headings(evidence)
    for placed in evidence.story.walk():
        if isinstance(placed.node, Beat | Choice) and (place := _homeless(placed)):
            yield Found(f"This line stands {place}; move it into a scene.", placed.node.at)


def _scene_headings(evidence: Evidence) -> Iterator[Found]:
    for episode in evidence.story.episodes:
        for scene in episode.scenes:
            if not _STITCH.fullmatch(scene.name):
                yield Found(f"Name the scene {scene.name} in letters a-z and digits.", scene.at)
            if not _HEADING.fullmatch(scene.heading):
                told = (
                    f"“{scene.heading}” is no heading" if scene.heading else "There is no heading"
                )
                yield Found(f"{told}; write # scene:INT. PLACE - NIGHT under the name.", scene.at)


def _homeless(placed: Placed) -> str:
    if placed.episode is None:
        return "before any episode"
    if placed.episode.number is None:
        return f"in {placed.episode.name}, which has no # episode tag"
    return "before the first scene" if placed.scene is None else ""


@lint("DRM012", "W")
def quoted_speech(evidence: Evidence) -> Iterator[Found]:
    """Action quotes speech.

    Words in quotation marks inside action have no speaker, so no voice says them and no subtitle
    shows them. Give them to somebody of the cast, or to NARRATOR. A sign that is read is SUB.
    """
    for placed in evidence.story.walk():
        beat = placed.node
        if not isinstance(beat, Beat) or beat.speaker:
            continue
        quoted = (next(filter(None, found.groups())) for found in _QUOTED.finditer(beat.text))
        words = next(
            (q for q in quoted if len(q.split()) >= FEWEST_QUOTED_WORDS or not q.isascii()), ""
        )
        if words:
            yield Found(f"Who says “{words}”? Give it a line: NAME: {words}", beat.at, beat.id)


@lint("DRM014", "W")
def only_paid(evidence: Evidence) -> Iterator[Found]:
    """Every option of a choice costs coins.

    Whoever does not pay must be able to go on. Otherwise the price is a toll, which stores and
    viewers treat as a trap.
    """
    for options, _ in _all_options(evidence):
        paid = [choice for choice in options.choices if price_coins(choice)]
        free = [choice for choice in options.choices if not price_coins(choice)]
        if paid and not free:
            yield Found("All options cost coins; offer a free one.", paid[0].at, paid[0].id)


@lint("DRM015", "B")
def no_free_ending(evidence: Evidence) -> Iterator[Found]:
    """No ending can be reached without paying for an option.

    Going by free options alone from the story's first line, no way comes to END.
    """
    parts = evidence.parts
    starts = [START] if parts[START].exits else [e.name for e in evidence.numbered[:1]]
    if "END" in reached(parts, starts) and "END" not in reached(parts, starts, free=True):
        paid = [
            c for options, _ in _all_options(evidence) for c in options.choices if price_coins(c)
        ]
        yield Found(
            "Without coins no ending is reached; make a way around this.", paid[0].at, paid[0].id
        )


@lint("DRM016", "B")
def barred(evidence: Evidence) -> Iterator[Found]:
    """The script uses what two runtimes do not play alike.

    Threads, tunnels, shuffles, RANDOM, TURNS_SINCE, EXTERNAL and choices deeper than two are barred:
    a saved game is replayed from its choices and must come out the same on every machine.
    """
    for placed in evidence.story.walk():
        node = placed.node
        if isinstance(node, Choice) and node.depth > DEEPEST_CHOICE:
            yield Found(
                "Choices go two deep at most; make this a scene of its own.", node.at, node.id
            )
        elif isinstance(node, Divert | Choice) and "->" in node.target:
            yield Found("Tunnels are barred; divert there and back by name.", node.at)
        elif isinstance(node, Logic) and (what := _barred_in(node)):
            yield Found(f"{what} is barred: a replay could come out otherwise.", node.at)


def _barred_in(node: Logic) -> str:
    if node.kind == "thread":
        return "A thread (<-)"
    if node.kind == "odd":
        return f"“{node.text[:40]}” is no line of the profile and"
    if node.text.startswith("EXTERNAL"):
        return "EXTERNAL"
    found = _BARRED.search(node.text)
    return found[0] if found else ""


@lint("DRM017", "W")
def many_options(evidence: Evidence) -> Iterator[Found]:
    """More than six options at once.

    On a phone the seventh is below the thumb or off the screen.
    """
    for options, _ in _all_options(evidence):
        if len(options.choices) > MOST_OPTIONS:
            first = options.choices[0]
            yield Found(
                f"{len(options.choices)} options at once; {MOST_OPTIONS} fit a phone.",
                first.at,
                first.id,
            )


@lint("DRM018", "W")
def comment_in_text(evidence: Evidence) -> Iterator[Found]:
    r"""Two slashes cut a line of text short.

    Ink reads `//` as the start of a comment wherever it stands: the rest of a web address is gone.
    Write `/\/` for two slashes, or put the comment on a line of its own.
    """
    for script in evidence.story.scripts:
        nodes = [placed.node for placed in walk(script)]
        for before, node in pairwise(nodes):
            if isinstance(node, Comment) and node.inline and isinstance(before, Beat | Choice):
                yield Found(
                    f"Everything from // on is a comment: “{node.text[:40]}”. Write /\\/ for slashes.",
                    before.at, before.id,
                )  # fmt: skip


@lint("DRM019", "W")
def idle_variables(evidence: Evidence) -> Iterator[Found]:
    """A variable is never set, or never read.

    Either its use was forgotten, or its name is misspelled somewhere. What never changes is a CONST.
    """
    declared, assigned, read = {}, set(), set()
    for placed in evidence.story.walk():
        node = placed.node
        if isinstance(node, Logic):
            if found := _DECLARED.match(node.text):
                declared[found[1]] = node.at
                continue
            found = _ASSIGNED.match(node.text)
            if found:
                assigned.add(found[1])
            rest = node.text[found.end() :] if found else node.text
            read |= set(_WORD.findall(rest))
        elif isinstance(node, Beat | Choice):
            told = " ".join(_BRACES.findall(node.text))
            told += " ".join(node.conditions) if isinstance(node, Choice) else ""
            read |= set(_WORD.findall(told))
    for name, at in declared.items():
        if name not in read:
            yield Found(f"{name} is never read.", at)
        elif name not in assigned:
            yield Found(f"{name} is never set after its first value; make it a CONST.", at)


def _all_options(evidence: Evidence) -> Iterator[tuple[Options, bool]]:
    for part in evidence.parts.values():
        yield from option_sets(part.items, game_only=part.game_only)
