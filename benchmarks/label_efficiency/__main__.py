"""Label efficiency: how many labelled sentences augmentation is worth, on CoNLL-2003.

    python -m benchmarks.label_efficiency --train_file ../shared/data/conll2003/eng.train \
        --test_file ../shared/data/conll2003/eng.testa --jobs 2

Trains taggers on nested random samples, with the same seeds and the same number of optimiser steps
in every arm, with the code of ``recipes/ner/``, and evaluates all of them on the test file, which
no setting was chosen on. There are four parts, each a list of runs:

- ``curve``, the default: 50 to 800 sentences, gold alone and with the default policy; the taggers
  of 800 sentences are also evaluated on harder test sets;
- ``methods``: every method alone, at 100 and 400 sentences;
- ``choices``: which copies of the default policy to train on, and sentences of a language model;
- ``full``: the whole training file, with and without the policy, in more steps.

"Gold repeated" would give exactly the scores of gold: in every arm an epoch goes once through the
gold sentences, unchanged or augmented (``tests/project/test_recipe.py`` tests it for the recipe).

Augmented arms make fresh copies for every batch (``AugmentingDataCollator``); those of ``choices``
are expanded before the training. Every finished run is written at once to ``results.json``; the
same call again does only the missing runs. ``results.md`` and ``results.png`` are made from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from transformers import HfArgumentParser

from benchmarks.readme import into_readme
from recipes.ner.arguments import Arguments
from recipes.ner.data import data_of
from recipes.ner.experiment import train_all
from recipes.ner.results import line, open_results, save
from recipes.ner.schedule import Run
from recipes.ner.training import quiet

from . import report
from .options import RESULTS, Options, arguments_of, plan
from .training import train


@quiet()
def main() -> None:
    """Do the missing runs, and write the results."""
    (options,) = HfArgumentParser(Options, description=__doc__).parse_args_into_dataclasses()
    arguments = arguments_of(options)
    folder = Path(options.output_dir)
    folder.mkdir(parents=True, exist_ok=True)
    results = open_results(folder / "results.json", arguments)
    runs = plan(options, len(data_of(arguments)["train"]))
    done = {(r["steps"], r["size"], r["seed"], r["arm"]) for r in results["runs"]}
    missing = [(n, run) for n, run in runs if (n, run.size, run.seed, run.arm) not in done]
    print(f"{len(runs)} runs, {len(runs) - len(missing)} of them already done", flush=True)
    for steps in sorted({steps for steps, _ in missing}):
        _do(replace(arguments, max_steps=steps), [r for n, r in missing if n == steps], results)
    table = report.write(results, folder)
    if folder.resolve() == RESULTS:
        into_readme("benchmarks/label_efficiency", table)
    print(table)


def _do(arguments: Arguments, runs: Sequence[Run], results: dict[str, Any]) -> None:
    path = Path(arguments.output_dir) / "results.json"
    for number, result in enumerate(train_all(arguments, runs, train), start=1):
        results["runs"].append(result)
        save(path, results)
        print(f"[{number}/{len(runs)}] {line(result)}", flush=True)


if __name__ == "__main__":
    main()
