"""BERT-like networks as ONNX graphs for one text at a time, so that nothing is padded or masked.

Inputs are `ids` and `kinds`, int64 of shape (tokens,). Weights keep the names that they have in the
PyTorch module, except that query, key and value of a layer are one matrix. Needs the package onnx.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from guard.runtime.bert import Shape, prepared

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Weights = Mapping[str, NDArray[np.float32]]

OPSET = 20
IR_VERSION = 10
EPSILON = 1e-12


@dataclass
class _Graph:
    """A graph under construction."""

    weights: dict[str, Any] = field(default_factory=dict)
    nodes: list[Any] = field(default_factory=list)

    def op(
        self, kind: str, *inputs: str, name: str = "", given: Mapping[str, Any] | None = None
    ) -> str:
        """Add an operation with the attributes `given`; the name of its output."""
        from onnx import helper

        output = name or f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **given or {}))
        return output

    def weight(self, name: str, value: Any) -> str:
        self.weights[name] = value
        return name

    def numbers(self, *values: int) -> str:
        import numpy as np

        return self.weight("int_" + "_".join(map(str, values)), np.array(values, dtype=np.int64))

    def linear(self, x: str, name: str) -> str:
        return self.op("Add", self.op("MatMul", x, f"{name}.weight"), f"{name}.bias")

    def norm(self, x: str, name: str) -> str:
        return self.op(
            "LayerNormalization",
            x,
            f"{name}.weight",
            f"{name}.bias",
            given={"axis": -1, "epsilon": EPSILON},
        )


def _bert(graph: _Graph, shape: Shape) -> str:
    """The last states, of shape (tokens, size)."""
    length = graph.op("Squeeze", graph.op("Shape", "ids"))
    zero, one = graph.op("Squeeze", graph.numbers(0)), graph.op("Squeeze", graph.numbers(1))
    positions = graph.op("Range", zero, length, one)
    start = "embeddings"
    states = graph.op("Gather", f"{start}.word_embeddings.weight", "ids")
    kinds = graph.op("Gather", f"{start}.token_type_embeddings.weight", "kinds")
    places = graph.op("Gather", f"{start}.position_embeddings.weight", positions)
    states = graph.op("Add", graph.op("Add", states, kinds), places)
    states = graph.norm(states, f"{start}.LayerNorm")
    for layer in range(shape.layers):
        states = _layer(graph, states, f"encoder.layer.{layer}", shape)
    return states


def _layer(graph: _Graph, states: str, name: str, shape: Shape) -> str:
    mixed = graph.linear(_attention(graph, states, name, shape), f"{name}.attention.output.dense")
    states = graph.norm(graph.op("Add", mixed, states), f"{name}.attention.output.LayerNorm")
    inner = graph.op("Gelu", graph.linear(states, f"{name}.intermediate.dense"))
    outer = graph.linear(inner, f"{name}.output.dense")
    return graph.norm(graph.op("Add", outer, states), f"{name}.output.LayerNorm")


def _attention(graph: _Graph, states: str, name: str, shape: Shape) -> str:
    width = shape.size // shape.heads
    joined = graph.linear(states, f"{name}.attention.self")
    split = graph.op("Reshape", joined, graph.numbers(-1, 3, shape.heads, width))
    parts = [
        graph.op(
            "Squeeze",
            graph.op("Gather", split, graph.numbers(i), given={"axis": 1}),
            graph.numbers(1),
        )
        for i in range(3)
    ]
    query, value = (graph.op("Transpose", parts[i], given={"perm": [1, 0, 2]}) for i in (0, 2))
    key = graph.op("Transpose", parts[1], given={"perm": [1, 2, 0]})
    weights = graph.op("Softmax", graph.op("MatMul", query, key), given={"axis": -1})
    read = graph.op("Transpose", graph.op("MatMul", weights, value), given={"perm": [1, 0, 2]})
    return graph.op("Reshape", read, graph.numbers(-1, shape.size))


def encoder_graph(weights: Weights, shape: Shape) -> Any:
    """A model whose output `vector`, of shape (size,), is the mean of the states with length 1."""
    graph = _Graph(weights=prepared(weights, shape))
    mean = graph.op("ReduceMean", _bert(graph, shape), graph.numbers(0), given={"keepdims": 0})
    length = graph.op("ReduceL2", mean, graph.numbers(0), given={"keepdims": 1})
    graph.op("Div", mean, length, name="vector")
    return _model(graph, "vector", shape.size)


def without_weights(model: Any) -> Any:
    """The same model with its weights only named; they are given to it when it is run."""
    from onnx import TensorProto

    for one in model.graph.initializer:
        if one.data_type == TensorProto.FLOAT:
            one.ClearField("raw_data")
            one.data_location = TensorProto.EXTERNAL
            one.external_data.add(key="location", value="given")
    return model


def verifier_graph(weights: Weights, shape: Shape) -> Any:
    """A model whose output `logits`, of shape (3,), is that of `guard.tune.network.Network`."""
    import numpy as np

    bert = {name.removeprefix("bert."): value for name, value in weights.items()}
    graph = _Graph(weights=prepared(bert, shape))
    states = _bert(graph, shape)
    two = graph.weight("two", np.array(2, dtype=np.int64))
    claim = graph.op("Cast", graph.op("Mod", "kinds", two), given={"to": 1})
    one, far = (graph.weight(n, np.array(v, np.float32)) for n, v in (("one", 1.0), ("far", 1e4)))
    away = graph.op("Mul", graph.op("Sub", one, claim), far)
    away = graph.op("Unsqueeze", away, graph.numbers(1))
    mean = graph.op("ReduceMean", states, graph.numbers(0), given={"keepdims": 1})
    highest = graph.op(
        "ReduceMax", graph.op("Sub", states, away), graph.numbers(0), given={"keepdims": 1}
    )
    pooled = graph.op("Concat", mean, highest, given={"axis": -1})
    hidden = graph.op("Tanh", graph.linear(pooled, "dense"))
    graph.op("Squeeze", graph.linear(hidden, "answer"), graph.numbers(0), name="logits")
    return _model(graph, "logits", 3)


def _model(graph: _Graph, output: str, size: int) -> Any:
    from onnx import TensorProto, checker, helper, numpy_helper

    tokens = {
        name: helper.make_tensor_value_info(name, TensorProto.INT64, ["tokens"])
        for name in ("ids", "kinds")
    }
    used = {name for node in graph.nodes for name in node.input}
    body = helper.make_graph(
        graph.nodes,
        "guard",
        list(tokens.values()),
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, [size])],
        [numpy_helper.from_array(v, name) for name, v in graph.weights.items() if name in used],
    )
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = IR_VERSION
    checker.check_model(model)
    return model
