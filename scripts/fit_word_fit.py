"""Fit the weights of ``textaug/models/word_fit.py`` to people's judgements.

The judgements are SWORDS (Lee et al. 2021, "Swords: A Benchmark for Lexical Substitution with
Improved Data Coverage and Quality"), dev split. Every candidate that WordNet lists for a target
word counts as accepted if at least half of its judges accepted it, else not (also if it was never
judged). Needs ``scikit-learn`` and the extra ``offline``::

    PYTHONPATH=. python scripts/fit_word_fit.py swords-v1.1_dev.json.gz

It prints the weights, and what ten-fold cross-validation over the targets gives, for the listed
candidates alone and with words of similar embeddings: of the targets with the surest candidates,
how often the best one was accepted, and how often one that is drawn from all that reach the same
score.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.swords import HALF, Target, read_targets
from textaug.language.substitutes import FEATURES, slot_of
from textaug.models.batching import BATCH_TOKENS
from textaug.models.loading import ModelSpec, load_as
from textaug.models.word_fit import WordFit

FOLDS = 10
SEEDS = 3
STRENGTH = 0.1  # of the regularisation: scikit-learn's C
SHARES = (0.15, 0.25, 0.33, 0.4, 0.5, 0.6, 0.65)
NAMES = (*FEATURES, "similarity", "pieces", "logit")


class Measured(NamedTuple):
    """All candidates of some targets, one row for each."""

    features: Any
    accepted: Any
    chances: Any  # of its reading to be the one meant
    numbers: Any  # of its target


def measure(targets: list[Target], near: bool) -> Measured:
    """The candidates; ``near``: with words of similar embeddings."""
    fit = load_as(WordFit, "AutoModelForMaskedLM", ModelSpec("offline"))
    rows = []
    for number, target in enumerate(targets):
        example, at = target.example()
        slot = slot_of(example.tokens, at)
        if slot is None:
            continue
        word = fit.words_in([slot], 0.0, near)[slot]
        evidence = fit.evidence([example], [{at: word}], BATCH_TOKENS)[0].get(at)
        if evidence is None:
            continue
        chances = word.chances(evidence.tags)
        for candidate, logit, chance in zip(word.candidates, evidence.logits, chances, strict=True):
            accepted = target.accepted_by(candidate.form) >= HALF
            rows.append(([*candidate.features, logit], accepted, chance, number))
    return Measured(*map(np.array, zip(*rows, strict=True)))


def fitted(data: Measured, rows: Any) -> Any:
    """The regression; a candidate for a reading that is not meant says nothing about the others."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=1000))
    weight = data.chances[rows]
    return model.fit(
        data.features[rows], data.accepted[rows], logisticregression__sample_weight=weight
    )


def cross_validated(data: Measured, others: Measured) -> Any:
    """The score of each of the others by models that have not seen its target in the data."""
    scores = np.zeros(len(others.accepted))
    for seed in range(SEEDS):
        folds = np.random.RandomState(seed).randint(0, FOLDS, others.numbers.max() + 1)
        for k in range(FOLDS):
            asked = folds[others.numbers] == k
            model = fitted(data, folds[data.numbers] != k)
            scores[asked] += model.predict_proba(others.features[asked])[:, 1] / SEEDS
    return scores * others.chances


def show(scores: Any, data: Measured, n_targets: int) -> None:
    """Print how good the best candidates are, from the surest target on."""
    of_target = [np.flatnonzero(data.numbers == n) for n in sorted(set(data.numbers))]
    best = [max(of_one, key=lambda i: scores[i]) for of_one in of_target]
    surest = sorted(best, key=lambda i: -scores[i])
    for share in SHARES:
        first = surest[: round(share * n_targets)]
        threshold = scores[first[-1]]
        drawn = [
            np.average(data.accepted[some], weights=scores[some] ** 2)
            for of_one in of_target
            if len(some := of_one[scores[of_one] >= threshold])
        ]
        print(
            f"{share:4.0%} of the targets, threshold {threshold:.2f}: the best one accepted for "
            f"{data.accepted[first].mean():4.0%}, one drawn for {np.mean(drawn):4.0%}"
        )


def main() -> None:
    """Read the judgements, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path)
    targets = read_targets(parser.parse_args().file)
    listed = measure(targets, near=False)
    for title, data in (("listed", listed), ("with near words", measure(targets, near=True))):
        print(f"{title}: {len(data.accepted)} candidates, {data.accepted.sum()} accepted")
        show(cross_validated(listed, data), data, len(targets))
    scaler, regression = fitted(listed, slice(None)).named_steps.values()
    weights = regression.coef_[0] / scaler.scale_
    print(f"intercept {regression.intercept_[0] - weights @ scaler.mean_:.3f}")
    for name, weight in zip(NAMES, weights, strict=True):
        print(f"{name} {weight:.3f}")


if __name__ == "__main__":
    main()
