"""What each lever of the choice of words gives, on SWORDS (dev).

    python -m benchmarks.substitution_ablation swords-v1.1_dev.json.gz

For each target the best substitute at the default threshold, without one lever after the other:
*offered*, and of the words offered *acceptable*, as in :mod:`benchmarks.substitution`. Writes
``ablation.json`` and ``ablation.md`` to ``benchmarks/results/substitution``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.substitution import RESULTS, scores, table
from benchmarks.swords import Target, read_targets
from benchmarks.throughput.timing import environment
from textaug import MaskedLMSubstitution, SynonymReplacement
from textaug.language import substitutes, wordnet
from textaug.models import word_fit
from textaug.models.batching import BATCH_TOKENS
from textaug.models.loading import ModelSpec
from textaug.models.word_fit import WordFit, load_word_fit

SYNONYMS = "synonyms", False, SynonymReplacement().threshold
NEAR = "meaning kept", True, MaskedLMSubstitution("offline", keep_meaning=True).threshold


def levers(fit: WordFit) -> dict[str, list[Any]]:
    """What switches off each lever."""

    def any_slot(tokens: Any, i: int) -> Any:
        return substitutes.Slot(tokens[i], "", False, True)

    weights = word_fit.WEIGHTS
    without_cosine = (*weights[:3], 0.0, weights[4])
    return {
        "all": [],
        "no part of speech from the sentence": [patch.object(fit, "_tags", None)],
        "no look at the words around": [patch.object(word_fit, "slot_of", any_slot)],
        "no list of misleading pairs": [patch.object(wordnet, "misleading_synonyms", frozenset)],
        "no logit": [patch.object(word_fit, "LOGIT", 0.0)],
        "no cosine": [patch.object(word_fit, "WEIGHTS", without_cosine)],
    }


@contextmanager
def switched_off(fit: WordFit, patches: list[Any]) -> Iterator[None]:
    """Without some levers, and with nothing remembered from with them."""
    fit._known.clear()
    for each in patches:
        each.start()
    try:
        yield
    finally:
        for each in patches:
            each.stop()
        fit._known.clear()


def best_words(fit: WordFit, targets: list[Target], near: bool, threshold: float) -> list[Any]:
    """For each target the best substitute, or none."""
    examples, positions = zip(*(target.example() for target in targets), strict=True)
    ranked = fit.rank(examples, [[at] for at in positions], threshold, BATCH_TOKENS, near=near)
    return [
        [found[at][0][0]] if at in found else []
        for found, at in zip(ranked, positions, strict=True)
    ]


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path, help="SWORDS, dev split")
    targets = read_targets(parser.parse_args().file)
    fit = load_word_fit(ModelSpec("offline"), None)
    results = {}
    for title, near, threshold in (SYNONYMS, NEAR):
        for name, patches in levers(fit).items():
            with switched_off(fit, patches):
                words = best_words(fit, targets, near, threshold)
            results[f"{title}: {name}"] = scores(words, targets)
    print(table(results))
    report = {"targets": len(targets), "levers": results} | environment("cpu")
    (RESULTS / "ablation.json").write_text(json.dumps(report, indent=1) + "\n")
    (RESULTS / "ablation.md").write_text(table(results))


if __name__ == "__main__":
    main()
