"""What makes one recorded word sound like another speaker's, in another room, through another telephone. Samples at 8 kHz."""

from __future__ import annotations

import numpy as np
import soxr
from material import RATE_HZ

_FRAME, _HOP = 256, 64
_WINDOW = np.hanning(_FRAME + 1)[:-1]
_LIFTER = 22
"""Cepstral coefficients that are the vocal tract's, rather than the pitch's."""
_GATE_FRAME = RATE_HZ // 100


def spoken_by(sound: np.ndarray, tract: float, pitch: float, tempo: float) -> np.ndarray:
    """Formants × tract, pitch × pitch, length / tempo."""
    if abs(pitch - 1) > 0.01:
        sound = soxr.resample(sound, RATE_HZ * pitch, RATE_HZ, quality="MQ")
    return _stretched(_formants_moved(sound, tract / pitch), tempo / pitch)


def _formants_moved(sound: np.ndarray, ratio: float) -> np.ndarray:
    """The envelope of the spectrum is stretched, its harmonics stay."""
    if abs(ratio - 1) < 0.02 or len(sound) < _FRAME:
        return sound
    padded = np.pad(sound, (_FRAME, _FRAME + -len(sound) % _HOP))
    spectrum = np.fft.rfft(np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[::_HOP] * _WINDOW, axis=1)
    cepstrum = np.fft.irfft(np.log(np.abs(spectrum) + 1.0), axis=1)
    cepstrum[:, _LIFTER : 1 - _LIFTER] = 0
    envelope = np.fft.rfft(cepstrum, axis=1).real
    top = _FRAME // 2
    source = np.minimum(np.arange(top + 1) / ratio, top)
    low = source.astype(int)
    share = source - low
    moved = envelope[:, low] * (1 - share) + envelope[:, np.minimum(low + 1, top)] * share
    frames = np.fft.irfft(spectrum * np.exp(np.clip(moved - envelope, -3, 2.5)), axis=1) * _WINDOW
    out, weight = np.zeros(len(padded)), np.zeros(len(padded))
    for index, frame in enumerate(frames):
        within = slice(index * _HOP, index * _HOP + _FRAME)
        out[within] += frame
        weight[within] += _WINDOW**2
    found: np.ndarray = (out / np.maximum(weight, 0.1))[_FRAME : _FRAME + len(sound)]
    return found


def _stretched(sound: np.ndarray, tempo: float) -> np.ndarray:
    """Faster or slower at the same pitch: each piece is taken from where it continues the one before best (WSOLA)."""
    frame, hop, reach = 240, 120, 64
    if abs(tempo - 1) < 0.03 or len(sound) < 2 * frame:
        return sound
    window = np.hanning(frame + 1)[:-1]
    count = int(len(sound) / tempo)
    padded = np.pad(sound, (0, frame + 2 * reach))
    out, weight = np.zeros(count + frame), np.zeros(count + frame)
    at = 0
    for start in range(0, count, hop):
        wanted = min(int(start * tempo), len(sound) - 1)
        if start > 0:
            follows = padded[at + hop : at + hop + frame]
            first, last = max(0, wanted - reach), min(wanted + reach, len(padded) - frame)
            wanted = min(wanted, len(padded) - frame)
            if len(follows) == frame and last > first:
                wanted = first + int(np.correlate(padded[first : last + frame], follows, "valid").argmax())
        at = wanted
        out[start : start + frame] += padded[at : at + frame] * window
        weight[start : start + frame] += window
    found: np.ndarray = (out / np.maximum(weight, 0.3))[:count]
    return found


def gated(sound: np.ndarray, below_db: float, damped_db: float, kept: int) -> np.ndarray:
    """As recorders and switches cut at a level: what is quieter than the loudest 10 ms by `below_db` is cut from the ends (but for
    `kept` samples) and damped inside. It takes the “s” from “six” and the “f” from “four”."""
    count = len(sound) // _GATE_FRAME
    if count < 8:
        return sound
    power = (sound[: count * _GATE_FRAME].reshape(count, _GATE_FRAME) ** 2).mean(axis=1)
    loud = power > power.max() * 10 ** (below_db / 10)
    places = np.flatnonzero(loud)
    start = max(0, int(places[0]) * _GATE_FRAME - kept)
    end = min(len(sound), (int(places[-1]) + 1) * _GATE_FRAME + kept)
    gain = np.repeat(np.where(loud, 1.0, 10 ** (-damped_db / 20)), _GATE_FRAME)
    gain = np.convolve(gain, np.full(_GATE_FRAME, 1 / _GATE_FRAME), "same")
    damped = sound * np.append(gain, np.full(len(sound) - len(gain), gain[-1]))
    return damped[start:end] if end - start > RATE_HZ // 12 else sound


def microphone(rng: np.random.Generator, spread_db: float, lowest_top_hz: float) -> np.ndarray:
    """A frequency response: uneven, and cut at both ends. An impulse response of 512 samples, delayed by half."""
    hz = np.linspace(0, RATE_HZ / 2, 257)
    knots = np.array([0, 250, 600, 1100, 1800, 2600, 3300, 4000])
    gain_db = np.interp(hz, knots, rng.normal(0, spread_db, len(knots)))
    bottom_hz, top_hz = rng.uniform(20, 400), rng.uniform(lowest_top_hz, 4300)
    gain_db -= 12 * np.maximum(0, np.log2(bottom_hz / np.maximum(hz, 20)))
    gain_db -= 40 * np.maximum(0, np.log2(np.maximum(hz, 1) / top_hz))
    response: np.ndarray = np.roll(np.fft.irfft(10 ** (gain_db / 20)), 256) * np.hanning(512)
    return response


def through(sound: np.ndarray, response: np.ndarray, delay: int = 0) -> np.ndarray:
    """As long as before."""
    size = len(sound) + len(response)
    found: np.ndarray = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(response, size), size)
    return found[delay : delay + len(sound)]


def room(rng: np.random.Generator) -> np.ndarray:
    """The direct sound, and an echo that dies away within 80 to 500 ms."""
    length = rng.uniform(0.08, 0.5) * RATE_HZ
    tail = rng.standard_normal(int(0.8 * length)) * np.exp(-6.9 * np.arange(int(0.8 * length)) / length)
    tail *= rng.uniform(0.15, 0.9) / np.sqrt((tail**2).sum())
    return np.concatenate([[1.0], np.zeros(rng.integers(8, 120)), tail])


def coloured(rng: np.random.Generator, count: int, slope: float) -> np.ndarray:
    """Noise whose amplitude goes as frequency to the power of `slope`."""
    size = 1 << max(9, (count - 1).bit_length())
    spectrum = np.fft.rfft(rng.standard_normal(size))
    found: np.ndarray = np.fft.irfft(spectrum * np.maximum(np.arange(len(spectrum)), size * 60 // RATE_HZ + 1) ** slope, size)
    return found[:count]


def hum(rng: np.random.Generator, count: int) -> np.ndarray:
    """Of the mains, with harmonics, and some hiss."""
    base_hz, decay = rng.choice((50, 60, 100, 120)), rng.uniform(0, 1)
    time = np.arange(count) / RATE_HZ
    tones = (
        rng.random() / order**decay * np.sin(2 * np.pi * (base_hz * order * time + rng.random()))
        for order in range(1, rng.integers(2, 12))
    )
    return sum(tones, np.zeros(count)) + 0.3 * coloured(rng, count, -0.5)


def at_snr(noise: np.ndarray, sound: np.ndarray, snr_db: float) -> np.ndarray:
    """As loud as `snr_db` below the voiced part."""
    voiced = sound[np.abs(sound) > 0.03 * max(1.0, np.abs(sound).max())]
    power = (voiced**2).mean() if len(voiced) else 1.0
    scaled: np.ndarray = noise * np.sqrt(power / max(1e-9, (noise**2).mean()) / 10 ** (snr_db / 10))
    return scaled


def mulaw(sound: np.ndarray) -> np.ndarray:
    """There and back, as continuous companding with 8 bits."""
    share = np.clip(sound / 32768, -1, 1)
    code = np.round(np.sign(share) * np.log1p(255 * np.abs(share)) / np.log(256) * 128) / 128
    return (np.sign(code) * (256 ** np.abs(code) - 1) / 255 * 32768).clip(-32768, 32767).astype(np.int16)
