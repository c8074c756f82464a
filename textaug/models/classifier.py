"""Probabilities of sentence-level labels: by a classifier, or by a regression over vectors."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from textaug.core.example import Example
from textaug.models.batching import run_in_batches
from textaug.models.encoding import Encoder
from textaug.models.loading import ModelSpec, load_as
from textaug.models.scores import vectors

# A label with the number of its column among those with labels: (0, "positive").
Label = tuple[int, Hashable]
Probabilities = Mapping[Label, float]

PENALTY = 1.0  # on the squared weights; the vectors have length 1
STEPS = 200
DIGITS = 4  # of a weight


def labels_of(example: Example) -> set[Label]:
    """The labels of a sentence; a value with several labels gives each of them.

    Raises:
        ValueError: for one 0 or 1 for each label, which would be taken for the labels 0 and 1.
    """
    for value in example.labels:
        if isinstance(value, tuple) and len(value) > 1 and all(map(_is_share, value)):
            raise ValueError(
                f"{example.text[:60]!r} has the labels {sorted(value)}, which look like one 0 or 1 "
                "for each label; filters by label need lists of names: dataset.map(lambda row: "
                "{'labels': [name for name, on in zip(names, row['labels']) if on]})"
            )
    return {
        (number, label)
        for number, value in enumerate(example.labels)
        for label in (value if isinstance(value, tuple) else (value,))
        if label is not None
    }


def _is_share(value: object) -> bool:
    return isinstance(value, (int, float)) and 0 <= value <= 1


def fit_weights(examples: Sequence[Example], model: ModelSpec) -> dict[Label, list[float]]:
    """A logistic regression for each label over the sentences' vectors; the bias comes last."""
    import torch

    found = [labels_of(example) for example in examples]
    labels = sorted(set().union(*found), key=repr)
    wanted = torch.tensor([[label in each for label in labels] for each in found]).double()
    given = torch.stack(vectors([example.text for example in examples], model)).double()
    weights = regression(given, wanted)
    columns = weights.T.tolist()
    return {
        label: [round(weight, DIGITS) for weight in column]
        for label, column in zip(labels, columns, strict=True)
    }


def regression(given: Any, wanted: Any) -> Any:
    """A logistic regression for each label; the last row of the weights is the bias.

    Args:
        given: float64 vectors of length 1, sentences × features.
        wanted: 1.0 or 0.0, sentences × labels.
    """
    import torch

    given = torch.cat([given, given.new_ones(len(given), 1)], dim=1)
    weights = given.new_zeros(given.shape[1], wanted.shape[1], requires_grad=True)
    optimizer: Any = torch.optim.LBFGS([weights], max_iter=STEPS, line_search_fn="strong_wolfe")
    loss_of = torch.nn.BCEWithLogitsLoss(reduction="sum")

    def loss() -> Any:
        optimizer.zero_grad()
        value = loss_of(given @ weights, wanted) + PENALTY / 2 * (weights[:-1] ** 2).sum()
        value.backward()
        return value

    optimizer.step(loss)
    return weights.detach()


def by_weights(
    texts: Sequence[str],
    weights: Mapping[Label, Sequence[float]],
    model: ModelSpec,
    rank: int | None = None,
) -> list[Probabilities]:
    """The probability of each label by :func:`fit_weights`."""
    import torch

    table = torch.tensor(list(weights.values())).T
    found = [(vector @ table[:-1] + table[-1]).sigmoid() for vector in vectors(texts, model, rank)]
    return [dict(zip(weights, row.tolist(), strict=True)) for row in found]


def by_model(
    texts: Sequence[str], model: ModelSpec, rank: int | None = None
) -> tuple[list[Probabilities], Mapping[int, str]]:
    """The probability of each label by a classifier of sentences, and the names of its labels."""
    import torch

    classifier = load_as(Encoder, "AutoModelForSequenceClassification", model, rank)
    config = classifier.model.config
    names: dict[int, str] = {int(i): name for i, name in config.id2label.items()}
    several = config.problem_type == "multi_label_classification"
    rows = classifier.text_ids(texts)

    @torch.inference_mode()
    def run(batch: list[int]) -> list[Probabilities]:
        ids, mask = classifier.tensors([rows[i] for i in batch])
        logits = classifier.model(input_ids=ids, attention_mask=mask).logits.float()
        shares = (logits.sigmoid() if several else logits.softmax(-1)).tolist()
        return [{(0, names[i]): share for i, share in enumerate(row)} for row in shares]

    return run_in_batches(run, [len(row) for row in rows], model.batch_tokens), names
