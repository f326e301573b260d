"""Whisper's byte-pair vocabulary: tokens of a phrase, text of tokens, special tokens."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

# Of English-only vocabularies; multilingual ones have a token more before it.
_GPT2_END = 50_256
# Below this probability a mark says nothing.
_NO_MARK = 0.001
# Punctuation that the decoder may write and that is no part of a word; a point inside a number stays.
_PUNCTUATION = re.compile(r"[.,?!]+(?=\s|$)")


class Vocabulary:
    def __init__(self, model_folder: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(model_folder / "tokenizer.json"))
        self.end = self._id("<|endoftext|>")
        self.previous = self._id("<|startofprev|>")
        self.no_speech = self._id("<|nospeech|>", "<|nocaptions|>")
        start = self._id("<|startoftranscript|>")
        # English-only models know no language, though their tokenizers list the tokens; they end as GPT-2 does.
        language = [] if self.end == _GPT2_END else [self._id("<|en|>"), self._id("<|transcribe|>")]
        self.prompt = [start, *language, self._id("<|notimestamps|>")]
        """What decoding begins with; the probability of no speech is read after its first token."""
        self.comma = self.encode(",")[0]
        self.closers = [self.encode(mark)[0] for mark in ".?!"]
        self._marks = {self.comma, *self.closers}
        dots = [self.encode(mark) for mark in ("...", "\u2026")]
        self._leave_open = [self.comma, *(ids[0] for ids in dots if len(ids) == 1)]
        size = self._tokenizer.get_vocab_size()
        self._pieces = [(self._tokenizer.id_to_token(token) or "").lower() for token in range(size)]

    def encode(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def decode(self, tokens: list[int]) -> str:
        text: str = self._tokenizer.decode(tokens, skip_special_tokens=True)
        return text

    def is_mark(self, token: int) -> bool:
        """Punctuation that a sentence of the grammar may have behind each word."""
        return token in self._marks

    def is_word(self, token: int) -> bool:
        return any(letter.isalnum() for letter in self.decode([token]))

    def closing(self, log_probs: np.ndarray) -> float:
        """Behind a word: how much likelier a mark that closes the sentence is than one that leaves it open, 0 to 1."""
        closed = float(np.exp(log_probs[self.closers]).sum()) + _NO_MARK
        left_open = float(np.exp(log_probs[self._leave_open]).sum()) + _NO_MARK
        return closed / (closed + left_open)

    def grow_text(self, text: str, token: int) -> str:
        """`text` and one more token, in lower case without punctuation: equal for spellings of the same words."""
        return text if self.is_mark(token) else text + self._pieces[token]

    def words(self, tokens: list[int]) -> str:
        """The text in lower case, without punctuation."""
        return plain_words(self.decode(tokens))

    def _id(self, *names: str) -> int:
        for name in names:
            found = self._tokenizer.token_to_id(name)
            if found is not None:
                return int(found)
        raise ValueError(f"tokenizer.json lacks {names[0]}")


def plain_words(text: str) -> str:
    return " ".join(_PUNCTUATION.sub("", text.lower()).split())
