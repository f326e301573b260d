"""Reads the weights and settings of a CTranslate2 Whisper model folder."""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

Weights = dict[str, np.ndarray]

_DTYPES = {0: "<f4", 1: "i1", 2: "<i2", 3: "<i4", 4: "<f2"}


def read_weights(path: Path) -> Weights:
    """Variable name → array out of CTranslate2's model.bin (binary format 5 or 6, not quantised)."""
    weights: Weights = {}
    with path.open("rb") as file:
        version = _number(file, "<I")
        if version < 5:
            raise ValueError(f"model.bin has binary version {version}; 5 or later is needed")
        _text(file)
        _number(file, "<I")
        for _ in range(_number(file, "<I")):
            name = _text(file)
            rank = _number(file, "<B")
            shape = tuple(_number(file, "<I") for _ in range(rank))
            dtype = np.dtype(_DTYPES[_number(file, "<B")])
            size = _number(file, "<I")
            weights[name] = np.frombuffer(file.read(size), dtype).reshape(shape)
    return weights


@dataclass(frozen=True)
class ModelConfig:
    suppress_ids: list[int]
    """Tokens that free decoding never writes: sounds, brackets, special tokens."""
    suppress_ids_begin: list[int]
    alignment_heads: list[list[int]]
    """[layer, head] of the cross attention that follows the audio in time."""


def read_config(folder: Path) -> ModelConfig:
    """Out of config.json of the model folder."""
    with (folder / "config.json").open(encoding="utf-8") as file:
        config = json.load(file)
    return ModelConfig(config["suppress_ids"], config["suppress_ids_begin"], config["alignment_heads"])


def content_hash(path: Path) -> str:
    """First 16 hex digits of the file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def _number(file: BinaryIO, layout: str) -> int:
    value: int = struct.unpack(layout, file.read(struct.calcsize(layout)))[0]
    return value


def _text(file: BinaryIO) -> str:
    return file.read(_number(file, "<H"))[:-1].decode("utf-8")
