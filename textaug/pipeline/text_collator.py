"""New augmentation in every epoch for the classification of whole texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from textaug.core.augmenter import Augmenter
from textaug.core.columns import ColumnNames
from textaug.pipeline.collator import AugmentingDataCollator

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


class AugmentingTextCollator(AugmentingDataCollator):
    """Augments, tokenises and pads rows of a text and its label, with a new sample for every batch.

    For ``AutoModelForSequenceClassification``; otherwise as
    :class:`~textaug.AugmentingDataCollator`: only training rows are augmented, the ``Trainer`` must
    not remove the columns (``remove_unused_columns=False``), and a text longer than ``max_length``
    is truncated. The label of a row never changes, so the augmenter must keep what it says.

    A row's label is an id (``-1`` or ``None``: not trained on), a name from ``label_names``, or a
    list with one 0 or 1 for each label, for a model with
    ``problem_type="multi_label_classification"``.

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
            none of ``label_names``.

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
        return {**encoded, "labels": [self._label(label) for label in rows[self.label_column]]}

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
        for i, (text, label) in enumerate(
            zip(rows[self.text_column], rows[self.label_column], strict=True)
        ):
            if not isinstance(text, str):
                self._bad_text(i, text)
            if isinstance(label, str) and label not in (self.label_names or ()):
                known = ", ".join(self.label_names or ()) or "none; pass label_names="
                self._bad(i, self.label_column, f"label {label!r} is unknown", f"known: {known}")

    def _bad_text(self, row: int, text: object) -> NoReturn:
        what = "is None" if text is None else f"is {type(text).__name__}, not a text"
        self._bad(row, self.text_column, what, "leave such rows out with dataset.filter(...)")

    def _label(self, label: Any) -> Any:
        if isinstance(label, str):
            return (self.label_names or []).index(label)
        if isinstance(label, Sequence):
            return [float(each) for each in label]
        return -100 if label is None or label == -1 else label
