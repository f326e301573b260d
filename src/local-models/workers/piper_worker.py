"""Piper as a persistent worker: clauses in, PCM16 at 8,000 Hz out, one frame a clause.

    {type: speak, id, clauses: [{text, pauseMs}], deterministic} -> {type: chunk, id} + PCM ..., {type: end, id}
    {type: cancel, id}  -> {type: cancelled, id}, within milliseconds
    {type: ping, id}    -> {type: pong, id}, also while speaking
    any failure         -> {type: error, id, message}

It leaves when its stdin ends, so it never outlives the process that started it. Piper itself is GPL-3: it lives here, in a
process of its own, and is spoken to by pipe only.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from frames import FrameError, read_frame, write_frame

RATE_HZ = 8_000
GAIN = 1.4
"""One gain for all clauses: normalising each to its own peak makes steps of up to 3 dB."""
SILENCE = 0.006
"""Peak of a 10 ms block below which it counts as silence (-44 dBFS; the voice's own noise is below -55)."""
LEAD_MS = 2
TAIL_MS = 30
DETERMINISTIC = (0.0, 1.0, 0.0)
"""noise_scale, length_scale, noise_w: without noise the same text gives the same bytes."""


@dataclass
class Job:
    id: Any
    clauses: list[dict[str, Any]]
    deterministic: bool
    options: Any
    cancelled: threading.Event = field(default_factory=threading.Event)


class Voice:
    """One ONNX session on one thread."""

    def __init__(self, path: str) -> None:
        import numpy as np
        # Read when the library is loaded: it reports its use to its maker otherwise.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        import onnxruntime as ort
        import soxr
        from piper.config import PiperConfig
        from piper.voice import PiperVoice

        self.np, self.ort, self.soxr = np, ort, soxr
        with open(f"{path}.json", encoding="utf-8") as file:
            config = PiperConfig.from_dict(json.load(file))
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        session = ort.InferenceSession(path, sess_options=options, providers=["CPUExecutionProvider"])
        self.piper = PiperVoice(session=session, config=config)
        self.natural = (config.noise_scale, config.length_scale, config.noise_w_scale)

    def speak(self, clause: dict[str, Any], job: Job) -> bytes:
        """PCM16 of one clause at 8,000 Hz, with `pauseMs` of silence after it; b"" when there is nothing to say."""
        np = self.np
        scales = DETERMINISTIC if job.deterministic else self.natural
        parts = [
            self._infer(self.piper.phonemes_to_ids(phonemes), scales, job.options)
            for phonemes in self.piper.phonemize(clause["text"])
            if phonemes
        ]
        if not parts:
            return b""
        rate = self.piper.config.sample_rate
        voiced = trim(np, np.concatenate(parts) * GAIN, rate)
        pause = np.zeros(int(rate * clause["pauseMs"] / 1000), dtype=np.float32)
        stream = self.soxr.ResampleStream(rate, RATE_HZ, 1, dtype="float32", quality="HQ")
        audio = stream.resample_chunk(np.concatenate([voiced, pause]).astype(np.float32), last=True)
        return (np.clip(audio, -1.0, 1.0) * 32767.0).astype("<i2").tobytes()

    def _infer(self, ids: list[int], scales: tuple[float, float, float], options: Any) -> Any:
        np = self.np
        inputs = {
            "input": np.array([ids], dtype=np.int64),
            "input_lengths": np.array([len(ids)], dtype=np.int64),
            "scales": np.array(scales, dtype=np.float32),
        }
        if self.piper.config.num_speakers > 1:
            inputs["sid"] = np.array([self.piper.config.default_speaker_id], dtype=np.int64)
        return self.piper.session.run(None, inputs, options)[0].squeeze()


def trim(np: Any, audio: Any, rate: int) -> Any:
    """Cuts the silence that Piper puts around a clause (up to 64 ms before and 300 ms after it)."""
    block = rate // 100
    peaks = np.abs(audio[: len(audio) // block * block]).reshape(-1, block).max(axis=1)
    loud = np.nonzero(peaks > SILENCE)[0]
    if len(loud) == 0:
        return audio[:0]
    start = max(0, int(loud[0]) * block - rate * LEAD_MS // 1000)
    end = min(len(audio), (int(loud[-1]) + 1) * block + rate * TAIL_MS // 1000)
    return audio[start:end]


class Worker:
    """The reader thread answers pings and cancels; the main thread speaks, one job after the other."""

    def __init__(self, voice: Voice, source: Any, sink: Any) -> None:
        self.voice, self.source, self.sink = voice, source, sink
        self.jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self.live: dict[Any, Job] = {}
        self.lock = threading.Lock()

    def serve(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()
        while (job := self.jobs.get()) is not None:
            self._speak(job)

    def _read(self) -> None:
        try:
            while (frame := read_frame(self.source)) is not None:
                self._handle(frame[0])
        except (FrameError, KeyError, TypeError) as error:
            print(f"the requests make no sense: {error!r}", file=sys.stderr, flush=True)
        # Nobody is left to speak to: do not finish the clause that is being made.
        os._exit(0)

    def _handle(self, header: dict[str, Any]) -> None:
        kind, job_id = header["type"], header.get("id")
        if kind == "ping":
            write_frame(self.sink, {"type": "pong", "id": job_id})
        elif kind == "speak":
            job = Job(job_id, header["clauses"], bool(header.get("deterministic")), self.voice.ort.RunOptions())
            with self.lock:
                self.live[job_id] = job
            self.jobs.put(job)
        elif kind == "cancel":
            with self.lock:
                job = self.live.get(job_id)
            if job:
                job.cancelled.set()
                job.options.terminate = True
        else:
            write_frame(self.sink, {"type": "error", "id": job_id, "message": f"unknown request {kind!r}"})

    def _speak(self, job: Job) -> None:
        try:
            for clause in job.clauses:
                if job.cancelled.is_set():
                    break
                pcm = self.voice.speak(clause, job)
                if pcm and not job.cancelled.is_set():
                    write_frame(self.sink, {"type": "chunk", "id": job.id}, pcm)
            ending = {"type": "cancelled" if job.cancelled.is_set() else "end"}
        except Exception as error:  # whatever one text does, the worker lives on for the next
            # A terminated run raises as well.
            ending = {"type": "cancelled"} if job.cancelled.is_set() else {"type": "error", "message": describe(error)}
        with self.lock:
            self.live.pop(job.id, None)
        write_frame(self.sink, {**ending, "id": job.id})


def describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]


def private_stdout() -> Any:
    """The pipe for frames; whatever else prints to stdout goes to stderr, where it does no harm."""
    pipe = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    return pipe


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--voice", required=True, help="the .onnx file; its .onnx.json lies beside it")
    arguments = parser.parse_args()
    sink = private_stdout()
    started = time.monotonic()
    voice = Voice(arguments.voice)
    # The first run allocates and loads the phoneme tables: not at a caller's expense.
    voice.speak({"text": "Good morning.", "pauseMs": 0}, Job(0, [], True, voice.ort.RunOptions()))
    load_ms = round((time.monotonic() - started) * 1000)
    write_frame(sink, {"type": "ready", "engine": "piper", "model": os.path.basename(arguments.voice), "loadMs": load_ms})
    Worker(voice, sys.stdin.buffer, sink).serve()


if __name__ == "__main__":
    main()
