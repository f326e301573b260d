"""Whisper's encoder and decoder as ONNX graphs with int8 weights, built from CTranslate2's weights.

Shapes: d = model width, h = heads, e = d / h, L = layers, V = vocabulary, S = encoder frames (50 a second),
B = beams, T = tokens given at once, t = tokens in the cache, R = rows whose scores are wanted.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .graph import FLOAT, INT64, Graph
from .weights import Weights


def layer_count(weights: Weights, side: str) -> int:
    count = 0
    while f"{side}/layer_{count}/ffn/linear_0/weight" in weights:
        count += 1
    return count


def export_encoder(weights: Weights, path: Path) -> None:
    """mel [1, 80, 2S] → `states` [S, d], and per decoder layer `key_i` [h, e, S] and `value_i` [h, S, e] for its cross attention.

    `early` [S, d] comes out of the layer before the last, normalised (ADR 97).
    """
    graph = Graph("encoder")
    heads = int(weights["encoder/num_heads"])
    width = weights["encoder/position_encodings/encodings"].shape[1]
    mel = graph.input("mel", FLOAT, [1, 80, "frames"])
    x = _convolution(graph, weights, "encoder/conv1", mel, stride=1)
    x = _convolution(graph, weights, "encoder/conv2", x, stride=2)
    x = graph.op("Transpose", graph.op("Squeeze", x, graph.ints(0)), perm=[1, 0])
    positions = graph.constant(weights["encoder/position_encodings/encodings"].astype(np.float32))
    length = graph.op("Shape", x, start=0, end=1)
    x = graph.op("Add", x, graph.op("Slice", positions, graph.ints(0), length, graph.ints(0)))
    layers = layer_count(weights, "encoder")
    for index in range(layers):
        name = f"encoder/layer_{index}"
        y = _norm(graph, weights, f"{name}/self_attention/layer_norm", x)
        y = _linear(graph, weights, f"{name}/self_attention/linear_0", y)
        q, k, v = (_heads(graph, part, heads, width) for part in graph.split(y, 3, axis=1))
        y = _attend(graph, _scaled(graph, q, width // heads), graph.op("Transpose", k, perm=[0, 2, 1]), v)
        y = _linear(graph, weights, f"{name}/self_attention/linear_1", _joined(graph, y, width))
        x = graph.op("Add", x, y)
        x = graph.op("Add", x, _feed_forward(graph, weights, name, x))
        if index == layers - 2:
            early = graph.norm(x, np.ones(width, np.float32), np.zeros(width, np.float32))
            graph.output(early, "early", FLOAT, ["S", width])
    x = _norm(graph, weights, "encoder/layer_norm", x)
    graph.output(x, "states", FLOAT, ["S", width])
    for index in range(layer_count(weights, "decoder")):
        y = _linear(graph, weights, f"decoder/layer_{index}/attention/linear_1", x)
        k, v = (_heads(graph, part, heads, width) for part in graph.split(y, 2, axis=1))
        key = graph.op("Transpose", k, perm=[0, 2, 1])
        graph.output(key, f"key_{index}", FLOAT, [heads, width // heads, "S"])
        graph.output(v, f"value_{index}", FLOAT, [heads, "S", width // heads])
    graph.save(path)


def export_decoder(weights: Weights, timing_heads: list[list[int]], path: Path) -> None:
    """One step of all beams. timing_heads: [layer, head] of the cross attention that follows the audio.

    tokens [B, T], positions [T], parents [B] (row of the cache that each beam continues), mask [T, t + T] (added to
    the attention), rows [R] (of the B × T), `past_k_i`/`past_v_i` [b, h, t, e], `key_i`, `value_i` of the encoder
    → log_probs [R, V], attention [R, S] (where the next token is heard: mean of the heads that follow the audio), `next_k_i`/`next_v_i` [B, h, t + T, e].
    """
    graph = Graph("decoder")
    heads = int(weights["decoder/num_heads"])
    embeddings = weights["decoder/embeddings/weight"]
    vocabulary, width = embeddings.shape
    size = width // heads
    tokens = graph.input("tokens", INT64, ["B", "T"])
    positions = graph.input("positions", INT64, ["T"])
    parents = graph.input("parents", INT64, ["B"])
    mask = graph.input("mask", FLOAT, ["T", "all"])
    rows = graph.input("rows", INT64, ["R"])

    timings: list[str] = []
    shape = graph.op("Concat", graph.op("Shape", tokens), graph.ints(heads, size), axis=0)
    x = graph.op("Gather", graph.constant(embeddings.astype(np.float32)), tokens)
    encodings = graph.constant(weights["decoder/position_encodings/encodings"].astype(np.float32))
    x = graph.op("Add", x, graph.op("Gather", encodings, positions))
    x = graph.op("Reshape", x, graph.ints(-1, width))
    for index in range(layer_count(weights, "decoder")):
        name = f"decoder/layer_{index}"
        past_k = graph.input(f"past_k_{index}", FLOAT, ["b", heads, "t", size])
        past_v = graph.input(f"past_v_{index}", FLOAT, ["b", heads, "t", size])
        key = graph.input(f"key_{index}", FLOAT, [heads, size, "S"])
        value = graph.input(f"value_{index}", FLOAT, [heads, "S", size])

        y = _norm(graph, weights, f"{name}/self_attention/layer_norm", x)
        y = _linear(graph, weights, f"{name}/self_attention/linear_0", y)
        q, k, v = (
            graph.op("Transpose", graph.op("Reshape", part, shape), perm=[0, 2, 1, 3])
            for part in graph.split(y, 3, axis=1)
        )
        k = graph.op("Concat", graph.op("Gather", past_k, parents), k, axis=2)
        v = graph.op("Concat", graph.op("Gather", past_v, parents), v, axis=2)
        graph.output(k, f"next_k_{index}", FLOAT, ["B", heads, "all", size])
        graph.output(v, f"next_v_{index}", FLOAT, ["B", heads, "all", size])
        scores = graph.op("MatMul", _scaled(graph, q, size), graph.op("Transpose", k, perm=[0, 1, 3, 2]))
        y = graph.op("MatMul", graph.op("Softmax", graph.op("Add", scores, mask), axis=-1), v)
        y = graph.op("Reshape", graph.op("Transpose", y, perm=[0, 2, 1, 3]), graph.ints(-1, width))
        x = graph.op("Add", x, _linear(graph, weights, f"{name}/self_attention/linear_1", y))

        y = _norm(graph, weights, f"{name}/attention/layer_norm", x)
        y = _heads(graph, _linear(graph, weights, f"{name}/attention/linear_0", y), heads, width)
        attention = graph.op("Softmax", graph.op("MatMul", _scaled(graph, y, size), key), axis=-1)
        timed = [head for layer, head in timing_heads if layer == index]
        if timed:
            timings.append(graph.op("Gather", attention, graph.ints(*timed)))
        y = _joined(graph, graph.op("MatMul", attention, value), width)
        x = graph.op("Add", x, _linear(graph, weights, f"{name}/attention/linear_2", y))
        x = graph.op("Add", x, _feed_forward(graph, weights, name, x))
    together = graph.op("ReduceMean", graph.op("Concat", *timings, axis=0), graph.ints(0), keepdims=0)
    graph.output(graph.op("Gather", together, rows), "attention", FLOAT, ["R", "S"])
    x = graph.op("Gather", x, rows)
    x = _norm(graph, weights, "decoder/layer_norm", x)
    scores = graph.op("LogSoftmax", graph.linear(x, embeddings, None), axis=-1)
    graph.output(scores, "log_probs", FLOAT, ["R", vocabulary])
    graph.save(path)


def _convolution(graph: Graph, weights: Weights, name: str, x: str, stride: int) -> str:
    weight = graph.constant(weights[f"{name}/weight"].astype(np.float32))
    bias = graph.constant(weights[f"{name}/bias"].astype(np.float32))
    return graph.gelu(graph.op("Conv", x, weight, bias, kernel_shape=[3], pads=[1, 1], strides=[stride]))


def _norm(graph: Graph, weights: Weights, name: str, x: str) -> str:
    return graph.norm(x, weights[f"{name}/gamma"], weights[f"{name}/beta"])


def _linear(graph: Graph, weights: Weights, name: str, x: str) -> str:
    return graph.linear(x, weights[f"{name}/weight"], weights[f"{name}/bias"])


def _feed_forward(graph: Graph, weights: Weights, name: str, x: str) -> str:
    y = _linear(graph, weights, f"{name}/ffn/linear_0", _norm(graph, weights, f"{name}/ffn/layer_norm", x))
    return _linear(graph, weights, f"{name}/ffn/linear_1", graph.gelu(y))


def _scaled(graph: Graph, query: str, size: int) -> str:
    return graph.op("Mul", query, graph.constant(np.array(size**-0.5, np.float32)))


def _heads(graph: Graph, x: str, heads: int, width: int) -> str:
    """[N, d] → [h, N, e]"""
    return graph.op("Transpose", graph.op("Reshape", x, graph.ints(-1, heads, width // heads)), perm=[1, 0, 2])


def _joined(graph: Graph, x: str, width: int) -> str:
    """[h, N, e] → [N, d]"""
    return graph.op("Reshape", graph.op("Transpose", x, perm=[1, 0, 2]), graph.ints(-1, width))


def _attend(graph: Graph, query: str, key: str, value: str) -> str:
    """query [h, N, e], key [h, e, S], value [h, S, e] → [h, N, e]"""
    return graph.op("MatMul", graph.op("Softmax", graph.op("MatMul", query, key), axis=-1), value)
