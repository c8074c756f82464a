"""A masked language model that was trained with label markers."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

import regex

from textaug.core.augmenter import Augmenter
from textaug.core.example import Example
from textaug.models.batching import pad
from textaug.models.encoding import split_evenly
from textaug.models.loading import ModelSpec, load_as
from textaug.models.markers import marks, vocabulary_texts
from textaug.models.masked_lm import MaskedLM, logits_at

_LETTERS = regex.compile(r"[\p{L}\p{M}]+")
MARKED_WORD = regex.compile(r"\p{L}[\p{L}\p{M}]+")


class MarkedWord(NamedTuple):
    """A word of a mention in a row."""

    position: int  # in the example
    mention: int  # the first position of its mention
    start: int  # its sub-tokens in `ids`
    end: int


class _Row(NamedTuple):
    """A part of an example that fits into the model, with markers around mention words."""

    example: int
    ids: list[int]  # without the special tokens at both ends
    words: list[MarkedWord]


def load_marked_lm(model: ModelSpec, rank: int | None) -> MarkedLM:
    """The model with markers, loaded once in a process."""
    return load_as(MarkedLM, "AutoModelForMaskedLM", model, rank)


class MarkedLM(MaskedLM):
    """A masked language model that knows label markers.

    Attributes:
        texts: what each token id adds to a text; see
            :func:`textaug.models.markers.vocabulary_texts`.

    Raises:
        ValueError: for a model without markers.
    """

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self._ids_of = tokenizer.get_vocab()
        if not any(token.startswith("<B-") for token in self._ids_of):
            raise ValueError(
                f"{tokenizer.name_or_path!r} has no label markers; make a model that has them with "
                "LabelConditionedMLM.from_dataset(dataset, model=...)"
            )
        self.texts, self._starts = vocabulary_texts(tokenizer, model.config.vocab_size)
        super().__init__(model, tokenizer)

    def _barred(self) -> Any:
        import torch

        lettered = [bool(_LETTERS.fullmatch(text)) for text in self.texts]
        pairs = list(zip(lettered, self._starts, strict=True))
        whole = [word != "" for word in self.words]
        allowed = [whole, [a and b for a, b in pairs], [a and not b for a, b in pairs]]
        return torch.where(torch.tensor(allowed), 0.0, -torch.inf).to(self.model.device)

    @property
    def longest_word(self) -> int:
        """How many sub-tokens of a word fit into the model between two markers."""
        return self.size - 2

    def rows(self, examples: Sequence[Example]) -> list[_Row]:
        """The examples with markers; long ones are split between words into several rows."""
        sub_tokens = self.sub_tokens(token for example in examples for token in example.tokens)
        rows = []
        for number, example in enumerate(examples):
            units: list[list[int]] = []
            for token, mark in zip(example.tokens, marks(example), strict=True):
                around = [self._ids_of[mark]] if mark in self._ids_of else []
                fits = 0 < len(sub_tokens[token]) <= self.longest_word
                units.append([*around, *sub_tokens[token], *around] if fits else [])
            begins = {i: span.start for span in example.spans for i in range(span.start, span.end)}
            for part in split_evenly([len(ids) for ids in units], self.size):
                row = _Row(number, [], [])
                for i in range(part.start, part.stop):
                    token, start = example.tokens[i], len(row.ids) + 1
                    row.ids.extend(units[i])
                    if len(units[i]) > len(sub_tokens[token]) and MARKED_WORD.fullmatch(token):
                        row.words.append(MarkedWord(i, begins[i], start, len(row.ids) - 1))
                rows.append(row)
        return rows

    def loss(self, rows: Sequence[_Row], mask: float, rng: Random) -> Any:
        """The loss of predicting some mention words of each row, masked."""
        import torch

        inputs, positions, truth = [], [], []
        for n, row in enumerate(rows):
            ids = self.with_specials(row.ids)
            for word in Augmenter.choose(row.words, mask, rng):
                for at in range(word.start + len(self.before), word.end + len(self.before)):
                    positions.append((n, at))
                    truth.append(ids[at])
                    ids[at] = self.mask_id
            inputs.append(ids)
        device = self.model.device
        padded, seen = pad(inputs, self.tokenizer.pad_token_id, device, step=1)
        logits = logits_at(self.model, padded, seen, positions)
        return torch.nn.functional.cross_entropy(logits, torch.tensor(truth, device=device))
