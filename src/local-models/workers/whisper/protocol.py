"""The worker's side of the conversation with src/local-models.

host → worker: ping {id} · prepare {id, grammar: {id, arcs, finals, digits?: [min, max]}} · recognise {id, grammarId?, vocabulary?, mode,
rateHz, maxReadings, deadlineMs?} + PCM16LE · cancel {id}
worker → host: ready {engine, model, loadMs} · pong · prepared · result {readings, free, noSpeechProb, timings} ·
cancelled · error {message}, each with the id of its request.

Requests are computed one at a time in the order in which they came; pings and cancellations are answered meanwhile.
The end of stdin ends the process at once: the host is gone.
"""

from __future__ import annotations

import math
import os
import queue
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

from frames import FrameError, read_frame, write_frame

from .grammar import GrammarError, TokenGrammar
from .network import Interrupted
from .recogniser import Recogniser, Request, Result

MOST_GRAMMARS = 200
DEFAULT_READINGS = 5

Header = dict[str, Any]


@dataclass
class _Job:
    header: Header
    payload: bytes
    arrived: float
    cancelled: threading.Event


class Server:
    def __init__(self, recogniser: Recogniser, source: BinaryIO, sink: BinaryIO) -> None:
        self._recogniser = recogniser
        self._source = source
        self._sink = sink
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._open: dict[Any, _Job] = {}
        self._lock = threading.Lock()
        self._grammars: OrderedDict[str, TokenGrammar] = OrderedDict()

    def run(self, model: str, load_ms: float) -> None:
        """Serves until stdin ends; does not return."""
        write_frame(self._sink, {"type": "ready", "engine": "whisper", "model": model, "loadMs": round(load_ms)})
        threading.Thread(target=self._read, name="reader", daemon=True).start()
        while True:
            self._serve(self._jobs.get())

    def _read(self) -> None:
        try:
            while (frame := read_frame(self._source)) is not None:
                self._receive(*frame)
        except (FrameError, OSError) as problem:
            print(f"whisper worker: stdin cannot be read: {problem}", file=sys.stderr, flush=True)
        finally:
            # Not sys.exit: the main thread may be deep in a computation that nobody waits for.
            os._exit(0)

    def _receive(self, header: Header, payload: bytes) -> None:
        kind, request = header.get("type"), header.get("id")
        if kind == "ping":
            self._send({"type": "pong", "id": request})
        elif kind == "cancel":
            with self._lock:
                job = self._open.get(request)
                if job is not None:
                    job.cancelled.set()
                    self._recogniser.interrupt(request)
        elif kind in ("prepare", "recognise"):
            job = _Job(header, payload, time.perf_counter(), threading.Event())
            with self._lock:
                self._open[request] = job
            self._jobs.put(job)
        else:
            self._send({"type": "error", "id": request, "message": "unknown-message"})

    def _serve(self, job: _Job) -> None:
        request = job.header.get("id")
        try:
            if job.cancelled.is_set():
                raise Interrupted
            answer = self._prepare(job) if job.header["type"] == "prepare" else self._recognise(job)
        except Interrupted:
            answer = {"type": "cancelled"}
        except _Refused as refusal:
            answer = {"type": "error", "message": str(refusal)}
        except (GrammarError, KeyError, TypeError, ValueError) as problem:
            # The class alone: the text of an exception may quote what a caller said.
            answer = {"type": "error", "message": f"bad-request: {type(problem).__name__}"}
            print(f"whisper worker: bad request: {type(problem).__name__}", file=sys.stderr, flush=True)
        with self._lock:
            self._open.pop(request, None)
        self._send(answer | {"id": request})

    def _prepare(self, job: _Job) -> Header:
        grammar = job.header["grammar"]
        key = str(grammar["id"])
        if key not in self._grammars:
            self._grammars[key] = self._recogniser.compile(
                grammar["arcs"], grammar["finals"], grammar.get("digits")
            )
        self._grammars.move_to_end(key)
        while len(self._grammars) > MOST_GRAMMARS:
            self._grammars.popitem(last=False)
        return {"type": "prepared"}

    def _recognise(self, job: _Job) -> Header:
        began = time.perf_counter()
        header = job.header
        if len(job.payload) == 0 or len(job.payload) % 2 != 0:
            raise _Refused("bad-request: payload is not PCM16")
        request = Request(
            id=header.get("id"),
            pcm=job.payload,
            rate_hz=int(header.get("rateHz", 8000)),
            grammar=self._grammar(header),
            prompt=str(header.get("vocabulary") or ""),
            most_readings=int(header.get("maxReadings", DEFAULT_READINGS)),
            due=job.arrived + float(header.get("deadlineMs", math.inf)) / 1000,
        )
        result = self._recogniser.recognise(request, _checker(job))
        return _result(result, 1000 * (began - job.arrived))

    def _grammar(self, header: Header) -> TokenGrammar | None:
        key = header.get("grammarId")
        if header.get("mode") == "free" or key is None:
            return None
        grammar = self._grammars.get(str(key))
        if grammar is None:
            raise _Refused("unknown-grammar")
        self._grammars.move_to_end(str(key))
        return grammar

    def _send(self, header: Header) -> None:
        try:
            write_frame(self._sink, header)
        except OSError:
            os._exit(0)


class _Refused(Exception):
    """Answered with this message."""


def _checker(job: _Job) -> Callable[[], None]:
    def check() -> None:
        if job.cancelled.is_set():
            raise Interrupted

    return check


def _result(result: Result, queue_ms: float) -> Header:
    free = result.free
    return {
        "type": "result",
        "readings": [
            {
                "text": reading.text,
                "logProb": round(reading.log_prob, 4),
                "tokens": reading.tokens,
                "posterior": round(reading.posterior, 5),
                "ears": reading.ears
                and {"weakest": round(reading.ears.weakest, 2), "behind": round(reading.ears.behind, 2)},
            }
            for reading in result.readings
        ],
        "free": free
        and {
            "text": free.text,
            "logProb": round(free.log_prob, 4),
            "tokens": free.tokens,
            "runaway": free.runaway,
            "closing": _rounded(free.closing),
            "finished": _rounded(free.finished),
        },
        "noSpeechProb": round(result.no_speech_prob, 5),
        "timings": {
            "queueMs": round(queue_ms, 1),
            "featuresMs": round(result.timings.features_ms, 1),
            "encodeMs": round(result.timings.encode_ms, 1),
            "decodeMs": round(result.timings.decode_ms, 1),
            "totalMs": round(result.timings.total_ms, 1),
        },
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
