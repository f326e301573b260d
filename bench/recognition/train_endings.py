"""Trains the ending model of the recognition worker (whisper/endings.py) and tells how well it judges unknown voices.

usage: train_endings.py --speech DIR [--model DIR] [--out FILE] [--strangers DIR]

The recordings do not tell their speakers: they are put into eight groups by how they sound, and each group is judged by a model
that was trained without it. numpy only, one seed: the same material gives the same weights.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np  # noqa: E402
import soxr  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src" / "local-models" / "workers"), str(Path(__file__).resolve().parent)]

from digit_voices import handrail_home  # noqa: E402
from ending_material import made_sounds, order_names, order_sounds, pieces, prompt_sounds  # noqa: E402
from material import RATE_HZ  # noqa: E402
from whisper.endings import EndingModel, stretches, voice_end  # noqa: E402
from whisper.features import FRAMES_PER_SECOND, log_mel, padded_to, pcm_to_model_rate  # noqa: E402
from whisper.network import Network  # noqa: E402
from whisper.recogniser import window_frames  # noqa: E402

GROUPS = 8
MOST_PROMPTS = 150
SPEEDS = (0.88, 0.94, 1.06, 1.12, 1.2)
"""The orders once more, as larger and smaller people would say them: deeper and slower, higher and faster."""
DIRECTIONS = 400
"""Of the states' variation, the largest: the rest is noise."""
PENALTY = 0.03
STEPS = 5


@dataclass(frozen=True)
class Material:
    heard: np.ndarray
    """[pieces, d]: what the model looks at."""
    finished: np.ndarray
    kinds: np.ndarray
    sources: np.ndarray
    """Which recording a piece comes from."""

    def only(self, chosen: np.ndarray) -> Material:
        return Material(self.heard[chosen], self.finished[chosen], self.kinds[chosen], self.sources[chosen])

    def __add__(self, other: Material) -> Material:
        sources = other.sources + len(self.sources)
        return Material(
            np.concatenate([self.heard, other.heard]),
            np.concatenate([self.finished, other.finished]),
            np.concatenate([self.kinds, other.kinds]),
            np.concatenate([self.sources, sources]),
        )


def material(network: Network, sounds: list[np.ndarray], name: str, seed: int = 0) -> Material:
    heard, finished, kinds, sources = [], [], [], []
    for source, sound in enumerate(sounds):
        for piece in pieces(sound, np.random.default_rng(seed + source)):
            samples = pcm_to_model_rate(piece.sound.astype("<i2").tobytes(), RATE_HZ)
            end = voice_end(samples)
            if end is None:
                continue
            mel = log_mel(samples)
            window = padded_to(mel, window_frames(mel.shape[1] / FRAMES_PER_SECOND))
            sound = (mel.shape[1] + 1) // 2
            encoded = network.encode(window)
            heard.append(stretches((encoded.early[:sound], encoded.states[:sound]), end))
            finished.append(piece.finished)
            kinds.append(piece.kind)
            sources.append(source)
    print(f"{name}: {len(sounds)} recordings, {sum(finished)} ends, {len(finished) - sum(finished)} pauses", flush=True)
    return Material(np.array(heard), np.array(finished), np.array(kinds), np.array(sources))


def at_speed(sound: np.ndarray, speed: float) -> np.ndarray:
    played: np.ndarray = soxr.resample(sound, RATE_HZ * speed, RATE_HZ)
    return played


def fit(parts: list[Material]) -> EndingModel:
    """Logistic regression by Newton's method, in the states' main directions."""
    learnt = sum(parts[1:], parts[0])
    mean, spread = learnt.heard.mean(axis=0), learnt.heard.std(axis=0) + 1e-3
    scaled = (learnt.heard - mean) / spread
    _, directions = np.linalg.eigh(scaled.T @ scaled / len(scaled))
    axes = directions[:, -DIRECTIONS:]
    x = np.column_stack([scaled @ axes, np.ones(len(scaled))]).astype(float)
    penalty = np.full(x.shape[1], PENALTY * len(x))
    penalty[-1] = 0.0
    values = np.zeros(x.shape[1])
    for _ in range(STEPS):
        share = 1 / (1 + np.exp(-x @ values))
        slope = x.T @ (share - learnt.finished) + penalty * values
        curve = (x * (share * (1 - share))[:, None]).T @ x + np.diag(penalty)
        values -= np.linalg.solve(curve, slope)
    weight = axes @ values[:-1] / spread
    return EndingModel(weight, float(values[-1] - mean @ weight))


def known_without(voice: int, voices: np.ndarray, orders: list[Material], prompts: Material) -> list[Material]:
    """What there is to learn from but for one group of voices."""
    return [*(part.only(voices[part.sources] != voice) for part in orders), prompts]


def groups_by_sound(sounds: list[np.ndarray]) -> np.ndarray:
    """k-means on mean and spread of each recording's louder half: voice and line, not words."""
    rows = []
    for sound in sounds:
        mel = log_mel(pcm_to_model_rate(sound.astype("<i2").tobytes(), RATE_HZ))
        loud = mel[:, mel.mean(axis=0) > np.median(mel.mean(axis=0))]
        rows.append(np.concatenate([loud.mean(axis=1), loud.std(axis=1)]))
    table = np.array(rows)
    left, sizes, _ = np.linalg.svd((table - table.mean(axis=0)) / (table.std(axis=0) + 1e-6), full_matrices=False)
    points = left[:, :10] * sizes[:10]
    centres = points[np.random.default_rng(0).choice(len(points), GROUPS, replace=False)]
    for _ in range(50):
        group: np.ndarray = np.square(points[:, None] - centres[None]).sum(axis=2).argmin(axis=1)
        centres = np.array([points[group == one].mean(axis=0) for one in range(GROUPS)])
    return group


def area(scores: np.ndarray, finished: np.ndarray) -> float:
    """Under the curve: how often an end has the higher score than a pause."""
    higher = scores[finished][:, None] > scores[~finished][None]
    return float(higher.mean())


def told(shares: np.ndarray, known: Material) -> str:
    parts = [f"all {area(shares, known.finished):.3f}"]
    for kind in np.unique(known.kinds):
        of_kind = known.kinds == kind
        if len(np.unique(known.finished[of_kind])) == 2:
            parts.append(f"{kind} {area(shares[of_kind], known.finished[of_kind]):.3f}")
    return ", ".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=handrail_home() / "models" / "whisper-tiny.en")
    parser.add_argument("--out", type=Path, help="file for the model that knows all recordings")
    parser.add_argument(
        "--strangers",
        type=Path,
        help="folder for the models that do not know a group, endings-GROUP.npz, and voices.json: whose recordings are whose",
    )
    options = parser.parse_args()

    network = Network(options.model, handrail_home() / "cache", 1)
    network.arm()
    sounds = order_sounds(options.speech)
    orders = material(network, sounds, "orders")
    others = [
        material(network, [at_speed(sound, speed) for sound in sounds], f"orders at {speed}", round(1_000 * speed))
        for speed in SPEEDS
    ]
    prompts = material(network, prompt_sounds(handrail_home(), MOST_PROMPTS), "Asterisk's prompts")
    made = material(network, made_sounds(handrail_home()), "made sentences")

    group = groups_by_sound(sounds)
    shares = np.zeros(len(orders.finished))
    for one in range(GROUPS):
        model = fit(known_without(one, group, [orders, *others], prompts))
        unknown = group[orders.sources] == one
        shares[unknown] = model.judged(orders.heard[unknown])
        if options.strangers:
            options.strangers.mkdir(parents=True, exist_ok=True)
            model.save(options.strangers / f"endings-{one}.npz")
    if options.strangers:
        voices = dict(zip(order_names(options.speech), map(str, group.tolist()), strict=True))
        (options.strangers / "voices.json").write_text(json.dumps(voices, indent=2) + "\n")
    print(f"orders of unknown voices, area under the curve: {told(shares, orders)}")
    print(f"made sentences, by orders alone: {told(fit([orders, *others]).judged(made.heard), made)}")
    model = fit([orders, *others, prompts])
    print(f"made sentences, by orders and prompts: {told(model.judged(made.heard), made)}")
    if options.out:
        model.save(options.out)


if __name__ == "__main__":
    main()
