import math
import os
import unittest
from pathlib import Path

import numpy as np
import soxr
from piper import PiperVoice, SynthesisConfig
from whisper.features import MODEL_RATE_HZ
from whisper.grammar import TokenGrammar
from whisper.network import Cache, Encoded, Scores
from whisper.readings import Reading, together
from whisper.recogniser import CANDIDATES, Recogniser, Request, _Look
from whisper.search import FreeText, Search, SearchOptions, Sentence
from test_grammar import Letters

RATE_HZ = 8000


def reading(text: str, posterior: float) -> Reading:
    return Reading(text, -1.0, 2, posterior)


class TogetherTest(unittest.TestCase):
    def test_one_look_is_left_as_it_is(self) -> None:
        only = [reading("tea", 0.4), reading("coffee", 0.3)]
        self.assertEqual(together([only]), only)

    def test_what_both_heard_wins_over_what_one_heard_better(self) -> None:
        found = together([[reading("tea", 0.5), reading("coffee", 0.4)], [reading("cocoa", 0.3), reading("coffee", 0.3)]])
        self.assertEqual(found[0].text, "coffee")

    def test_a_look_that_found_nothing_has_little_say(self) -> None:
        found = together([[reading("tea", 0.05)], [reading("coffee", 0.9)]])
        self.assertEqual([one.text for one in found], ["coffee", "tea"])
        self.assertAlmostEqual(sum(one.posterior for one in found), 0.9)


class Looks(Recogniser):
    """What each look finds is given; which of them are taken is the product's own."""

    def __init__(self, *found: list[Reading]) -> None:
        self.heard: list[np.ndarray] = []
        self.searches = 0
        self._found = list(found)

    def _look(self, samples, request, check):
        self.searches += 1
        return self._heard(samples)

    def _second_look(self, samples, grammar, first, check):
        return self._heard(samples)

    def _heard(self, samples):
        self.heard.append(samples)
        return _Look(self._found[len(self.heard) - 1], [], None, 0.0, None, 1.0, 1.0, 1.0)

    def _transcript(self, look):
        return None

    def take(self, pcm: np.ndarray, due: float = math.inf, digits: tuple[int, int] | None = None):
        grammar = TokenGrammar(Letters(), [[0, 1, "tea", 0]], [1], digits)
        request = Request(1, pcm.astype("<i2").tobytes(), RATE_HZ, grammar, "", 5, due)
        return self._compute(request, lambda: None)


def speech(noise: float) -> np.ndarray:
    """Two seconds, loud in the middle."""
    rng = np.random.default_rng(1)
    loud = np.zeros(2 * RATE_HZ)
    loud[RATE_HZ // 2 : 3 * RATE_HZ // 2] = 8000 * np.sin(np.arange(RATE_HZ) * 0.7)
    return loud + noise * rng.standard_normal(len(loud))


DOUBTFUL, SURE = [reading("tea", 0.5)], [reading("tea", 0.95)]


class SecondLookTest(unittest.TestCase):
    def test_doubtful_and_noisy_is_looked_at_again_with_less_noise(self) -> None:
        looks = Looks(DOUBTFUL, SURE)
        result = looks.take(speech(1500))
        first, second = looks.heard
        quiet = slice(0, RATE_HZ // 2)
        self.assertLess(second[quiet].std(), 0.6 * first[quiet].std())
        self.assertAlmostEqual(result.readings[0].posterior, 0.95)
        self.assertEqual(result.timings.decode_ms, 2.0)

    def test_only_where_nothing_likely_was_found_is_it_searched_anew(self) -> None:
        for found, searches in ((DOUBTFUL, 1), ([reading("tea", 0.001)], 2), ([], 2)):
            looks = Looks(found, SURE)
            looks.take(speech(1500))
            self.assertEqual(2, len(looks.heard))
            self.assertEqual(searches, looks.searches)

    def test_what_is_sure_clean_late_or_digits_is_not(self) -> None:
        for name, looks, options in (
            ("sure", Looks(SURE), {"pcm": speech(1500)}),
            ("clean", Looks(DOUBTFUL), {"pcm": speech(10)}),
            ("late", Looks(DOUBTFUL), {"pcm": speech(1500), "due": 0.0}),
            ("digits", Looks(DOUBTFUL), {"pcm": speech(1500), "digits": (4, 4)}),
        ):
            with self.subTest(name):
                looks.take(**options)
                self.assertEqual(len(looks.heard), 1)


HOME = Path(os.environ.get("HANDRAIL_HOME", Path(__file__).resolve().parents[3] / ".handrail"))
COFFEE = [
    *([0, 1, size, 0] for size in ("a small", "a medium", "a large")),
    *([1, 2, drink, 0] for drink in ("coffee", "cappuccino", "latte", "mocha")),
    *([2, 3, milk, 0] for milk in ("with milk", "with cream", "with sugar")),
]


class SecondLookOfTheRecogniserTest(unittest.TestCase):
    def test_judges_the_same_sound_as_the_first_one_did(self) -> None:
        voice = PiperVoice.load(next((HOME / "models").glob("piper-*/*.onnx")))
        steady = SynthesisConfig(noise_scale=0.0, noise_w_scale=0.0)
        chunks = voice.synthesize("A large cappuccino with cream.", steady)
        sound = np.concatenate([chunk.audio_int16_array for chunk in chunks]) / 32768
        samples = soxr.resample(sound, voice.config.sample_rate, MODEL_RATE_HZ).astype(np.float32)
        samples += 0.02 * np.random.default_rng(1).standard_normal(len(samples)).astype(np.float32)
        recogniser = Recogniser(HOME / "models" / "whisper-tiny.en", HOME / "cache", 1, SearchOptions())
        grammar = recogniser.compile(COFFEE, [2, 3])
        first = recogniser._look(samples, Request(1, b"", MODEL_RATE_HZ, grammar, "", 5), lambda: None)
        second = recogniser._second_look(samples, grammar, first, lambda: None)
        self.assertEqual("a large cappuccino with cream", first.readings[0].text)
        self.assertGreater(len(first.readings), 3)
        known = {one.text: one for one in first.readings}
        self.assertEqual(min(len(known), CANDIDATES), len(second.readings))
        for one in second.readings:
            # Whatever is given together to the decoder is rounded together.
            self.assertAlmostEqual(known[one.text].log_prob, one.log_prob, delta=0.05 * abs(one.log_prob) + 0.2)
        self.assertAlmostEqual(first.free.log_prob, second.free.log_prob, delta=0.5)
        self.assertEqual(first.readings[0].text, second.readings[0].text)


SOUND_FRAMES = 40


class Listening:
    """A decoder that writes “ab” as gladly as “a”, and listens to the middle of the sound unless it has written both."""

    def __init__(self) -> None:
        self.written: list[list[int]] = []

    def step(self, encoded: Encoded, cache: Cache, tokens: list[int], parents: list[int]) -> tuple[Scores, Cache]:
        self.written = [[*self.written[parent], token] for token, parent in zip(tokens, parents, strict=True)]
        return self.scores(), cache

    def scores(self) -> Scores:
        log_probs = np.full((len(self.written), 200), -20.0, np.float32)
        attention = np.zeros((len(self.written), 2 * SOUND_FRAMES), np.float32)
        for row, tokens in enumerate(self.written):
            log_probs[row, [ord(" "), ord("a"), ord("b"), END]] = [-0.1, -0.1, -3.0, -0.5]
            # Whatever lies on the padding tells nothing.
            attention[row, [0 if ord("b") in tokens else SOUND_FRAMES - 1, -1]] = 0.5
        return Scores(log_probs, attention)


END = 199


class Spelling(Letters):
    end = END

    def is_mark(self, token: int) -> bool:
        return token in (self.comma, *self.closers)

    def is_word(self, token: int) -> bool:
        return chr(token).isalnum()

    def closing(self, _log_probs: np.ndarray) -> float:
        return 0.25

    def grow_text(self, text: str, token: int) -> str:
        return text + chr(token)


class EndingTest(unittest.TestCase):
    def best(self, unheard: float) -> str:
        sentences, _, grammar = self.searched(unheard, 0)
        return grammar.words_of(sentences[0].tokens)

    def searched(self, unheard: float, free_limit: int) -> tuple[list[Sentence], FreeText | None, TokenGrammar]:
        decoder = Listening()
        decoder.written = [[]]
        grammar = TokenGrammar(Spelling(), [[0, 1, "a", 0], [1, 2, "b", 0]], [1, 2])
        options = SearchOptions(unheard=unheard)
        search = Search(decoder, Spelling(), np.array([], np.int64), options, lambda: None)
        return *search.run(None, decoder.scores(), None, grammar, SOUND_FRAMES, free_limit, 10), grammar

    def test_free_words_without_an_end_take_that_of_the_grammar(self) -> None:
        _, free, _ = self.searched(0.0, 2)
        self.assertFalse(free.ended)
        self.assertEqual(free.closing, 0.25)

    def test_a_sentence_does_not_end_while_there_is_something_to_hear(self) -> None:
        self.assertEqual(self.best(unheard=0.0), "a")
        self.assertEqual(self.best(unheard=6.0), "a b")


class Skimming:
    """A decoder that writes “b” as gladly with “a” before it as without, and hears each of them at its own half of the sound."""

    def __init__(self) -> None:
        self.written: list[list[int]] = [[]]

    def step(self, encoded: Encoded, cache: Cache, tokens: list[int], parents: list[int]) -> tuple[Scores, Cache]:
        self.written = [[*self.written[parent], token] for token, parent in zip(tokens, parents, strict=True)]
        return self.scores(), cache

    def scores(self) -> Scores:
        log_probs = np.full((len(self.written), 200), -20.0, np.float32)
        attention = np.zeros((len(self.written), SOUND_FRAMES), np.float32)
        for row, tokens in enumerate(self.written):
            log_probs[row, [ord(" "), ord("a"), ord("b"), END]] = [-0.1, -1.5, -0.1, -0.1]
            half = SOUND_FRAMES // 2
            attention[row, :half] = 1.0 if tokens.count(ord("a")) == 0 else 0.0
            attention[row, half:] = 1.0 - attention[row, 0]
            attention[row] /= half
            if ord("b") in tokens:
                attention[row] = 0.0
        return Scores(log_probs, attention)


class UnexplainedTest(unittest.TestCase):
    def best(self, unexplained: float) -> str:
        decoder = Skimming()
        grammar = TokenGrammar(Spelling(), [[0, 1, "a", 0], [0, 1, "", 0], [1, 2, "b", 0]], [2])
        options = SearchOptions(bonus=0.0, unheard=0.0, unexplained=unexplained)
        search = Search(decoder, Spelling(), np.array([], np.int64), options, lambda: None)
        sentences, _ = search.run(None, decoder.scores(), None, grammar, SOUND_FRAMES, 0, 10)
        return grammar.words_of(sentences[0].tokens)

    def test_a_sentence_that_leaves_a_word_out_leaves_sound_unexplained(self) -> None:
        self.assertEqual(self.best(unexplained=0.0), "b")
        self.assertEqual(self.best(unexplained=12.0), "a b")


if __name__ == "__main__":
    unittest.main()
