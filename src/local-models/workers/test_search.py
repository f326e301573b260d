import unittest

import numpy as np

from whisper.search import Search, SearchOptions, _Free

END, LATTE, STOP, COMMA = range(4)


class FourTokens:
    """“latte”, a full stop, a comma and the end."""

    end = END

    def is_word(self, token: int) -> bool:
        return token == LATTE

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


if __name__ == "__main__":
    unittest.main()
