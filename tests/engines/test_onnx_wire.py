"""Our reading and writing of ONNX files against the onnx package."""

import numpy as np
import pytest

from silkreel.engines.kokoro import DURATIONS, ORIGINAL, REARRANGED
from silkreel.engines.kokoro_graph import durations, rearrange
from silkreel.engines.onnx_wire import Node, cut_down, in_order, needed, read_graph, write_graph
from silkreel.engines.weights import model, model_file
from silkreel.kit.keys import file_hash

onnx = pytest.importorskip("onnx")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402


@pytest.fixture
def path(tmp_path):
    """y = max(x * w + b, 0) with constants stored in three ways."""
    weights = numpy_helper.from_array(np.array([2.0, 3.0], dtype=np.float32), "w")
    shift = helper.make_tensor("b", TensorProto.FLOAT, [2], [1.0, -9.0])
    size = helper.make_tensor("s", TensorProto.INT64, [1], [-1])
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [
            helper.make_node("Mul", ["x", "w"], ["xw"]),
            helper.make_node("Add", ["xw", "b"], ["xwb"]),
            helper.make_node("Relu", ["xwb"], ["r"]),
            helper.make_node("Reshape", ["r", "s"], ["y"], allowzero=0),
            helper.make_node("Transpose", ["x"], ["nobody"], perm=[0]),
        ],
        "toy",
        [value("x", TensorProto.FLOAT, [2])],
        [value("y", TensorProto.FLOAT, [2])],
        [weights, shift, size],
    )
    path = tmp_path / "toy.onnx"
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    made.ir_version = 9
    onnx.save(made, path)
    return path


def run(path, x):
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": np.array(x, dtype=np.float32)})[0].tolist()


def test_constants_attributes_and_names_are_read(path):
    graph = read_graph(path)
    assert graph.inputs == ("x",)
    assert graph.outputs == ("y",)
    assert graph.tensors["b"].tolist() == [1.0, -9.0]
    assert graph.tensors["s"].tolist() == [-1]
    assert graph.nodes[4].attributes == {"perm": (0,)}
    assert graph.nodes[3].attributes == {"allowzero": 0}


def test_what_was_read_is_written_back_and_does_the_same(path, tmp_path):
    copy = tmp_path / "copy.onnx"
    write_graph(read_graph(path), copy)
    onnx.checker.check_model(str(copy), full_check=True)
    assert run(copy, [1, 2]) == run(path, [1, 2]) == [3.0, 0.0]


def test_a_node_of_ours_is_a_node_to_others(path, tmp_path):
    graph = read_graph(path)
    graph.nodes[2] = Node("LeakyRelu", ("xwb",), ("r",), {"alpha": 0.5})
    copy = tmp_path / "copy.onnx"
    write_graph(graph, copy)
    onnx.checker.check_model(str(copy), full_check=True)
    assert run(copy, [1, 2]) == [3.0, -1.5]


def test_a_graph_is_cut_down_to_an_inner_value(path, tmp_path):
    copy = tmp_path / "copy.onnx"
    write_graph(cut_down(read_graph(path), "xwb", dimensions=1), copy)
    onnx.checker.check_model(str(copy))
    assert [node.op_type for node in onnx.load(copy).graph.node] == ["Mul", "Add"]
    assert run(copy, [1, 2]) == [3.0, -3.0]


def test_nodes_nobody_needs_go_and_the_rest_comes_in_order(path):
    nodes = read_graph(path).nodes
    kept = needed(nodes, ("y",))
    assert [node.operator for node in kept] == ["Mul", "Add", "Relu", "Reshape"]
    assert in_order(kept[::-1], {"x", "w", "b", "s"}) == kept
    with pytest.raises(ValueError, match="nothing makes"):
        in_order(kept, {"x"})


@pytest.mark.models
@pytest.mark.parametrize(
    ("recipe", "name"), [(rearrange, REARRANGED), (durations, DURATIONS)], ids=["rows", "durations"]
)
def test_the_recipes_make_the_pinned_files_to_the_byte(model_settings, tmp_path, recipe, name):
    source = model_file("kokoro", model_settings, ORIGINAL)
    recipe(source, tmp_path / name)
    assert file_hash(tmp_path / name) == model("kokoro").file(name).sha256
