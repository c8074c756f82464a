"""A tokenizer for words that are already split, with the sub-tokens of running text."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

# Words on which tokenizers differ: at a sentence's start or not, with inner signs, not ASCII.
_SAMPLES = ["The", "house", "don't", "3.5", "U.S.", "(EU)", "état", "--"]


def word_tokenizer(tokenizer: PreTrainedTokenizerBase) -> PreTrainedTokenizerBase:
    """The tokenizer, or a copy of it that reads each split word as inside a text.

    Byte-level tokenizers (GPT-2, RoBERTa, ModernBERT, …) mark the blank before a word. Without
    ``add_prefix_space`` and given ``is_split_into_words=True`` they miss it, and cut "house" into
    other sub-tokens than in "the house". The copy puts a blank before each word. It is for split
    words only.

    Args:
        tokenizer: a fast tokenizer; it is not changed.

    Raises:
        ValueError: if split words still give other sub-tokens than running text.
    """
    from tokenizers import normalizers

    if _reads_words_as_in_text(tokenizer, tokenizer):
        return tokenizer
    fixed = copy.deepcopy(tokenizer)
    backend = getattr(fixed, "backend_tokenizer", None)
    if backend is not None:
        before = [] if backend.normalizer is None else [backend.normalizer]
        backend.normalizer = normalizers.Sequence([normalizers.Prepend(" "), *before])
        if _reads_words_as_in_text(fixed, tokenizer):
            return fixed
    raise ValueError(
        f"{tokenizer.name_or_path!r}: this tokenizer cuts single words into other sub-tokens than "
        "words inside a text; pass AutoTokenizer.from_pretrained(name, add_prefix_space=True)"
    )


def _reads_words_as_in_text(
    split: PreTrainedTokenizerBase, running: PreTrainedTokenizerBase
) -> bool:
    found = split(_SAMPLES, is_split_into_words=True, add_special_tokens=False)["input_ids"]
    alone = running([f" {word}" for word in _SAMPLES], add_special_tokens=False)["input_ids"]
    return list(found) == [i for ids in alone for i in ids]
