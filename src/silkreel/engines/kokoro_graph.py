"""Kokoro's int8 network rearranged so that it speaks twice as fast on a processor with VNNI.

Nothing is trained or rounded anew: the same eight-bit weights meet the same eight-bit activations.
1. A ConvInteger of onnxruntime multiplies slowly. Its taps are gathered into rows, one matrix
   product (`MatMulIntegerToFloat`, which has the fast kernels) does the work, bias included.
2. Nine operations that normalise a channel and shift it become one `InstanceNormalization`.
3. The snake x + sin²(ax)/a takes its a inside that normalisation.
"""

import platform
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from silkreel.engines.onnx_wire import (
    Array,
    Attribute,
    Graph,
    Node,
    cut_down,
    in_order,
    needed,
    read_graph,
    write_graph,
)

FEWEST_CHANNELS = 32  # below this a convolution costs nothing
MICROSOFT = "com.microsoft"
FAST_FLAGS = {"avx512_vnni", "avx_vnni", "avx512vnni"}


@cache
def worth_it() -> bool:
    """Whether this processor multiplies bytes fast and without saturating.

    x86 without VNNI saturates sums of signed by unsigned bytes; there the network stays as it is.
    """
    if platform.machine() not in {"x86_64", "AMD64"}:
        return True
    try:
        words = set(Path("/proc/cpuinfo").read_text(encoding="utf-8").split())
    except OSError:
        return False
    return bool(words & FAST_FLAGS)


def rearrange(source: Path, target: Path) -> None:
    """Write the rearranged network; the same source gives the same bytes."""
    graph = read_graph(source)
    work = Rearrangement(graph)
    for node in graph.nodes:
        if node.operator == "ConvInteger":
            work.convolution(node)
        elif node.operator == "ReduceMean" and node.outputs[0].endswith("/ReduceMean_output_0"):
            work.normalisation(node)
    write_graph(work.result(), target)


def durations(source: Path, target: Path) -> None:
    """Write the small front part that says how long each symbol lasts at speed one.

    The network divides these by the speed and rounds them to whole steps of 25 ms; whoever knows
    them knows the length of the sound before it is made.
    """
    graph = read_graph(source)
    rounded = next(node for node in graph.nodes if node.operator == "Round")
    divided = graph.makers()[rounded.inputs[0]]
    _expect(divided, "Div")
    write_graph(cut_down(graph, divided.inputs[0], dimensions=2), target)


@dataclass(slots=True)
class Rearrangement:
    """Nodes to drop, nodes to put in, constants to add."""

    graph: Graph
    dropped: set[int] = field(default_factory=set)
    added: list[Node] = field(default_factory=list)
    constants: dict[str, Array] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    makers: dict[str, Node] = field(init=False)
    users: dict[str, list[Node]] = field(init=False)

    def __post_init__(self) -> None:
        self.makers, self.users = self.graph.makers(), self.graph.users()

    def result(self) -> Graph:
        """The graph with everything in its place."""
        graph = self.graph
        kept = [node for node in graph.nodes if id(node) not in self.dropped]
        nodes = needed([*kept, *self.added], graph.outputs)
        tensors = {**graph.tensors, **self.constants}
        read = {name for node in nodes for name in node.inputs}
        used = {name: value for name, value in tensors.items() if name in read}
        ordered = in_order(nodes, {*graph.inputs, *used})
        return Graph(ordered, used, graph.inputs, graph.outputs, graph.rest, graph.around)

    def convolution(self, node: Node) -> None:
        """Turn one ConvInteger with what follows it into a matrix product."""
        values, weights, zero, weights_zero = node.inputs
        kernel = self.graph.tensors[weights]
        outputs, channels, taps = kernel.shape
        plain = node.attributes["group"] == 1 and node.attributes["strides"] == (1,)
        if not plain or min(outputs, channels) < FEWEST_CHANNELS:
            return
        after = self._after_convolution(node)
        rows = self._rows(node, values, zero, taps, channels)
        signed = (kernel.astype(np.int16) - 128).astype(np.int8)
        table = signed.transpose(2, 1, 0).reshape(taps * channels, outputs)
        shift = np.array(int(self.graph.tensors[weights_zero]) - 128, dtype=np.int8)
        result = f"{after.output}_rows"
        inputs = (
            rows,
            self._constant(f"{weights}_table", np.ascontiguousarray(table)),
            self.makers[values].outputs[1],
            after.weights_scale,
            zero,
            self._constant(f"{weights_zero}_signed", shift),
        )
        bias = (after.bias,) if after.bias else ()
        self._add("MatMulIntegerToFloat", (*inputs, *bias), result, domain=MICROSOFT)
        self._add("Transpose", (result,), after.output, perm=(0, 2, 1))
        self._drop(node, *after.nodes)

    def normalisation(self, mean: Node) -> None:
        """Turn (x - mean) / deviation * scale + shift into one operation, if it is just that."""
        chain = self._chain(mean)
        if chain is None:
            return
        values, scale, shift, epsilon, output, nodes = chain
        flat = self._constant("flat_shape", np.array([-1], dtype=np.int64))
        scale = self._add("Reshape", (scale, flat), f"{output}_scale")
        shift = self._add("Reshape", (shift, flat), f"{output}_shift")
        snake = self._snake(output)
        result = output
        if snake is not None:
            result = f"{output}_times"
            scale = self._add("Mul", (scale, snake.flat), f"{output}_scale_times")
            shift = self._add("Mul", (shift, snake.flat), f"{output}_shift_times")
        name = "InstanceNormalization"
        self._add(name, (values, scale, shift), result, epsilon=epsilon)
        if snake is not None:
            sine = self._add("Sin", (result,), f"{output}_sine")
            square = self._add("Mul", (sine, sine), f"{output}_square")
            total = self._add("Add", (result, square), f"{output}_sum")
            self._add("Mul", (total, snake.inverse), snake.output)
            self._drop(*snake.nodes)
        self._drop(mean, *nodes)

    def _rows(self, node: Node, values: str, zero: str, taps: int, channels: int) -> str:
        """Each moment's taps side by side: (1, channels, time) to (1, time, taps * channels)."""
        (dilation,), (before, behind) = _whole(node, "dilations"), _whole(node, "pads")
        rows = self._add("Transpose", (values,), f"{values}_time_first", perm=(0, 2, 1))
        if before or behind:
            around = np.array([0, before, 0, 0, behind, 0], dtype=np.int64)
            pad = self._constant(f"pad_{before}_{behind}", around)
            rows = self._add("Pad", (rows, pad, zero), f"{rows}_{before}_{behind}", mode="constant")
        if taps == 1:
            return rows
        name = f"{rows}_{taps}_{dilation}"
        if name in self.made:
            return name
        whole = self._constant("zero_1d", np.array([0], dtype=np.int64))
        start = self._constant("zero", np.array(0, dtype=np.int64))
        step = self._constant("one", np.array(1, dtype=np.int64))
        last = self._constant("one_1d", np.array([1], dtype=np.int64))
        offsets = np.arange(taps, dtype=np.int64)[None] * dilation
        size = self._add("Shape", (values,), f"{name}_shape", start=2, end=3)
        count = self._add("Squeeze", (size, whole), f"{name}_count")
        moments = self._add("Range", (start, count, step), f"{name}_moments")
        column = self._add("Unsqueeze", (moments, last), f"{name}_column")
        at = self._constant(f"taps_{taps}_{dilation}", offsets)
        index = self._add("Add", (column, at), f"{name}_index")
        gathered = self._add("Gather", (rows, index), f"{name}_gathered", axis=1)
        shape = np.array([1, -1, taps * channels], dtype=np.int64)
        wide = self._constant(f"rows_{taps * channels}", shape)
        return self._add("Reshape", (gathered, wide), name)

    def _after_convolution(self, node: Node) -> "_After":
        """What the quantiser put behind: bias (itself quantised on the fly), cast, scale."""
        follower, dropped, bias = self.users[node.outputs[0]][0], [], None
        if follower.operator == "Add":
            (shaped,) = (name for name in follower.inputs if name != node.outputs[0])
            chain = self.makers[shaped]
            for operator in ("Reshape", "Cast", "Floor", "Div"):
                _expect(chain, operator)
                bias, chain = chain.inputs[0], self.makers.get(chain.inputs[0], chain)
            dropped.append(follower)
            follower = self.users[follower.outputs[0]][0]
        _expect(follower, "Cast")
        scaled = self.users[follower.outputs[0]][0]
        _expect(scaled, "Mul")
        (factor,) = (name for name in scaled.inputs if name != follower.outputs[0])
        weights_scale = self._constant_input(self.makers[factor])
        return _After(scaled.outputs[0], weights_scale, bias, (*dropped, follower, scaled))

    def _chain(self, mean: Node) -> "tuple[str, str, str, float, str, list[Node]] | None":
        centred = self._only(mean, "Sub")
        if centred is None or self.graph.tensors[mean.inputs[1]].tolist() != [2]:
            return None
        followers = {each.operator: each for each in self.users[centred.outputs[0]]}
        if set(followers) != {"Mul", "Div"}:
            return None
        nodes = [centred, followers["Mul"]]
        for operator in ("ReduceMean", "Add", "Sqrt"):
            following = self._only(nodes[-1], operator)
            if following is None:
                return None
            nodes.append(following)
        scaled = self._only(followers["Div"], "Mul")
        if scaled is None:
            return None
        shifted = self._only(scaled, "Add")
        if shifted is None:
            return None
        (scale,) = (name for name in scaled.inputs if name != followers["Div"].outputs[0])
        (shift,) = (name for name in shifted.inputs if name != scaled.outputs[0])
        epsilon = float(self.graph.tensors[self._constant_input(nodes[3])])
        nodes += [followers["Div"], scaled, shifted]
        return mean.inputs[0], scale, shift, epsilon, shifted.outputs[0], nodes

    def _snake(self, name: str) -> "_Snake | None":
        """The activation x + sin(ax)² / a behind a value, if it is there."""
        followers = {each.operator: each for each in self.users[name]}
        if set(followers) != {"Mul", "Add"}:
            return None
        nodes = [followers["Mul"]]
        for operator in ("Sin", "Pow", "Mul", "Add"):
            following = self._only(nodes[-1], operator)
            if following is None:
                return None
            nodes.append(following)
        factor = self.graph.tensors[self._constant_input(nodes[0])]
        label = self._constant_input(nodes[0])
        flat = self._constant(f"{label}_flat", factor.reshape(-1))
        inverse = self._constant(f"{label}_inverse", (1 / factor).astype(np.float32))
        return _Snake(flat, inverse, nodes[-1].outputs[0], nodes)

    def _only(self, node: Node, operator: str) -> Node | None:
        users = self.users.get(node.outputs[0], [])
        return users[0] if len(users) == 1 and users[0].operator == operator else None

    def _constant_input(self, node: Node) -> str:
        return next(name for name in node.inputs if name in self.graph.tensors)

    def _constant(self, name: str, value: Array) -> str:
        self.constants.setdefault(name, value)
        return name

    def _add(
        self,
        operator: str,
        inputs: tuple[str, ...],
        output: str,
        domain: str = "",
        **attributes: Attribute,
    ) -> str:
        if output not in self.made:
            self.made.add(output)
            self.added.append(Node(operator, inputs, (output,), attributes, domain))
        return output

    def _drop(self, *nodes: Node) -> None:
        self.dropped.update(id(node) for node in nodes)


@dataclass(frozen=True, slots=True)
class _After:
    output: str
    weights_scale: str
    bias: str | None
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class _Snake:
    flat: str
    inverse: str
    output: str
    nodes: list[Node]


def _whole(node: Node, name: str) -> tuple[int, ...]:
    value = node.attributes[name]
    assert isinstance(value, tuple)
    return value


def _expect(node: Node, operator: str) -> None:
    if node.operator != operator:
        raise ValueError(f"the network is not the pinned one: {node.operator}, not {operator}")
