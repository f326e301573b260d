import unittest

import numpy as np
from whisper.digit_readings import Said, neighbours, said_in, spotted_readings
from whisper.digits import CLASSES, FILLER, SILENCE, STATES, UNITS, WORD, DigitModel, Heard
from whisper.readings import Reading

_FRAMES_PER_STATE = 4


def sound(*parts: int | str) -> list[int]:
    """Classes, one a frame: a digit, “pause” or “word”."""
    classes: list[int] = []
    for part in parts:
        if isinstance(part, str):
            classes += [{"pause": SILENCE, "word": FILLER}[part]] * 10
        else:
            classes += [part * STATES + state for state in range(STATES) for _ in range(_FRAMES_PER_STATE)]
    return classes


def hear(*parts: int | str, doubt: float = 0.0) -> Heard:
    """As if the encoder's states were the classes themselves."""
    states = np.eye(CLASSES, dtype=np.float32)[sound(*parts)] * (8.0 - doubt)
    model = DigitModel(np.eye(CLASSES), np.zeros(CLASSES), np.full(len(UNITS), -4.0))
    return model.hear(states)


class DigitsTest(unittest.TestCase):
    def best(self, *parts: int | str) -> tuple[int, ...]:
        spotted = hear(*parts).best(1, 8)
        assert spotted is not None
        return spotted.units

    def test_spells_what_is_heard(self) -> None:
        self.assertEqual(self.best("pause", 4, "pause", 7, 1, "pause"), (4, 7, 1))

    def test_repeats_are_kept_with_and_without_a_pause(self) -> None:
        self.assertEqual(self.best("pause", 5, 5, "pause", 5, 5, 5, "pause"), (5, 5, 5, 5, 5))

    def test_other_speech_stands_before_and_behind(self) -> None:
        self.assertEqual(self.best("word", "pause", 3, "pause", 9, "word"), (3, 9))

    def test_as_many_digits_as_are_asked_for(self) -> None:
        spotted = hear("pause", 1, "pause", 2, "pause", 3, "pause").best(2, 2)
        assert spotted is not None
        self.assertEqual(len(spotted.units), 2)
        self.assertIsNone(hear("pause").best(4, 8))

    def test_the_score_of_the_best_string_is_its_own(self) -> None:
        heard = hear("word", 8, 8, "pause", 0, "pause")
        spotted = heard.best(1, 8)
        assert spotted is not None
        scores = heard.scores([list(spotted.units), [8, 0], [8, 8, 0, 0], [WORD, 8, 0]])
        self.assertAlmostEqual(float(scores[0]), spotted.score, places=2)
        self.assertTrue(all(other < scores[0] for other in scores[1:]))


class DigitReadingsTest(unittest.TestCase):
    def test_digits_of_a_reading(self) -> None:
        self.assertEqual(said_in("my number is one oh 7"), Said("107", (1, 10, 7)))
        self.assertEqual(said_in("double five triple 2"), Said("55222", (WORD, 5, WORD, 2)))
        self.assertIsNone(said_in("a large latte"))

    def test_neighbours_differ_in_one_digit(self) -> None:
        values = {said.value for said in neighbours((1, 2))}
        self.assertLessEqual({"12", "13", "02", "1", "2", "112", "122"}, values)
        self.assertNotIn("34", values)

    def test_a_dropped_digit_is_put_back(self) -> None:
        decoded = [Reading("four four seven one", -1.0, 5, 0.9)]
        readings = spotted_readings(hear("pause", 4, "pause", 4, "pause", 4, 7, 1, "pause"), (4, 8), decoded)
        self.assertEqual(readings[0].text, "4 4 4 7 1")
        self.assertGreater(readings[0].posterior, 0.6)

    def test_another_length_than_asked_for_is_not_believed(self) -> None:
        heard = hear("pause", 4, "pause", 7, "pause", 1, "pause")
        self.assertLess(spotted_readings(heard, (4, 8), [])[0].posterior, 0.5)
        self.assertGreater(spotted_readings(heard, (3, 8), [])[0].posterior, 0.6)

    def test_tells_how_sure_each_ear_is_by_itself(self) -> None:
        clear = spotted_readings(hear("pause", 4, "pause", 7, 1, "pause"), (3, 3), [Reading("four seven one", -1.0, 4, 0.9)])
        doubtful = hear("pause", 4, "pause", 7, 1, "pause", doubt=7.0)
        other = spotted_readings(doubtful, (3, 3), [Reading("four two one", -1.0, 4, 0.5), Reading("4 7 1", -2.5, 4, 0.1)])
        ears = {reading.text: reading.ears for reading in other}
        self.assertEqual(clear[0].ears.behind, 0.0)
        self.assertGreater(clear[0].ears.weakest, ears["4 7 1"].weakest)
        self.assertGreater(ears["4 7 1"].weakest, 0.0)
        self.assertAlmostEqual(ears["4 7 1"].behind, 1.5)
        self.assertLess(ears["4 2 1"].weakest, 0.0)
        self.assertEqual((ears["4 2 1"].behind, ears["9 7 1"].behind), (0.0, 4.0))

    def test_other_speech_is_no_string(self) -> None:
        decoded = [Reading("one two three four", -20.0, 5, 0.1)]
        readings = spotted_readings(hear("pause", "word", "word", "word", "word", "pause"), (4, 8), decoded)
        self.assertLess(readings[0].posterior, 0.05)


if __name__ == "__main__":
    unittest.main()
