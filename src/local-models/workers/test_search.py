import unittest

import numpy as np

from whisper.grammar import State
from whisper.network import Scores
from whisper.search import Search, SearchOptions, Sentence, _Beam, _Free

END, LATTE, STOP, COMMA = range(4)


class FourTokens:
    """“latte”, a full stop, a comma and the end."""

    end = END

    def is_word(self, token: int) -> bool:
        return token == LATTE

    def is_mark(self, token: int) -> bool:
        return token in (STOP, COMMA)

    def grow_text(self, text: str, token: int) -> str:
        return text if self.is_mark(token) else f"{text} {token}"

    def closing(self, log_probs: np.ndarray) -> float:
        return float(np.exp(log_probs[STOP]))


def row(token: int, closed: float) -> np.ndarray:
    """Where `token` is the likeliest, and a full stop has the probability `closed`."""
    log_probs = np.full(4, -5.0)
    log_probs[STOP] = np.log(closed)
    log_probs[token] = max(float(log_probs[token]), -0.1)
    return log_probs


def closing_of(*rows: np.ndarray) -> float | None:
    search = Search(None, FourTokens(), np.array([], np.int64), SearchOptions(), lambda: None)
    free = _Free([], 0.0)
    for one in rows:
        text = search._extend(free, one, 10)
        if text is not None:
            return text.closing
    raise AssertionError("it does not end")


class ClosingTest(unittest.TestCase):
    def test_is_told_behind_the_last_word_whatever_follows(self) -> None:
        first = row(LATTE, 0.01)
        self.assertAlmostEqual(0.3, closing_of(first, row(END, 0.3)), places=6)
        self.assertAlmostEqual(0.2, closing_of(first, row(COMMA, 0.2), row(END, 0.7)), places=6)
        self.assertAlmostEqual(0.6, closing_of(first, row(COMMA, 0.2), row(LATTE, 0.1), row(END, 0.6)), places=6)

    def test_is_not_told_where_no_word_was_heard(self) -> None:
        self.assertIsNone(closing_of(row(COMMA, 0.4), row(END, 0.1)))


class TwoLattes:
    """“latte latte”, of which the second may be left out, with a full stop behind it if you like."""

    def __init__(self) -> None:
        self.closed = state([])
        self.one = state([LATTE, COMMA, STOP])

    def follow(self, _state: State, _token: int) -> State:
        return self.closed


def state(tokens: list[int]) -> State:
    return State((), np.array(tokens, np.int64), np.zeros(len(tokens)), 0.0)


def scores(log_probs: np.ndarray) -> Scores:
    return Scores(log_probs[None], np.full((1, 10), 0.1, np.float32))


class ClosingOfASentenceTest(unittest.TestCase):
    """Where free decoding comes to no last word, the sentence of the grammar tells."""

    def setUp(self) -> None:
        self.search = Search(None, FourTokens(), np.array([], np.int64), SearchOptions(), lambda: None)
        self.grammar = TwoLattes()
        self.latte = _Beam([LATTE], self.grammar.one, 0.0, 0.0, 0.0, "latte", 0.0, np.zeros(10, np.float32))
        self.done: dict[str, Sentence] = {}

    def finish(self, beams: list[_Beam], log_probs: np.ndarray) -> None:
        self.search._finish(beams, scores(log_probs), 10, self.done)

    def test_is_told_behind_the_last_word(self) -> None:
        self.finish([self.latte], np.log([0.4, 0.2, 0.3, 0.1]))
        self.assertAlmostEqual(0.3, self.done["latte"].closing, places=6)

    def test_is_told_behind_the_last_word_where_a_mark_follows(self) -> None:
        behind_the_word = np.log([0.01, 0.3, 0.68, 0.01])
        self.finish([self.latte], behind_the_word)
        grown = self.search._grow(self.grammar, [self.latte], scores(behind_the_word), self.done)
        stopped = [beam for _, beam in grown if beam.tokens == [LATTE, STOP]]
        self.finish(stopped, np.log([0.97, 0.01, 0.01, 0.01]))
        self.assertEqual([LATTE, STOP], self.done["latte"].tokens)
        self.assertAlmostEqual(0.68, self.done["latte"].closing, places=6)


if __name__ == "__main__":
    unittest.main()
