"""The game as plain blocks with one way out each: what Twine and Ren'Py can both be written from.

Everything the drama profile allows becomes lines, assignments, conditions, menus and jumps. What
lies beyond it is refused with its line, never dropped.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from silkreel.kit.refusals import Refusal
from silkreel.story.flow import ENDS, START, Fork, Items, Options, Part, parts_of
from silkreel.story.playing import not_in_game_of
from silkreel.story.project import Story
from silkreel.story.script import At, Beat, Choice, Divert, Gather, Logic, walk

END = "END"
BARRED = frozenset("{}[]~?^,.:;#@$`\\'")  # signs of lists, functions and other code
_DECLARED = re.compile(r"(?:VAR|CONST)\s+(?P<name>\w+)\s*=\s*(?P<value>.+)")
_ASSIGNED = re.compile(r"~\s*(?P<name>\w+)\s*(?P<sign>[-+*/]?=)\s*(?P<value>[^=].*)")
_STEPPED = re.compile(r"~\s*(?P<name>\w+)\s*(?P<sign>\+\+|--)")
_SWITCH = re.compile(r"\{\s*(?P<test>[^:]+):\s*(?P<sides>.*)\}", re.DOTALL)
_ARROW = re.compile(r"->\s*(?P<target>[\w.]+)\s*")
_TOKEN = re.compile(r'"[^"]*"|\d+(?:\.\d+)?|\w+|&&|\|\||[<>=!]=|[-+*/%<>!()]|\s+|.')
_WORDS = {"and": "&&", "or": "||", "not": "!", "mod": "%"}


class CannotCarry(Refusal):
    """Ink that the other form has no word for."""

    status = 422
    message = (
        "{path}:{line}: `{text}` cannot be carried over; the drama profile allows VAR, ~ with numbers "
        "and truths, conditions, choices and diverts."
    )


@dataclass(frozen=True, slots=True)
class Test:
    """A condition as tokens: names of variables, numbers, texts, signs (`&& || ! %`)."""

    tokens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assign:
    """A variable takes the value of an expression."""

    name: str
    value: Test


@dataclass(frozen=True, slots=True)
class Offer:
    """An option of a menu, and the block it leads to."""

    choice: Choice
    target: str
    tests: tuple[Test, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """A block's way out when a test holds; without a test, always."""

    target: str
    test: Test | None = None


@dataclass(slots=True)
class Block:
    """Lines and assignments in order, then a menu or ways out: the first that holds is taken."""

    name: str
    steps: list[Beat | Assign] = field(default_factory=list)
    offers: tuple[Offer, ...] = ()
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class Branching:
    """A whole game: variables with their first values, and blocks; the first one begins."""

    variables: Mapping[str, Test]
    blocks: Mapping[str, Block]
    start: str

    @property
    def ids(self) -> frozenset[str]:
        """Ids of its lines and options."""
        return frozenset(line.id for line in _lines(self.blocks.values()) if line.id is not None)


def branching_of(story: Story) -> Branching:
    """A story as blocks.

    Raises:
        CannotCarry: something beyond the drama profile.
    """
    return _Lowering(story).branching()


class _Lowering:
    def __init__(self, story: Story) -> None:
        self._parts = parts_of(story)
        self._story = story
        self._unseen = not_in_game_of(story)
        self._blocks: dict[str, Block] = {}
        self._names = self._targets()
        self._count = 0
        self._variables = dict(self._declared())

    def branching(self) -> Branching:
        for name, part in self._parts.items():
            self._part = name
            first = self._block(name or "start")
            self._lay(part.items, first, self._after(name, part))
        return Branching(self._variables, self._blocks, "start")

    def _declared(self) -> Iterator[tuple[str, Test]]:
        for placed in self._story.walk():
            node = placed.node
            if isinstance(node, Logic) and node.kind == "declare":
                found = _DECLARED.fullmatch(node.text)
                if found is None:
                    raise self._refusal(node.at, node.text)
                yield found["name"], Test(tuple(_tokens(found["value"])))

    def _targets(self) -> dict[str, str]:
        """Every place a divert can name, with its block."""
        names = {name: name for name in self._parts if name}
        for script in self._story.scripts:
            for placed in walk(script):
                label = getattr(placed.node, "label", "")
                if label and placed.episode:
                    part = placed.scene.id if placed.scene else placed.episode.name
                    names[f"{part}.{label}"] = f"{part}.{label}"
                    names.setdefault(f"{placed.episode.name}.{label}", f"{part}.{label}")
        return names

    def _after(self, name: str, part: Part) -> str:
        """Where a part leads when it runs out: a knot without content opens its first scene."""
        if name != START and not part.items and part.exits:
            return part.exits[0].target
        return END

    def _block(self, name: str) -> Block:
        return self._blocks.setdefault(name, Block(name))

    def _fresh(self) -> str:
        self._count += 1
        return f"{self._part or 'start'}.{self._count}"

    def _lay(self, items: Items, block: Block, after: str) -> None:
        """Lay items into a block and those it needs; what runs out goes on at `after`."""
        for number, item in enumerate(items):
            if isinstance(item, Beat):
                block.steps += [item] if item.id not in self._unseen else []
            elif isinstance(item, Gather):
                block = self._labelled(item.label, block) if item.label else block
            elif isinstance(item, Logic) and item.kind != "switch":
                self._take(item, block)
            elif isinstance(item, Divert | Fork | Options | Logic):
                self._leave(item, block, items[number + 1 :], after)
                return
        block.ways = (Way(after),)

    def _take(self, logic: Logic, block: Block) -> None:
        if logic.kind == "code":
            block.steps.append(self._assign(logic))
        elif logic.kind not in {"declare", "include"}:
            raise self._refusal(logic.at, logic.text)

    def _leave(
        self, item: Divert | Fork | Options | Logic, block: Block, rest: Items, after: str
    ) -> None:
        """A block's end: where it leads, and the block of what stands behind."""
        if isinstance(item, Divert):
            block.ways = (Way(self._resolved(item.target, item.at)),)
        elif isinstance(item, Fork):
            self._fork(item, block, self._rest(rest, after))
        elif isinstance(item, Options):
            self._options(item, block, self._rest(rest, after))
        else:
            self._switch(item, block, self._rest(rest, after))

    def _labelled(self, label: str, block: Block) -> Block:
        name = f"{self._part}.{label}"
        block.ways = (Way(name),)
        return self._block(name)

    def _rest(self, rest: Items, after: str) -> str:
        """A block for what follows, where something follows."""
        if not any(not isinstance(item, Gather) or item.label for item in rest):
            return after
        if isinstance(rest[0], Gather) and rest[0].label:
            name = f"{self._part}.{rest[0].label}"
            self._lay(rest[1:], self._block(name), after)
            return name
        block = self._block(self._fresh())
        self._lay(rest, block, after)
        return block.name

    def _fork(self, fork: Fork, block: Block, after: str) -> None:
        ways = []
        for test, branch in self._branches(fork):
            inner = self._block(self._fresh())
            self._lay(branch, inner, after)
            ways.append(Way(inner.name, test))
        block.ways = tuple(ways if ways and ways[-1].test is None else [*ways, Way(after)])

    def _branches(self, fork: Fork) -> Iterator[tuple[Test | None, Items]]:
        pairs = list(zip(fork.conditions, fork.branches, strict=True))
        subject = ""
        if len(pairs) > 1 and not pairs[0][1] and pairs[1][0] != "else":
            subject = f"{pairs.pop(0)[0]} == "  # { x: - 1: … - 2: … } compares x with each
        for condition, branch in pairs:
            yield (
                (None if condition == "else" else self._test(subject + condition, fork.at)),
                branch,
            )

    def _switch(self, logic: Logic, block: Block, after: str) -> None:
        found = _SWITCH.fullmatch(logic.text.strip())
        sides = found["sides"].split("|") if found else []
        arrows = [_ARROW.fullmatch(side.strip()) for side in sides]
        if found is None or not arrows or len(arrows) > 2 or not all(arrows):
            raise self._refusal(logic.at, logic.text)
        targets = [self._resolved(arrow["target"], logic.at) for arrow in arrows if arrow]
        otherwise = targets[1] if len(targets) > 1 else after
        block.ways = (Way(targets[0], self._test(found["test"], logic.at)), Way(otherwise))

    def _options(self, options: Options, block: Block, after: str) -> None:
        offers = []
        for choice, body in zip(options.choices, options.bodies, strict=True):
            if choice.fallback:
                raise self._refusal(choice.at, f"* -> {choice.target}")
            inner = self._block(choice.id or self._fresh())
            leads = self._resolved(choice.target, choice.at) if choice.target else after
            self._lay(body, inner, leads)
            tests = tuple(self._test(each, choice.at) for each in choice.conditions)
            offers.append(Offer(choice, inner.name, tests))
        block.offers = tuple(offers)

    def _assign(self, logic: Logic) -> Assign:
        if found := _STEPPED.fullmatch(logic.text):
            name, value = found["name"], f"{found['name']} {found['sign'][0]} 1"
        elif found := _ASSIGNED.fullmatch(logic.text):
            sign = found["sign"].removesuffix("=")
            told = found["value"]
            name, value = found["name"], f"{found['name']} {sign} ({told})" if sign else told
        else:
            raise self._refusal(logic.at, logic.text)
        if name not in self._variables:
            raise self._refusal(logic.at, logic.text)
        return Assign(name, self._test(value, logic.at))

    def _test(self, text: str, at: At) -> Test:
        tokens = tuple(_tokens(text))
        for each in tokens:
            is_name = re.fullmatch(r"[A-Za-z_]\w*", each) and each not in {"true", "false"}
            if (is_name and each not in self._variables) or each in BARRED:
                raise self._refusal(at, text)
        return Test(tokens)

    def _resolved(self, target: str, at: At) -> str:
        if target in ENDS:
            return END
        episode = self._part.split(".")[0]
        for name in (f"{self._part}.{target}", f"{episode}.{target}", target):
            if name in self._names:
                return self._names[name]
        raise self._refusal(at, f"-> {target}")

    @staticmethod
    def _refusal(at: At, text: str) -> CannotCarry:
        return CannotCarry(path=at.file, line=at.line, text=text[:80])


def written(test: Test, names: Callable[[str], str], signs: Mapping[str, str]) -> str:
    """An expression in another language: `names` spells variables, `signs` the operators."""
    words = (
        names(token) if re.fullmatch(r"[A-Za-z_]\w*", token) else signs.get(token, token)
        for token in test.tokens
    )
    return " ".join(words)


def _tokens(text: str) -> Iterator[str]:
    for found in _TOKEN.finditer(text):
        token = found[0]
        if not token.isspace():
            yield _WORDS.get(token, token)


def _lines(blocks: Iterable[Block]) -> Iterator[Beat | Choice]:
    for block in blocks:
        yield from (step for step in block.steps if isinstance(step, Beat))
        yield from (offer.choice for offer in block.offers)
