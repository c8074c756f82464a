"""Which is fastest at which size: `map`, `map(num_proc=...)`, or Ray on this machine.

    python -m benchmarks.scaling --output benchmarks/results/scaling

Every round does each way once, so that other work of the machine slows all of them; the results are
ratios. Starting workers, with all that they load, is part of each time. Starting Ray itself is not:
it is measured once and reported separately. Writes ``results.json`` and ``results.md``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import median

import datasets
import ray
from datasets import Dataset, concatenate_datasets

import textaug.ray
from benchmarks.readme import into_readme
from textaug import Augmenter, BackTranslation, SynonymReplacement, expand
from textaug.corpora import builtin_corpus

# By augmenter: a cheap one, whose rows cost less than sending them, and an expensive one.
SIZES = {"synonyms": (1_000, 30_000), "back-translation": (100, 600)}
COPIES = 2


def rows(n: int) -> Dataset:
    """``n`` different rows: the built-in corpus repeated, each row with its own number in front, so
    that no two rows share a translation."""
    train = builtin_corpus()["train"]
    times = -(-n // len(train))
    data = concatenate_datasets([train] * times).select(range(n))
    return data.map(
        lambda row, i: {"tokens": [str(i), *row["tokens"]], "ner_tags": [0, *row["ner_tags"]]},
        with_indices=True,
    )


def ways(workers: int) -> dict[str, Callable[[Dataset, Augmenter], Dataset]]:
    """How to expand a data set."""
    # Four batches for each worker, so that none of them is idle for long at the end.
    return {
        "map": lambda data, augmenter: expand(data, augmenter, COPIES),
        f"num_proc={workers}": lambda data, augmenter: expand(
            data, augmenter, COPIES, num_proc=workers
        ),
        f"Ray, {workers} workers": lambda data, augmenter: textaug.ray.expand(
            data, augmenter, COPIES, workers=workers, batch_size=-(-len(data) // (4 * workers))
        ),
    }


def table(results: dict[str, object], measured: list[dict[str, object]]) -> str:
    """The results as a Markdown table."""
    lines = ["| augmenter | rows | way | seconds | rows a second | against `map` |"]
    lines.append("|:--|--:|:--|--:|--:|--:|")
    lines += [
        f"| {m['augmenter']} | {m['rows']:,} | {m['way']} | {m['seconds']:.1f} | "
        f"{m['rows_per_second']:,.0f} | {m['ratio']:.2f} × |"
        for m in measured
    ]
    return "\n".join(lines) + (
        f"\n\nMedians of {results['rounds']} rounds, {COPIES} copies, on {results['cpus']} CPUs "
        f"(load {results['load']:.1f}). Starting Ray took {results['start_ray']:.1f} s more.\n"
    )


def main() -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--output", type=Path, default=Path("benchmarks/results/scaling"))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    datasets.disable_progress_bars()
    datasets.disable_caching()
    os.environ.setdefault("RAY_worker_niceness", "0")
    start = time.perf_counter()
    ray.init(num_cpus=arguments.workers, include_dashboard=False, log_to_driver=False)
    started = time.perf_counter() - start
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    augmenters = {
        "synonyms": SynonymReplacement(context=False),
        "back-translation": BackTranslation(),
    }
    for augmenter in augmenters.values():
        augmenter("The old man walked slowly to the house.")  # loads word lists and models
    seconds: dict[tuple[str, int, str], list[float]] = {}
    for _ in range(arguments.rounds):
        for name, sizes in SIZES.items():
            for size in sizes:
                data = rows(size)
                for way, run in ways(arguments.workers).items():
                    start = time.perf_counter()
                    run(data, augmenters[name])
                    taken = time.perf_counter() - start
                    seconds.setdefault((name, size, way), []).append(taken)
                    print(f"{name}, {size:,} rows, {way}: {taken:.1f} s", flush=True)
    measured: list[dict[str, object]] = []
    for (name, size, way), taken_in in seconds.items():
        typical = median(taken_in)
        ratios = [a / b for a, b in zip(seconds[name, size, "map"], taken_in, strict=True)]
        measured.append(
            {
                "augmenter": name,
                "rows": size,
                "way": way,
                "seconds": typical,
                "rows_per_second": size / typical,
                "ratio": median(ratios),  # of one round each
                "each_round": taken_in,
            }
        )
    results: dict[str, object] = {
        "rounds": arguments.rounds,
        "copies": COPIES,
        "cpus": os.cpu_count(),
        "load": os.getloadavg()[1],
        "machine": platform.processor() or platform.machine(),
        "versions": {name: version(name) for name in ("datasets", "ray", "pyarrow")},
        "start_ray": started,
        "measured": measured,
    }
    arguments.output.mkdir(parents=True, exist_ok=True)
    (arguments.output / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    (arguments.output / "results.md").write_text(table(results, measured))
    into_readme("benchmarks/scaling", table(results, measured))
    print(table(results, measured))


if __name__ == "__main__":
    main()
