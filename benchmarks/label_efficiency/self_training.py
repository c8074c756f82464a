"""The table of what raw sentences add to the policy.

    python recipes/ner_finetune.py --train_file ../shared/data/conll2003/eng.train \
        --test_file ../shared/data/conll2003/eng.testa \
        --raw_file ../shared/data/conll2003/eng.train --train_size 100 --augment default \
        --on_the_fly True --max_steps 300 --model minilm --bf16 True --packed True --jobs 2 \
        --output_dir runs/raw
    cp runs/raw/results.json benchmarks/results/self_training/conll.json
    python -m benchmarks.label_efficiency.self_training

Raw are 5,000 other sentences of the training file, without their labels; every arm has the same
number of optimiser steps. What ``self_train`` does was chosen on 1,500 held-out training sentences.
"""

from __future__ import annotations

from pathlib import Path
from statistics import fmean
from typing import Any

from recipes.ner.arguments import GOLD

from .data_sets import TITLES, in_order, write
from .report import f1_of, gains_of, machine_of, paired

RESULTS = Path(__file__).resolve().parent.parent / "results" / "self_training"
RAW = ", raw sentences"


def main() -> None:
    """Write the table, and put it into the docs."""
    write(RESULTS, markdown)


def markdown(data_sets: dict[str, dict[str, Any]]) -> str:
    """A row for each data set and size."""
    lines = [
        "| data set | labelled | gold | policy | policy, raw sentences | raw sentences add "
        "(95% interval) | seeds |",
        "|:--|--:|--:|--:|--:|:--|--:|",
    ]
    for name in in_order(data_sets):
        runs, steps = data_sets[name]["runs"], data_sets[name]["settings"]["max_steps"]
        for size, arm in sorted({(run["size"], run["arm"]) for run in runs}):
            if not arm.endswith(RAW):
                continue
            gold, policy, raw = (
                f1_of(runs, steps, size, each) for each in (GOLD, arm.removesuffix(RAW), arm)
            )
            means = [
                f"{fmean(each[seed] for seed in policy.keys() & raw.keys()):.2f}"
                for each in (gold, policy, raw)
            ]
            lines.append(
                f"| {TITLES.get(name, name)} | {size:,} | {' | '.join(means)} "
                f"| {paired(raw, policy)} | {len(gains_of(raw, policy))} |"
            )
    results = next(iter(data_sets.values()))
    settings = results["settings"]
    lines += [
        "",
        "F1 of whole mentions (strict IOB2, points), gains paired by seed. "
        f"{settings['max_steps']} optimiser steps of {settings['batch_size']} sentences in every "
        f"arm, model {settings['model']}; up to 5,000 raw sentences of the same source. "
        f"{machine_of(results)}.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
