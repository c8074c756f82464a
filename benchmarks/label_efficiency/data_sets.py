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

from .options import WIDE
from .report import POLICY, f1_of, gains_of, paired

RESULTS = Path(__file__).resolve().parent.parent / "results" / "label_efficiency_data"
TITLES = {
    "conll": "news (CoNLL-2003)",
    "twitter": "tweets",
    "bio": "biomedical abstracts",
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
    """A row for each data set and size."""
    lines = [
        "| data set | sentences | gold | with textaug | gain (95% interval) "
        "| over gold with 29 sentences a step | seeds |",
        "|:--|--:|--:|--:|:--|:--|--:|",
    ]
    for name in in_order(data_sets):
        runs, steps = data_sets[name]["runs"], data_sets[name]["settings"]["max_steps"]
        for size in sorted({run["size"] for run in runs}):
            gold, ours, wide = (f1_of(runs, steps, size, arm) for arm in (GOLD, POLICY, WIDE))
            seeds = sorted(gold.keys() & ours.keys())
            if not seeds:
                continue
            lines.append(
                f"| {TITLES.get(name, name)} | {size:,} | {fmean(gold[s] for s in seeds):.2f} "
                f"| {fmean(ours[s] for s in seeds):.2f} | {paired(ours, gold)} "
                f"| {paired(ours, wide)} | {len(gains_of(ours, gold))} |"
            )
    settings = next(iter(data_sets.values()))["settings"]
    machines: dict[str, list[str]] = {}
    for name in in_order(data_sets):
        machines.setdefault(_machine(data_sets[name]), []).append(TITLES.get(name, name))
    where = [f"{machine}: {', '.join(names)}" for machine, names in machines.items()]
    lines += [
        "",
        f"F1 of whole mentions (strict IOB2, points), means over the seeds that both arms have; "
        f"gains paired by seed. {settings['max_steps']} optimiser steps of "
        f"{settings['batch_size']} sentences, model {settings['model']}, fresh copies in every "
        f"batch. {'; '.join(where)}.",
    ]
    return "\n".join(lines) + "\n"


def in_order(data_sets: dict[str, dict[str, Any]]) -> list[str]:
    """The names of the data sets: those with a title first, the others after them."""
    shown = [name for name in TITLES if name in data_sets]
    return [*shown, *sorted(data_sets.keys() - set(shown))]


def _machine(results: dict[str, Any]) -> str:
    machine = results["environment"]["machine"]
    return str(machine["gpu"] or machine["cpu"])


if __name__ == "__main__":
    main()
