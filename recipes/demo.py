"""The main job in a few minutes, on a machine with no model hub: augment, fine-tune, compare, show.

    make demo        (or: python recipes/demo.py)

Trains a small real BERT to find names in the corpus that comes with textaug, with and without
augmented sentences, and shows the augmented sentences and the gain. It runs the recipe
``ner_finetune.py`` with settings that take minutes on two cores.
"""

from __future__ import annotations

import os
import time

from ner import report
from ner.arguments import OFFLINE_MODEL, Arguments
from ner.experiment import run
from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from textaug.core.markup import marked
from textaug.corpora import builtin_corpus
from textaug.specs import build

SIZE = 100  # training sentences: a small data set
SEEDS = [1, 2, 3]
MASKED_LM = "masked-lm:model=offline"
TRAINED = ["default", "synonyms", "back-translation", MASKED_LM]
SHOWN = [*TRAINED, "mentions", "noise"]
STEPS = 150
SENTENCES = 2  # to show for each method


def main() -> None:
    """Run the comparison, then show sentences, the table and the path of the chart."""
    console = Console(highlight=False, markup=False)
    start = time.perf_counter()
    train = builtin_corpus()["train"]
    console.print(
        f"Finding names with {SIZE} labelled sentences, and with augmented copies of them "
        f"({len(SEEDS)} seeds, {STEPS} optimiser steps in every arm).\n"
    )
    arguments = Arguments(
        dataset="builtin",
        train_size=[SIZE],
        seeds=SEEDS,
        model=OFFLINE_MODEL,
        augment=TRAINED,
        max_steps=STEPS,
        jobs=min(2, os.cpu_count() or 1),
        output_dir="runs/demo",
    )
    results = run(arguments)

    console.print(Rule(Text("What was made: [mention TYPE], «changed word»")))
    for method in SHOWN:
        console.print(f"\n{method}", style="bold")
        augmenter = build(method, train, seed=1)
        shown = augmenter.preview(train, SENTENCES)
        for pair in shown.pairs:
            for sign, one, other in (
                ("-", pair.before, pair.after),
                ("+", pair.after, pair.before),
            ):
                line = marked(one, other, shown.labels)
                console.print(f"  {sign} ", line, sep="", soft_wrap=True)
    console.print()
    console.print(Rule("What it gained"))
    console.print(report.markdown(results), soft_wrap=True)
    minutes = (time.perf_counter() - start) / 60
    console.print(
        f"Done in {minutes:.1f} minutes. The chart is runs/demo/results.png, the tables by token "
        "(with O) are in runs/demo/token_tables.md, every figure is in runs/demo/results.json."
    )


if __name__ == "__main__":
    main()
