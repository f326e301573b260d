import os
import tempfile
import unittest
from pathlib import Path

import numpy as np
import soxr
from piper import PiperVoice, SynthesisConfig
from whisper.endings import SPANS, EndingModel, stretches, voice_end
from whisper.features import MODEL_RATE_HZ
from whisper.recogniser import Recogniser, Request
from whisper.search import SearchOptions

HOME = Path(os.environ.get("HANDRAIL_HOME", Path(__file__).resolve().parents[3] / ".handrail"))

WIDTH = 2


def spoken(voice_s: float, silence_s: float, noise: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(1)
    voice = 0.2 * np.sin(np.arange(int(voice_s * MODEL_RATE_HZ)) * 0.3)
    sound = np.concatenate([voice, np.zeros(int(silence_s * MODEL_RATE_HZ))])
    return (sound + noise * rng.standard_normal(len(sound))).astype(np.float32)


class VoiceEndTest(unittest.TestCase):
    def test_is_where_the_voice_is_heard_last(self) -> None:
        self.assertEqual(voice_end(spoken(1.0, 0.2)), MODEL_RATE_HZ)

    def test_a_noisy_line_is_no_voice(self) -> None:
        self.assertEqual(voice_end(spoken(1.0, 0.2, noise=0.02)), MODEL_RATE_HZ)

    def test_a_click_is_no_voice(self) -> None:
        sound = spoken(1.0, 0.2)
        sound[MODEL_RATE_HZ + 800 : MODEL_RATE_HZ + 840] = 0.5
        self.assertEqual(voice_end(sound), MODEL_RATE_HZ)

    def test_there_may_be_none(self) -> None:
        self.assertIsNone(voice_end(spoken(0.0, 0.5)))
        self.assertIsNone(voice_end(np.zeros(10, np.float32)))


class EndingsTest(unittest.TestCase):
    def setUp(self) -> None:
        """Each state is its own number: 0 at the beginning, one more every 20 ms; in the last layer, a hundred times that."""
        early = np.repeat(np.arange(70, dtype=np.float32)[:, None], WIDTH, axis=1)
        self.layers = (early, 100 * early)

    def test_looks_at_stretches_before_the_end_of_the_voice(self) -> None:
        early, last = stretches(self.layers, MODEL_RATE_HZ).reshape(2, len(SPANS), WIDTH)
        self.assertEqual(early[:, 0].tolist(), [50 - 1.5, 50 - 7, 50 - 13])
        self.assertEqual(last[:, 0].tolist(), [4850, 4300, 3700])

    def test_what_is_not_there_counts_as_nothing(self) -> None:
        early, _ = stretches(self.layers, MODEL_RATE_HZ * 12 // 100).reshape(2, len(SPANS), WIDTH)
        self.assertEqual(early[:, 0].tolist(), [4.5, 0.5, 0.0])

    def test_silence_behind_the_voice_changes_nothing(self) -> None:
        weight = np.zeros(2 * len(SPANS) * WIDTH)
        weight[0] = 1.0
        model = EndingModel(weight, -48.5)
        for silence_s in (0.12, 0.3):
            self.assertAlmostEqual(model.finished(self.layers, spoken(1.0, silence_s)) or 0, 0.5, places=5)
        later = model.finished(self.layers, spoken(1.04, 0.2))
        assert later is not None
        self.assertAlmostEqual(later, 1 / (1 + np.exp(-2)), places=5)
        self.assertIsNone(model.finished(self.layers, spoken(0.0, 0.3)))


class RecogniserTest(unittest.TestCase):
    def test_tells_a_sentence_from_its_beginning(self) -> None:
        voice = PiperVoice.load(next((HOME / "models").glob("piper-*/*.onnx")))
        steady = SynthesisConfig(noise_scale=0.0, noise_w_scale=0.0)
        recogniser = Recogniser(HOME / "models" / "whisper-tiny.en", HOME / "cache", 1, SearchOptions())

        def finished(sentence: str, share: float) -> float:
            sound = np.concatenate([chunk.audio_int16_array for chunk in voice.synthesize(sentence, steady)])
            levels = np.flatnonzero(np.abs(sound) > 300)
            spoken = sound[levels[0] : levels[0] + int(share * (levels[-1] - levels[0]))]
            silence = np.zeros(voice.config.sample_rate // 5, np.int16)
            heard = soxr.resample(np.concatenate([silence, spoken, silence]), voice.config.sample_rate, 8000)
            request = Request(None, heard.astype("<i2").tobytes(), 8000, None, "", 1)
            free = recogniser.recognise(request, lambda: None).free
            assert free is not None and free.finished is not None
            return free.finished

        sentence = "I would like to speak to somebody about my last bill."
        ends = [finished(sentence, share) for share in (0.35, 0.55, 0.75, 1.0)]
        self.assertEqual(max(ends), ends[-1])
        self.assertGreater(ends[-1], 0.5)

    def test_judges_by_another_model_where_one_is_given(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            even = Path(folder) / "endings-even.npz"
            EndingModel(np.zeros(2 * len(SPANS) * 384), 0.0).save(even)
            model = HOME / "models" / "whisper-tiny.en"
            recogniser = Recogniser(model, HOME / "cache", 1, SearchOptions(), endings=even)
        heard = soxr.resample(spoken(1.0, 0.2), MODEL_RATE_HZ, 8000)
        request = Request(None, (32767 * heard).astype("<i2").tobytes(), 8000, None, "", 1)
        free = recogniser.recognise(request, lambda: None).free
        assert free is not None
        self.assertEqual(free.finished, 0.5)


if __name__ == "__main__":
    unittest.main()
