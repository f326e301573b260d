"""Framed messages on a byte pipe, shared by the engine workers and src/local-models/framed-process.ts.

A frame is: u32le length of what follows | u32le length of the header | header (JSON, UTF-8) | payload bytes.
"""

from __future__ import annotations

import json
import struct
import threading
from typing import Any, BinaryIO

MAX_FRAME_BYTES = 64 * 1024 * 1024
"""Longer than any utterance or grammar: a larger length means that the stream is out of step."""

_PREFIX = struct.Struct("<II")
_write_lock = threading.Lock()


class FrameError(Exception):
    """The stream is not made of frames; nothing after it can be trusted."""


def read_frame(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """Blocks for the next frame.

    Returns (header, payload), or None when the stream ends (also inside a frame: the writer is gone).
    Raises FrameError when the lengths or the header make no sense.
    """
    prefix = _read_exactly(stream, _PREFIX.size)
    if prefix is None:
        return None
    total, header_length = _PREFIX.unpack(prefix)
    if total > MAX_FRAME_BYTES or header_length + 4 > total:
        raise FrameError(f"impossible frame: {total} bytes with a header of {header_length}")
    body = _read_exactly(stream, total - 4)
    if body is None:
        return None
    try:
        header = json.loads(body[:header_length])
    except ValueError as cause:
        raise FrameError("frame header is not JSON") from cause
    if not isinstance(header, dict):
        raise FrameError("frame header is not an object")
    return header, body[header_length:]


def write_frame(stream: BinaryIO, header: dict[str, Any], payload: bytes | memoryview = b"") -> None:
    """Writes and flushes one frame. Frames of several threads never interleave."""
    encoded = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    prefix = _PREFIX.pack(4 + len(encoded) + len(payload), len(encoded))
    with _write_lock:
        stream.write(prefix + encoded)
        if payload:
            stream.write(payload)
        stream.flush()


def _read_exactly(stream: BinaryIO, count: int) -> bytes | None:
    """`count` bytes, or None at the end of the stream (a buffered stream only returns less there)."""
    data = stream.read(count)
    return data if len(data) == count else None
