"""What replacing words by the sentence costs, in forward passes of the encoder alone.

    python -m benchmarks.substitution_cost

``map`` with a method and a bare forward of its model over the same sentences, in batches of the
best size, run in turns; the figure is the median of the ratios. The first round, in which each word
is looked up for the first time, is reported apart. Writes ``cost.json`` to
``benchmarks/results/substitution``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.throughput.floor import BUDGETS, over_bare
from benchmarks.throughput.inputs import mapped, some_sentences
from benchmarks.throughput.models import batches, padded
from benchmarks.throughput.timing import best_of, environment
from textaug import Augmenter, MaskedLMSubstitution, SynonymReplacement
from textaug.core.reading import read_examples
from textaug.models.loading import ModelSpec
from textaug.models.word_fit import load_word_fit

RESULTS = Path(__file__).parent / "results" / "substitution"
METHODS: dict[str, Augmenter] = {
    "SynonymReplacement()": SynonymReplacement(),
    'MaskedLMSubstitution("offline", keep_meaning=True)': MaskedLMSubstitution(
        "offline", keep_meaning=True
    ),
}


def forward(data: Any) -> Callable[[], None]:
    """The bare encoder over the sentences, in the fastest batches."""
    import torch

    fit = load_word_fit(ModelSpec("offline"), None)
    rows = [window.ids for window in fit.encode(read_examples(data, "train", {}))]

    def bare(budget: int) -> Callable[[], None]:
        pad = fit.tokenizer.pad_token_id
        ready = [padded([rows[i] for i in b], pad, "cpu") for b in batches(rows, budget)]

        def run() -> None:
            with torch.inference_mode():
                for ids, mask in ready:
                    fit.model.base_model(input_ids=ids, attention_mask=mask)

        return run

    return best_of({budget: lambda b=budget: bare(b) for budget in BUDGETS})


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sentences", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    data = some_sentences(arguments.sentences)
    bare = forward(data)
    report: dict[str, Any] = environment("cpu")
    for name, augmenter in METHODS.items():
        start = perf_counter()
        mapped(data, augmenter, batch_size=len(data))
        first = perf_counter() - start
        result = over_bare(name, augmenter, data, "forward", bare, arguments.rounds)
        report[name] = result | {"first_seconds": first}
        print(f"{name}: {result['ratio']:.2f} forwards")
    (RESULTS / "cost.json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
