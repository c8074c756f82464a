"""All runs of a call, in this process or in several."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import as_completed
from pathlib import Path
from typing import Any

from datasets import Dataset

from textaug.evaluation.self_training import read_raw
from textaug.specs import build

from . import report
from .arguments import Arguments
from .data import data_of, sample
from .results import line, open_results, save
from .schedule import Run, plan
from .training import quiet, train_once
from .workers import spawned


def _print(done: int, total: int, text: str, seconds_left: float) -> None:
    left = f"; about {seconds_left / 60:.0f} min left" if done else ""
    print(f"[{done}/{total}] {text}{left}" if done else text, flush=True)


@quiet()
def run(
    arguments: Arguments, tell: Callable[[int, int, str, float], None] = _print
) -> dict[str, Any]:
    """Do the missing runs, and write the results.

    Args:
        arguments: what to train.
        tell: is told after each run how many of how many are done, the result in one line, and the
            seconds that are left.

    Returns:
        The content of ``results.json``: settings, environment, runs and their summary.

    Raises:
        ValueError: if the output folder holds results of other settings, or an argument names
            something that does not exist.
    """
    train = data_of(arguments)["train"]
    runs = plan(arguments, len(train))
    _check(arguments, runs, train)
    folder = Path(arguments.output_dir)
    folder.mkdir(parents=True, exist_ok=True)
    results = open_results(folder / "results.json", arguments)
    done = {(r["size"], r["seed"], r["arm"]) for r in results["runs"]}
    missing = [r for r in runs if (r.size, r.seed, r.arm) not in done]
    already = f"{len(runs)} runs, {len(runs) - len(missing)} of them already done"
    tell(0, len(missing), already, 0.0)
    start = time.perf_counter()
    for number, result in enumerate(train_all(arguments, missing), start=1):
        results["runs"].append(result)
        results["summary"] = report.summary(results["runs"])
        save(folder / "results.json", results)
        left = (time.perf_counter() - start) / number * (len(missing) - number)
        tell(number, len(missing), line(result), left)
    report.write(results, folder)
    return results


def _check(arguments: Arguments, runs: Sequence[Run], train: Dataset) -> None:
    """Raise errors now and not after an hour of training."""
    if max(r.size for r in runs) > len(train):
        raise ValueError(
            f"--train_size {max(r.size for r in runs)}: there are {len(train)} sentences"
        )
    splits = data_of(arguments)
    if arguments.eval_split not in splits:
        raise ValueError(f"--eval_split {arguments.eval_split!r}: there are {', '.join(splits)}")
    if arguments.raw_file:
        read_raw(arguments.raw_file)
    for spec in arguments.augment:
        build(spec, sample(train, min(r.size for r in runs), runs[0].seed), runs[0].seed)


def train_all(
    arguments: Arguments,
    runs: Sequence[Run],
    train: Callable[[Arguments, Run], dict[str, Any]] = train_once,
) -> Iterator[dict[str, Any]]:
    """Do runs, ``jobs`` at a time, and yield each result as it is finished."""
    if arguments.jobs == 1:
        for each in runs:
            yield train(arguments, each)
        return
    # Two processes with one thread each train more per hour than one process with two threads.
    threads = max(1, (os.cpu_count() or 1) // arguments.jobs)
    pool = spawned(arguments.jobs, threads)
    try:
        waiting = [pool.submit(train, arguments, each) for each in runs]
        for future in as_completed(waiting):
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)
