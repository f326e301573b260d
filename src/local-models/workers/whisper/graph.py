"""A small builder over onnx.helper: names its own values, quantises weights to int8 once, at build time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

FLOAT = TensorProto.FLOAT
INT64 = TensorProto.INT64

_MICROSOFT = "com.microsoft"
# Signed 7-bit weights would only be needed where u8×s8 products saturate (no VNNI); int8 is kept to ±127.
_QUANTISED_MAX = 127.0


class Graph:
    """Collects nodes and constants; every method returns the name of the value that it makes."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._nodes: list[object] = []
        self._constants: list[object] = []
        self._inputs: list[object] = []
        self._outputs: list[object] = []
        self._count = 0

    def input(self, name: str, dtype: int, shape: list[int | str]) -> str:
        self._inputs.append(helper.make_tensor_value_info(name, dtype, shape))
        return name

    def output(self, value: str, name: str, dtype: int, shape: list[int | str]) -> None:
        self._nodes.append(helper.make_node("Identity", [value], [name]))
        self._outputs.append(helper.make_tensor_value_info(name, dtype, shape))

    def constant(self, array: np.ndarray) -> str:
        name = self._new("c")
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def ints(self, *values: int) -> str:
        return self.constant(np.array(values, np.int64))

    def op(self, kind: str, *inputs: str, domain: str = "", **attributes: object) -> str:
        name = self._new(kind)
        self._nodes.append(helper.make_node(kind, list(inputs), [name], domain=domain, **attributes))
        return name

    def split(self, value: str, parts: int, axis: int) -> list[str]:
        names = [self._new("split") for _ in range(parts)]
        self._nodes.append(helper.make_node("Split", [value], names, axis=axis, num_outputs=parts))
        return names

    def linear(self, value: str, weight: np.ndarray, bias: np.ndarray | None) -> str:
        """value @ weight.T + bias, with int8 weights (one scale an output) and activations quantised as they come.

        weight: [out, in], as CTranslate2 and PyTorch store it.
        """
        full = weight.astype(np.float32).T
        scale = np.maximum(np.abs(full).max(axis=0), 1e-8) / _QUANTISED_MAX
        rounded = np.clip(np.rint(full / scale), -_QUANTISED_MAX, _QUANTISED_MAX).astype(np.int8)
        inputs = [
            value,
            self.constant(rounded),
            self.constant(scale.astype(np.float32)),
            self.constant(np.zeros(scale.shape, np.int8)),
        ]
        if bias is not None:
            inputs.append(self.constant(bias.astype(np.float32)))
        return self.op("DynamicQuantizeMatMul", *inputs, domain=_MICROSOFT)

    def norm(self, value: str, gamma: np.ndarray, beta: np.ndarray) -> str:
        scale = self.constant(gamma.astype(np.float32))
        shift = self.constant(beta.astype(np.float32))
        return self.op("LayerNormalization", value, scale, shift, axis=-1, epsilon=1e-5)

    def gelu(self, value: str) -> str:
        return self.op("Gelu", value, domain=_MICROSOFT)

    def save(self, path: Path) -> None:
        graph = helper.make_graph(self._nodes, self._name, self._inputs, self._outputs, self._constants)
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid(_MICROSOFT, 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=9)
        checker.check_model(model)
        save(model, str(path))

    def _new(self, kind: str) -> str:
        self._count += 1
        return f"{kind}_{self._count}"
