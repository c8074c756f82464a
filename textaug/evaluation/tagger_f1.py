"""F1 of a tagger trained on augmented data: the objective of a search."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from textaug import offline
from textaug.core.augmenter import Augmenter
from textaug.models.fine_tuning import fine_tune, own_randomness, training_device
from textaug.models.tagger import predict
from textaug.pipeline.collator import AugmentingDataCollator

if TYPE_CHECKING:
    from datasets import Dataset


@dataclass(frozen=True)
class TaggerF1:
    """Fine-tunes a tagger and scores it: the default objective of :func:`search`.

    Every training has the same number of optimiser steps, with the gold data alone or with copies.
    With an augmenter, a sampled row is augmented with probability ``copies / (copies + 1)``, the
    share of copies in an expanded set.

    Args:
        model: an encoder: a folder or a name on the hub; default: the one that comes with
            ``textaug-nlp[offline]``.
        steps: number of optimiser steps.
        batch_size: sentences per step.
        learning_rate: its peak; a larger encoder needs a smaller one, such as 5e-5.
        device: default: a GPU if there is one.
    """

    model: str | None = None
    steps: int = 150
    batch_size: int = 16
    learning_rate: float = 3e-4
    device: str | None = None

    def __call__(
        self, train: Dataset, test: Dataset, augmenter: Augmenter | None, copies: int, seed: int
    ) -> float:
        """F1 of whole mentions (strict, IOB2, in points) on ``test`` after training on ``train``.

        Both have columns ``tokens`` and ``ner_tags``, the latter of class labels in IOB2.
        """
        import torch
        from seqeval.metrics import f1_score
        from seqeval.scheme import IOB2

        names = train.features["ner_tags"].feature.names
        path = self.model or offline.encoder()
        device = torch.device(training_device(self.device))
        model, tokenizer = copy.deepcopy(_untrained(path, tuple(names), seed, device))
        collator = AugmentingDataCollator(
            tokenizer, augmenter, label_names=names, p=copies / (copies + 1)
        )

        def loss(model: Any, rows: list[Any]) -> Any:
            return model(
                **{name: column.to(device) for name, column in collator(rows).items()}
            ).loss

        fine_tune(
            model,
            train.to_list(),
            [len(tokens) for tokens in train["tokens"]],
            loss,
            steps=self.steps,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            seed=seed,
            show_progress=None,
        )
        truth = [[names[tag] for tag in row] for row in test["ner_tags"]]
        predicted = predict(model, tokenizer, test["tokens"][:])
        f1 = f1_score(truth, predicted, mode="strict", scheme=IOB2, zero_division=0)
        return 100 * float(f1)


@lru_cache(maxsize=1)  # all trainings of a search start from the same weights
def _untrained(path: str, names: tuple[str, ...], seed: int, device: Any) -> tuple[Any, Any]:
    import torch
    from transformers import AutoModelForTokenClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(path, add_prefix_space=True)
    pre_tokenizer = tokenizer.backend_tokenizer.pre_tokenizer
    if getattr(pre_tokenizer, "add_prefix_space", None) is False:  # ignored by generic classes
        pre_tokenizer.add_prefix_space = True
    with own_randomness(seed, device):  # for the new classification layer
        model = AutoModelForTokenClassification.from_pretrained(
            path,
            num_labels=len(names),
            id2label=dict(enumerate(names)),
            label2id={name: i for i, name in enumerate(names)},
            dtype=torch.float32,
        )
    return model.to(device), tokenizer
