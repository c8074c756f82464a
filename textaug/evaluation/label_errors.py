"""Mentions whose labels are wrong, found by taggers that were trained without them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Unpack

from textaug.core import tag_schemes
from textaug.core.augmenter import Augmenter
from textaug.core.columns import MISSING_LABEL, ColumnNames, Settings
from textaug.core.example import Example, Span
from textaug.core.finding import dataset_schema
from textaug.core.reading import read_examples
from textaug.core.schema import listed
from textaug.core.sources import split_of
from textaug.evaluation.doubts import Doubts, labelled, surface
from textaug.evaluation.out_of_sample import out_of_sample
from textaug.evaluation.report_page import Section
from textaug.evaluation.training_copies import with_copies

if TYPE_CHECKING:
    import numpy as np
    from datasets import Dataset, DatasetDict
    from numpy.typing import NDArray

SIMILAR = 3  # sentences shown beside an error
FORMS = ("plain", "doccano", "label-studio", "argilla")


@dataclass(frozen=True)
class LabelError:
    """A mention that is probably labelled wrong.

    Attributes:
        row: of the data set, from 0.
        start: its first token, as the label should be.
        end: the token after its last.
        words: its words.
        given: its label; ``"O"`` for none.
        suggested: the label it probably needs; ``"O"`` for none.
        kind: ``"type"``, ``"boundary"``, ``"missed"`` or ``"invented"``.
        confidence: 0..1; of errors, not of the suggestion.
        tokens: the sentence.
        similar: other rows in which the same words have the suggested label.
    """

    row: int
    start: int
    end: int
    words: str
    given: str
    suggested: str
    kind: str
    confidence: float
    tokens: tuple[str, ...]
    similar: tuple[int, ...]

    @property
    def message(self) -> str:
        """The error in one line."""
        seen = f" (as in row {', '.join(map(str, self.similar))})" if self.similar else ""
        what = f"is {self.given}, probably {self.suggested}"
        if self.kind == "boundary":
            what = f"is probably all of the {self.suggested} that begins or ends elsewhere here"
        return f"{self.words!r} {what}{seen}; {self.confidence:.2f}"


class LabelErrors(Sequence[LabelError]):
    """Errors, the surest first; ``print`` shows them as a table.

    Args:
        errors: in any order.
        examples: of the data set, by row.
        doubts: of each row the largest confidence of an error, from 0 to 1; in a row without one
            the smallest probability of a given label, negated.
    """

    def __init__(
        self, errors: Sequence[LabelError], examples: Sequence[Example], doubts: Sequence[float]
    ) -> None:
        ordered = sorted(errors, key=lambda error: (-error.confidence, error.row, error.start))
        # One predicted mention may lie across several that are given.
        surest: dict[tuple[int, int, int], LabelError] = {}
        for error in ordered:
            surest.setdefault((error.row, error.start, error.end), error)
        self._errors = list(surest.values())
        self._examples = examples
        self.doubts = list(doubts)

    def __getitem__(self, index: Any) -> Any:
        return self._errors[index]

    def __len__(self) -> int:
        return len(self._errors)

    def rows(self) -> list[int]:
        """All rows of the data set, those with the surest errors first."""
        return sorted(range(len(self.doubts)), key=lambda row: (-self.doubts[row], row))

    def section(self, most: int = 50) -> Section:
        """The surest errors as a part of the report's page.

        Args:
            most: errors shown.
        """
        rows = [
            (str(e.row), e.words, e.given, e.suggested, e.kind, f"{e.confidence:.2f}",
             " ".join(e.tokens), ", ".join(map(str, e.similar)))
            for e in self[:most]
        ]  # fmt: skip
        names = ("row", "words", "label", "probably", "kind", "confidence", "sentence", "as in row")
        text = (
            f"{len(self):,} labels are not what taggers expect that have not seen them. The surest "
            "come first; far down the list most labels are right."
        )
        return Section("Labels that may be wrong", text, names, rows)

    def __str__(self) -> str:
        lines = [f"row {e.row}, {e.kind}: {e.message}: {' '.join(e.tokens)[:80]}" for e in self]
        return "\n".join(lines) or "no label errors found"

    def unlabelled(
        self,
        dataset: Dataset,
        confidence: float = 0.5,
        **settings: Unpack[Settings],
    ) -> Dataset:
        """The data set without the labels that are probably wrong, for a training.

        The words of such a mention, as it is labelled and as it should be, get the label -1
        (``None`` among strings). A loss does not count them, and the rest of the sentence stays.

        Args:
            dataset: the one that was judged, with a column of tags.
            confidence: from which on a label counts as wrong.
            **settings: as those of :func:`label_errors`.

        Raises:
            ValueError: if the rows are not those that were judged, or have no tags.

        >>> import numpy as np
        >>> from datasets import Dataset
        >>> data = Dataset.from_dict({"tokens": [["Oslo", "won"]], "ner_tags": [["B-PER", "O"]]})
        >>> scores = [np.array([[0.01, 0.95, 0.04], [0.98, 0.01, 0.01]])]
        >>> found = label_errors(data, predictions=(["O", "B-LOC", "B-PER"], scores))
        >>> found.unlabelled(data)["ner_tags"][:]
        [[None, 'O']]
        """
        if isinstance(dataset, Mapping):
            raise ValueError(f"give the split that was judged, one of {listed(list(dataset))}")
        schema = dataset_schema(dataset, ColumnNames.from_settings(settings))
        if schema.tags is None or schema.tokens is None:
            raise ValueError(f"there is no column of tags ({schema}); convert spans to tags first")
        if len(dataset) != len(self._examples):
            raise ValueError(
                f"the data set has {len(dataset)} rows, and {len(self._examples)} were judged"
            )
        plain = dataset.with_format(None)
        for row, tokens in enumerate(plain[schema.tokens]):
            if tuple(tokens) != self._examples[row].tokens:
                raise ValueError(f"row {row} is not the one that was judged: other words")
        wrong: dict[int, set[int]] = {}
        for error in self:
            if error.confidence >= confidence:
                words = wrong.setdefault(error.row, set())
                words.update(range(error.start, error.end))
                for start, end, _ in self._examples[error.row].spans:
                    if start < error.end and error.start < end:
                        words.update(range(start, end))
        tags = plain[schema.tags][:]
        for row, words in wrong.items():
            # A label may be missing already.
            missing = None if any(isinstance(tag, str) for tag in tags[row]) else MISSING_LABEL
            tags[row] = [missing if i in words else tag for i, tag in enumerate(tags[row])]
        if wrong and "uint" in str(dataset.features[schema.tags]):
            raise ValueError(
                f"column {schema.tags!r} holds numbers without a sign, and -1 stands for a missing "
                "label; cast it first"
            )
        others = dataset.with_format(None).remove_columns(schema.tags)
        made = others.add_column(schema.tags, tags, feature=dataset.features[schema.tags])
        made = made.select_columns(dataset.column_names)  # in their order
        form = dataset.format
        return made.with_format(
            form["type"], form["columns"], form["output_all_columns"], **form["format_kwargs"]
        )

    def json_lines(self, form: str = "plain") -> Iterator[str]:
        """The errors as JSON Lines, for a tool in which people annotate again.

        Args:
            form: ``"plain"`` (one line for each error), or ``"doccano"``, ``"label-studio"`` or
                ``"argilla"``: one line for each row with an error, with its mentions and what is
                suspected.

        Raises:
            ValueError: for another form.
        """
        if form not in FORMS:
            raise ValueError(f"form={form!r}: choose from {', '.join(FORMS)}")
        if form == "plain":
            yield from (json.dumps(asdict(error), ensure_ascii=False) for error in self)
            return
        by_row: dict[int, list[LabelError]] = {}
        for error in self:
            by_row.setdefault(error.row, []).append(error)
        for row, errors in by_row.items():
            yield json.dumps(_task(form, row, self._examples[row], errors), ensure_ascii=False)


def _task(form: str, row: int, example: Example, errors: Sequence[LabelError]) -> dict[str, Any]:
    offsets, text = example.offsets(), example.text
    spans = [(offsets[start][0], offsets[end - 1][1], label) for start, end, label in example.spans]
    notes = [f"{error.kind}: {error.message}" for error in errors]
    if form == "doccano":
        return {"text": text, "label": spans, "row": row, "Comments": notes}
    if form == "argilla":
        marked = [{"start": start, "end": end, "label": label} for start, end, label in spans]
        meta = {"row": row, "confidence": errors[0].confidence}
        return {"fields": {"text": text}, "suggestions": {"spans": marked}, "metadata": meta}
    result = [
        {
            "from_name": "label",
            "to_name": "text",
            "type": "labels",
            "value": {"start": start, "end": end, "text": text[start:end], "labels": [label]},
        }
        for start, end, label in spans
    ]
    data = {"text": text, "row": row, "suspected": "; ".join(notes)}
    return {"data": data, "predictions": [{"score": errors[0].confidence, "result": result}]}


def label_errors(
    dataset: Dataset | DatasetDict,
    *,
    split: str = "train",
    folds: int = 5,
    model: str | Sequence[str] | None = None,
    repeats: int = 2,
    augmenter: Callable[..., Augmenter] | None = None,
    device: str | None = None,
    show_progress_bar: bool = True,
    predictions: tuple[Sequence[str], Sequence[NDArray[np.float32]]] | None = None,
    **settings: Unpack[Settings],
) -> LabelErrors:
    """Find mentions that are labelled wrong (Northcutt 2021; Wang & Mueller 2022, for mentions).

    The data is cut into folds. Each is judged by a tagger that is trained on the others, and what a
    tagger surely disagrees with is probably an error: another type, other borders, a mention that
    is missed or none. What the same words are labelled elsewhere counts too.

    Nothing is changed: these are probabilities, for a person to look at.

    Args:
        dataset: labelled mentions; of a ``DatasetDict`` only ``split``.
        split: which.
        folds: how many taggers are trained.
        model: an encoder, or several, whose mean counts: a larger one, and a second one beside it,
            find more; default: MiniLM of the extra ``offline``.
        repeats: how often with each encoder, with other folds; the mean counts.
        augmenter: makes an augmenter from a data set, such as :func:`~textaug.default_policy`, for
            copies of the rows that a tagger is trained on. With a few hundred rows, more of what it
            finds is wrong; it takes about three times as long. Default: no copies.
        device: default: a GPU if there is one.
        show_progress_bar: for each training.
        predictions: out-of-sample probabilities of your own instead: IOB2 labels, and for each row
            words × labels.
        **settings: see :class:`~textaug.Augmenter`; ``seed`` is that of folds and trainings.

    Returns:
        The errors, the surest first.

    Raises:
        TypeError: for a stream together with ``augmenter=``.
        ValueError: if no mention is labelled, there are fewer different sentences than folds, or
            the predictions do not fit.

    >>> import numpy as np
    >>> from datasets import Dataset
    >>> data = Dataset.from_dict({"tokens": [["Oslo"]], "ner_tags": [["B-PER"]]})
    >>> labels = ["O", "B-LOC", "B-PER"]
    >>> found = label_errors(data, predictions=(labels, [np.array([[0.01, 0.95, 0.04]])]))
    >>> found[0].given, found[0].suggested, found[0].kind
    ('PER', 'LOC', 'type')
    """
    import numpy as np

    examples = read_examples(dataset, split, settings)
    if not any(example.spans for example in examples):
        raise ValueError(
            "no mention is labelled here, so there are no labels to be wrong; give tags_column= or "
            "spans_column=, or data with mentions"
        )
    seed = settings.get("seed", 0)
    rows = split_of(dataset, split)
    if augmenter is not None and not hasattr(rows, "select"):
        raise TypeError(
            f"augmenter= needs a datasets.Dataset, not {type(rows).__name__}: each training sees "
            "other rows; make one with Dataset.from_list(list(rows))"
        )

    def training(some: Sequence[int], number: int) -> list[Example]:
        return with_copies(rows.select(some), augmenter, {**settings, "seed": seed + number})

    if predictions is None:
        predictions = out_of_sample(
            examples,
            folds=folds,
            training=None if augmenter is None else training,
            seed=seed,
            model=model,
            repeats=repeats,
            device=device,
            show_progress_bar=show_progress_bar,
        )
    labels, scores = predictions
    _check(labels, scores, examples)
    scores = [np.asarray(each) for each in scores]
    judge = Doubts(labels, examples)
    index = labelled(examples)
    errors, doubts = [], []
    for row, (example, each) in enumerate(zip(examples, scores, strict=True)):
        # A word that is nearly a mention is none that a tagger predicts, but a reason to look.
        largest = -judge.least(example, each)
        for doubt in judge.of(example, each):
            if doubt.confidence > 0:
                largest = max(largest, doubt.confidence)
                span = Span(doubt.start, doubt.end, doubt.suggested)
                same = [r for r, label in index.get(surface(example, span), ()) if r != row
                        and label == doubt.suggested]  # fmt: skip
                words = " ".join(example.tokens[doubt.start : doubt.end])
                similar = tuple(dict.fromkeys(same))[:SIMILAR]
                errors.append(LabelError(
                    row, doubt.start, doubt.end, words, doubt.given, doubt.suggested, doubt.kind,
                    round(doubt.confidence, 4), example.tokens, similar,
                ))  # fmt: skip
        doubts.append(largest)
    return LabelErrors(errors, examples, doubts)


def _check(
    labels: Sequence[str], scores: Sequence[NDArray[np.float32]], examples: Sequence[Example]
) -> None:
    import numpy as np

    if len(scores) != len(examples):
        raise ValueError(f"predictions for {len(scores)} rows, but there are {len(examples)}")
    if "O" not in labels or len(set(labels)) < len(labels):
        raise ValueError(f"predictions need the label 'O' and each label once, not {list(labels)}")
    for row, (example, each) in enumerate(zip(examples, scores, strict=True)):
        wanted = (len(example.tokens), len(labels))
        if np.shape(each) != wanted:
            raise ValueError(
                f"predictions of row {row} have the shape {np.shape(each)}, not {wanted}"
            )
        if not (np.greater_equal(each, 0).all() and np.less(abs(np.sum(each, 1) - 1), 0.02).all()):
            raise ValueError(
                f"predictions of row {row} are not probabilities: those of a word lie in 0..1 and "
                "add up to 1; of logits take the softmax first"
            )
    types = {tag_schemes.split_tag(label)[1] for label in labels}
    for example in examples:
        for span in example.spans:
            if span.label not in types:
                raise ValueError(f"predictions have no label of type {span.label}: {labels}")
