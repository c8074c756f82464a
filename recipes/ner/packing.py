"""Batches without padding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

IGNORED = -100  # the label that PyTorch's cross entropy leaves out
FORBIDDEN = -1e9  # added to the attention between two sentences


class Packed:
    """Puts several sentences of a batch into one row: the same losses with little padding.

    Each sentence attends only to itself and counts its positions from 0, as BERT and similar models
    allow. Augmented sentences differ in length, so half of an ordinary batch would be padding.

    Args:
        collate: makes batches of ``input_ids``, ``attention_mask`` and ``labels``.
        length: sub-tokens in a row; more where one sentence is longer.
    """

    def __init__(self, collate: Callable[[Any], dict[str, Any]], length: int = 96) -> None:
        self.collate = collate
        self.length = length

    def __call__(self, rows: Any) -> dict[str, Any]:
        """``attention_mask`` is added to the attention scores: (rows, 1, length, length)."""
        batch = self.collate(rows)
        lengths = batch["attention_mask"].sum(1).tolist()
        length = max(self.length, -(-max(lengths) // 8) * 8)
        bins = _bins(lengths, length)
        shape = (len(bins), length)
        new = {
            "input_ids": torch.zeros(shape, dtype=torch.long),
            "labels": torch.full(shape, IGNORED),
            "position_ids": torch.zeros(shape, dtype=torch.long),
        }
        sentence = torch.full(shape, -1)
        for row, content in enumerate(bins):
            start = 0
            for i in content:
                here = (row, slice(start, start + lengths[i]))
                new["input_ids"][here] = batch["input_ids"][i, : lengths[i]]
                new["labels"][here] = batch["labels"][i, : lengths[i]]
                new["position_ids"][here] = torch.arange(lengths[i])
                sentence[here] = i
                start += lengths[i]
        apart = sentence[:, :, None] != sentence[:, None, :]
        new["attention_mask"] = torch.zeros(apart.shape).masked_fill_(apart, FORBIDDEN)[:, None]
        return new


def _bins(lengths: list[int], capacity: int) -> list[list[int]]:
    """Sentences by row, the longest first, each in the first row that has space for it."""
    bins: list[list[int]] = []
    for i in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        for content in bins:
            if sum(lengths[k] for k in content) + lengths[i] <= capacity:
                content.append(i)
                break
        else:
            bins.append([i])
    return bins
