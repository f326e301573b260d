import unittest

from whisper.grammar import GrammarError, TokenGrammar


class Letters:
    """A vocabulary whose tokens are characters."""

    comma = ord(",")
    closers = [ord("."), ord("?"), ord("!")]

    def encode(self, text: str) -> list[int]:
        return [ord(letter) for letter in text]


def compiled(arcs: list[list[object]], finals: list[int]) -> TokenGrammar:
    return TokenGrammar(Letters(), arcs, finals)


def accepts(grammar: TokenGrammar, text: str) -> bool:
    state = grammar.start
    for letter in text:
        if ord(letter) not in state.tokens:
            return False
        state = grammar.follow(state, ord(letter))
    return state.final is not None


class TokenGrammarTest(unittest.TestCase):
    def test_accepts_the_sentences_of_its_arcs(self) -> None:
        grammar = compiled([[0, 1, "a", 0], [0, 1, "", 0], [1, 2, "small tea", 0]], [2])
        for text in (" a small tea", " small tea", " A small tea.", " Small tea?", " a, small tea", " a Small Tea"):
            self.assertTrue(accepts(grammar, text), text)
        for text in ("", " a", " small", " a small tea tea", " tea"):
            self.assertFalse(accepts(grammar, text), text)

    def test_i_is_written_with_a_capital(self) -> None:
        grammar = compiled([[0, 1, "what i'd like", 0]], [1])
        self.assertTrue(accepts(grammar, " what I'd like"))
        self.assertFalse(accepts(grammar, " what i'd like"))

    def test_tells_the_words_of_the_arcs(self) -> None:
        grammar = compiled([[0, 1, "a", 0], [1, 2, "small tea", 0]], [2])
        self.assertEqual(grammar.words_of(Letters().encode(" A, Small Tea.")), "a small tea")
        self.assertEqual(grammar.words_of(Letters().encode(" a")), "")

    def test_same_words_by_two_ways_take_the_better_weight(self) -> None:
        grammar = compiled([[0, 1, "to", -3], [0, 2, "to", -1], [1, 3, "x", 0], [2, 3, "y", 0]], [3])
        self.assertEqual(grammar.start.weights.max(), -1)
        state = grammar.start
        for letter in " to":
            state = grammar.follow(state, ord(letter))
        state = grammar.follow(state, ord(" "))
        self.assertEqual(dict(zip(map(chr, state.tokens), state.weights.tolist()))["x"], -2)

    def test_cycles_end(self) -> None:
        grammar = compiled([[0, 1, "a", 0], [1, 0, "", 0], [0, 1, "", 0]], [1])
        self.assertTrue(accepts(grammar, " a a a a"))

    def test_refuses_what_is_no_automaton(self) -> None:
        for arcs, finals in (([], [0]), ([[0, 1, "a", 0]], []), ([[0, "x", "a"]], [1]), ([[0, 1, "", 2.0]], [1])):
            with self.assertRaises(GrammarError):
                compiled(arcs, finals)


if __name__ == "__main__":
    unittest.main()
