"""Sampling that gives a row the same tokens in every batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


class GumbelTopK:
    """A ``LogitsProcessor`` that samples where decoding is greedy (Gumbel-max; Kool et al. 2019).

    Each row has a generator of its own; ``generate`` has one for all, so that there a row's sample
    depends on the others in its batch.

    Args:
        seeds: one for each row.
        top_k: number of most likely tokens to sample from.
        temperature: above 1 flattens the probabilities, below 1 sharpens them.
        top_p: of these tokens only the likeliest ones that together have this probability
            (nucleus sampling; Holtzman et al. 2020).
    """

    def __init__(
        self, seeds: Sequence[int], top_k: int, temperature: float, top_p: float = 1.0
    ) -> None:
        import numpy as np

        self.generators = [np.random.default_rng(seed) for seed in seeds]
        self.top_k = top_k
        self.temperature = temperature
        self.top_p = top_p

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Scores of which only the sampled token's is finite."""
        import numpy as np
        import torch

        k = min(self.top_k, scores.shape[1])
        # In the order of token ids, so that ties have a fixed order.
        ids = scores.topk(k).indices.sort(dim=1).values
        noise = np.stack([generator.gumbel(size=k) for generator in self.generators])
        top = scores.gather(1, ids).double() / self.temperature
        if self.top_p < 1:
            ordered, places = top.softmax(dim=1).sort(dim=1, descending=True, stable=True)
            beyond = ordered.cumsum(dim=1) - ordered >= self.top_p
            top = top.masked_fill(beyond.scatter(1, places, beyond), float("-inf"))
        best = (top + torch.from_numpy(noise).to(top.device)).argmax(dim=1, keepdim=True)
        chosen = torch.full_like(scores, float("-inf"))
        return chosen.scatter(1, ids.gather(1, best), 0.0)
