"""All runs of a call, in this process or in several."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from recipes.ner.data import sample
from recipes.ner.experiment import train_all
from recipes.ner.results import open_results, save
from recipes.ner.schedule import Run
from recipes.ner.training import quiet
from textaug.evaluation.self_training import read_raw
from textaug.specs import build

from . import report
from .arguments import GOLD, Arguments
from .training import data_of, train_once


@quiet()
def run(arguments: Arguments) -> dict[str, Any]:
    """Do the missing runs, and write the results.

    Raises:
        ValueError: if the output folder holds results of other settings, a size is larger than the
            training set, or an argument names something that does not exist.
    """
    train = data_of(arguments)["train"]
    sizes = arguments.train_size or [len(train)]
    if max(sizes) > len(train):
        raise ValueError(f"--train_size {max(sizes)}: there are {len(train)} texts")
    if arguments.raw_file:
        read_raw(arguments.raw_file)
    for spec in arguments.augment:
        build(spec, sample(train, min(sizes), arguments.seeds[0]), arguments.seeds[0])
    arms = [(GOLD, None, False), *((spec, spec, False) for spec in arguments.augment)]
    if arguments.raw_file:
        arms += [(f"{spec}, raw texts", spec, True) for spec in arguments.augment]
    runs = [
        Run(size, seed, arm, spec, on_the_fly=True, raw=raw)
        for seed in arguments.seeds
        for size in sizes
        for arm, spec, raw in arms
    ]
    folder = Path(arguments.output_dir)
    folder.mkdir(parents=True, exist_ok=True)
    results = open_results(folder / "results.json", arguments)
    done = {(r["size"], r["seed"], r["arm"]) for r in results["runs"]}
    missing = [r for r in runs if (r.size, r.seed, r.arm) not in done]
    print(f"{len(runs)} runs, {len(runs) - len(missing)} of them already done", flush=True)
    for number, result in enumerate(train_all(arguments, missing, train_once), start=1):
        results["runs"].append(result)
        results["summary"] = report.summary(results["runs"])
        save(folder / "results.json", results)
        print(
            f"[{number}/{len(missing)}] {result['size']} texts, seed {result['seed']}, "
            f"{result['arm']}: accuracy {100 * result['accuracy']:.1f} "
            f"({result['seconds']['train']:.0f} s training)",
            flush=True,
        )
    (folder / "results.md").write_text(report.markdown(results))
    report.chart(results["summary"], folder / "results.png")
    return results
