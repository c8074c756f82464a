"""Small models over the vectors of an encoder, trained in seconds, that label sentences.

One labels each word, the other the sentence; what both know of a sentence is a list of units (its
words, or the sentence itself), each with a vector and a label.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textaug.core import tag_schemes
from textaug.core.columns import IGNORED
from textaug.core.example import Example, Span
from textaug.core.tag_spelling import USUAL, spelling_of
from textaug.models.classifier import by_model, regression
from textaug.models.fine_tuning import training_device
from textaug.models.loading import ModelSpec
from textaug.models.scores import vectors
from textaug.models.tagger import load_tagger
from textaug.models.word_head import (
    BATCH_SIZE,
    EPOCHS_LEAST,
    STEPS_LEAST,
    WordHead,
    label_numbers,
    word_vectors,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Scores = NDArray[np.float32]  # units × labels
    Predict = Callable[[Sequence[Any]], list[Scores]]

logger = logging.getLogger("textaug")

STEPS_MOST = 600  # of one training, so that a teacher takes no more than a minute or so


@dataclass(frozen=True)
class WordTeacher:
    """Labels the words of a sentence.

    Attributes:
        labels: IOB2, ``O`` first.
        model: the encoder.
    """

    labels: Sequence[str]
    model: ModelSpec
    metric: ClassVar[str] = "F1"

    def inputs(self, examples: Sequence[Example]) -> list[Any]:
        """Units × what is known of each, of every example."""
        return list(word_vectors(examples, self.model))

    def targets(self, examples: Sequence[Example]) -> list[list[int]]:
        """The label of each unit, as a number."""
        return label_numbers(examples, self.labels)

    def train(self, inputs: Sequence[Any], targets: Sequence[Sequence[int]], seed: int) -> Predict:
        """Train on units whose label is not ``IGNORED``; returns what predicts probabilities."""
        epochs = EPOCHS_LEAST * len(inputs) // BATCH_SIZE
        head = WordHead(
            inputs,
            targets,
            len(self.labels),
            seed=seed,
            device=training_device(self.model.device),
            steps=min(max(STEPS_LEAST, epochs), STEPS_MOST),
        )
        return head.probabilities

    def by_model(self, name: str, examples: Sequence[Example]) -> list[Scores]:
        """Probabilities by a tagger that was trained elsewhere."""
        import numpy as np

        tagger = load_tagger(ModelSpec(name, device=self.model.device))
        into = _as_iob2(name, tagger.labels, self.labels)

        def read(example: Example, scores: Any, words: Sequence[int]) -> Scores:
            found = np.full((len(example.tokens), len(self.labels)), 1e-6, np.float32)
            found[:, 0] = 1.0  # a word without sub-tokens
            found[list(words)] = scores.exp().numpy() @ into
            return found

        return tagger.read_scores(examples, read, self.model.batch_tokens)

    def score(self, examples: Sequence[Example], found: Sequence[Scores]) -> float:
        """F1 of whole mentions, in points."""
        right = wrong = missed = 0
        for example, scores in zip(examples, found, strict=True):
            given, own = set(example.spans), set(self._spans(scores))
            right += len(given & own)
            wrong += len(own - given)
            missed += len(given - own)
        return 100 * 2 * right / max(1, 2 * right + wrong + missed)

    def marks(self, scores: Scores) -> list[tuple[str, range]]:
        """The type and the units of each of the likeliest mentions."""
        return [(label, range(start, end)) for start, end, label in self._spans(scores)]

    def _spans(self, scores: Scores) -> tuple[Span, ...]:
        return tag_schemes.to_spans(
            [self.labels[i] for i in scores.argmax(1)] if len(scores) else []
        )


@dataclass(frozen=True)
class SentenceTeacher:
    """Labels whole sentences: a logistic regression; the attributes are those of the other."""

    labels: Sequence[Hashable]
    model: ModelSpec
    metric: ClassVar[str] = "accuracy"

    def inputs(self, examples: Sequence[Example]) -> list[Any]:
        """1 × the vector of every example."""
        found = vectors([example.text for example in examples], self.model)
        return [vector.numpy()[None] for vector in found]

    def targets(self, examples: Sequence[Example]) -> list[list[int]]:
        """The label of each sentence, as a number; ``IGNORED`` for one without."""
        number: dict[Hashable, int] = {label: i for i, label in enumerate(self.labels)}
        return [[number.get(example.labels[0], IGNORED)] for example in examples]

    def train(self, inputs: Sequence[Any], targets: Sequence[Sequence[int]], seed: int) -> Predict:
        """Train on sentences whose label is not ``IGNORED``; the seed has no effect."""
        import numpy as np
        import torch

        del seed
        known = [i for i, own in enumerate(targets) if own != [IGNORED]]
        given = torch.from_numpy(np.concatenate([inputs[i] for i in known])).double()
        wanted = torch.tensor([[targets[i][0] == k for k in range(len(self.labels))]
                               for i in known]).double()  # fmt: skip
        weights = regression(given, wanted)

        def predict(rows: Sequence[Any]) -> list[Scores]:
            together = torch.from_numpy(np.concatenate(list(rows))).double()
            shares = (together @ weights[:-1] + weights[-1]).sigmoid() + 1e-6
            found = (shares / shares.sum(1, keepdim=True)).float().numpy()
            return list(found[:, None])

        return predict

    def by_model(self, name: str, examples: Sequence[Example]) -> list[Scores]:
        """Probabilities by a classifier that was trained elsewhere."""
        import numpy as np

        spec = ModelSpec(name, device=self.model.device)
        found, names = by_model([example.text for example in examples], spec)
        _check_labels(name, list(names.values()), self.labels)
        return [np.array([[row[0, label] for label in self.labels]], np.float32) for row in found]

    def score(self, examples: Sequence[Example], found: Sequence[Scores]) -> float:
        """The share of sentences with the right label, in points."""
        targets = self.targets(examples)
        pairs = [(s, own[0]) for s, own in zip(found, targets, strict=True) if own != [IGNORED]]
        return 100 * sum(int(s[0].argmax()) == own for s, own in pairs) / max(1, len(pairs))

    def marks(self, scores: Scores) -> list[tuple[str, range]]:
        """The likeliest class, and that it is the only unit's."""
        return [(str(self.labels[int(scores[0].argmax())]), range(1))]


def _as_iob2(name: str, found: Sequence[str], wanted: Sequence[str]) -> Any:
    """Which of the IOB2 labels each label of a teacher counts for: 1 or 0, found × wanted.

    What it writes for single tokens begins a mention, and what it writes for the last one goes on
    with it. With IO and IOB1 an ``I-`` after another label begins a mention, as everywhere.
    """
    import numpy as np

    if tag_schemes.family(tuple(found)) == "IOE":
        raise ValueError(
            f"teacher {name!r} marks only where mentions end ({', '.join(found)}), not where they "
            "begin; pass a model with labels in IOB2 or IOBES"
        )
    spelling = spelling_of(tuple(found)) or USUAL
    parts = [tag_schemes.split_tag(label, spelling) for label in found]
    types = {type_ for letter, type_ in parts if letter}
    _check_labels(name, sorted(types), sorted({label[2:] for label in wanted[1:]}))
    into = np.zeros((len(found), len(wanted)), np.float32)
    unused = []
    for i, (letter, type_) in enumerate(parts):
        label = f"{'B' if letter in 'BS' else 'I'}-{type_}" if letter else "O"
        if label in wanted and (letter or found[i] == spelling.outside):
            into[i, wanted.index(label)] = 1
        else:
            unused.append(found[i])
    if unused:
        logger.warning(
            "teacher %r: words that it gives one of the labels %s get none, since the labelled "
            "rows have none of these types",
            name,
            ", ".join(unused),
        )
    return into


def _check_labels(name: str, found: Sequence[Any], wanted: Sequence[Any]) -> None:
    if missing := [label for label in wanted if label not in found]:
        raise ValueError(
            f"teacher {name!r} has no label {missing[0]!r} (labels: "
            f"{', '.join(map(str, found))}); pass a model that was trained on the labels of this "
            "data set, or leave teacher= out"
        )
