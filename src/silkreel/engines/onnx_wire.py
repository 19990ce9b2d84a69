"""Just enough of the ONNX file format to read a graph, change some nodes and write it back.

ONNX is protobuf: fields of (number, kind, value). What is not understood is kept byte for byte.
Read: onnx/onnx onnx/onnx.proto for the field numbers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
VARINT, EIGHT_BYTES, BYTES, FOUR_BYTES = 0, 1, 2, 5
MODEL_GRAPH = 7
GRAPH_NODE, GRAPH_TENSOR, GRAPH_INPUT, GRAPH_OUTPUT, GRAPH_NOTES = 1, 5, 11, 12, 13
NODE_INPUT, NODE_OUTPUT, NODE_OPERATOR, NODE_ATTRIBUTE, NODE_DOMAIN = 1, 2, 4, 5, 7
TENSOR_SHAPE, TENSOR_TYPE, TENSOR_NAME, TENSOR_RAW = 1, 2, 8, 9
TENSOR_FLOATS, TENSOR_INTS, TENSOR_LONGS = 4, 5, 7
FLOAT = 1
ATTRIBUTE_NAME, ATTRIBUTE_FLOAT, ATTRIBUTE_INT, ATTRIBUTE_STRING = 1, 2, 3, 4
ATTRIBUTE_INTS, ATTRIBUTE_TYPE = 8, 20
TYPE_FLOAT, TYPE_INT, TYPE_STRING, TYPE_INTS = 1, 2, 3, 7
DTYPES = {1: "<f4", 2: "|u1", 3: "|i1", 6: "<i4", 7: "<i8"}
TYPES = {np.dtype(name): number for number, name in DTYPES.items()}

Field = tuple[int, int, int | bytes]
Attribute = int | float | str | tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """An operation; `raw` holds its bytes while it is as it was read."""

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Attribute] = field(default_factory=dict)
    domain: str = ""
    raw: bytes | None = None


@dataclass(slots=True)
class Graph:
    """Nodes in order, constant tensors by name, and everything else as it was."""

    nodes: list[Node]
    tensors: dict[str, Array]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rest: list[Field]
    around: list[Field]

    def makers(self) -> dict[str, Node]:
        """Which node makes a value."""
        return {name: node for node in self.nodes for name in node.outputs}

    def users(self) -> dict[str, list[Node]]:
        """Which nodes read a value."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            for name in node.inputs:
                found.setdefault(name, []).append(node)
        return found


def read_graph(path: Path) -> Graph:
    """Read an ONNX file."""
    around = list(fields(path.read_bytes()))
    content = next(_bytes(value) for number, _, value in around if number == MODEL_GRAPH)
    parts = list(fields(content))
    tensors = dict(_tensor(_bytes(value)) for number, _, value in parts if number == GRAPH_TENSOR)
    known = {GRAPH_NODE, GRAPH_TENSOR, GRAPH_NOTES}
    return Graph(
        nodes=[_node(_bytes(value)) for number, _, value in parts if number == GRAPH_NODE],
        tensors=tensors,
        inputs=tuple(_name(_bytes(value)) for number, _, value in parts if number == GRAPH_INPUT),
        outputs=tuple(_name(_bytes(value)) for number, _, value in parts if number == GRAPH_OUTPUT),
        rest=[each for each in parts if each[0] not in known],
        around=[each for each in around if each[0] != MODEL_GRAPH],
    )


def write_graph(graph: Graph, path: Path) -> None:
    """Write an ONNX file; the same graph gives the same bytes."""
    parts: list[Field] = [(GRAPH_NODE, BYTES, _node_bytes(node)) for node in graph.nodes]
    parts += [
        (GRAPH_TENSOR, BYTES, _tensor_bytes(name, value)) for name, value in graph.tensors.items()
    ]
    content = encoded([*parts, *graph.rest])
    path.write_bytes(encoded([*graph.around, (MODEL_GRAPH, BYTES, content)]))


def cut_down(graph: Graph, output: str, dimensions: int) -> Graph:
    """The part of a graph that makes one of its inner values, a float tensor."""
    nodes = needed(graph.nodes, (output,))
    read = {name for node in nodes for name in node.inputs}
    inputs = tuple(name for name in graph.inputs if name in read)
    rest = [
        each
        for each in graph.rest
        if each[0] != GRAPH_OUTPUT and (each[0] != GRAPH_INPUT or _name(_bytes(each[2])) in inputs)
    ]
    rest.append((GRAPH_OUTPUT, BYTES, _float_value(output, dimensions)))
    tensors = {name: value for name, value in graph.tensors.items() if name in read}
    return Graph(nodes, tensors, inputs, (output,), rest, graph.around)


def in_order(nodes: Sequence[Node], known: set[str]) -> list[Node]:
    """Nodes so that each comes after what it reads."""
    ready, ordered, waiting = {"", *known}, [], list(nodes)
    while waiting:
        later = []
        for node in waiting:
            if ready.issuperset(node.inputs):
                ordered.append(node)
                ready.update(node.outputs)
            else:
                later.append(node)
        if len(later) == len(waiting):
            raise ValueError(f"nothing makes an input of {later[0]}")
        waiting = later
    return ordered


def needed(nodes: Sequence[Node], outputs: Sequence[str]) -> list[Node]:
    """Nodes without those nobody reads."""
    kept = list(nodes)
    while True:
        read = {name for node in kept for name in node.inputs}.union(outputs)
        fewer = [node for node in kept if not read.isdisjoint(node.outputs)]
        if len(fewer) == len(kept):
            return kept
        kept = fewer


def fields(content: bytes) -> Iterator[Field]:
    """Take a message apart."""
    position = 0
    while position < len(content):
        key, position = _varint(content, position)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, position = _varint(content, position)
            yield number, kind, value
            continue
        length = {EIGHT_BYTES: 8, FOUR_BYTES: 4}.get(kind)
        if length is None:
            length, position = _varint(content, position)
        yield number, kind, content[position : position + length]
        position += length


def encoded(parts: Sequence[Field]) -> bytes:
    """Put a message together."""
    result = bytearray()
    for number, kind, value in parts:
        result += _varint_bytes(number << 3 | kind)
        if kind == VARINT:
            assert isinstance(value, int)
            result += _varint_bytes(value)
            continue
        content = _bytes(value)
        if kind == BYTES:
            result += _varint_bytes(len(content))
        result += content
    return bytes(result)


def _varint(content: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = content[position]
        position += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, position
        shift += 7


def _varint_bytes(value: int) -> bytes:
    value &= (1 << 64) - 1
    result = bytearray()
    while value > 127:
        result.append(value & 127 | 128)
        value >>= 7
    result.append(value)
    return bytes(result)


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def _bytes(value: int | bytes) -> bytes:
    assert isinstance(value, bytes)
    return value


def _name(content: bytes) -> str:
    return next(_bytes(value).decode() for number, _, value in fields(content) if number == 1)


def _float_value(name: str, dimensions: int) -> bytes:
    """What a graph says of an output: its name, and that it is floats in so many dimensions."""
    shape = encoded([(1, BYTES, b"")] * dimensions)
    tensor = encoded([(1, BYTES, encoded([(1, VARINT, FLOAT), (2, BYTES, shape)]))])
    return encoded([(1, BYTES, name.encode()), (2, BYTES, tensor)])


def _node(content: bytes) -> Node:
    parts = list(fields(content))
    texts = {
        wanted: tuple(_bytes(value).decode() for number, _, value in parts if number == wanted)
        for wanted in (NODE_INPUT, NODE_OUTPUT, NODE_OPERATOR, NODE_DOMAIN)
    }
    attributes = dict(
        found
        for number, _, value in parts
        if number == NODE_ATTRIBUTE and (found := _attribute(_bytes(value))) is not None
    )
    return Node(
        operator=texts[NODE_OPERATOR][0],
        inputs=texts[NODE_INPUT],
        outputs=texts[NODE_OUTPUT],
        attributes=attributes,
        domain="".join(texts[NODE_DOMAIN]),
        raw=content,
    )


def _attribute(content: bytes) -> tuple[str, Attribute] | None:
    """Whole numbers only: all that is asked about a node that was read."""
    parts = list(fields(content))
    name = _name(content)
    kind = next((value for number, _, value in parts if number == ATTRIBUTE_TYPE), None)
    if kind == TYPE_INT:
        whole = next((value for number, _, value in parts if number == ATTRIBUTE_INT), 0)
        assert isinstance(whole, int)
        return name, _signed(whole)
    if kind == TYPE_INTS:
        return name, tuple(_ints(parts, ATTRIBUTE_INTS))
    return None


def _ints(parts: Sequence[Field], wanted: int) -> Iterator[int]:
    """Repeated numbers, one by one or packed."""
    for number, _, value in parts:
        if number != wanted:
            continue
        if isinstance(value, int):
            yield _signed(value)
            continue
        position = 0
        while position < len(value):
            one, position = _varint(value, position)
            yield _signed(one)


def _node_bytes(node: Node) -> bytes:
    if node.raw is not None:
        return node.raw
    parts: list[Field] = [(NODE_INPUT, BYTES, name.encode()) for name in node.inputs]
    parts += [(NODE_OUTPUT, BYTES, name.encode()) for name in node.outputs]
    parts.append((NODE_OPERATOR, BYTES, node.operator.encode()))
    parts += [
        (NODE_ATTRIBUTE, BYTES, _attribute_bytes(name, value))
        for name, value in node.attributes.items()
    ]
    if node.domain:
        parts.append((NODE_DOMAIN, BYTES, node.domain.encode()))
    return encoded(parts)


def _attribute_bytes(name: str, value: Attribute) -> bytes:
    parts: list[Field] = [(ATTRIBUTE_NAME, BYTES, name.encode())]
    if isinstance(value, float):
        content = np.array(value, dtype="<f4").tobytes()
        parts += [(ATTRIBUTE_FLOAT, FOUR_BYTES, content), (ATTRIBUTE_TYPE, VARINT, TYPE_FLOAT)]
    elif isinstance(value, str):
        parts += [(ATTRIBUTE_STRING, BYTES, value.encode()), (ATTRIBUTE_TYPE, VARINT, TYPE_STRING)]
    elif isinstance(value, int):
        parts += [(ATTRIBUTE_INT, VARINT, value), (ATTRIBUTE_TYPE, VARINT, TYPE_INT)]
    else:
        parts += [(ATTRIBUTE_INTS, VARINT, each) for each in value]
        parts.append((ATTRIBUTE_TYPE, VARINT, TYPE_INTS))
    return encoded(parts)


def _tensor(content: bytes) -> tuple[str, Array]:
    parts = list(fields(content))
    shape = tuple(_ints(parts, TENSOR_SHAPE))
    kind = next(value for number, _, value in parts if number == TENSOR_TYPE)
    assert isinstance(kind, int)
    name = next(_bytes(value).decode() for number, _, value in parts if number == TENSOR_NAME)
    raw = next((_bytes(value) for number, _, value in parts if number == TENSOR_RAW), None)
    floats = b"".join(_bytes(value) for number, _, value in parts if number == TENSOR_FLOATS)
    if raw is None and kind == FLOAT:
        raw = floats
    if raw is not None:
        return name, np.frombuffer(raw, dtype=DTYPES[kind]).reshape(shape)
    whole = [*_ints(parts, TENSOR_INTS), *_ints(parts, TENSOR_LONGS)]
    return name, np.array(whole, dtype=DTYPES[kind]).reshape(shape)


def _tensor_bytes(name: str, value: Array) -> bytes:
    parts: list[Field] = [(TENSOR_SHAPE, VARINT, size) for size in value.shape]
    parts += [
        (TENSOR_TYPE, VARINT, TYPES[value.dtype]),
        (TENSOR_NAME, BYTES, name.encode()),
        (TENSOR_RAW, BYTES, np.ascontiguousarray(value).tobytes()),
    ]
    return encoded(parts)
