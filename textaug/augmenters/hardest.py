"""Of several results, the one with the highest loss under a tagger."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Unpack

from textaug.core.augmenter import Augmenter
from textaug.core.columns import Settings
from textaug.core.example import Augmented, Example, Rejected
from textaug.core.validation import check_at_least_one
from textaug.models.batching import BATCH_TOKENS
from textaug.models.loading import ModelSpec
from textaug.models.tagger import load_tagger


class Hardest(Augmenter):
    """Of ``k`` results of an augmenter, the one with the highest loss under a tagger.

    Adversarial choice ("worst of k", Engstrom et al. 2019, "Exploring the Landscape of Spatial
    Robustness"): a tagger learns little from sentences that it already labels with confidence.
    Results with a wrong label are hard too, so use it with augmenters whose labels are certain, and
    inspect some. For tags of mentions only; the loss is the mean cross entropy over the words of a
    sentence.

    Rejected and unchanged results do not count; if there are no others, the first is returned. Of
    equal losses the first is chosen.

    Args:
        augmenter: makes the results.
        k: number of results to choose from, at least 1.
        model: any model for token classification whose labels have names (``B-PER``, …), trained on
            the gold sample: a folder made by ``save_pretrained``, with its tokenizer, or a name
            on the hub. It must not be trained on the evaluation split. ``B-`` and ``I-``
            labels are read as IOB2 if every type has both, else as IOB1.
        revision: branch, tag or commit of the model on the hub.
        dtype: number format, see :class:`~textaug.MaskedLMSubstitution`.
        device: ``"cpu"``, ``"cuda:1"``, …; default: a GPU if there is one.
        batch_tokens: sub-tokens per forward pass.
        **settings: see :class:`~textaug.Augmenter`; those of ``augmenter`` do not count, except
            its ``target``.

    Raises:
        ValueError: for ``k`` below 1; on first use, if the model is not a tagger, its labels have
            no names, or the data has a mention type that it does not know.
        OSError: on first use, if the model cannot be loaded.

    >>> from textaug import NoiseInjection
    >>> Hardest(NoiseInjection(), 4, "runs/teacher", seed=1)
    Hardest(augmenter=NoiseInjection(), k=4, model='runs/teacher', seed=1)
    """

    handles_nested = True

    def __init__(
        self,
        augmenter: Augmenter,
        k: int,
        model: str,
        revision: str | None = None,
        dtype: str = "auto",
        device: str | None = None,
        batch_tokens: int = BATCH_TOKENS,
        **settings: Unpack[Settings],
    ) -> None:
        check_at_least_one(k=k)
        self.spec = ModelSpec(str(model), revision, dtype, device, batch_tokens)
        self.augmenter = augmenter
        self.k = k
        self.model = str(model)
        self.revision = revision
        self.dtype = dtype
        self.device = device
        self.batch_tokens = batch_tokens
        super().__init__(**settings)

    def use_rank(self, rank: int) -> None:
        """Set the rank of the inner augmenter too."""
        super().use_rank(rank)
        self.augmenter.use_rank(rank)

    def transform(
        self, examples: Sequence[Example], rngs: Sequence[Random]
    ) -> Sequence[Augmented | Rejected]:
        """Augment ``k`` times, score all results together, and choose."""
        rounds = [self.augmenter.augment(examples, rngs) for _ in range(self.k)]
        results = list(rounds[0])
        changed = [
            (i, result)
            for drawn in rounds
            for i, result in enumerate(drawn)
            if isinstance(result, Augmented) and result.example != examples[i]
        ]
        different = list(dict.fromkeys(result.example for _, result in changed))
        if not different:
            return results
        losses = load_tagger(self.spec, self.rank).losses(different, self.batch_tokens)
        loss_of = dict(zip(different, losses, strict=True))
        highest: dict[int, float] = {}
        for i, result in changed:
            loss = loss_of[result.example]
            if i not in highest or loss > highest[i]:
                highest[i] = loss
                results[i] = result
        return results
