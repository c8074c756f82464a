"""Words as sub-tokens, within the window of a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import ceil
from typing import Any, NamedTuple

from textaug.core.example import Example
from textaug.models.batching import pad

WORDS_KEPT = 1 << 17  # words whose sub-tokens are cached


def encode_words(tokenizer: Any, words: Sequence[str]) -> list[list[int]]:
    """The sub-tokens of each word, as inside a text.

    A space before the word makes it a separate word for every type of tokenizer, like
    ``is_split_into_words``, which not all of them have. Lone surrogates are replaced, because
    tokenizers written in Rust reject them. "[MASK]" in a text is encoded as text.
    """
    if not words:
        return []
    texts = [f" {word}".encode("utf-8", "replace").decode("utf-8") for word in words]
    encoded = tokenizer(
        texts,
        add_special_tokens=False,
        split_special_tokens=True,
        return_attention_mask=False,
        return_token_type_ids=False,
        verbose=False,
    )
    ids: list[list[int]] = encoded["input_ids"]
    return ids


def window_size(model: Any, tokenizer: Any) -> int:
    """The number of sub-tokens that the model takes at once."""
    from torch.nn import Embedding

    sizes = [tokenizer.model_max_length, model.config.max_position_embeddings]
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and isinstance(module, Embedding):
            # RoBERTa and its relatives count positions from the padding id on.
            lost = 0 if module.padding_idx is None else module.padding_idx + 1
            sizes.append(module.num_embeddings - lost)
    return int(min(sizes))


def split_evenly(lengths: Sequence[int], size: int) -> list[slice]:
    """Split a sequence of units into windows of about equal length.

    Args:
        lengths: the number of sub-tokens of each unit, a word for instance.
        size: sub-tokens in a window, at most; a longer unit is a window by itself.

    >>> split_evenly([4, 3, 5, 2], size=8)
    [slice(0, 2, None), slice(2, 4, None)]
    """
    total = sum(lengths)
    share = ceil(total / ceil(total / size)) if total else 0
    starts, filled = [0], 0
    for i, length in enumerate(lengths):
        if filled and filled + length > share:
            starts.append(i)
            filled = 0
        filled += length
    return [slice(*ends) for ends in pairwise([*starts, len(lengths)])]


class Encoded(NamedTuple):
    """An example, or a part of a long one, as input of a model."""

    example: int  # its index
    ids: list[int]
    words: list[int]  # for each id the index of its word; -1 for special tokens and context


class Encoder:
    """A model and its tokenizer, which encode examples.

    Attributes:
        before: ids of the special tokens before a text.
        after: ids of the special tokens after it.
        size: number of sub-tokens that fit between them.
    """

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.model = model
        self.tokenizer = tokenizer
        around = tokenizer("a")["input_ids"]
        inner = tokenizer("a", add_special_tokens=False)["input_ids"]
        at = next(i for i in range(len(around)) if around[i : i + len(inner)] == inner)
        self.before, self.after = around[:at], around[at + len(inner) :]
        self.size = window_size(model, tokenizer) - len(self.before) - len(self.after)
        self._sub_tokens: dict[str, list[int]] = {}

    def sub_tokens(self, words: Iterable[str]) -> Mapping[str, list[int]]:
        """The sub-tokens of each word, and of words of earlier calls."""
        if len(self._sub_tokens) > WORDS_KEPT:
            self._sub_tokens = {}
        new = [word for word in dict.fromkeys(words) if word not in self._sub_tokens]
        self._sub_tokens.update(zip(new, self._encode_words(new), strict=True))
        return self._sub_tokens

    def _encode_words(self, words: Sequence[str]) -> list[list[int]]:
        return encode_words(self.tokenizer, words)

    def encode(self, examples: Sequence[Example]) -> list[Encoded]:
        """The examples in one or more windows, so that each word belongs to exactly one of them.

        An example that does not fit into the model is split between words into parts of half a
        window, each with the words around it as context. If a single word does not fit, only its
        first sub-tokens are kept.
        """
        known = self.sub_tokens(word for example in examples for word in example.tokens)
        encoded = []
        for number, example in enumerate(examples):
            units = [known[word][: self.size] for word in example.tokens]
            lengths = [len(ids) for ids in units]
            fits = sum(lengths) <= self.size
            for part in split_evenly(lengths, self.size if fits else self.size // 2):
                shown = _with_context(part, lengths, self.size)
                ids = self.with_specials([i for n in shown for i in units[n]])
                inside = [n if part.start <= n < part.stop else -1 for n in shown for _ in units[n]]
                words = [-1] * len(self.before) + inside + [-1] * len(self.after)
                encoded.append(Encoded(number, ids, words))
        return encoded

    def with_specials(self, ids: Sequence[int]) -> list[int]:
        """Ids with the special tokens around them."""
        return [*self.before, *ids, *self.after]

    def text_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The token ids of whole texts, special ones included; what exceeds the window is cut."""
        ids: list[list[int]] = self.tokenizer(
            [text.encode("utf-8", "replace").decode("utf-8") for text in texts],  # lone surrogates
            truncation=True,
            max_length=self.size + len(self.before) + len(self.after),
            split_special_tokens=True,
            verbose=False,
        )["input_ids"]
        return ids

    def tensors(self, rows: Sequence[Sequence[int]]) -> tuple[Any, Any]:
        """Ids and attention mask of rows that all have the same padded length."""
        # Padding is masked, so a tokenizer without a padding token can use any id.
        return pad(rows, self.tokenizer.pad_token_id or 0, self.model.device)


def _with_context(part: slice, lengths: Sequence[int], size: int) -> range:
    """The units of a part and as many around it as fit, on both sides in turn."""
    start, stop = part.start, part.stop
    free = size - sum(lengths[part])
    grown = True
    while grown:
        grown = False
        if start > 0 and lengths[start - 1] <= free:
            start, free, grown = start - 1, free - lengths[start - 1], True
        if stop < len(lengths) and lengths[stop] <= free:
            stop, free, grown = stop + 1, free - lengths[stop], True
    return range(start, stop)
