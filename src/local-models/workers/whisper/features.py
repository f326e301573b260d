"""PCM of a telephone line → Whisper's log-mel features."""

from __future__ import annotations

import numpy as np
import soxr

MODEL_RATE_HZ = 16_000
MEL_BANDS = 80
HOP_SAMPLES = 160
FRAMES_PER_SECOND = MODEL_RATE_HZ // HOP_SAMPLES

_FFT_SAMPLES = 400
_WINDOW = np.hanning(_FFT_SAMPLES + 1)[:-1].astype(np.float32)


def pcm_to_model_rate(pcm: bytes | memoryview, rate_hz: int) -> np.ndarray:
    """PCM16LE mono at `rate_hz` → float32 in ±1 at 16 kHz."""
    samples = np.frombuffer(pcm, "<i2").astype(np.float32) / 32768.0
    if rate_hz == MODEL_RATE_HZ or len(samples) == 0:
        return samples
    resampled: np.ndarray = soxr.resample(samples, rate_hz, MODEL_RATE_HZ, quality="MQ")
    return resampled


def log_mel(samples: np.ndarray) -> np.ndarray:
    """float32 at 16 kHz → [80, frames of 10 ms], scaled as OpenAI's whisper/audio.py does."""
    half = _FFT_SAMPLES // 2
    if len(samples) <= half:
        samples = np.pad(samples, (0, half + 1 - len(samples)))
    padded = np.pad(samples, (half, half), mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FFT_SAMPLES)[::HOP_SAMPLES]
    frames = frames[: len(samples) // HOP_SAMPLES] if len(samples) >= HOP_SAMPLES else frames[:1]
    spectrum = np.fft.rfft(frames * _WINDOW, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    mel = _FILTERS @ power.T.astype(np.float32)
    logs = np.log10(np.maximum(mel, 1e-10))
    logs = np.maximum(logs, logs.max() - 8.0)
    scaled: np.ndarray = ((logs + 4.0) / 4.0).astype(np.float32)
    return scaled


def padded_to(mel: np.ndarray, frames: int) -> np.ndarray:
    """Zeros behind (or cut), as [1, 80, frames] for the encoder."""
    out = np.zeros((1, MEL_BANDS, frames), np.float32)
    count = min(frames, mel.shape[1])
    out[0, :, :count] = mel[:, :count]
    return out


def _mel_filters() -> np.ndarray:
    """Slaney's mel filters with area normalisation, [80, 201] (librosa.filters.mel with its defaults)."""
    fft_hz = np.linspace(0, MODEL_RATE_HZ / 2, _FFT_SAMPLES // 2 + 1)
    edges_hz = _mel_to_hz(np.linspace(0.0, _hz_to_mel(MODEL_RATE_HZ / 2), MEL_BANDS + 2))
    ramps = edges_hz[:, None] - fft_hz[None, :]
    widths = np.diff(edges_hz)[:, None]
    filters = np.maximum(0, np.minimum(-ramps[:-2] / widths[:-1], ramps[2:] / widths[1:]))
    area: np.ndarray = 2.0 / (edges_hz[2:] - edges_hz[:-2])
    return (filters * area[:, None]).astype(np.float32)


# Slaney's scale: linear to 1 kHz (15 mel), then 27 steps for each factor of 6.4.
_LINEAR_HZ_PER_MEL = 200.0 / 3.0
_LOG_START_HZ = 1000.0
_LOG_START_MEL = _LOG_START_HZ / _LINEAR_HZ_PER_MEL
_LOG_STEP = np.log(6.4) / 27.0


def _hz_to_mel(hz: float) -> float:
    if hz < _LOG_START_HZ:
        return hz / _LINEAR_HZ_PER_MEL
    return float(_LOG_START_MEL + np.log(hz / _LOG_START_HZ) / _LOG_STEP)


def _mel_to_hz(mel: np.ndarray) -> np.ndarray:
    logarithmic = _LOG_START_HZ * np.exp(_LOG_STEP * (mel - _LOG_START_MEL))
    hz: np.ndarray = np.where(mel < _LOG_START_MEL, mel * _LINEAR_HZ_PER_MEL, logarithmic)
    return hz


_FILTERS = _mel_filters()
