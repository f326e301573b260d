"""Accuracy, confidence and latency of the recognition worker on recorded callers.

usage: evaluate.py --speech DIR [--model DIR] [--json FILE] [--limit N] [--digits N]

DIR: commands.json, digits.json, noise/kitchen.wav and the recordings that they name (8 kHz mu-law WAV). The worker is
started and spoken to as the controller does. Run it on a quiet machine; the load average is printed beside the times.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
WORKERS = ROOT / "src" / "local-models" / "workers"
sys.path[:0] = [str(WORKERS), str(Path(__file__).resolve().parent)]

import grammars  # noqa: E402
import material  # noqa: E402
from frames import read_frame, write_frame  # noqa: E402

HOME = Path(os.environ.get("HANDRAIL_HOME", ROOT / ".handrail"))
SNR_DB = 12
MISSING = ("cappuccino", "latte", "iced coffee", "almond milk", "brown sugar", "double shot", "light roast")
THRESHOLDS = (0.1, 0.2, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass
class Set:
    """Answers of one kind of speech to one grammar."""

    right: list[bool] = field(default_factory=list)
    """Never right where the speech is outside the grammar."""
    posteriors: list[float] = field(default_factory=list)
    timings: list[dict[str, float]] = field(default_factory=list)

    def add(self, result: dict, right: bool, posterior: float) -> None:
        self.right.append(right)
        self.posteriors.append(posterior)
        self.timings.append(result["timings"])

    def summary(self) -> dict[str, object]:
        right, posterior = np.array(self.right), np.array(self.posteriors)
        count = len(right)
        return {
            "n": count,
            "rightPercent": round(100 * right.mean(), 1),
            "ms": {
                name: [round(float(np.percentile([t[name] for t in self.timings], p))) for p in (50, 95)]
                for name in ("featuresMs", "encodeMs", "decodeMs", "totalMs")
            },
            "atThreshold": {
                str(threshold): {
                    "acceptedPercent": round(100 * float((posterior >= threshold).mean()), 1),
                    "wronglyAcceptedPercent": round(100 * float(((posterior >= threshold) & ~right).mean()), 1),
                }
                for threshold in THRESHOLDS
            },
        }


class Worker:
    def __init__(self, model: Path) -> None:
        command = [sys.executable, str(WORKERS / "whisper_worker.py"), "--model", str(model)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.ready = self._next()

    def prepare(self, grammar: dict[str, object]) -> None:
        write_frame(self._process.stdin, {"type": "prepare", "id": 0, "grammar": grammar})
        self._next()

    def recognise(self, samples: np.ndarray, grammar: str) -> dict:
        header = {"type": "recognise", "id": 1, "grammarId": grammar, "mode": "grammar", "rateHz": material.RATE_HZ}
        write_frame(self._process.stdin, header, samples.astype("<i2").tobytes())
        return self._next()

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()

    def _next(self) -> dict:
        frame = read_frame(self._process.stdout)
        if frame is None or frame[0]["type"] == "error":
            raise RuntimeError(f"the worker failed: {frame and frame[0]}")
        return frame[0]


def meaning(grammar: str, text: str) -> object:
    if grammar == "digits":
        return grammars.digits_of(text)
    return grammars.slots_of(text, grammars.COFFEE) if grammar.startswith("orders") else text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=HOME / "models" / "whisper-tiny.en")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--limit", type=int, help="orders to use; all by default")
    parser.add_argument("--digits", type=int, default=100, help="digit strings to make")
    options = parser.parse_args()

    worker = Worker(options.model)
    known = {
        "orders": grammars.form_grammar(grammars.COFFEE),
        "digits": grammars.digit_grammar(4, 8),
        "yes-no": grammars.phrase_grammar(grammars.YES_NO),
        "orders without some values": grammars.form_grammar(grammars.without(grammars.COFFEE, MISSING)),
    }
    for name, grammar in known.items():
        worker.prepare(grammar.message(name))
    sets: dict[str, Set] = {}

    def judge(name: str, grammar: str, samples: np.ndarray, truth: object = None) -> None:
        result = worker.recognise(samples, grammar)
        readings = result["readings"]
        meanings = [meaning(grammar, reading["text"]) for reading in readings]
        # "Can I get a latte" and "can I get latte" ask for the same: their shares add up.
        posterior = sum(
            reading["posterior"] for reading, meant in zip(readings, meanings, strict=True) if meant == meanings[0]
        )
        sets.setdefault(name, Set()).add(result, truth is not None and meanings[:1] == [truth], posterior)

    rng = np.random.default_rng(1)
    noise = material.read_mulaw(options.speech / "noise" / "kitchen.wav")
    for index, order in enumerate(material.orders(options.speech, options.limit)):
        truth = {slot: grammars.plain(value) for slot, value in order.slots.items()}
        judge("orders", "orders", order.samples, truth)
        judge(f"orders, noise at {SNR_DB} dB", "orders", material.noisy(order.samples, noise, SNR_DB, rng), truth)
        if index % 3 == 0:
            judge("outside: orders to yes-no", "yes-no", order.samples)
            judge("outside: orders to digits", "digits", order.samples)
        elif any(value.endswith(missing) for value in order.slots.values() for missing in MISSING):
            judge("outside: value not in grammar", "orders without some values", order.samples)
    for digits, samples in material.digit_strings(options.speech, options.digits):
        judge("digit strings", "digits", samples, digits)
        judge("outside: digits to orders", "orders", samples)
    worker.close()

    report = {
        "model": worker.ready["model"],
        "loadMs": worker.ready["loadMs"],
        "loadAverage": [round(load, 1) for load in os.getloadavg()],
        "sets": {name: found.summary() for name, found in sets.items()},
    }
    for name, found in report["sets"].items():
        times = found["ms"]["totalMs"]
        print(f"{name:28} n {found['n']:4}  right {found['rightPercent']:5} %  {times[0]}/{times[1]} ms p50/p95")
        print(" " * 30 + "accepted (wrongly) at " + "  ".join(
            f"{threshold}: {rates['acceptedPercent']} ({rates['wronglyAcceptedPercent']})"
            for threshold, rates in found["atThreshold"].items()
        ))  # fmt: skip
    print("load average", *report["loadAverage"])
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
