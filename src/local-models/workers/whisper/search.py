"""Beam search over a grammar, with a greedy free decoding as rival in the same batch of decoder steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

import numpy as np

from .grammar import State, TokenGrammar
from .network import Encoded, Scores
from .vocabulary import Vocabulary

ENCODER_FRAMES_PER_SECOND = 50
# Attention jitters by a frame or two.
_SMOOTHED_FRAMES = 5
# Attention of all tokens together, at which a frame is as good as explained.
_EXPLAINED = 0.05


@dataclass(frozen=True)
class SearchOptions:
    width: int = 8
    """Beams that are kept a step."""
    bonus: float = 1.0
    """Added a token: a sum of log probabilities alone ends too early in noise."""
    progress_s: float = 0.1
    """A token that the sentence already has earns the bonus only if it is heard this much behind all before it: else the
    decoder repeats itself, as it does with strings of digits."""
    beam_margin: float = 14.0
    """A beam that lies further behind the best one is dropped."""
    patience: float = 10.0
    """Search goes on while a beam lies no further behind the best complete sentence."""
    unheard: float = 6.0
    """What a sentence loses if, at its end, the decoder still listens to the end of the sound; half of it in the middle. At
    a true end it has nothing left to hear and looks back to the beginning."""
    unexplained: float = 6.0
    """What a sentence loses for each second that none of its tokens was heard at: a word that it leaves out is one."""


@dataclass(frozen=True)
class Sentence:
    """A complete path through the grammar."""

    tokens: list[int]
    log_prob: float
    """Sum over the tokens and the end token, in the full vocabulary."""
    score: float
    """What the search ranks by: log_prob, weights of the grammar and the bonus a token."""
    lowest: float
    """Log probability of its least likely token."""
    unexplained_s: float = 0.0
    """Sound that none of its tokens was heard at; silence and noise count the same for all sentences."""
    closing: float = 0.5
    """How likely it is closed behind its last word, rather than left open."""


@dataclass(frozen=True)
class FreeText:
    tokens: list[int]
    log_prob: float
    ended: bool
    """False: it ran into the token limit, or was not needed to the end."""
    closing: float | None
    """How likely the sentence is closed behind the last word, rather than left open; where free decoding comes to no last word,
    behind that of the best sentence of the grammar. None: there is none either."""


@dataclass
class _Beam:
    tokens: list[int]
    state: State
    log_prob: float
    score: float
    lowest: float
    text: str
    heard: float
    """Latest frame of the encoder (20 ms) that one of its tokens was heard at."""
    explained: np.ndarray
    """Attention of all its tokens, by frame."""
    closing: float = 0.5
    """Behind its last word, if that may be the last: as `Sentence`."""


@dataclass
class _Free:
    tokens: list[int]
    log_prob: float
    in_words: bool = False
    """The token before is a word, or a part of one."""
    closing: float | None = None
    """Behind the last word."""


_Cache = TypeVar("_Cache")


class Decoder(Protocol[_Cache]):
    """`Network`, or `Foreseen`: each has its own way to remember what its beams have written."""

    def step(
        self, encoded: Encoded, cache: _Cache, tokens: list[int], parents: list[int], /
    ) -> tuple[Scores, _Cache]: ...


class Search(Generic[_Cache]):
    """One utterance. `run` may be called once."""

    def __init__(
        self,
        decoder: Decoder[_Cache],
        vocabulary: Vocabulary,
        suppressed: np.ndarray,
        options: SearchOptions,
        check: Callable[[], None],
    ) -> None:
        self._decoder = decoder
        self._vocabulary = vocabulary
        self._suppressed = suppressed
        self._options = options
        self._check = check

    def run(
        self,
        encoded: Encoded,
        scores: Scores,
        cache: _Cache,
        grammar: TokenGrammar | None,
        sound_frames: int,
        free_limit: int,
        grammar_limit: int,
    ) -> tuple[list[Sentence], FreeText | None]:
        """
        scores: one row, after the prompt; sound_frames: how many of the encoder’s are no padding; free_limit: tokens that free
        decoding may write (0: none is wanted); grammar_limit: steps after which the search gives up. Sentences come best first.
        """
        nothing = np.zeros(scores.attention.shape[1], np.float32)
        beams = [_Beam([], grammar.start, 0.0, 0.0, 0.0, "", 0.0, nothing)] if grammar else []
        free = _Free([], 0.0) if free_limit > 0 else None
        free_text: FreeText | None = None
        done: dict[str, Sentence] = {}
        # The prompt is one row for all; from the first step on each beam has its own, and the rival the last.
        rows = scores.log_probs
        for step in range(max(free_limit, grammar_limit if grammar else 0) + 1):
            tokens: list[int] = []
            parents: list[int] = []
            if grammar and beams:
                self._finish(beams, scores, sound_frames, done)
                grown = self._grow(grammar, beams, scores, done) if step < grammar_limit else []
                beams = [beam for _, beam in grown]
                tokens = [beam.tokens[-1] for beam in beams]
                parents = [parent for parent, _ in grown]
            if free is not None:
                free_text = self._extend(free, rows[-1], free_limit)
                if free_text is None:
                    tokens.append(free.tokens[-1])
                    parents.append(len(rows) - 1)
                else:
                    free = None
            if not tokens:
                break
            self._check()
            scores, cache = self._decoder.step(encoded, cache, tokens, parents)
            rows = scores.log_probs
        sentences = sorted(map(self._judged, done.values()), key=lambda sentence: -sentence.score)
        if free_text is not None and free_text.closing is None and sentences:
            free_text = replace(free_text, closing=sentences[0].closing)
        return sentences, free_text

    def _judged(self, sentence: Sentence) -> Sentence:
        """Only when the search is over: what is unexplained so far may still be said."""
        return replace(sentence, score=sentence.score - self._options.unexplained * sentence.unexplained_s)

    def _finish(self, beams: list[_Beam], rows: Scores, sound_frames: int, done: dict[str, Sentence]) -> None:
        """Lets every beam end here whose words are a complete sentence."""
        sound = rows.attention[:, :sound_frames]
        places = _centres(sound) / (sound_frames * np.maximum(sound.sum(axis=1), 1e-6))
        for row, beam in enumerate(beams):
            if beam.state.final is None:
                continue
            if not beam.tokens or not self._vocabulary.is_mark(beam.tokens[-1]):
                beam.closing = self._vocabulary.closing(rows.log_probs[row])
            end = float(rows.log_probs[row, self._vocabulary.end])
            score = beam.score + end + beam.state.final - self._options.unheard * float(places[row])
            unexplained_s = _unexplained_s(beam.explained[:sound_frames])
            lowest = min(beam.lowest, end)
            log_prob = beam.log_prob + end
            sentence = Sentence(beam.tokens, log_prob, score, lowest, unexplained_s, beam.closing)
            known = done.get(beam.text)
            if known is None or sentence.score > known.score:
                done[beam.text] = sentence

    def _grow(
        self, grammar: TokenGrammar, beams: list[_Beam], rows: Scores, done: dict[str, Sentence]
    ) -> list[tuple[int, _Beam]]:
        """The best continuations with the row that each comes from."""
        options = self._options
        heard = _centres(rows.attention)
        gains = [rows.log_probs[row, beam.state.tokens] for row, beam in enumerate(beams)]
        scores = np.concatenate(
            [
                beam.score + gains[row] + beam.state.weights + self._bonus(beam, float(heard[row]))
                for row, beam in enumerate(beams)
            ]
        )
        if len(scores) == 0:
            return []
        floor = scores.max() - options.beam_margin
        if done:
            floor = max(floor, max(sentence.score for sentence in done.values()) - options.patience)
        # Twice the width: spellings of the same words are merged below.
        count = min(len(scores), 2 * options.width)
        order = np.argpartition(-scores, count - 1)[:count]
        order = order[np.argsort(-scores[order])]
        starts = np.cumsum([0, *(len(gain) for gain in gains)])
        grown: list[tuple[int, _Beam]] = []
        seen: set[tuple[int, str]] = set()
        for place in order:
            if scores[place] < floor or len(grown) == options.width:
                break
            row = int(np.searchsorted(starts, place, side="right")) - 1
            beam = beams[row]
            index = int(place - starts[row])
            token = int(beam.state.tokens[index])
            gain = float(gains[row][index])
            state = grammar.follow(beam.state, token)
            text = self._vocabulary.grow_text(beam.text, token)
            if (id(state), text) in seen:
                continue
            seen.add((id(state), text))
            lowest = min(beam.lowest, gain)
            tokens = [*beam.tokens, token]
            latest = max(beam.heard, float(heard[row]))
            explained = beam.explained + rows.attention[row]
            score = float(scores[place])
            log_prob = beam.log_prob + gain
            grown.append((row, _Beam(tokens, state, log_prob, score, lowest, text, latest, explained, beam.closing)))
        return grown

    def _bonus(self, beam: _Beam, heard: float) -> np.ndarray | float:
        """For each legal next token of the beam."""
        options = self._options
        if heard >= beam.heard + options.progress_s * ENCODER_FRAMES_PER_SECOND:
            return options.bonus
        return np.where(np.isin(beam.state.tokens, beam.tokens), 0.0, options.bonus)

    def _extend(self, free: _Free, row: np.ndarray, limit: int) -> FreeText | None:
        """Takes the likeliest token; the finished text when that is the end."""
        allowed = row.copy()
        allowed[self._suppressed] = -np.inf
        if not free.tokens:
            allowed[self._vocabulary.end] = -np.inf
        token = int(allowed.argmax())
        was_in_words, free.in_words = free.in_words, self._vocabulary.is_word(token)
        if was_in_words and not free.in_words:
            free.closing = self._vocabulary.closing(row)
        if token == self._vocabulary.end:
            return FreeText(free.tokens, free.log_prob + float(row[token]), True, free.closing)
        if len(free.tokens) == limit:
            return FreeText(free.tokens, free.log_prob, False, None)
        free.tokens.append(token)
        free.log_prob += float(row[token])
        return None


def _unexplained_s(explained: np.ndarray) -> float:
    smooth = np.convolve(explained, np.full(_SMOOTHED_FRAMES, 1 / _SMOOTHED_FRAMES), mode="same")
    return float(np.exp(-smooth / _EXPLAINED).sum()) / ENCODER_FRAMES_PER_SECOND


def _centres(attention: np.ndarray) -> np.ndarray:
    """Mean frame of each row: steadier than its peak, which jumps to the first frames when nothing is left to hear."""
    centres: np.ndarray = attention @ np.arange(attention.shape[1], dtype=np.float32)
    return centres
