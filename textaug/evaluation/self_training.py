"""Self-training: label raw sentences with models trained on the labelled ones."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Unpack

from textaug import offline
from textaug.augmenters.default_policy import default_policy
from textaug.core.augmenter import Augmenter
from textaug.core.batch import Batch
from textaug.core.columns import JUDGED, LABEL_SOURCE, MISSING_LABEL, ColumnNames, Settings
from textaug.core.example import Example
from textaug.core.finding import dataset_schema
from textaug.core.reading import read_examples
from textaug.core.schema import Schema
from textaug.core.sources import data_of, split_of
from textaug.core.validation import check_at_least_one, check_probability
from textaug.evaluation.judged_rows import JudgedRows, balance, check_given, sure_labels
from textaug.evaluation.out_of_sample import label_names
from textaug.evaluation.teacher_folds import TeacherFolds
from textaug.evaluation.training_copies import silent
from textaug.io.conll import looks_like_conll
from textaug.io.load import load
from textaug.language.english import is_not_english, mostly_english
from textaug.language.tokenization import without_blanks
from textaug.models.loading import ModelSpec
from textaug.models.teachers import SentenceTeacher, WordTeacher

if TYPE_CHECKING:
    from datasets import Dataset

logger = logging.getLogger("textaug")


@dataclass(frozen=True)
class SelfTraining:
    """The result of :func:`self_train`; ``print`` shows it in a few lines.

    Attributes:
        dataset: the labelled rows, then the new ones, with the columns that both have: words,
            labels, ``label_source`` and ``label_weight`` (which keep what they held).
        scores: of each round, F1 or accuracy on rows that its teachers were trained without, in
            points; empty with ``teacher=``.
        metric: ``"F1"`` or ``"accuracy"``.
        best: the round whose labels are used, from 1; 0 with ``teacher=``.
        labels: how often each type of mention, or each class, stands in the new rows.
        known: the share of the new rows' words that have a label.
        left_out: raw sentences that are not used, by reason.
    """

    dataset: Dataset = field(repr=False)
    scores: Sequence[float]
    metric: str
    best: int
    labels: Mapping[str, int]
    known: float
    left_out: Mapping[str, int]

    def __str__(self) -> str:
        new = sum(source == JUDGED for source in self.dataset[LABEL_SOURCE])
        rounds = ", ".join(f"{score:.1f}" for score in self.scores)
        lines = [f"{new:,} raw sentences labelled; {self.known:.0%} of their words have a label"]
        if self.scores:
            lines.append(f"{self.metric} out of fold by round: {rounds} (round {self.best} used)")
        found = ", ".join(f"{label} {number:,}" for label, number in self.labels.items())
        lines.append(f"labels: {found or 'none'}")
        lines += [f"left out: {number:,} {reason}" for reason, number in self.left_out.items()]
        return "\n".join(lines)


def self_train(
    labelled: Any,
    unlabelled: Any,
    *,
    augmenter: Callable[..., Augmenter] | None = default_policy,
    model: str | None = None,
    teacher: str | None = None,
    folds: int = 3,
    rounds: int = 2,
    sure: float = 0.5,
    most: int = 5000,
    held_out: Any = None,
    cache_dir: str | None = None,
    device: str | None = None,
    show_progress_bar: bool = True,
    split: str = "train",
    **settings: Unpack[Settings],
) -> SelfTraining:
    """Label raw sentences by models that are trained on the labelled ones.

    For mentions as tags, and for one label of the sentence. A teacher is trained for each fold, on
    the other folds and their augmented copies. The fold itself says how sure is sure (temperature
    scaling, Guo et al. 2017) and how good the teachers are. In later rounds a teacher also trains
    on what it was sure of itself. The mean over the teachers labels the raw sentences.

    **The new labels are judgements, and some are wrong.** Their rows say ``"self-training"`` in the
    column ``label_source``, and ``label_weight`` is the mean probability of their labels. A word
    that the teachers are not sure of has no label (-1, or ``None`` among strings), so the rest of
    its sentence can be used. A sentence whose class is not sure is left out.

    Train on ``result.dataset`` with :class:`~textaug.AugmentingDataCollator` and an augmenter made
    from the labelled rows alone: rows without a missing label are augmented, and words without a
    label do not count in the loss.

    Args:
        labelled: the sample; anything that :func:`textaug.load` takes.
        unlabelled: raw sentences of the same kind: a data set with words or text (its labels are
            not read; the column named as that of the labelled rows comes first), a list of strings,
            a file; ``.txt`` has one sentence a line.
        augmenter: makes an augmenter from a data set, for the teachers; ``None``: no copies.
        model: the encoder of the teachers, which stays as it is; default: MiniLM of the extra
            ``offline``.
        teacher: a model for token or sequence classification, trained on this sample, to label with
            instead: a folder or a name on the hub. There are no folds and no rounds then.
        folds: how many teachers there are.
        rounds: at most; the best one by the folds is used.
        sure: probability from which on a label counts. At 0.5 it is likelier than all others
            together; at 0.9, fewer labels are wrong, and taggers trained on them find less: what
            is hard to recognise is missing.
        most: raw sentences used, drawn at random if there are more. In memory each takes about 120
            kB (MiniLM, 25 words).
        held_out: data of which no sentence is used, such as the test split (of several splits,
            ``"test"``). Sentences are the same if they differ in white space or tokens alone.
        cache_dir: where finished teachers are kept, so that the same call goes on where it was
            stopped; default: ``textaug`` in ``HF_HOME``.
        device: default: a GPU if there is one.
        show_progress_bar: over all teachers.
        split: the split of each ``DatasetDict``.
        **settings: see :class:`~textaug.Augmenter`; ``seed`` is that of folds and teachers.

    Raises:
        TypeError: for labelled rows that are a stream.
        ValueError: if there are no tags and not exactly one label of the sentence, nothing is
            labelled or some of it by an earlier call, no raw sentence is left, or there are fewer
            sentences than folds.

    >>> from textaug.corpora import builtin_corpus
    >>> data = builtin_corpus()
    >>> raw = ["Ada Holm moved to Lund in May.", "It rained."]
    >>> few = data["train"].select(range(12))
    >>> result = self_train(
    ...     few, raw, augmenter=None, folds=2, rounds=1, show_progress_bar=False
    ... )
    >>> result.dataset[12]["tokens"][:2], result.dataset[12]["label_source"]
    (['Ada', 'Holm'], 'self-training')
    """
    from datasets import Dataset

    check_at_least_one(folds=folds, rounds=rounds, most=most)
    check_probability("sure", sure)
    data = split_of(labelled, split)
    if not isinstance(data, Dataset):
        raise TypeError(
            f"the labelled rows are {type(data).__name__}, and each is read several times; pass a "
            "datasets.Dataset, such as Dataset.from_list(list(rows))"
        )
    check_given(data)
    schema = dataset_schema(data, ColumnNames.from_settings(settings))
    gold = read_examples(data, split, settings)
    spec = ModelSpec(model or offline.encoder(), device=device)
    teachers = _teachers_for(schema, gold, spec)
    seed = settings.get("seed", 0)
    words = schema.tokens or schema.texts[0]
    raw, left_out = _usable(unlabelled, gold, held_out, most, seed, split, words)
    scores: list[float] = []
    if teacher is not None:
        found = teachers.by_model(teacher, raw)
        best = 0
    else:
        course = TeacherFolds(teachers, data, gold, raw, augmenter, rounds, seed, settings)
        runs = course.all(folds, cache_dir, show_progress_bar)
        scores = [teachers.score(gold, own) for own, _ in runs]
        best = max(range(len(runs)), key=scores.__getitem__)
        found = runs[best][1]
        best += 1
    labels = [sure_labels(teachers, each, sure) for each in found]
    balance(teachers, labels, found, gold)
    rows = JudgedRows(data, schema, teachers, gold, raw, labels, found)
    left_out.update(rows.left_out)
    with silent():
        dataset = rows.dataset()
    result = SelfTraining(
        dataset,
        [round(score, 2) for score in scores],
        teachers.metric,
        best,
        rows.counts(),
        rows.known(),
        left_out,
    )
    if not result.labels:
        what = "mention" if isinstance(teachers, WordTeacher) else "class"
        logger.warning("self_train: the teachers are sure of no %s in %s sentences", what, len(raw))
    if rows.other_columns:
        logger.warning(
            "self_train: the result has no column %s: nothing says what the new rows hold there",
            ", ".join(rows.other_columns),
        )
    logger.info("self_train: %s", result)
    return result


def _teachers_for(
    schema: Schema, gold: Sequence[Example], model: ModelSpec
) -> WordTeacher | SentenceTeacher:
    """What labels sentences as the data set does."""
    if schema.tags is not None and (schema.scheme is None or schema.scheme.name != "plain"):
        if not any(example.spans for example in gold):
            raise ValueError("no mention is labelled, so there is nothing to learn from")
        return WordTeacher(label_names(gold), model)
    if len(schema.texts) > 1:
        raise ValueError(
            f"self_train labels one text of a row; there are {', '.join(schema.texts)}: pass "
            "text_column="
        )
    single = len(schema.labels) == 1 and not any(
        isinstance(each, tuple) for example in gold for each in example.labels
    )
    if not single or schema.spans:
        raise ValueError(
            "self_train labels mentions that are tags, or one label of the sentence; this data set "
            f"has: {schema}. Declare the other columns with roles={{'column': 'keep'}}, or convert "
            "spans to tags (textaug convert FILE --to conll)"
        )
    given = {example.labels[0] for example in gold} - {None}
    if any(isinstance(label, float) for label in given):
        raise ValueError(
            f"column {schema.labels[0]!r} holds numbers with fractions, and self_train needs "
            "classes: make some of them, or declare another column (roles={'column': 'label'})"
        )
    known = sorted(given, key=str)
    if MISSING_LABEL in given:
        raise ValueError(
            f"column {schema.labels[0]!r} holds {MISSING_LABEL}, which means a missing label in "
            "training; leave such rows out with dataset.filter(...), or give the classes names"
        )
    if len(known) < 2:
        raise ValueError(f"all labelled rows have the label {known}; two or more are needed")
    return SentenceTeacher(known, model)


def _usable(
    unlabelled: Any,
    gold: Sequence[Example],
    held_out: Any,
    most: int,
    seed: int,
    split: str,
    words: str,
) -> tuple[list[Example], dict[str, int]]:
    """Raw sentences to label, and why others are left out."""
    data = read_raw(unlabelled, split)
    # The same sentence may be tokenized in another way elsewhere.
    known = {without_blanks(example.tokens): "the same as a labelled sentence" for example in gold}
    if held_out is not None:
        for example in _unlabelled(_held_out(held_out, split), words):
            known.setdefault(without_blanks(example.tokens), "the same as a held-out sentence")
    in_english = mostly_english([example.tokens for example in gold])
    left_out: Counter[str] = Counter()
    found = []
    for example in _unlabelled(data, words):
        letters = without_blanks(example.tokens)
        reason = known.get(letters)
        if not example.tokens:
            reason = "empty"
        elif reason is None and in_english and is_not_english(example.tokens):
            reason = "in another language"
        if reason:
            left_out[reason] += 1
            continue
        known[letters] = "the same as another raw sentence"
        found.append(example)
    if not found:
        raise ValueError(f"no raw sentence is left to label ({dict(left_out) or 'there is none'})")
    if len(found) > most:
        left_out["more than most="] = len(found) - most
        found = Random(seed).sample(found, most)
    return found, dict(left_out)


def read_raw(given: Any, split: str = "train") -> Any:
    """The data set of what :func:`self_train` takes as raw sentences."""
    return split_of(_loaded(given), split)


def _loaded(given: Any) -> Any:
    """A data set, or a dict of splits; ``None`` in a list of strings is an empty sentence."""
    if isinstance(given, (list, tuple)):
        given = list(given)
        if any(isinstance(each, str) for each in given):
            for row, each in enumerate(given):
                if each is not None and not isinstance(each, str):
                    raise ValueError(
                        f"raw sentence {row} is {each!r:.40}, not a string as others; leave it out"
                    )
            given = ["" if each is None else each for each in given]
    elif isinstance(given, (str, PathLike)):
        path = Path(given).expanduser()
        if path.suffix.lower() == ".txt" and path.is_file() and not looks_like_conll(path):
            given = load(path, format="text")
    return data_of(given)


def _held_out(given: Any, split: str) -> Any:
    """The test split of several, also in a folder; the only one of others."""
    data = _loaded(given)
    if isinstance(data, Mapping):
        split = "test" if "test" in data or len(data) > 1 else next(iter(data))
    return split_of(data, split)


def _unlabelled(data: Any, words: str) -> list[Example]:
    """The words of a data set, without labels; a row without words has none.

    Args:
        data: any data set.
        words: the column of the labelled rows, which is read if there is one of that name.
    """
    column = words
    if words not in (data.column_names or data.features or ()):
        schema = dataset_schema(data, ColumnNames(), is_sound=False)
        column = schema.tokens or next(iter(schema.texts), "")
        if not column:
            raise ValueError(f"no column of words or text among {', '.join(schema.columns)}")
    batches = data.select_columns([column]).with_format(None).iter(1000)
    values = [value for batch in batches for value in batch[column]]
    is_text = any(isinstance(value, str) for value in values)
    names = ColumnNames(text=(column,)) if is_text else ColumnNames(tokens=column)
    # In one batch, so that an error has the number of the row.
    rows = [("" if is_text else []) if value is None else value for value in values]
    return list(Batch({column: rows}, names).examples()) if rows else []
