"""The rows that self-training adds: which labels are sure, and how they are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textaug.core import tag_schemes
from textaug.core.columns import (
    GIVEN,
    IGNORED,
    JUDGED,
    LABEL_SOURCE,
    LABEL_WEIGHT,
    MISSING_LABEL,
    item_of,
)
from textaug.core.example import Example
from textaug.core.schema import Schema
from textaug.evaluation.report_page import Section
from textaug.models.teachers import SentenceTeacher, WordTeacher

if TYPE_CHECKING:
    import numpy as np
    from datasets import Dataset
    from numpy.typing import NDArray

    Scores = NDArray[np.float32]

LARGEST_EXCESS = 1.5  # a type's share of the new labels, over its share of the given ones
SMALLEST_KNOWN = 0.5  # share of a row's words that must have a label


def sure_labels(teacher: WordTeacher | SentenceTeacher, scores: Scores, sure: float) -> list[int]:
    """The likeliest label of each unit; ``IGNORED`` where it is not sure, for whole mentions."""
    found = [
        int(label) if share >= sure else IGNORED
        for label, share in zip(scores.argmax(1), scores.max(1), strict=True)
    ] if len(scores) else []  # fmt: skip
    for _, units in teacher.marks(scores):
        if any(found[i] == IGNORED for i in units):
            _forget(found, units)
    return found


def _forget(labels: list[int], units: range) -> None:
    for i in units:
        labels[i] = IGNORED


def balance(
    teacher: WordTeacher | SentenceTeacher,
    labels: Sequence[list[int]],
    found: Sequence[Scores],
    gold: Sequence[Example],
) -> None:
    """Forget the least sure labels of types that are far more frequent than among the given ones.

    Otherwise what the teachers know best would crowd out what they do not.
    """
    sure: dict[str, list[tuple[float, int, range]]] = {}  # by type: how sure, row, units
    for row, (own, scores) in enumerate(zip(labels, found, strict=True)):
        for label, units in teacher.marks(scores):
            if own[units.start] != IGNORED:
                least = float(scores[units.start : units.stop].max(1).min())
                sure.setdefault(label, []).append((least, row, units))
    is_word = isinstance(teacher, WordTeacher)
    share = Counter(
        str(label)
        for example in gold
        for label in ([span.label for span in example.spans] if is_word else example.labels)
        if label is not None  # a row without a label says nothing about the classes
    )
    total = sum(map(len, sure.values()))
    for label, marks in sure.items():
        most = round(LARGEST_EXCESS * total * share[label] / share.total())
        for _, row, units in sorted(marks, key=lambda m: (-m[0], m[1]))[most:]:
            _forget(labels[row], units)


def without_judged(data: Dataset) -> tuple[Dataset, list[Section]]:
    """The rows whose labels are given, and a table of the others for the report's page."""
    if LABEL_SOURCE not in data.features:
        return data, []
    counts = Counter(data[LABEL_SOURCE][:])
    if not counts[JUDGED]:
        return data, []
    given = data.filter(lambda source: source != JUDGED, input_columns=[LABEL_SOURCE])
    text = (
        "Labels of self-training are judgements of models, and some are wrong. The rest of this "
        "page leaves these rows out."
    )
    rows = [(str(source), f"{number:,}") for source, number in counts.most_common()]
    return given, [Section("Where labels come from", text, ("labels", "rows"), rows)]


def check_given(data: Dataset) -> None:
    """Reject rows of an earlier self-training, and columns that cannot hold where labels are from.

    Raises:
        ValueError: naming the column and what to do.
    """
    for name, kinds in ((LABEL_SOURCE, ("string",)), (LABEL_WEIGHT, ("float", "int"))):
        found = str(getattr(data.features.get(name), "dtype", kinds[0]))
        if name in data.features and not found.startswith(kinds):
            raise ValueError(
                f"column {name!r} holds {found}, and self_train writes there where labels come "
                f"from: labelled.rename_column({name!r}, ...)"
            )
    sources = data.with_format(None)[LABEL_SOURCE][:] if LABEL_SOURCE in data.features else []
    if JUDGED in sources:
        raise ValueError(
            f"row {sources.index(JUDGED)}, column {LABEL_SOURCE!r}: {sources.count(JUDGED):,} "
            "labelled rows have labels of an earlier self_train, which would count as given; pass "
            f'labelled.filter(lambda row: row["{LABEL_SOURCE}"] != "{JUDGED}")'
        )


class JudgedRows:
    """The new rows, in the columns of the labelled ones.

    Attributes:
        left_out: the number of raw sentences that are not used, by reason.
        other_columns: of the labelled rows, which the new ones cannot have.
    """

    def __init__(
        self,
        data: Dataset,
        schema: Schema,
        teacher: WordTeacher | SentenceTeacher,
        gold: Sequence[Example],
        raw: Sequence[Example],
        labels: Sequence[list[int]],
        found: Sequence[Scores],
    ) -> None:
        self._schema, self._teacher = schema, teacher
        target = schema.tags if isinstance(teacher, WordTeacher) else schema.labels[0]
        assert target is not None
        self._words, self._target = schema.tokens or schema.texts[0], target
        self._data = data.with_format(None)
        kept = {self._words, target, LABEL_SOURCE, LABEL_WEIGHT}
        self.other_columns = [name for name in data.column_names if name not in kept]
        kind = data.features[target]
        self._tag_type: str = getattr(item_of(kind) or kind, "dtype", "string")
        # The classes as the column has them.
        self._value_of: dict[Any, Any] = {}
        if isinstance(teacher, SentenceTeacher):
            values = self._data[target][:]
            self._value_of = {e.labels[0]: v for e, v in zip(gold, values, strict=True)}
        self._rows = []
        self.left_out: Counter[str] = Counter()
        for example, own, scores in zip(raw, labels, found, strict=True):
            if sum(n != IGNORED for n in own) < max(1, SMALLEST_KNOWN * len(own)):
                self.left_out["without enough sure labels"] += 1
                continue
            try:
                self._rows.append((example, own, scores, self._value(own)))
            except ValueError:  # as the collator, which leaves such a copy out
                self.left_out["with tags that this data set cannot write"] += 1

    def known(self) -> float:
        """The share of units with a label."""
        units = [n != IGNORED for _, own, _, _ in self._rows for n in own]
        return sum(units) / max(1, len(units))

    def counts(self) -> dict[str, int]:
        """How often each type or class is labelled."""
        counts: Counter[str] = Counter()
        for _, own, _, _ in self._rows:
            if isinstance(self._teacher, SentenceTeacher):
                counts[str(self._teacher.labels[own[0]])] += 1
            else:
                names = ["O" if n == IGNORED else self._teacher.labels[n] for n in own]
                counts.update(span.label for span in tag_schemes.to_spans(names))
        return dict(sorted(counts.items()))

    def dataset(self) -> Dataset:
        """The labelled rows and the new ones, with the columns that say where labels come from."""
        from datasets import Dataset, Features, Value, concatenate_datasets

        words, target = self._words, self._target
        kept = self._data.select_columns([words, target])
        features = Features(
            {**kept.features, LABEL_SOURCE: Value("string"), LABEL_WEIGHT: Value("float32")}
        )
        new = {
            words: [
                list(example.tokens) if self._schema.tokens else example.text
                for example, _, _, _ in self._rows
            ],
            target: [value for _, _, _, value in self._rows],
            LABEL_SOURCE: [JUDGED] * len(self._rows),
            LABEL_WEIGHT: [
                sum(float(s.max()) for s, n in zip(scores, own, strict=True) if n != IGNORED)
                / sum(n != IGNORED for n in own)
                for _, own, scores, _ in self._rows
            ],
        }
        given = kept
        for name, usual in ((LABEL_SOURCE, GIVEN), (LABEL_WEIGHT, 1.0)):
            old = self._data[name][:] if name in self._data.features else [None] * len(kept)
            given = given.add_column(name, [usual if each is None else each for each in old])
        return concatenate_datasets([given.cast(features), Dataset.from_dict(new, features)])

    def _value(self, own: Sequence[int]) -> Any:
        """What is written for the labels of one row.

        Raises:
            ValueError: if the tag scheme or the label names of the data set lack one.
        """
        teacher = self._teacher
        if isinstance(teacher, SentenceTeacher):
            return self._value_of[teacher.labels[own[0]]]
        names, scheme = self._schema.names, self._schema.scheme
        assert scheme is not None
        found = ["O" if n == IGNORED else teacher.labels[n] for n in own]
        tags = tag_schemes.from_spans(tag_schemes.to_spans(found), len(own), scheme)
        # String tags may have names too; unsigned numbers have no -1.
        is_number = "int" in self._tag_type
        missing = MISSING_LABEL if self._tag_type.startswith("int") else None
        value_of = {tag: i if is_number else tag for i, tag in enumerate(names or tags)}
        known = [tag for n, tag in zip(own, tags, strict=True) if n != IGNORED]
        if lacking := set(known) - set(value_of):
            raise ValueError(f"no label {min(lacking)}")
        return [
            missing if n == IGNORED else value_of[tag] for n, tag in zip(own, tags, strict=True)
        ]
