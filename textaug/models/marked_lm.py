"""A masked language model trained with labels as markers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from random import Random
from typing import Any, NamedTuple

import regex

from textaug.core.augmenter import Augmenter
from textaug.core.example import Example
from textaug.models import loading
from textaug.models.markers import marks, piece_texts
from textaug.models.masked_lm import MaskedLMEngine, logits_at, stretches

_LETTERS = regex.compile(r"[\p{L}\p{M}]+")
MARKED_WORD = regex.compile(r"\p{L}[\p{L}\p{M}]+")


class MarkedWord(NamedTuple):
    """A word of a mention in a row."""

    position: int  # in the example
    mention: int  # where its mention begins
    start: int  # its pieces in `ids`
    end: int


class _Row(NamedTuple):
    """A stretch of an example that fits into the model, with markers around mention words."""

    example: int
    ids: list[int]  # without the special tokens at both ends
    words: list[MarkedWord]


@cache
def marked_engine(name: str, dtype: str, device: str | None, rank: int | None) -> MarkedEngine:
    """The model with markers, loaded once in a process."""
    model, tokenizer = loading.load("AutoModelForMaskedLM", name, None, dtype, device, rank)
    if not any(token.startswith("<B-") for token in tokenizer.get_vocab()):
        raise ValueError(
            f"{name!r} has no label markers; make one that has with "
            "LabelConditionedMLM.from_dataset(dataset, model=...)"
        )
    return MarkedEngine(model, tokenizer)


class MarkedEngine(MaskedLMEngine):
    """A masked language model that knows label markers.

    Attributes:
        texts: what each token id adds to a text; see :func:`textaug.models.markers.piece_texts`.
    """

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.texts, self._starts = piece_texts(tokenizer, model.config.vocab_size)
        self._ids_of = tokenizer.get_vocab()
        super().__init__(model, tokenizer)

    def _barred(self) -> Any:
        import torch

        lettered = [bool(_LETTERS.fullmatch(text)) for text in self.texts]
        pairs = list(zip(lettered, self._starts, strict=True))
        whole = [word != "" for word in self.words]
        allowed = [whole, [a and b for a, b in pairs], [a and not b for a, b in pairs]]
        return torch.where(torch.tensor(allowed), 0.0, -torch.inf).to(self.model.device)

    def rows(self, examples: Sequence[Example]) -> list[_Row]:
        """The examples with markers; of those too long, all pieces, cut between words."""
        pieces = self.pieces({token for example in examples for token in example.tokens})
        rows = []
        for number, example in enumerate(examples):
            units: list[list[int]] = []
            for token, mark in zip(example.tokens, marks(example), strict=True):
                around = [self._ids_of[mark]] if mark in self._ids_of else []
                fits = 0 < len(pieces[token]) <= self.room - 2
                units.append([*around, *pieces[token], *around] if fits else [])
            begins = {i: span.start for span in example.spans for i in range(span.start, span.end)}
            for stretch in stretches([len(ids) for ids in units], self.room):
                row = _Row(number, [], [])
                for i in range(stretch.start, stretch.stop):
                    token, start = example.tokens[i], len(row.ids) + 1
                    row.ids.extend(units[i])
                    if len(units[i]) > len(pieces[token]) and MARKED_WORD.fullmatch(token):
                        row.words.append(MarkedWord(i, begins[i], start, len(row.ids) - 1))
                rows.append(row)
        return rows

    def loss(self, rows: Sequence[_Row], mask: float, rng: Random) -> Any:
        """Mask some mention words of each row; how surprising their pieces are to the model."""
        import torch

        inputs, places, truth = [], [], []
        for n, row in enumerate(rows):
            ids = [*self.before, *row.ids, *self.after]
            for word in Augmenter.choose(row.words, mask, rng):
                for at in range(word.start + len(self.before), word.end + len(self.before)):
                    places.append((n, at))
                    truth.append(ids[at])
                    ids[at] = self.mask_id
            inputs.append(ids)
        length = max(map(len, inputs))
        padding = self.tokenizer.pad_token_id
        device = self.model.device
        padded = torch.tensor([ids + [padding] * (length - len(ids)) for ids in inputs])
        seen = torch.tensor([[1] * len(ids) + [0] * (length - len(ids)) for ids in inputs])
        logits = logits_at(self.model, padded.to(device), seen.to(device), places)
        return torch.nn.functional.cross_entropy(logits, torch.tensor(truth, device=device))
