import tempfile
import unittest
from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from whisper.vocabulary import Vocabulary

SPECIAL = ("<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|transcribe|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>")  # fmt: skip
MARKS = (",", ".", "?", "!", "...", "\u2026")


def vocabulary(end: int) -> Vocabulary:
    """Special tokens from `end` on, behind the marks; both kinds of model list the languages."""
    ids = {mark: index for index, mark in enumerate(MARKS)} | {name: end + index for index, name in enumerate(SPECIAL)}
    with tempfile.TemporaryDirectory() as folder:
        Tokenizer(WordLevel(ids, unk_token=",")).save(str(Path(folder) / "tokenizer.json"))
        return Vocabulary(Path(folder))


class PromptTest(unittest.TestCase):
    def test_english_only_models_are_told_no_language(self) -> None:
        self.assertEqual(vocabulary(50_256).prompt, [50_257, 50_262])

    def test_multilingual_models_are_told_to_transcribe_english(self) -> None:
        self.assertEqual(vocabulary(50_257).prompt, [50_258, 50_259, 50_260, 50_263])


if __name__ == "__main__":
    unittest.main()
