"""One utterance in, readings with posteriors out."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from .confidence import posteriors
from .digit_readings import spotted_readings
from .digits import DigitModel
from .endings import EndingModel
from .features import FRAMES_PER_SECOND, log_mel, padded_to, pcm_to_model_rate
from .foreseen import BEFORE_ALL, Foreseen
from .grammar import TokenGrammar
from .network import Cache, Encoded, Network, Scores
from .noise import Listened
from .readings import Reading, together
from .search import FreeText, Search, SearchOptions, Sentence
from .vocabulary import Vocabulary
from .weights import content_hash, read_config

# The encoder is given less than the 30 s that it was trained on; what is shorter than this makes it repeat itself.
SHORTEST_WINDOW_S = 10.0
LONGEST_WINDOW_S = 30.0
SPARE_WINDOW_S = 1.0
# Speech has at most about four tokens a second; a decoder that writes more repeats itself.
FREE_TOKENS_BASE = 4
FREE_TOKENS_PER_SECOND = 4
GRAMMAR_TOKENS_BASE = 10
GRAMMAR_TOKENS_PER_SECOND = 10
# Below this posterior of the best reading, and with more noise than this under the speech, a second look is worth its time.
DOUBTFUL_BELOW = 0.8
NOISY_BELOW_DB = 24.0
# Sentences of the first look that a second one judges; it searches anew where all that was found is as unlikely as this.
CANDIDATES = 16
NOTHING_BELOW = 0.01
# The decoder has 448 positions; OpenAI's own code gives half of them to the prompt.
LONGEST_PROMPT_TOKENS = 100


@dataclass(frozen=True)
class Request:
    id: object
    pcm: bytes
    """PCM16LE mono."""
    rate_hz: int
    grammar: TokenGrammar | None
    """None: free speech."""
    prompt: str
    """Words to expect in free speech; may be empty."""
    most_readings: int
    due: float = math.inf
    """On the clock of time.perf_counter: an answer that comes later is of no use."""


@dataclass(frozen=True)
class Transcript:
    text: str
    log_prob: float
    tokens: int
    runaway: bool
    closing: float | None
    """How likely the sentence is closed behind the last word, rather than left open."""
    finished: float | None
    """How likely the speaker has finished, by the voice; None without a model for that."""


@dataclass(frozen=True)
class Timings:
    """Milliseconds."""

    features_ms: float
    encode_ms: float
    decode_ms: float
    total_ms: float


@dataclass(frozen=True)
class Result:
    readings: list[Reading]
    free: Transcript | None
    no_speech_prob: float
    timings: Timings


@dataclass(frozen=True)
class _Sound:
    """An utterance in the encoder's states, and the decoder behind its prompt."""

    encoded: Encoded
    frames: int
    """How many of the states are no padding."""
    seconds: float
    start: Scores
    """One row: what the first word may be."""
    no_speech_prob: float
    cache: Cache
    features_ms: float
    encode_ms: float
    start_ms: float

    @property
    def states(self) -> tuple[np.ndarray, np.ndarray]:
        """Of the encoder's layer before the last, and of the last."""
        return self.encoded.early[: self.frames], self.encoded.states[: self.frames]

    @property
    def grammar_limit(self) -> int:
        """Steps of a search."""
        return GRAMMAR_TOKENS_BASE + round(GRAMMAR_TOKENS_PER_SECOND * self.seconds)


@dataclass(frozen=True)
class _Look:
    readings: list[Reading]
    """Best first."""
    sentences: list[Sentence]
    """That the readings are made of, before digits are listened to."""
    free: FreeText | None
    no_speech_prob: float
    finished: float | None
    features_ms: float
    encode_ms: float
    decode_ms: float


class Recogniser:
    """Not thread-safe: one request at a time."""

    def __init__(
        self,
        model_folder: Path,
        cache_folder: Path,
        threads: int,
        options: SearchOptions,
        digits: Path | None = None,
        endings: Path | None = None,
    ) -> None:
        """digits, endings: models in place of those that come along."""
        self._network = Network(model_folder, cache_folder, threads)
        self._vocabulary = Vocabulary(model_folder)
        self._options = options
        self._current: object = None
        config = read_config(model_folder)
        weights = content_hash(model_folder / "model.bin")
        self._digits = DigitModel.load(digits) if digits else _digit_model(weights)
        self._endings = EndingModel.load(endings) if endings else _ending_model(weights)
        self._suppressed = np.array(config.suppress_ids, np.int64)

    def compile(
        self, arcs: list[list[object]], finals: list[int], digits: list[int] | None = None
    ) -> TokenGrammar:
        return TokenGrammar(self._vocabulary, arcs, finals, (int(digits[0]), int(digits[1])) if digits else None)

    def warm(self) -> None:
        """Runs each graph once: the first run allocates and is slow."""
        self.recognise(Request(None, bytes(8000), 8000, None, "", 1), lambda: None)

    def interrupt(self, request: object) -> None:
        """From another thread: stops the request if it is the one that is computed."""
        if self._current == request:
            self._network.interrupt()

    def recognise(self, request: Request, check: Callable[[], None]) -> Result:
        """check is called between the steps and ends the request by raising, as `interrupt` does inside a step."""
        self._network.arm()
        self._current = request.id
        try:
            return self._compute(request, check)
        finally:
            self._current = None

    def _compute(self, request: Request, check: Callable[[], None]) -> Result:
        began = time.perf_counter()
        samples = pcm_to_model_rate(request.pcm, request.rate_hz)
        first = self._look(samples, request, check)
        ended = time.perf_counter()
        looks = [first]
        grammar = request.grammar
        if grammar is not None and not grammar.digits and _is_doubtful(first) and 2 * ended - began < request.due:
            listened = Listened(samples)
            if listened.snr_db < NOISY_BELOW_DB:
                clearer = listened.without_noise()
                looks.append(
                    self._second_look(clearer, grammar, first, check)
                    if _total(first) >= NOTHING_BELOW
                    else self._look(clearer, request, check)
                )
                ended = time.perf_counter()
        timings = Timings(
            features_ms=sum(look.features_ms for look in looks),
            encode_ms=sum(look.encode_ms for look in looks),
            decode_ms=sum(look.decode_ms for look in looks),
            total_ms=1000 * (ended - began),
        )
        readings = together([look.readings for look in looks])[: request.most_readings]
        return Result(readings, self._transcript(first), first.no_speech_prob, timings)

    def _look(self, samples: np.ndarray, request: Request, check: Callable[[], None]) -> _Look:
        """One pass of encoder and decoder over float32 at 16 kHz."""
        grammar = request.grammar
        sound = self._hear(samples, request.prompt if grammar is None else "", check)
        began = time.perf_counter()
        search = Search(self._network, self._vocabulary, self._suppressed, self._options, check)
        free_limit = FREE_TOKENS_BASE + round(FREE_TOKENS_PER_SECOND * sound.seconds)
        sentences, free = search.run(
            sound.encoded, sound.start, sound.cache, grammar, sound.frames, free_limit, sound.grammar_limit
        )
        readings: list[Reading] = []
        if grammar is not None:
            readings = _readings(grammar, sentences, free)
            if grammar.digits and self._digits:
                readings = spotted_readings(self._digits.hear(sound.states[0]), grammar.digits, readings)
        finished = self._endings.finished(sound.states, samples) if self._endings else None
        return _look_of(sound, readings, sentences, free, finished, began)

    def _second_look(
        self, samples: np.ndarray, grammar: TokenGrammar, first: _Look, check: Callable[[], None]
    ) -> _Look:
        """What the first look found, judged by other samples in one run of the decoder: it finds nothing of its own."""
        sound = self._hear(samples, "", check)
        began = time.perf_counter()
        known = [sentence.tokens for sentence in first.sentences[:CANDIDATES]]
        spoken = [*known, first.free.tokens] if first.free else known
        foreseen = Foreseen(self._network, sound.encoded, sound.start, sound.cache, spoken)
        options = replace(self._options, width=len(known), beam_margin=math.inf, patience=math.inf)
        search = Search(foreseen, self._vocabulary, self._suppressed, options, check)
        limited = grammar.limited_to(known)
        sentences, _ = search.run(
            sound.encoded, sound.start, BEFORE_ALL, limited, sound.frames, 0, sound.grammar_limit
        )
        free = first.free
        if free is not None:
            end = [self._vocabulary.end] if free.ended else []
            free = replace(free, log_prob=foreseen.log_prob([*free.tokens, *end]))
        return _look_of(sound, _readings(grammar, sentences, free), sentences, free, None, began)

    def _hear(self, samples: np.ndarray, words: str, check: Callable[[], None]) -> _Sound:
        """words: to be expected; may be empty."""
        began = time.perf_counter()
        mel = log_mel(samples)
        seconds = mel.shape[1] / FRAMES_PER_SECOND
        window = padded_to(mel, window_frames(seconds))
        featured = time.perf_counter()
        check()
        encoded = self._network.encode(window)
        encoded_at = time.perf_counter()
        check()
        prompt, start_row = self._prompt(words)
        scores, cache = self._network.start(encoded, prompt, [start_row, len(prompt) - 1])
        return _Sound(
            encoded,
            (mel.shape[1] + 1) // 2,
            seconds,
            scores.last(),
            float(np.exp(scores.log_probs[0, self._vocabulary.no_speech])),
            cache,
            features_ms=1000 * (featured - began),
            encode_ms=1000 * (encoded_at - featured),
            start_ms=1000 * (time.perf_counter() - encoded_at),
        )

    def _prompt(self, words: str) -> tuple[list[int], int]:
        """Tokens to begin with, and the row of the start token."""
        if not words:
            return self._vocabulary.prompt, 0
        before = self._vocabulary.encode(f" {words.strip()}")[:LONGEST_PROMPT_TOKENS]
        return [self._vocabulary.previous, *before, *self._vocabulary.prompt], len(before) + 1

    def _transcript(self, look: _Look) -> Transcript | None:
        free = look.free
        if free is None:
            return None
        text = self._vocabulary.decode(free.tokens).strip()
        return Transcript(text, free.log_prob, len(free.tokens) + 1, not free.ended, free.closing, look.finished)


def _is_doubtful(look: _Look) -> bool:
    return not look.readings or look.readings[0].posterior < DOUBTFUL_BELOW


def _total(look: _Look) -> float:
    """How likely it is that the look has found what was said."""
    return sum(reading.posterior for reading in look.readings)


def _readings(grammar: TokenGrammar, sentences: list[Sentence], free: FreeText | None) -> list[Reading]:
    shares = posteriors(sentences, free)
    return [
        Reading(grammar.words_of(sentence.tokens), sentence.log_prob, len(sentence.tokens) + 1, share)
        for sentence, share in zip(sentences, shares, strict=True)
    ]


def _look_of(
    sound: _Sound,
    readings: list[Reading],
    sentences: list[Sentence],
    free: FreeText | None,
    finished: float | None,
    began: float,
) -> _Look:
    decode_ms = sound.start_ms + 1000 * (time.perf_counter() - began)
    times = (sound.features_ms, sound.encode_ms, decode_ms)
    return _Look(readings, sentences, free, sound.no_speech_prob, finished, *times)


def window_frames(seconds: float) -> int:
    window_s = min(max(seconds + SPARE_WINDOW_S, SHORTEST_WINDOW_S), LONGEST_WINDOW_S)
    # The second convolution halves the frames.
    return 2 * round(window_s * FRAMES_PER_SECOND / 2)


def _digit_model(weights: str) -> DigitModel | None:
    """The one that was trained on this model's encoder; other models do without."""
    path = Path(__file__).parent / f"digits-{weights}.npz"
    return DigitModel.load(path) if path.exists() else None


def _ending_model(weights: str) -> EndingModel | None:
    path = Path(__file__).parent / f"endings-{weights}.npz"
    return EndingModel.load(path) if path.exists() else None
