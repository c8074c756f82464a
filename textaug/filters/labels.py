"""A filter that rejects results whose sentence-level label may have changed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Unpack

from textaug import offline
from textaug.core.columns import Settings
from textaug.core.example import Example
from textaug.core.reading import read_examples
from textaug.core.validation import check_probability
from textaug.filters.with_model import _ModelFilter
from textaug.models.classifier import (
    Label,
    Probabilities,
    by_model,
    by_weights,
    fit_weights,
    labels_of,
)
from textaug.models.loading import ModelSpec

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

logger = logging.getLogger("textaug")

# From texts to their labels, or to the probabilities of their labels.
Classifier = Callable[[list[str]], Sequence[Any]]
HOW_TO_DECLARE = (
    "declare the column with the label of the sentence: roles={'column': 'label'} (in the shell: "
    "--role column=label)"
)


@dataclass(repr=False)
class KeepLabel(_ModelFilter):
    """Keep a sentence whose label of the whole sentence a classifier still finds.

    A result is rejected if the probability of a label that the row has falls by more than ``drop``,
    or that of a label that it does not have rises by more. The original's own probability is the
    measure, so sentences that the classifier gets wrong can be augmented too. Rows with several
    labels in one column, as a list of names, need a classifier with a probability for each
    (:meth:`from_dataset`, or a model trained for it).

    Use it after a method that replaces words or rewrites sentences:
    ``augmenter.where(KeepLabel.from_dataset(train))``. Rows without a label pass, which is logged
    once.

    Args:
        model: a classifier of sentences: a folder made by ``save_pretrained``, with its tokenizer,
            a name on the hub, or a function from a list of texts to the list of their labels (or
            of dicts with the probability of each label). With ``weights``, the sentence encoder.
        weights: of a logistic regression for each label, made by :meth:`from_dataset`.
        drop: how far a probability may move, 0..1.
        revision, dtype, device, batch_tokens: see :class:`~textaug.MaskedLMSubstitution`.

    Raises:
        ValueError: for a ``drop`` out of range; when called, if the model is not a classifier of
            sentences, if it does not know a label of the data, if a row has labels in several
            columns and there are no ``weights``, or if its labels are one 0 or 1 for each.
        OSError: on first use, if the model cannot be found or downloaded.

    >>> def classify(texts):
    ...     return ["bad" if "awful" in text else "good" for text in texts]
    >>> before = [Example.from_text("A great film.")._replace(labels=("good",))] * 2
    >>> after = [Example.from_text(f"{words} film.") for words in ("A fine", "An awful")]
    >>> KeepLabel(classify)(before, after)
    [True, False]
    """

    model: str | Classifier  # type: ignore[assignment]
    weights: Mapping[Label, Sequence[float]] | None = None
    drop: float = 0.2

    def __post_init__(self) -> None:
        if not callable(self.model):
            super().__post_init__()
        check_probability("drop", self.drop)

    @classmethod
    def from_dataset(
        cls,
        dataset: Dataset | DatasetDict,
        model: str = offline.MASKED_LM,
        drop: float = 0.2,
        split: str = "train",
        **settings: Unpack[Settings],
    ) -> KeepLabel:
        """Learn the labels from a data set's own sentences.

        A logistic regression for each label over the vectors of a sentence encoder. Do not pass
        the evaluation split.

        Args:
            dataset: a data set with labels of the whole sentence, or a dict of splits.
            model: any sentence encoder with mean pooling; ``"offline"`` is ``all-MiniLM-L6-v2``
                from the ``offline`` extra, for English.
            drop: see the class.
            split: the split of a ``DatasetDict``.
            **settings: see :class:`~textaug.Augmenter`.

        Raises:
            ValueError: if no column holds labels of the whole sentence.
        """
        examples = read_examples(dataset, split, settings)
        if not any(map(labels_of, examples)):
            raise ValueError(f"there is no label of the sentence to learn; {HOW_TO_DECLARE}")
        return cls(model, fit_weights(examples, ModelSpec(model)), drop)

    def __call__(self, before: Sequence[Example], after: Sequence[Example]) -> list[bool]:
        """Whether no probability moved too far away from the row's labels."""
        labelled = {i: labels for i, old in enumerate(before) if (labels := labels_of(old))}
        if len(labelled) < len(before):
            _warn_once()
        pairs = {i: (before[i].text, after[i].text) for i in labelled}
        texts = list(dict.fromkeys(text for pair in pairs.values() for text in pair))
        found, labelled = self._classified(texts, labelled) if texts else ([], labelled)
        of = dict(zip(texts, found, strict=True))
        kept = [True] * len(before)
        for i, (old, new) in pairs.items():
            moves = (
                (of[old].get(label, 0) - of[new].get(label, 0)) * (1 if label in labels else -1)
                for labels in [labelled[i]]
                for label in {*of[old], *of[new]}
            )
            kept[i] = max(moves, default=0.0) <= self.drop
        return kept

    def _classified(
        self, texts: list[str], labelled: Mapping[int, set[Label]]
    ) -> tuple[Sequence[Probabilities], dict[int, set[Label]]]:
        """The probabilities of each text, and the rows' labels as the classifier names them."""
        labels = set().union(*labelled.values())
        if self.weights is not None:
            self._check_known(labels, set(self.weights))
            found = by_weights(texts, self.weights, self._spec, self.rank)
            return found, dict(labelled)
        if any(number for number, _ in labels):
            raise ValueError(
                "the rows have labels of the sentence in several columns, and a classifier has "
                "those of one; declare the others with roles={'column': 'keep'}, or use "
                "KeepLabel.from_dataset"
            )
        if callable(self.model):
            return [_shares(given) for given in self.model(texts)], dict(labelled)
        found, names = by_model(texts, self._spec, self.rank)
        known: set[Label] = {(0, name) for name in names.values()}
        # Labels without names are the classifier's numbers.
        named: dict[Label, Label] = {
            label: (0, names[label[1]])
            for label in labels - known
            if isinstance(label[1], int) and label[1] in names
        }
        self._check_known({named.get(label, label) for label in labels}, known)
        return found, {i: {named.get(x, x) for x in each} for i, each in labelled.items()}

    def _check_known(self, labels: set[Label], known: set[Label]) -> None:
        unknown = sorted(repr(label) for _, label in labels - known)
        if unknown:
            shown = ", ".join(sorted(repr(label) for _, label in known))
            raise ValueError(
                f"KeepLabel: the rows have the label {unknown[0]}, and the classifier knows "
                f"{shown}; train it on the labels of this data set"
            )


def _shares(given: Any) -> Probabilities:
    """What a function returned for one text, as probabilities."""
    shares = given if isinstance(given, Mapping) else {given: 1.0}
    return {(0, label): float(share) for label, share in shares.items()}


@cache  # a process warns once
def _warn_once() -> None:
    logger.warning("KeepLabel keeps rows without a label of the sentence; %s", HOW_TO_DECLARE)
