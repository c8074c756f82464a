"""Tables beside the curve: the policy's variants, and every method alone.

    common="--train_file ../shared/data/conll2003/eng.train \
        --test_file ../shared/data/conll2003/eng.testa"
    python -m benchmarks.label_efficiency $common --sizes 800 --seeds 1 2 3 \
        --arms gold default default:robust=true --max_steps 600 --output_dir runs/robustness
    cp runs/robustness/results.json benchmarks/results/robustness/conll.json
    python -m benchmarks.label_efficiency $common --parts methods \
        --methods default:natural=true --output_dir runs/natural
    cp runs/natural/results.json benchmarks/results/natural_policy/conll.json
    python -m benchmarks.label_efficiency $common --parts methods choices full --output_dir runs/all
    cp runs/all/results.json benchmarks/results/methods/conll.json
    python -m benchmarks.label_efficiency.variants

    python -m benchmarks.label_efficiency.variants --show ../shared/data/conll2003/eng.train

The last command prints a hundred rows of the natural variant of 400 sentences, for a reader;
``natural_policy/read.tsv`` has what a reader noted, without the sentences, which are not ours.
The typing errors of the test set are of the package ``typo`` (0.1.7), not those that the robust
variant makes.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from random import Random
from typing import Any

from textaug import default_policy, expand
from textaug.core.reading import read_examples
from textaug.corpora import load_conll

from . import report
from .data_sets import TITLES, in_order, write

RESULTS = Path(__file__).resolve().parent.parent / "results"
SENTENCES, READ, SEED, DRAWN = 400, 100, 30, 1  # of the rows to read


def main() -> None:
    """Write the tables, and put them into the docs; or print rows to read."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--show", type=Path, metavar="FILE", help="rows of the natural variant")
    if path := parser.parse_args().show:
        show(path)
        return
    for name, markdown in (
        ("robustness", robustness),
        ("natural_policy", natural),
        ("methods", methods),
    ):
        if (RESULTS / name).exists():
            write(RESULTS / name, markdown)


def show(path: Path) -> None:
    """Print rows of the natural variant, each mention with its type."""
    train = load_conll(path)
    sample = train.select(sorted(Random(SEED).sample(range(len(train)), SENTENCES)))
    policy = default_policy(sample, natural=True, seed=SEED)
    made = read_examples(expand(sample, policy, keep_original=False), "train", {})
    for row in Random(DRAWN).sample(range(len(made)), READ):
        types = {span.end - 1: f" [{span.label}]" for span in made[row].spans}
        words = (word + types.get(i, "") for i, word in enumerate(made[row].tokens))
        print(row, " ".join(words), sep="\t")


def robustness(data_sets: dict[str, dict[str, Any]]) -> str:
    """What taggers lose on harder test sets, for each data set."""
    return _tables(data_sets, lambda runs, _: [*report.robustness(runs), ""])


def natural(data_sets: dict[str, dict[str, Any]]) -> str:
    """What rows that read as English gain, for each data set."""
    return _tables(data_sets, report.methods)


def methods(data_sets: dict[str, dict[str, Any]]) -> str:
    """What each method gains alone, and the policy with all sentences, for each data set."""
    return _tables(
        data_sets, lambda runs, steps: [*report.methods(runs, steps), *report.full(runs, steps)]
    )


def _tables(data_sets: dict[str, dict[str, Any]], table: Any) -> str:
    parts = []
    for name in in_order(data_sets):
        runs, settings = data_sets[name]["runs"], data_sets[name]["settings"]
        parts += [
            *table(runs, settings["max_steps"]),
            f"{TITLES.get(name, name)}: F1 of whole mentions (points), paired by seed; "
            f"{len({run['seed'] for run in runs})} seeds. {settings['max_steps']} optimiser steps "
            f"of {settings['batch_size']} sentences in every arm, model {settings['model']}. "
            f"{report.machine_of(data_sets[name])}.",
            "",
        ]
    return "\n".join(parts)


if __name__ == "__main__":
    main()
