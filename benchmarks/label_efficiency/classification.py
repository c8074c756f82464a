"""The table of what the policy, and raw texts, gain where whole texts are labelled.

    common="--train_file ../shared/data/classification/polarity.train.jsonl \
        --test_file ../shared/data/classification/polarity.test.jsonl \
        --model minilm --bf16 True --augment default"
    python recipes/classification_finetune.py $common --train_size 50 100 \
        --raw_file ../shared/data/classification/polarity.train.jsonl --output_dir runs/polarity
    python recipes/classification_finetune.py $common --train_size 400 --output_dir runs/polarity400
    cp runs/polarity/results.json benchmarks/results/classification/polarity.json
    cp runs/polarity400/results.json benchmarks/results/classification/polarity_400.json
    python -m benchmarks.label_efficiency.classification

Raw are 5,000 other texts of the training file, without their labels; every arm has the same number
of optimiser steps. All settings were chosen on 800 held-out training texts.
"""

from __future__ import annotations

from pathlib import Path
from statistics import fmean
from typing import Any

from recipes.classification.arguments import GOLD

from .data_sets import write
from .report import POLICY, f1_of, gains_of, machine_of, paired

RESULTS = Path(__file__).resolve().parent.parent / "results" / "classification"
TITLES = {"polarity": "film reviews, positive or negative"}
RAW = f"{POLICY}, raw texts"


def main() -> None:
    """Write the table, and put it into the docs."""
    write(RESULTS, markdown)


def markdown(data_sets: dict[str, dict[str, Any]]) -> str:
    """A row for each data set and size."""
    lines = [
        "| data set | texts | gold | with textaug | gain (95% interval) | with raw texts too "
        "| raw texts add | seeds |",
        "|:--|--:|--:|--:|:--|--:|:--|--:|",
    ]
    for name, results in sorted(data_sets.items()):
        runs = [{**run, "f1": run["accuracy"]} for run in results["runs"]]
        for size in sorted({run["size"] for run in runs}):
            steps = results["settings"]["max_steps"]
            gold, ours, raw = (f1_of(runs, steps, size, arm) for arm in (GOLD, POLICY, RAW))
            seeds = gold.keys() & ours.keys()
            if not seeds:
                continue
            means = [fmean(each[s] for s in seeds) for each in (gold, ours)]
            with_raw = f"{fmean(raw.values()):.2f}" if raw else "–"
            lines.append(
                f"| {TITLES.get(name.partition('_')[0], name)} | {size:,} | {means[0]:.2f} "
                f"| {means[1]:.2f} | {paired(ours, gold)} | {with_raw} | {paired(raw, ours)} "
                f"| {len(gains_of(ours, gold))} |"
            )
    results = next(iter(data_sets.values()))
    settings = results["settings"]
    lines += [
        "",
        "Accuracy in points, gains paired by seed. "
        f"{settings['max_steps']} optimiser steps of {settings['batch_size']} texts in every arm, "
        f"model {settings['model']}, fresh copies in every batch; up to 5,000 raw texts of the "
        f"same source. {machine_of(results)}.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
