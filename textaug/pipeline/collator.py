"""Fresh augmentation in every epoch, inside the Hugging Face ``Trainer``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Any, NoReturn

from textaug.core.augmenter import Augmenter
from textaug.core.batch import Batch
from textaug.core.columns import MISSING_LABEL, ColumnNames
from textaug.core.rows import row_changes
from textaug.core.validation import check_probability

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedTokenizerBase


_SURROGATE = re.compile(r"[\ud800-\udfff]")
IGNORED = -100  # the label that PyTorch's cross entropy leaves out


class AugmentingDataCollator:
    """Augments, tokenises and pads rows of words and tags, anew each time a row is drawn.

    It takes rows as they lie in the data set, so the ``Trainer`` must leave them alone::

        collator = AugmentingDataCollator(tokenizer, augmenter, label_names=names)
        Trainer(
            model,
            TrainingArguments(..., remove_unused_columns=False),
            train_dataset=train,
            eval_dataset=test.map(collator.tokenize, batched=True),
            data_collator=collator,
        )

    The ``Trainer`` sends the evaluation set through the same collator: rows that are already
    tokenised (they have ``input_ids``) are padded and nothing else, so tokenise the evaluation set
    first, as above, or it is augmented too.

    Only the first sub-token of a word bears its label; the others, and special tokens, get -100.

    Args:
        tokenizer: a fast tokenizer.
        augmenter: any augmenter; ``None`` tokenises and pads only. A row that it rejects is used
            as it was. Its ``seed`` counts, beside the draw for each batch.
        tokens_column: column with the words.
        tags_column: column with one tag per word, integers or strings.
        label_names: the name of each label id; needed for string tags, and for augmenting integer
            ones.
        max_length: longest sequence in sub-tokens; default: the tokenizer's own limit.
        p: share of the rows that are augmented.
        pad_to_multiple_of: pad to a multiple of this many sub-tokens, for tensor cores.

    Raises:
        ValueError: if ``p`` is no probability, a row is damaged, or ``label_names`` is missing
            where it is needed.

    Fresh numbers come from torch's default generator, one draw for each batch: training repeats
    under ``transformers.set_seed``, epochs differ, and so do the data loader's workers.
    """

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerBase,
        augmenter: Augmenter | None = None,
        tokens_column: str = "tokens",
        tags_column: str = "ner_tags",
        label_names: Sequence[str] | None = None,
        max_length: int | None = None,
        p: float = 1.0,
        pad_to_multiple_of: int | None = None,
    ) -> None:
        from transformers import DataCollatorForTokenClassification

        self.tokenizer = tokenizer
        self.augmenter = augmenter
        self.tokens_column = tokens_column
        self.tags_column = tags_column
        self.label_names = None if label_names is None else list(label_names)
        self.max_length = max_length
        self.p = check_probability("p", p)
        self._pad = DataCollatorForTokenClassification(
            tokenizer, pad_to_multiple_of=pad_to_multiple_of
        )

    def __call__(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Tensor]:
        """A padded batch: ``input_ids``, ``attention_mask``, ``labels``, each (rows, length)."""
        if "input_ids" not in rows[0]:
            columns = {
                name: [row[name] for row in rows] for name in (self.tokens_column, self.tags_column)
            }
            self._check(columns)
            tokenized = self.tokenize(self._augment(columns) if self.augmenter else columns)
        else:
            tokenized = {name: [row[name] for row in rows] for name in rows[0]}
        wanted = (*self.tokenizer.model_input_names, "labels")
        columns = {name: tokenized[name] for name in wanted if name in tokenized}
        return dict(self._pad([{k: v[i] for k, v in columns.items()} for i in range(len(rows))]))

    def tokenize(self, rows: Mapping[str, Any]) -> dict[str, list[Any]]:
        """Tokenise a batch of rows without augmenting: for ``dataset.map(..., batched=True)``."""
        self._check(rows)
        encoded = self.tokenizer(
            list(rows[self.tokens_column]),
            is_split_into_words=True,
            truncation=True,
            max_length=self.max_length,
        )
        labels = []
        for i, tags in enumerate(rows[self.tags_column]):
            ids = self._label_ids(tags)
            previous = None
            row_labels = []
            for word in encoded.word_ids(i):
                first = word is not None and word != previous
                # A word whose label is open (-1, or None) is not learnt from.
                row_labels.append(ids[word] if first and ids[word] >= 0 else IGNORED)
                previous = word
            labels.append(row_labels)
        return {**encoded, "labels": labels}

    def _check(self, rows: Mapping[str, Any]) -> None:
        """Refuse what no tokenizer can read, and tags that do not fit the words."""
        pairs = zip(rows[self.tokens_column], rows[self.tags_column], strict=True)
        for i, (tokens, tags) in enumerate(pairs):
            if tokens is None or tags is None:
                column = self.tokens_column if tokens is None else self.tags_column
                self._bad(i, column, "is None", "leave such rows out with dataset.filter(...)")
            for k, token in enumerate(tokens):
                if not isinstance(token, str):
                    problem = f"token {k} is {token!r}, not a string"
                    self._bad(i, self.tokens_column, problem, "mend it")
                if not token.isascii() and _SURROGATE.search(token):
                    problem = (
                        f"token {k} ({token[:40]!a}) holds half a character (a lone surrogate, as "
                        "broken JSON has them), which no tokenizer can read"
                    )
                    self._bad(i, self.tokens_column, problem, "replace it, or leave the row out")
            if len(tokens) != len(tags):
                problem = f"has {len(tags)} tags for {len(tokens)} tokens"
                self._bad(i, self.tags_column, problem, "each token needs one tag")

    @staticmethod
    def _bad(row: int, column: str, problem: str, remedy: str) -> NoReturn:
        raise ValueError(f"row {row} of this batch, column {column!r}: {problem}; {remedy}")

    def _augment(self, columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
        import torch

        assert self.augmenter is not None
        draw = int(torch.randint(2**62, ()).item())
        coin = Random(draw).random
        chosen = [i for i in range(len(columns[self.tokens_column])) if coin() < self.p]
        if not chosen:
            return columns
        names = ColumnNames(
            self.tokens_column,
            self.tags_column,
            label_names=self.label_names,
            aligned=(),
            scheme=self.augmenter.scheme,
        )
        batch = Batch(
            {name: [column[i] for i in chosen] for name, column in columns.items()}, names
        )
        for i, (change,) in zip(
            chosen, row_changes(self.augmenter, batch, 1, first_copy=draw), strict=True
        ):
            for name, column in columns.items():
                if change is not None and name in change:
                    column[i] = change[name]
        return columns

    def _label_ids(self, tags: Sequence[Any]) -> Sequence[int]:
        if not any(isinstance(tag, str) for tag in tags):
            return [MISSING_LABEL if tag is None else tag for tag in tags]
        if self.label_names is None:
            raise ValueError(
                f"column {self.tags_column!r} holds strings such as {tags[0]!r}; pass label_names= "
                "(the name of each label id, in the order of the model's labels)"
            )
        unknown = sorted(set(tags) - {None, *self.label_names})
        if unknown:
            raise ValueError(
                f"column {self.tags_column!r} holds {', '.join(map(repr, unknown))}, not among "
                f"label_names {self.label_names}; add what is missing"
            )
        return [MISSING_LABEL if tag is None else self.label_names.index(tag) for tag in tags]
