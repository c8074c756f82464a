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

import json
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.readme import into_readme
from recipes.ner.arguments import GOLD
from recipes.ner.report import POINTS, interval

from .data_sets import TITLES

RESULTS = Path(__file__).resolve().parent.parent / "results" / "self_training"
RAW = ", raw sentences"


def main() -> None:
    """Write the table, and put it into the docs."""
    table = markdown({path.stem: json.loads(path.read_text()) for path in RESULTS.glob("*.json")})
    (RESULTS / "results.md").write_text(table)
    into_readme("benchmarks/self_training", table)
    print(table)


def markdown(data_sets: dict[str, dict[str, Any]]) -> str:
    """A row for each data set and size."""
    lines = [
        "| data set | labelled | gold | policy | policy, raw sentences | raw sentences add "
        "(95% interval) | seeds |",
        "|:--|--:|--:|--:|--:|:--|--:|",
    ]
    for name, results in sorted(data_sets.items(), key=lambda item: [*TITLES].index(item[0])):
        f1: dict[tuple[int, str], dict[int, float]] = {}
        for run in results["runs"]:
            f1.setdefault((run["size"], run["arm"]), {})[run["seed"]] = POINTS * run["f1"]
        for size, arm in sorted(f1):
            if not arm.endswith(RAW):
                continue
            policy, raw = f1[size, arm.removesuffix(RAW)], f1[size, arm]
            seeds = sorted(policy.keys() & raw.keys())
            gains = [raw[seed] - policy[seed] for seed in seeds]
            mean, half = fmean(gains), interval(gains)
            lines.append(
                f"| {TITLES[name]} | {size:,} | {fmean(f1[size, GOLD][s] for s in seeds):.2f} "
                f"| {fmean(policy[s] for s in seeds):.2f} | {fmean(raw[s] for s in seeds):.2f} "
                f"| {mean:+.2f} [{mean - half:+.2f}, {mean + half:+.2f}] | {len(seeds)} |"
            )
    settings = next(iter(data_sets.values()))["settings"]
    machine = next(iter(data_sets.values()))["environment"]["machine"]
    lines += [
        "",
        "F1 of whole mentions (strict IOB2, points), gains paired by seed. "
        f"{settings['max_steps']} optimiser steps of {settings['batch_size']} sentences in every "
        f"arm, model {settings['model']}; up to 5,000 raw sentences of the same source. "
        f"{machine['gpu'] or machine['cpu']}, {machine['cores']} cores.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
