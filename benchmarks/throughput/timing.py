"""Seconds and ratios, measured in turns, and the machine they were measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from recipes.ner.results import commit
from recipes.ner.workers import spawned

PACKAGES = ("torch", "transformers", "datasets", "pyarrow", "numpy", "ctranslate2")

Seconds = dict[str, list[float]]


def in_turns(arms: dict[str, Callable[[], float | None]], rounds: int, title: str) -> Seconds:
    """Seconds of each arm in each round; an arm may return its own time."""
    from tqdm import tqdm

    seconds: Seconds = {name: [] for name in arms}
    with tqdm(total=(rounds + 1) * len(arms), desc=title, unit="run", leave=False) as bar:
        for number in range(rounds + 1):
            for name, run in arms.items():
                bar.set_postfix_str(name)
                start = perf_counter()
                own = run()
                took = perf_counter() - start if own is None else own
                if number:  # the first round is the warm-up
                    seconds[name].append(took)
                bar.update()
    return seconds


def ratio(seconds: Seconds, this: str, over: str) -> float:
    """The median, over the rounds, of one arm's time divided by another's."""
    return median(a / b for a, b in zip(seconds[this], seconds[over], strict=True))


def compared(seconds: Seconds, this: str, over: str, sentences: int) -> dict[str, Any]:
    """The results of a pair of arms."""
    return {
        "sentences": sentences,
        "ratio": ratio(seconds, this, over),
        "per_second": sentences / median(seconds[this]),
        "base": over,
        "base_per_second": sentences / median(seconds[over]),
        "seconds": {name: seconds[name] for name in (this, over)},
    }


def best_of(makers: dict[int, Callable[[], Callable[[], None]]]) -> Callable[[], None]:
    """The fastest of some ways to do the same."""
    tried: list[tuple[float, int]] = []
    for key, make in makers.items():
        run = make()
        run()
        start = perf_counter()
        run()
        tried.append((perf_counter() - start, key))
    return makers[min(tried)[1]]()


def in_child(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function in a new process, which ends with this one."""
    with spawned(1) as pool:
        return pool.submit(function, *arguments).result()


def wait_for(device: str) -> None:
    """Wait for a GPU to finish."""
    import torch

    if device == "cuda":
        torch.cuda.synchronize()


def environment(device: str) -> dict[str, Any]:
    """Machine, versions, commit, and how busy the machine was."""
    import torch

    def installed(name: str) -> str | None:
        try:
            return version(name)
        except Exception:
            return None

    processor = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return {
        "machine": f"{processor} ({os.cpu_count()} cores)",
        "gpu": torch.cuda.get_device_name() if device == "cuda" else None,
        "torch_threads": torch.get_num_threads(),
        "load_before": os.getloadavg()[0],
        "python": platform.python_version(),
        "versions": {name: installed(name) for name in PACKAGES},
        "commit": commit(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }
