"""How much a tagger that has not seen a sentence doubts each of its mentions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from textaug.core import tag_schemes
from textaug.core.example import Example, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Scores = NDArray[np.float32]

OUTSIDE = "O"
SMALLEST = 1e-6  # probability
# Chosen on 1,000 sentences of CoNLL's training set with 5% wrong types.
PRIOR = 1.0  # how much the labels of the same name elsewhere count
SMOOTHING = 0.5  # of these labels


class Doubt(NamedTuple):
    """A mention that may be labelled wrong, or be missed.

    Attributes:
        start: its first token, as the label should be.
        end: the token after its last.
        given: its label; ``"O"`` for none.
        suggested: the label it may need; ``"O"`` for none.
        kind: ``"type"``, ``"boundary"``, ``"missed"`` or ``"invented"``.
        confidence: from -1 (the label is surely right) to 1 (surely wrong).
    """

    start: int
    end: int
    given: str
    suggested: str
    kind: str
    confidence: float


class Doubts:
    """Judges mentions as wholes.

    Args:
        labels: IOB2 labels, in the order of the probabilities.
        examples: all of the data set; what a name is labelled elsewhere counts.
    """

    def __init__(self, labels: Sequence[str], examples: Sequence[Example]) -> None:
        self._labels = labels
        parts = [tag_schemes.split_tag(label) for label in labels]
        self.types = [OUTSIDE, *sorted({type_ for letter, type_ in parts if letter})]
        self._columns = [[labels.index(OUTSIDE)] if OUTSIDE in labels else []] + [
            [i for i, (letter, own) in enumerate(parts) if letter and own == type_]
            for type_ in self.types[1:]
        ]
        self._elsewhere: dict[str, Counter[str]] = {}
        for example in examples:
            for span in example.spans:
                name = surface(example, span)
                self._elsewhere.setdefault(name, Counter())[span.label] += 1

    def of(self, example: Example, scores: Scores) -> Iterator[Doubt]:
        """A doubt for each mention given, and for each predicted where none is given."""
        import numpy as np

        by_type = np.clip(self._by_type(scores), SMALLEST, 1)
        predicted = tag_schemes.to_spans([self._labels[i] for i in scores.argmax(1)])
        for span in example.spans:
            type_doubt = self._of_type(example, span, by_type)
            border_doubt = self._of_border(span, predicted, by_type)
            if border_doubt is None or type_doubt.confidence >= border_doubt.confidence:
                yield type_doubt
            else:
                yield border_doubt
        for span in predicted:
            if not any(span.start < end and start < span.end for start, end, _ in example.spans):
                mean = np.exp(np.log(by_type[span.start : span.end]).mean(0))
                sure = float(mean[self.types.index(span.label, 1)] - mean[0])
                yield Doubt(span.start, span.end, OUTSIDE, span.label, "missed", sure)

    def least(self, example: Example, scores: Scores) -> float:
        """The smallest probability of a label that is given; 1 without words."""
        given = tag_schemes.from_spans(example.spans, len(example.tokens), "IOB2")
        numbers = [self._labels.index(tag) if tag in self._labels else None for tag in given]
        return min(
            (0.0 if i is None else float(scores[word, i]) for word, i in enumerate(numbers)),
            default=1.0,
        )

    def _by_type(self, scores: Scores) -> Scores:
        """Words × types, with the two letters of a type together."""
        import numpy as np

        return np.stack([scores[:, each].sum(1) for each in self._columns], 1)

    def _of_type(self, example: Example, span: Span, by_type: Scores) -> Doubt:
        """Whether the type is another one, or there is no mention."""
        import numpy as np

        given = self.types.index(span.label, 1)  # a type may be called "O"
        logs = np.log(by_type[span.start : span.end]).mean(0)
        typed = np.exp(logs[1:] + PRIOR * self._prior(example, span))
        typed /= typed.sum()
        margin = float(np.delete(typed, given - 1).max(initial=0) - typed[given - 1])
        outside = float(np.exp(logs[0]) - np.exp(logs[1:]).sum())
        if outside > margin:
            return Doubt(span.start, span.end, span.label, OUTSIDE, "invented", outside)
        others = [i for i in np.argsort(-typed) + 1 if i != given]
        suggested = self.types[others[0]] if others else OUTSIDE
        return Doubt(span.start, span.end, span.label, suggested, "type", margin)

    def _prior(self, example: Example, span: Span) -> NDArray[np.float64]:
        """Log shares of the types that the same words have elsewhere in the data."""
        import numpy as np

        counts = self._elsewhere.get(surface(example, span), Counter())
        other = [counts[t] - (t == span.label) + SMOOTHING for t in self.types[1:]]
        return np.log(np.array(other) / sum(other))

    def _of_border(self, span: Span, predicted: Sequence[Span], by_type: Scores) -> Doubt | None:
        """Whether a mention of the type starts or ends elsewhere."""
        type_ = self.types.index(span.label, 1)
        for start, end, label in predicted:
            if label != span.label or end <= span.start or span.end <= start:
                continue
            margins = [
                float(by_type[i, 0] - by_type[i, type_]) * (1 if span.start <= i < span.end else -1)
                for i in range(min(start, span.start), max(end, span.end))
                if (start <= i < end) != (span.start <= i < span.end)
            ]
            if margins:
                sure = sum(margins) / len(margins)
                return Doubt(start, end, label, label, "boundary", sure)
        return None


def surface(example: Example, span: Span) -> str:
    """The words of a mention, the same in every case."""
    return " ".join(example.tokens[span.start : span.end]).casefold()


def labelled(examples: Sequence[Example]) -> Mapping[str, list[tuple[int, str]]]:
    """For the words of each mention the rows it is in, and its label there."""
    found: dict[str, list[tuple[int, str]]] = {}
    for row, example in enumerate(examples):
        for span in example.spans:
            found.setdefault(surface(example, span), []).append((row, span.label))
    return found
