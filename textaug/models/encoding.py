"""Words as sub-tokens, within the window of a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from textaug.core.example import Example
from textaug.models.batching import pad

WORDS_KEPT = 1 << 17  # words whose sub-tokens are remembered


def encode_words(tokenizer: Any, words: Sequence[str]) -> list[list[int]]:
    """The sub-tokens of each word, as inside a text.

    A blank before the word makes it a separate word for every type of tokenizer, like
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
    """How many sub-tokens the model takes at once."""
    from torch.nn import Embedding

    sizes = [tokenizer.model_max_length, model.config.max_position_embeddings]
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and isinstance(module, Embedding):
            # RoBERTa and its relatives count positions from the padding id on.
            lost = 0 if module.padding_idx is None else module.padding_idx + 1
            sizes.append(module.num_embeddings - lost)
    return int(min(sizes))


class Encoded(NamedTuple):
    """One example as a model takes it."""

    ids: list[int]
    words: list[int]  # for each id the index of its word, -1 for special tokens
    complete: bool  # whether the whole example fits into the window


class Encoder:
    """A model, its tokenizer, and how words become its inputs.

    Attributes:
        before: ids of the special tokens before a text.
        after: ids of the special tokens after it.
        size: how many sub-tokens fit between them.
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
        """The sub-tokens of each word; of other words that came up before, too."""
        if len(self._sub_tokens) > WORDS_KEPT:
            self._sub_tokens = {}
        new = [word for word in dict.fromkeys(words) if word not in self._sub_tokens]
        self._sub_tokens.update(zip(new, self._encode_words(new), strict=True))
        return self._sub_tokens

    def _encode_words(self, words: Sequence[str]) -> list[list[int]]:
        return encode_words(self.tokenizer, words)

    def encode(self, examples: Sequence[Example]) -> list[Encoded]:
        """The ids of each example; what does not fit into the window is left out."""
        known = self.sub_tokens(word for example in examples for word in example.tokens)
        encoded = []
        for example in examples:
            pairs = [(i, n) for n, word in enumerate(example.tokens) for i in known[word]]
            shown = pairs[: self.size]
            words = [-1] * len(self.before) + [n for _, n in shown] + [-1] * len(self.after)
            ids = self.with_specials([i for i, _ in shown])
            encoded.append(Encoded(ids, words, shown == pairs))
        return encoded

    def with_specials(self, ids: Sequence[int]) -> list[int]:
        """Ids with the special tokens around them."""
        return [*self.before, *ids, *self.after]

    def tensors(self, rows: Sequence[Sequence[int]]) -> tuple[Any, Any]:
        """Ids and attention mask of rows that all have the same padded length."""
        # Padding is masked out, so any id will do for a tokenizer that has none.
        return pad(rows, self.tokenizer.pad_token_id or 0, self.model.device)
