"""New augmentation in every epoch for the classification of whole texts."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from math import isnan
from typing import TYPE_CHECKING, Any, NoReturn

from textaug.core.augmenter import Augmenter
from textaug.core.columns import IGNORED, MISSING_LABEL, ColumnNames
from textaug.pipeline.collator import (
    BROKEN_HALF,
    BROKEN_REMEDY,
    SURROGATE,
    AugmentingDataCollator,
)

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

logger = logging.getLogger("textaug")

_LEAVE_OUT = "leave such rows out with dataset.filter(...)"


class AugmentingTextCollator(AugmentingDataCollator):
    """Augments, tokenises and pads rows of a text and its label, with a new sample for every batch.

    For ``AutoModelForSequenceClassification``; otherwise as
    :class:`~textaug.AugmentingDataCollator`: only training rows are augmented, the ``Trainer`` must
    not remove the columns (``remove_unused_columns=False``), and a text longer than ``max_length``
    is truncated. The label of a row never changes, so the augmenter must keep what it says.

    A row's label is an id (``-1`` or ``None``: not trained on), a name from ``label_names``, a list
    with one 0 or 1 (or a probability) for each label, for a model with
    ``problem_type="multi_label_classification"``, or a float, the target of a regression. A float
    stays as it is, and of these two kinds every row needs one: their losses ignore no value.

    Args:
        tokenizer: any tokenizer.
        augmenter: any augmenter; ``None`` tokenises and pads only. A row that it rejects is used
            unchanged. Its ``seed`` matters too.
        text_column: column with the texts.
        label_column: column with the labels.
        label_names: the name of each label id; needed for string labels, and for methods that mix
            texts of one label.
        max_length: longest sequence in sub-tokens; default: the tokenizer's own limit.
        p: share of the rows that are augmented.
        pad_to_multiple_of: pad to a multiple of this many sub-tokens, for tensor cores.

    Raises:
        ValueError: if ``p`` is not a probability, a row lacks a column or its text, or a label is
            none of ``label_names``, no id, or of another kind than others.

    >>> from textaug import NoiseInjection
    >>> AugmentingTextCollator(tokenizer, NoiseInjection(), label_names=["bad", "good"])
    ... # doctest: +SKIP
    """

    COLUMN_ARGUMENTS = "text_column= and label_column="

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerBase,
        augmenter: Augmenter | None = None,
        text_column: str = "text",
        label_column: str = "label",
        label_names: Sequence[str] | None = None,
        max_length: int | None = None,
        p: float = 1.0,
        pad_to_multiple_of: int | None = None,
    ) -> None:
        from transformers import DataCollatorWithPadding

        self._set(tokenizer, augmenter, label_names, max_length, p)
        self.text_column = text_column
        self.label_column = label_column
        self._pad = DataCollatorWithPadding(tokenizer, pad_to_multiple_of=pad_to_multiple_of)

    def tokenize(self, rows: Mapping[str, Any]) -> dict[str, list[Any]]:
        """Tokenise a batch of rows without augmenting: for ``dataset.map(..., batched=True)``."""
        self._check(rows)
        encoded = self.tokenizer(
            list(rows[self.text_column]), truncation=True, max_length=self.max_length
        )
        return {**encoded, "labels": self._labels(rows[self.label_column])}

    def _columns(self) -> tuple[str, str]:
        return self.text_column, self.label_column

    def _names(self, augmenter: Augmenter) -> ColumnNames:
        names = {} if self.label_names is None else {self.label_column: self.label_names}
        return ColumnNames(
            text=(self.text_column,),
            label_names=names,
            aligned=(),
            roles=((self.label_column, "label"),),
        )

    def _is_partly_labelled(self, columns: Mapping[str, Sequence[Any]], row: int) -> bool:
        return False  # a text has one label, or several at once

    def _check(self, rows: Mapping[str, Any]) -> None:
        for i, text in enumerate(rows[self.text_column]):
            if not isinstance(text, str):
                self._bad_text(i, text)
            if not text.isascii() and SURROGATE.search(text):
                self._bad(i, self.text_column, f"{text[:40]!a} {BROKEN_HALF}", BROKEN_REMEDY)
        self._labels(rows[self.label_column])

    def _bad_text(self, row: int, text: object) -> NoReturn:
        what = "is None" if text is None else f"is {type(text).__name__}, not a text"
        self._bad(row, self.text_column, what, "leave such rows out with dataset.filter(...)")

    def _bad_label(self, row: int, problem: str, remedy: str) -> NoReturn:
        self._bad(row, self.label_column, problem, remedy)

    def _labels(self, given: Sequence[Any]) -> list[Any]:
        """The labels of a batch as the model takes them; all of a batch are of one kind."""
        # A row of a data set in another format has numpy's or torch's numbers.
        labels = [each.tolist() if hasattr(each, "tolist") else each for each in given]
        if any(isinstance(each, (list, tuple)) for each in labels):
            return self._several(labels)
        if any(isinstance(each, float) for each in labels):
            for i, label in enumerate(labels):
                if not isinstance(label, (int, float)) or isnan(label):
                    problem = f"is {label!r} among numbers with fractions (a regression)"
                    self._bad_label(i, problem, _LEAVE_OUT)
            return [float(each) for each in labels]
        if self.label_names is None and all(each is None for each in labels):
            problem = "no row of this batch has a label, so nothing says whether they are classes"
            self._bad_label(0, problem, f"{_LEAVE_OUT}, or pass label_names=")
        return [self._class(i, label) for i, label in enumerate(labels)]

    def _several(self, labels: Sequence[Any]) -> list[list[float]]:
        """One value for each label of a row."""
        first = next(each for each in labels if isinstance(each, (list, tuple)))
        length = len(first if self.label_names is None else self.label_names)
        for i, values in enumerate(labels):
            if not isinstance(values, (list, tuple)):
                self._bad_label(i, f"is {values!r}, and other rows have a list", _LEAVE_OUT)
            odd = [v for v in values if not isinstance(v, (int, float)) or not 0 <= v <= 1]
            if odd:
                problem = f"holds {odd[0]!r}, which is neither 0 nor 1"
                self._bad_label(i, problem, "give one 0 or 1 for each label, or a probability")
            if len(values) != length:
                problem = f"has {len(values)} values for {length} labels"
                self._bad_label(i, problem, "give one 0 or 1 for each label")
        return [[float(value) for value in values] for values in labels]

    def _class(self, row: int, label: Any) -> int:
        names = self.label_names
        if isinstance(label, str):
            if label not in (names or ()):
                known = ", ".join(names or ()) or "none; pass label_names="
                self._bad_label(row, f"label {label!r} is unknown", f"known: {known}")
            return (names or []).index(label)
        if label is None or label == IGNORED:
            return IGNORED
        if not isinstance(label, int):
            self._bad_label(row, f"is {type(label).__name__}, not a label", "give an id or a name")
        if label < MISSING_LABEL or (names is not None and label >= len(names)):
            known = "from 0" if names is None else f"0 to {len(names) - 1}"
            remedy = f"ids are {known}; for a regression, cast the column to Value('float32')"
            self._bad_label(row, f"label {label} is no id of a class", remedy)
        if label == MISSING_LABEL and names is None and not self._has_warned:
            self._has_warned = True
            logger.warning(
                "column %r: -1 means a missing label, so such rows are not trained on; if it is a "
                "class, number the classes from 0 (for a regression, cast the column to "
                "Value('float32')); label_names= silences this",
                self.label_column,
            )
        return IGNORED if label == MISSING_LABEL else int(label)
