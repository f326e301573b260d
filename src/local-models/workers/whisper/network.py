"""Runs the encoder and the decoder's steps; builds their graphs on first use and caches them by content."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
# Read when the library is loaded: it reports its use to its maker otherwise.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime as ort

from .export import export_decoder, export_encoder, layer_count
from .weights import content_hash, read_config, read_weights

# Part of the cache key: raise it when export.py makes different graphs out of the same weights.
GRAPH_VERSION = 4


class Interrupted(Exception):
    """The request was cancelled."""


OrtValues = dict[str, ort.OrtValue]


@dataclass(frozen=True)
class Scores:
    log_probs: np.ndarray
    """[rows, V]: of the next token."""
    attention: np.ndarray
    """[rows, S]: where in the utterance the next token is heard."""

    def last(self) -> Scores:
        return Scores(self.log_probs[-1:], self.attention[-1:])


@dataclass(frozen=True)
class Encoded:
    states: np.ndarray
    """[S, d]: one row for each 20 ms."""
    early: np.ndarray
    """[S, d]: the same, out of the layer before the last."""
    attended: OrtValues
    """What every decoder step attends to."""


@dataclass
class Cache:
    """Self-attention keys and values of the beams after a step."""

    tensors: OrtValues
    length: int


class Network:
    """Not thread-safe: one request at a time."""

    def __init__(self, model_folder: Path, cache_folder: Path, threads: int) -> None:
        encoder, decoder = _graphs(model_folder, cache_folder)
        self._encoder = _session(encoder, threads)
        self._decoder = _session(decoder, threads)
        inputs = {value.name: value for value in self._decoder.get_inputs()}
        self._layers = sum(1 for name in inputs if name.startswith("past_k_"))
        _, self._heads, _, self._size = inputs["past_k_0"].shape
        self._outputs = [output.name for output in self._decoder.get_outputs()]
        self._encoder_outputs = [output.name for output in self._encoder.get_outputs()]
        self._run_options = ort.RunOptions()

    def arm(self) -> None:
        """Begins a request: an earlier interruption no longer counts."""
        self._run_options = ort.RunOptions()

    def interrupt(self) -> None:
        """From another thread: the run in progress, or the next one, raises Interrupted within milliseconds."""
        self._run_options.terminate = True

    def encode(self, mel: np.ndarray) -> Encoded:
        """mel [1, 80, frames]"""
        feed = {"mel": ort.OrtValue.ortvalue_from_numpy(mel)}
        outputs = self._call(self._encoder, self._encoder_outputs, feed)
        attended = dict(zip(self._encoder_outputs, outputs, strict=True))
        return Encoded(attended.pop("states").numpy(), attended.pop("early").numpy(), attended)

    def start(self, encoded: Encoded, tokens: list[int], rows: list[int]) -> tuple[Scores, Cache]:
        """Feeds the prompt in one go → scores after the tokens at `rows`, cache of one beam."""
        empty = ort.OrtValue.ortvalue_from_numpy(np.zeros((1, self._heads, 0, self._size), np.float32))
        past = {f"past_{kind}_{index}": empty for index in range(self._layers) for kind in "kv"}
        count = len(tokens)
        mask = np.triu(np.full((count, count), -1e9, np.float32), 1)
        positions = np.arange(count, dtype=np.int64)
        return self._run(encoded, np.array([tokens], np.int64), positions, np.zeros(1, np.int64), mask, rows, past)

    def step(
        self, encoded: Encoded, cache: Cache, tokens: list[int], parents: list[int]
    ) -> tuple[Scores, Cache]:
        """Appends tokens[i] to beam parents[i] → scores of the next token, new cache."""
        mask = np.zeros((1, cache.length + 1), np.float32)
        given = np.array(tokens, np.int64)[:, None]
        rows = list(range(len(tokens)))
        positions = np.array([cache.length], np.int64)
        return self._run(encoded, given, positions, np.array(parents, np.int64), mask, rows, cache.tensors)

    def tree(self, encoded: Encoded, cache: Cache, tokens: list[int], before: list[int]) -> Scores:
        """Feeds sentences that begin alike, in one go, behind the one beam of the cache → scores of what follows each token.

        before[i] < i: the place of the token before tokens[i], or -1 for the last one of the cache.
        """
        count = len(tokens)
        behind = np.full((count, count), -1e9, np.float32)
        depths = np.zeros(count, np.int64)
        for place, previous in enumerate(before):
            if previous >= 0:
                behind[place] = behind[previous]
                depths[place] = depths[previous] + 1
            behind[place, place] = 0
        mask = np.concatenate([np.zeros((count, cache.length), np.float32), behind], axis=1)
        given, rows = np.array([tokens], np.int64), list(range(count))
        parents = np.zeros(1, np.int64)
        return self._run(encoded, given, cache.length + depths, parents, mask, rows, cache.tensors)[0]

    def _run(
        self,
        encoded: Encoded,
        tokens: np.ndarray,
        positions: np.ndarray,
        parents: np.ndarray,
        mask: np.ndarray,
        rows: list[int],
        past: OrtValues,
    ) -> tuple[Scores, Cache]:
        feed = {
            "tokens": tokens,
            "positions": positions,
            "parents": parents,
            "mask": mask,
            "rows": np.array(rows, np.int64),
        }
        values = {name: ort.OrtValue.ortvalue_from_numpy(array) for name, array in feed.items()}
        outputs = self._call(self._decoder, self._outputs, values | encoded.attended | past)
        named = dict(zip(self._outputs, outputs, strict=True))
        scores = Scores(named.pop("log_probs").numpy(), named.pop("attention").numpy())
        tensors = {name.replace("next_", "past_"): value for name, value in named.items()}
        return scores, Cache(tensors, mask.shape[1])

    def _call(self, session: ort.InferenceSession, outputs: list[str], feed: OrtValues) -> list[ort.OrtValue]:
        try:
            results: list[ort.OrtValue] = session.run_with_ort_values(outputs, feed, self._run_options)
        except Exception as problem:
            # onnxruntime has no exception class of its own for a run that was told to stop.
            if self._run_options.terminate:
                raise Interrupted from problem
            raise
        return results


def _session(path: Path, threads: int) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _graphs(model_folder: Path, cache_folder: Path) -> tuple[Path, Path]:
    model = model_folder / "model.bin"
    folder = cache_folder / f"whisper-{content_hash(model)}-v{GRAPH_VERSION}"
    encoder, decoder = folder / "encoder.onnx", folder / "decoder.onnx"
    if not (encoder.exists() and decoder.exists()):
        folder.mkdir(parents=True, exist_ok=True)
        weights = read_weights(model)
        if layer_count(weights, "decoder") == 0:
            raise ValueError("model.bin holds no Whisper decoder")
        # Written beside and renamed: two workers may start at the same time.
        mark = f".{os.getpid()}.tmp"
        export_encoder(weights, encoder.with_suffix(mark))
        export_decoder(weights, read_config(model_folder).alignment_heads, decoder.with_suffix(mark))
        for path in (encoder, decoder):
            path.with_suffix(mark).replace(path)
    return encoder, decoder
