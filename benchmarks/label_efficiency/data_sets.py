"""One table of the policy's gains on several data sets.

    python -m benchmarks.label_efficiency.data_sets

Reads ``benchmarks/results/label_efficiency_data/NAME.json``: the ``results.json`` of one call of
``benchmarks.label_efficiency`` for each data set. Each test file was read once, for these runs; how
the policy treats a data set was chosen on held-out training sentences (``held_out.py``).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.readme import into_readme
from recipes.ner.arguments import GOLD

from .options import LONG, WIDE
from .report import POLICY, f1_of, gains_of, machine_of, paired

RESULTS = Path(__file__).resolve().parent.parent / "results" / "label_efficiency_data"
TITLES = {
    "conll": "news (CoNLL-2003)",
    "twitter": "tweets",
    "bio": "biomedical abstracts",
    "builtin": "built-in corpus",
}
JOINED = "joining"  # the policy's pairs of sentences, with the words of the gold sentences
CONTROLS = {
    WIDE: "over gold with 29 sentences a step",
    LONG: "over gold with twice the steps",
    JOINED: "over gold's sentences joined",
}


def main() -> None:
    """Write the table, and put it into the docs."""
    write(RESULTS, markdown)


def write(folder: Path, table_of: Callable[[dict[str, dict[str, Any]]], str]) -> None:
    """Write the table of a folder with one JSON file for each data set, also into the docs."""
    table = table_of({path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")})
    (folder / "results.md").write_text(table)
    into_readme(f"benchmarks/{folder.name}", table)
    print(table)


def markdown(data_sets: dict[str, dict[str, Any]]) -> str:
    """A row for each data set and size with the gain, and one with the gain over controls."""
    gains = [
        "| data set | sentences | gold | with textaug | gain (95% interval) | seeds |",
        "|:--|--:|--:|--:|:--|--:|",
    ]
    controls = [
        f"| data set | sentences | {' | '.join(CONTROLS.values())} | seeds |",
        f"|:--|--:|{':--|' * len(CONTROLS)}--:|",
    ]
    machines: dict[str, list[str]] = {}
    for name in in_order(data_sets):
        title = TITLES.get(name, name)
        machines.setdefault(machine_of(data_sets[name]), []).append(title)
        runs, steps = data_sets[name]["runs"], data_sets[name]["settings"]["max_steps"]
        for size in sorted({run["size"] for run in runs}):
            gold, ours = (f1_of(runs, steps, size, arm) for arm in (GOLD, POLICY))
            seeds = sorted(gold.keys() & ours.keys())
            if not seeds:
                continue
            means = [f"{fmean(each[seed] for seed in seeds):.2f}" for each in (gold, ours)]
            gains.append(
                f"| {title} | {size:,} | {' | '.join(means)} | {paired(ours, gold)} "
                f"| {len(seeds)} |"
            )
            others = [f1_of(runs, steps, size, arm) for arm in CONTROLS]
            numbers = sorted({len(gains_of(ours, other)) for other in others if other})
            if numbers:
                controls.append(
                    f"| {title} | {size:,} | {' | '.join(paired(ours, other) for other in others)} "
                    f"| {' / '.join(map(str, numbers))} |"
                )
    settings = next(iter(data_sets.values()))["settings"]
    where = [f"{machine}: {', '.join(names)}" for machine, names in machines.items()]
    notes = (
        "F1 of whole mentions (strict IOB2, points), means over the seeds that both arms have; "
        f"gains paired by seed. {settings['max_steps']} optimiser steps of "
        f"{settings['batch_size']} sentences, model {settings['model']}, fresh copies in every "
        f"batch. {'; '.join(where)}."
    )
    shown = ["", *controls] if len(controls) > 2 else []
    return "\n".join([*gains, *shown, "", notes]) + "\n"


def in_order(data_sets: dict[str, dict[str, Any]]) -> list[str]:
    """The names of the data sets: those with a title first, the others after them."""
    shown = [name for name in TITLES if name in data_sets]
    return [*shown, *sorted(data_sets.keys() - set(shown))]


if __name__ == "__main__":
    main()
