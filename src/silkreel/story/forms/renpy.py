"""The game as Ren'Py: one script of labels and menus, and one translation file a language.

Strings are translated by line id: `script.rpy` names each line by `id`, `tl/LANG/script.rpy` holds
`translate LANG ID` blocks. Format: renpy.org/doc/html, label, menu, jump, translate.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from silkreel.story.forms.branching import END, Assign, Block, Offer, Test, branching_of, written
from silkreel.story.forms.po import Translations
from silkreel.story.novel_pages import told_text
from silkreel.story.project import Story
from silkreel.story.script import Beat

SIGNS = {"&&": "and", "||": "or", "!": "not"}
TRUTHS = {"true": "True", "false": "False"}
MENU = " " * 4
_WORD = re.compile(r"\W")


def write_renpy(
    story: Story, translations: Mapping[str, Translations] | None = None
) -> dict[str, str]:
    """A story as Ren'Py files by path below `game/`.

    Raises:
        CannotCarry: something beyond the drama profile.
    """
    game = branching_of(story)
    rows = ["# Made from the story; change the story, not this file.", ""]
    rows += [f'define {_speaker(name)} = Character("{_text(name)}")' for name in _speakers(story)]
    rows += [f"default {name} = {_told(value)}" for name, value in game.variables.items()]
    rows += [f"default taken_{each} = False" for each in _once(game.blocks.values())]
    for block in game.blocks.values():
        rows += ["", f"label {_label(block.name)}:", *(MENU + row for row in _rows(block))]
    files = {"script.rpy": "\n".join(rows) + "\n"}
    for language, known in (translations or {}).items():
        tag = _WORD.sub("_", language.lower())
        files[f"tl/{tag}/script.rpy"] = _translation(story, tag, known)
    return files


def _rows(block: Block) -> Iterator[str]:
    for step in block.steps:
        if isinstance(step, Beat):
            yield _say(step)
        elif isinstance(step, Assign):
            yield f"$ {step.name} = {_told(step.value)}"
    if block.offers:
        yield "menu:"
        for offer in block.offers:
            yield from (MENU + row for row in _option(offer))
        return
    for number, way in enumerate(block.ways):
        if way.test is None:
            yield from _after_tests(number, _jump(way.target))
        else:
            yield f"{'if' if number == 0 else 'elif'} {_told(way.test)}:"
            yield MENU + _jump(way.target)


def _after_tests(number: int, jump: str) -> Iterator[str]:
    if number:
        yield "else:"
        yield MENU + jump
    else:
        yield jump


def _option(offer: Offer) -> Iterator[str]:
    tests = [f"({_told(test)})" for test in offer.tests]
    if not offer.choice.sticky:
        tests.append(f"not taken_{offer.choice.id}")
    condition = f" if {' and '.join(tests)}" if tests else ""
    yield f'"{_text(told_text(offer.choice.text))}"{condition}:'
    if not offer.choice.sticky:
        yield f"{MENU}$ taken_{offer.choice.id} = True"
    yield MENU + _jump(offer.target)


def _say(beat: Beat) -> str:
    who = f"{_speaker(beat.speaker)} " if beat.speaker else ""
    return f'{who}"{_placed(beat.text)}" id {beat.id}'


def _translation(story: Story, tag: str, known: Translations) -> str:
    texts = {each.line_id: each.text for each in known.wordings if each.use == "sub" and each.text}
    rows: list[str] = []
    options: list[str] = []
    for line in story.lines:
        text = texts.get(line.id or "")
        if text is None:
            continue
        if isinstance(line, Beat):
            who = f"{_speaker(line.speaker)} " if line.speaker else ""
            rows += [f"translate {tag} {line.id}:", f'{MENU}{who}"{_placed(text)}"', ""]
        else:
            old, new = _text(told_text(line.text)), _text(told_text(text))
            options += [f"{MENU}# {line.id}", f'{MENU}old "{old}"', f'{MENU}new "{new}"', ""]
    if options:
        rows += [f"translate {tag} strings:", *_without_repeats(options)]
    return "\n".join(rows).rstrip() + "\n"


def _without_repeats(options: list[str]) -> Iterator[str]:
    """Ren'Py takes each old string once."""
    seen: set[str] = set()
    for at in range(0, len(options), 4):
        if options[at + 1] not in seen:
            seen.add(options[at + 1])
            yield from options[at : at + 4]


def _speakers(story: Story) -> list[str]:
    said = (line.speaker for line in story.lines if isinstance(line, Beat) and line.speaker)
    return list(dict.fromkeys(said))


def _once(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        for offer in block.offers:
            if not offer.choice.sticky and offer.choice.id is not None:
                yield offer.choice.id


def _jump(target: str) -> str:
    return "return" if target == END else f"jump {_label(target)}"


def _label(name: str) -> str:
    return _WORD.sub("_", name)


def _speaker(name: str) -> str:
    spelled = "".join(c if c.isascii() and c.isalnum() else f"_{ord(c):x}_" for c in name)
    return f"who_{spelled.lower()}"


def _placed(text: str) -> str:
    """A line with `{VAR}` as Ren'Py's `[VAR]`, and nothing else that it would read as markup."""
    parts = re.split(r"(?<!\\)\{(\w+)\}", text)
    return "".join(
        f"[{part}]" if number % 2 else _text(told_text(part)) for number, part in enumerate(parts)
    )


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return escaped.replace("[", "[[").replace("{", "{{")


def _told(test: Test) -> str:
    return written(test, lambda name: TRUTHS.get(name, name), SIGNS)
