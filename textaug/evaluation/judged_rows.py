"""The rows that self-training adds: which labels are sure, and how they are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textaug.core import tag_schemes
from textaug.core.columns import GIVEN, JUDGED, LABEL_SOURCE, LABEL_WEIGHT, MISSING_LABEL
from textaug.core.example import Example
from textaug.core.schema import Schema
from textaug.evaluation.report_page import Section
from textaug.models.teachers import SentenceTeacher, WordTeacher
from textaug.models.word_head import IGNORED

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
    share = Counter(
        label for example in gold for label in ([span.label for span in example.spans]
        if isinstance(teacher, WordTeacher) else map(str, example.labels))
    )  # fmt: skip
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


class JudgedRows:
    """The new rows, in the columns of the labelled ones.

    Attributes:
        unsure: the number of raw sentences with too few sure labels, which are left out.
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
        self._gold = gold
        self._data, self._schema, self._teacher = data, schema, teacher
        self._rows = [
            (example, own, scores)
            for example, own, scores in zip(raw, labels, found, strict=True)
            if sum(n != IGNORED for n in own) >= max(1, SMALLEST_KNOWN * len(own))
        ]
        self.unsure = len(raw) - len(self._rows)

    def known(self) -> float:
        """The share of units with a label."""
        units = [n != IGNORED for _, own, _ in self._rows for n in own]
        return sum(units) / max(1, len(units))

    def counts(self) -> dict[str, int]:
        """How often each type or class is labelled."""
        counts: Counter[str] = Counter()
        for _, own, _ in self._rows:
            if isinstance(self._teacher, SentenceTeacher):
                counts[str(self._teacher.labels[own[0]])] += 1
            else:
                names = ["O" if n == IGNORED else self._teacher.labels[n] for n in own]
                counts.update(span.label for span in tag_schemes.to_spans(names))
        return dict(sorted(counts.items()))

    def dataset(self) -> Dataset:
        """The labelled rows and the new ones, with the columns that say where labels come from."""
        from datasets import Dataset, Features, Value, concatenate_datasets

        schema = self._schema
        words = schema.tokens or schema.texts[0]
        target = schema.tags if isinstance(self._teacher, WordTeacher) else schema.labels[0]
        assert target is not None
        kept = self._data.select_columns([words, target])
        features = Features(
            {**kept.features, LABEL_SOURCE: Value("string"), LABEL_WEIGHT: Value("float32")}
        )
        new = {
            words: [
                list(example.tokens) if schema.tokens else example.text
                for example, _, _ in self._rows
            ],
            target: self._values(kept, target),
            LABEL_SOURCE: [JUDGED] * len(self._rows),
            LABEL_WEIGHT: [
                sum(float(s.max()) for s, n in zip(scores, own, strict=True) if n != IGNORED)
                / sum(n != IGNORED for n in own)
                for _, own, scores in self._rows
            ],
        }
        given = kept.add_column(LABEL_SOURCE, [GIVEN] * len(kept)).add_column(
            LABEL_WEIGHT, [1.0] * len(kept)
        )
        return concatenate_datasets([given.cast(features), Dataset.from_dict(new, features)])

    def _values(self, kept: Dataset, target: str) -> list[Any]:
        teacher = self._teacher
        if isinstance(teacher, SentenceTeacher):
            value_of = {
                example.labels[0]: value
                for example, value in zip(self._gold, kept[target], strict=True)
            }
            return [value_of[teacher.labels[own[0]]] for _, own, _ in self._rows]
        names, scheme = self._schema.names, self._schema.scheme
        assert scheme is not None
        rows: list[Any] = []
        for _, own, _ in self._rows:
            found = ["O" if n == IGNORED else teacher.labels[n] for n in own]
            tags = tag_schemes.from_spans(tag_schemes.to_spans(found), len(own), scheme)
            missing = MISSING_LABEL if names else None
            rows.append([
                missing if n == IGNORED else names.index(tag) if names else tag
                for n, tag in zip(own, tags, strict=True)
            ])  # fmt: skip
        return rows
