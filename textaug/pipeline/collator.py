"""New augmentation in every epoch, inside the Hugging Face ``Trainer``."""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Any, NoReturn

from textaug.core import tag_schemes
from textaug.core.arrow import to_plain
from textaug.core.augmenter import Augmenter
from textaug.core.batch import Batch
from textaug.core.columns import IGNORED, MISSING_LABEL, ColumnNames
from textaug.core.rng import HashRandom
from textaug.core.rows import row_changes
from textaug.core.validation import check_label_names, check_probability
from textaug.pipeline.calling_trainer import TrainerCall, calling_trainer

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedTokenizerBase

logger = logging.getLogger("textaug")

DRAW_BITS = 62
SURROGATE = re.compile(r"[\ud800-\udfff]")
BROKEN_HALF = (
    "contains a lone surrogate (half a character, as in broken JSON), which no tokenizer can read"
)
BROKEN_REMEDY = "replace it, or leave the row out"


class AugmentingDataCollator:
    """Augments, tokenises and pads rows of words and tags, with a new sample for every batch.

    It reads the columns of the data set, so the ``Trainer`` must not remove them::

        collator = AugmentingDataCollator(tokenizer, augmenter, label_names=names)
        Trainer(
            model,
            TrainingArguments(..., remove_unused_columns=False),
            train_dataset=train,
            eval_dataset=validation,
            data_collator=collator,
        )

    **Only training rows are augmented.** ``Trainer.evaluate`` and ``Trainer.predict`` get their
    rows unchanged, also during training and with workers. In a loop of your own, even over
    ``trainer.get_eval_dataloader()``, every batch is augmented: pass :meth:`for_evaluation` to the
    data loader of an evaluation. Rows that already have ``input_ids`` (see :meth:`tokenize`) are
    only padded.

    Only the first sub-token of a word has its label; the others, and special tokens, have -100.
    A row longer than ``max_length`` is truncated, and a warning names the first such row.

    Inside a ``Trainer`` the samples depend on ``TrainingArguments.seed``, the epoch and the batch,
    so training that is resumed from a checkpoint gives the same weights as without a break.
    Elsewhere, and with ``dataloader_persistent_workers``, each batch takes a number from torch's
    default generator: ``transformers.set_seed`` makes training reproducible, and epochs and workers
    differ.

    Args:
        tokenizer: a fast tokenizer. A byte-level one needs ``add_prefix_space=True``.
        augmenter: any augmenter; ``None`` tokenises and pads only. A row that it rejects is used
            unchanged. Its ``seed`` matters too.
        tokens_column: column with the words.
        tags_column: column with one tag per word, integers or strings.
        label_names: the name of each label id; needed for string tags, and for augmenting integer
            ones.
        max_length: longest sequence in sub-tokens; default: the tokenizer's own limit.
        p: share of the rows that are augmented.
        pad_to_multiple_of: pad to a multiple of this many sub-tokens, for tensor cores.

    Raises:
        ValueError: if ``p`` is not a probability, a row is damaged or lacks a column, the
            tokenizer splits words unlike running text, or ``label_names`` is needed and missing.
    """

    COLUMN_ARGUMENTS = "tokens_column= and tags_column="

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

        self._set(tokenizer, augmenter, label_names, max_length, p)
        self.tokens_column = tokens_column
        self.tags_column = tags_column
        self._pad: Any = DataCollatorForTokenClassification(
            tokenizer, pad_to_multiple_of=pad_to_multiple_of
        )
        _check_tokenizer(tokenizer)

    def _set(
        self,
        tokenizer: PreTrainedTokenizerBase,
        augmenter: Augmenter | None,
        label_names: Sequence[str] | None,
        max_length: int | None,
        p: float,
    ) -> None:
        self.tokenizer = tokenizer
        self.augmenter = augmenter
        names = check_label_names(label_names)
        self.label_names = None if names is None else list(names)
        self.max_length = max_length
        self.p = check_probability("p", p)
        self._call: TrainerCall | None = None  # the loop that it was pickled for
        self._has_warned = False

    def __repr__(self) -> str:
        shown = [type(self.tokenizer).__name__, repr(self.augmenter)]
        shown += [] if self.label_names is None else [f"label_names=<{len(self.label_names)}>"]
        shown += [] if self.p == 1 else [f"p={self.p}"]
        return f"{type(self).__name__}({', '.join(shown)})"

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_call": calling_trainer(), "_has_warned": False}

    def __call__(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Tensor]:
        """A padded batch: ``input_ids``, ``attention_mask``, ``labels``, each (rows, length)."""
        if "input_ids" in rows[0]:
            tokenized = {name: [row[name] for row in rows] for name in rows[0]}
        else:
            columns = self._read(rows)
            call = calling_trainer() or self._call
            if self.augmenter is not None and (call is None or call.is_training):
                columns = self._augment(columns, self.augmenter, call)
            tokenized = self.tokenize(columns)
        wanted = (*self.tokenizer.model_input_names, "labels")
        columns = {name: tokenized[name] for name in wanted if name in tokenized}
        return dict(self._pad([{k: v[i] for k, v in columns.items()} for i in range(len(rows))]))

    def for_evaluation(self) -> AugmentingDataCollator:
        """The same collator without its augmenter, for a data loader of your own."""
        collator = copy.copy(self)
        collator.augmenter = None
        return collator

    def tokenize(self, rows: Mapping[str, Any]) -> dict[str, list[Any]]:
        """Tokenise a batch of rows without augmenting: for ``dataset.map(..., batched=True)``."""
        self._check(rows)
        sentences = list(rows[self.tokens_column])
        encoded = self.tokenizer(
            sentences, is_split_into_words=True, truncation=True, max_length=self.max_length
        )
        labels = []
        for i, tags in enumerate(rows[self.tags_column]):
            ids = self._label_ids(tags)
            previous = None
            row_labels = []
            for word in encoded.word_ids(i):
                first = word is not None and word != previous
                # A word with a missing label (-1 or None) is ignored in training.
                row_labels.append(ids[word] if first and ids[word] >= 0 else IGNORED)
                previous = word
            labels.append(row_labels)
            if not self._has_warned:
                self._warn_of_lost_labels(sentences[i], ids, set(encoded.word_ids(i)))
        return {**encoded, "labels": labels}

    def _columns(self) -> tuple[str, str]:
        """The column that is augmented, and that of the labels."""
        return self.tokens_column, self.tags_column

    def _names(self, augmenter: Augmenter) -> ColumnNames:
        return ColumnNames(
            self.tokens_column,
            self.tags_column,
            label_names=self.label_names,
            aligned=(),
            scheme=augmenter.scheme,
        )

    def _read(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
        names = self._columns()
        if missing := [name for name in names if name not in rows[0]]:
            raise ValueError(
                f"rows have no column {missing[0]!r} (columns: {', '.join(rows[0]) or 'none'}); "
                "pass remove_unused_columns=False in TrainingArguments, or the Trainer removes the "
                "columns that the model does not take. If the columns have other names, pass "
                f"{self.COLUMN_ARGUMENTS}"
            )
        columns = {name: [to_plain(row[name]) for row in rows] for name in names}
        self._check(columns)
        return columns

    def _check(self, rows: Mapping[str, Any]) -> None:
        """Reject tokens that no tokenizer can read, and tags that do not fit the words."""
        pairs = zip(rows[self.tokens_column], rows[self.tags_column], strict=True)
        for i, (tokens, tags) in enumerate(pairs):
            if tokens is None or tags is None:
                column = self.tokens_column if tokens is None else self.tags_column
                self._bad(i, column, "is None", "leave such rows out with dataset.filter(...)")
            for k, token in enumerate(tokens):
                if not isinstance(token, str):
                    problem = f"token {k} is {token!r}, not a string"
                    self._bad(i, self.tokens_column, problem, "fix it")
                if not token.isascii() and SURROGATE.search(token):
                    problem = f"token {k} ({token[:40]!a}) {BROKEN_HALF}"
                    self._bad(i, self.tokens_column, problem, BROKEN_REMEDY)
            if len(tokens) != len(tags):
                problem = f"has {len(tags)} tags for {len(tokens)} tokens"
                self._bad(i, self.tags_column, problem, "each token needs one tag")

    @staticmethod
    def _bad(row: int, column: str, problem: str, remedy: str) -> NoReturn:
        raise ValueError(f"row {row} of this batch, column {column!r}: {problem}; {remedy}")

    def _augment(
        self, columns: dict[str, list[Any]], augmenter: Augmenter, call: TrainerCall | None
    ) -> dict[str, list[Any]]:
        draw = self._draw(columns, call)
        coin = Random(draw).random
        drawn = [i for i in range(len(columns[self._columns()[0]])) if coin() < self.p]
        # Words without a label may belong to a mention, so nothing around them is moved.
        chosen = [i for i in drawn if not self._is_partly_labelled(columns, i)]
        if not chosen:
            return columns
        names = self._names(augmenter)
        some = {name: [column[i] for i in chosen] for name, column in columns.items()}
        try:
            changes = row_changes(augmenter, Batch(some, names), 1, first_copy=draw)
        except ValueError:
            for _ in Batch(columns, names).examples():  # names a damaged row by its own number
                pass
            raise
        for i, (change,) in zip(chosen, changes, strict=True):
            for name, column in columns.items():
                if change is not None and name in change:
                    column[i] = change[name]
        return columns

    def _is_partly_labelled(self, columns: Mapping[str, Sequence[Any]], row: int) -> bool:
        """Whether labels of mentions are missing; labels of single words may be."""
        tags = columns[self.tags_column][row]
        is_open = not {MISSING_LABEL, IGNORED, None}.isdisjoint(tags)
        return is_open and any(map(tag_schemes.prefixed, self.label_names or ()))

    def _draw(self, columns: Mapping[str, Sequence[Any]], call: TrainerCall | None) -> int:
        """The number that makes this batch's augmentation differ from any other's."""
        import torch

        if call is None or call.epoch is None:
            return int(torch.randint(2**DRAW_BITS, ()).item())
        # Not from torch's generator: a resumed Trainer makes its first batches before it restores
        # the state of that generator.
        texts = columns[self._columns()[0]]
        text = "\n".join(each if isinstance(each, str) else " ".join(each) for each in texts)
        key = f"{call.seed} {call.epoch} {text}".encode(errors="surrogatepass")
        return HashRandom(key).getrandbits(DRAW_BITS)

    def _label_ids(self, tags: Sequence[Any]) -> Sequence[int]:
        tags = to_plain(tags)
        if not any(isinstance(tag, str) for tag in tags):
            most = len(self.label_names) if self.label_names is not None else None
            for tag in tags:
                is_id = isinstance(tag, int) and (most is None or tag < most)
                if tag is not None and (not is_id or (tag < 0 and tag not in (-1, IGNORED))):
                    known = "an id" if most is None else f"an id from 0 to {most - 1}"
                    raise ValueError(
                        f"column {self.tags_column!r} holds {tag!r}, which is not {known}, -1 or "
                        f"{IGNORED} (no label); fix it"
                    )
            return [MISSING_LABEL if tag in (None, IGNORED) else tag for tag in tags]
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

    def _warn_of_lost_labels(
        self, tokens: Sequence[str], ids: Sequence[int], encoded: set[int | None]
    ) -> None:
        """Warn once if a labelled word has no sub-token for its label."""
        lost = [i for i, label in enumerate(ids) if label >= 0 and i not in encoded]
        if not lost:
            return
        self._has_warned = True
        limit = self.max_length or self.tokenizer.model_max_length
        cut = lost[-1] == len(tokens) - 1 and len(tokens) - lost[0] == len(lost)
        logger.warning(
            "%s of the %s labels of the row %r are not used: %s. Further rows are not reported",
            len(lost),
            len(ids),
            f"{' '.join(tokens)[:60]}…",
            f"it has more than {limit} sub-tokens; split long rows into sentences, or pass a "
            "larger max_length= if the model takes one"
            if cut
            else f"the tokenizer has no sub-token for {tokens[lost[0]]!r}",
        )


def _check_tokenizer(tokenizer: PreTrainedTokenizerBase) -> None:
    """Reject a tokenizer that gives a list of words other sub-tokens than the running text."""
    words = ["the", "end"]
    apart = tokenizer(words, is_split_into_words=True, add_special_tokens=False)["input_ids"]
    together = tokenizer(" ".join(words), add_special_tokens=False)["input_ids"]
    if apart != together:
        backend = tokenizer.backend_tokenizer
        if hasattr(backend.pre_tokenizer, "add_prefix_space"):
            remedy = (
                "load it with AutoTokenizer.from_pretrained(..., add_prefix_space=True) or, if "
                "that has no effect, set "
                "tokenizer.backend_tokenizer.pre_tokenizer.add_prefix_space = True"
            )
        else:
            remedy = (
                "set tokenizer.backend_tokenizer.normalizer = tokenizers.normalizers.Prepend(' ')"
                + (", in a Sequence after its present normalizer" if backend.normalizer else "")
            )
        raise ValueError(
            f"{type(tokenizer).__name__} gives separate words other sub-tokens than running text, "
            f"as byte-level tokenizers do without a space before each word; {remedy}"
        )
