import unittest

import numpy as np
from test_grammar import Letters
from whisper.foreseen import BEFORE_ALL, Foreseen
from whisper.grammar import TokenGrammar
from whisper.network import Cache, Encoded, Scores
from whisper.search import Search, SearchOptions, Sentence

END = 199
SOUND_FRAMES = 40
NO_SOUND = Encoded(np.zeros(0), np.zeros(0), {})
TEA = [[0, 1, "black", -0.2], [0, 1, "green", 0], [1, 2, "tea", 0], [2, 3, "now", 0]]


class Spelling(Letters):
    end = END

    def is_mark(self, token: int) -> bool:
        return token in (self.comma, *self.closers)

    def closing(self, log_probs: np.ndarray) -> float:
        return float(np.exp(log_probs[ord(".")]))

    def grow_text(self, text: str, token: int) -> str:
        return text if self.is_mark(token) else text + chr(token).lower()


class Decoder:
    """Whatever is written has scores of its own, and is heard where only it is heard."""

    def __init__(self) -> None:
        self.written: list[list[int]] = [[]]
        self.runs = 0

    def step(self, encoded: Encoded, cache: Cache, tokens: list[int], parents: list[int]) -> tuple[Scores, Cache]:
        self.written = [[*self.written[parent], token] for token, parent in zip(tokens, parents, strict=True)]
        return self.scores(self.written), cache

    def tree(self, encoded: Encoded, cache: Cache, tokens: list[int], before: list[int]) -> Scores:
        self.runs += 1
        written: list[list[int]] = []
        for token, place in zip(tokens, before, strict=True):
            written.append([*(written[place] if place >= 0 else []), token])
        return self.scores(written)

    def scores(self, written: list[list[int]]) -> Scores:
        log_probs = np.empty((len(written), 200), np.float32)
        attention = np.empty((len(written), 2 * SOUND_FRAMES), np.float32)
        for row, tokens in enumerate(written):
            rng = np.random.default_rng(tokens)
            log_probs[row] = np.log(rng.dirichlet(np.ones(200)))
            attention[row] = rng.dirichlet(np.ones(2 * SOUND_FRAMES))
        return Scores(log_probs, attention)


class ForeseenTest(unittest.TestCase):
    def setUp(self) -> None:
        self.decoder = Decoder()
        self.start = self.decoder.scores([[]])
        self.grammar = TokenGrammar(Spelling(), TEA, [2, 3])

    def search(self, decoder: Decoder | Foreseen, cache: Cache | list[int], grammar: TokenGrammar) -> list[Sentence]:
        options = SearchOptions(width=200, beam_margin=np.inf, patience=np.inf)
        search = Search(decoder, Spelling(), np.array([], np.int64), options, lambda: None)
        return search.run(NO_SOUND, self.start, cache, grammar, SOUND_FRAMES, 0, 30)[0]

    def test_its_sentences_come_out_as_of_a_search_step_by_step(self) -> None:
        whole = self.search(self.decoder, Cache({}, 0), self.grammar)
        self.assertEqual(4, len(whole))
        some = [sentence.tokens for sentence in whole[::2]]
        foreseen = Foreseen(self.decoder, NO_SOUND, self.start, Cache({}, 0), some)
        judged = self.search(foreseen, BEFORE_ALL, self.grammar.limited_to(some))
        self.assertEqual(1, self.decoder.runs)
        self.assertEqual(some, [sentence.tokens for sentence in judged])
        for sentence, again in zip(whole[::2], judged, strict=True):
            self.assertAlmostEqual(sentence.score, again.score, places=4)
            self.assertAlmostEqual(sentence.log_prob, again.log_prob, places=4)
            self.assertAlmostEqual(sentence.unexplained_s, again.unexplained_s, places=6)

    def test_tells_how_likely_other_words_are(self) -> None:
        words = [ord(letter) for letter in " cocoa"]
        foreseen = Foreseen(self.decoder, NO_SOUND, self.start, Cache({}, 0), [words])
        total = sum(
            float(self.decoder.scores([words[:place]]).log_probs[0, token])
            for place, token in enumerate([*words, END])
        )
        self.assertAlmostEqual(total, foreseen.log_prob([*words, END]), places=4)


class LimitedTest(unittest.TestCase):
    def test_accepts_these_sentences_alone_with_the_same_words_and_weights(self) -> None:
        grammar = TokenGrammar(Spelling(), TEA, [2, 3])
        known = [[ord(letter) for letter in text] for text in (" black tea", " black tea now.", " green tea")]
        limited = grammar.limited_to(known)
        self.assertEqual("black tea now", limited.words_of(known[1]))
        weights = dict(zip(grammar.start.tokens, grammar.start.weights, strict=True))
        self.assertEqual(weights, dict(zip(limited.start.tokens, limited.start.weights, strict=True)))
        for text, whole in ((" black tea", True), (" black tea ", False), (" green tea", True), (" green te", False)):
            state = limited.start
            for letter in text:
                state = limited.follow(state, ord(letter))
            self.assertEqual(whole, state.final is not None, text)
        self.assertEqual([], state.tokens.tolist()[1:])
        behind = limited.follow(limited.follow(limited.start, ord(" ")), ord("g"))
        self.assertEqual([ord("r")], behind.tokens.tolist())


if __name__ == "__main__":
    unittest.main()
