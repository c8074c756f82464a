"""The table of what taggers lose on harder test sets.

    python -m benchmarks.label_efficiency --train_file ../shared/data/conll2003/eng.train \\
        --test_file ../shared/data/conll2003/eng.testa --parts curve --sizes 800 \\
        --seeds 1 2 3 --max_steps 600 --output_dir runs/robustness
    cp runs/robustness/results.json benchmarks/results/robustness/conll.json
    python -m benchmarks.label_efficiency.robustness

Its typing errors are of the package ``typo`` (0.1.7), not those that the robust variant of the
policy makes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from . import report
from .data_sets import TITLES, in_order, write

RESULTS = Path(__file__).resolve().parent.parent / "results" / "robustness"


def main() -> None:
    """Write the table, and put it into the docs."""
    write(RESULTS, markdown)


def markdown(data_sets: dict[str, dict[str, Any]]) -> str:
    """A table for each data set."""
    parts = []
    for name in in_order(data_sets):
        runs, settings = data_sets[name]["runs"], data_sets[name]["settings"]
        machine = data_sets[name]["environment"]["machine"]
        seeds = len({run["seed"] for run in runs})
        parts += [
            *report.robustness(runs),
            "",
            f"{TITLES.get(name, name)}: losses of F1 of whole mentions (points), means over "
            f"{seeds} seeds. {settings['max_steps']} optimiser steps of {settings['batch_size']} "
            f"sentences in every arm, model {settings['model']}. {machine['gpu'] or machine['cpu']}"
            f", {machine['cores']} cores.",
            "",
        ]
    return "\n".join(parts)


if __name__ == "__main__":
    main()
