"""Words as sub-tokens, within the window of a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textaug.core.example import Example
from textaug.models import batching


def encode_words(tokenizer: Any, words: Sequence[str]) -> list[list[int]]:
    """The sub-word tokens of each word, as it stands inside a text.

    A blank before the word makes it a word of its own for every kind of tokenizer, as
    ``is_split_into_words`` does, which not all of them have. Lone surrogates are replaced, since
    tokenizers written in Rust cannot take them. "[MASK]" in a text is text.
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


def window(model: Any, tokenizer: Any) -> int:
    """How many sub-word tokens the model takes at once."""
    from torch.nn import Embedding

    sizes = [tokenizer.model_max_length, model.config.max_position_embeddings]
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and isinstance(module, Embedding):
            # RoBERTa and its kin count positions from the padding id on, and lose those before.
            lost = 0 if module.padding_idx is None else module.padding_idx + 1
            sizes.append(module.num_embeddings - lost)
    return int(min(sizes))


class Encoder:
    """Words as a model takes them, and which of its inputs belong to which word."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.model = model
        self.tokenizer = tokenizer
        around = tokenizer("a")["input_ids"]
        inner = tokenizer("a", add_special_tokens=False)["input_ids"]
        at = next(i for i in range(len(around)) if around[i : i + len(inner)] == inner)
        self.before, self.after = around[:at], around[at + len(inner) :]
        self.room = window(model, tokenizer) - len(self.before) - len(self.after)
        self.padding = tokenizer.pad_token_id or 0  # masked out, so that any will do

    def encode(self, examples: Sequence[Example]) -> list[tuple[list[int], list[int], bool]]:
        """For each example the ids, the word that each stands for (else -1), whether all fit."""
        words = list(dict.fromkeys(word for example in examples for word in example.tokens))
        pieces = dict(zip(words, encode_words(self.tokenizer, words), strict=True))
        encoded = []
        for example in examples:
            units = [(i, n) for n, word in enumerate(example.tokens) for i in pieces[word]]
            shown = units[: self.room]
            ids = [*self.before, *(i for i, _ in shown), *self.after]
            owners = [-1] * len(self.before) + [n for _, n in shown] + [-1] * len(self.after)
            encoded.append((ids, owners, shown == units))
        return encoded

    def tensors(self, rows: Sequence[Sequence[int]]) -> tuple[Any, Any]:
        """Ids and attention mask of a batch of rows that all have the same padded length."""
        import torch

        length = batching.padded(max(map(len, rows)))
        ids = [[*row, *[self.padding] * (length - len(row))] for row in rows]
        mask = [[1] * len(row) + [0] * (length - len(row)) for row in rows]
        device = self.model.device
        return torch.tensor(ids, device=device), torch.tensor(mask, device=device)
