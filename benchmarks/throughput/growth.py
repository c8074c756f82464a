"""Time and memory by the number of sentences, and the gain of a second process."""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

from .inputs import copy_columns, mapped, sentences
from .settings import COPYING
from .timing import compared, in_child, in_turns, ratio

GROWTH = (1_000, 10_000, 100_000, 1_000_000)


def growth(options: argparse.Namespace) -> dict[str, Any]:
    """Time per sentence and memory with the number of sentences; one core and two."""
    sizes = [size for size in GROWTH if size <= (10_000 if options.quick else GROWTH[-1])]
    results: dict[str, Any] = {"sizes": {}, "num_proc": {}}
    for name in ("noise", "synonyms"):
        results["sizes"][name] = []
        for size in sizes:
            print(f"growth: {name}, {size:,} sentences", flush=True)
            results["sizes"][name].append({"sentences": size, **in_child(measure, name, size)})
    # Starting two processes and joining their files takes almost a second.
    data = sentences(sizes[-1])
    functions = {"noise": cheap("noise"), "synonyms": cheap("synonyms"), COPYING: copy_columns}
    for name, function in functions.items():
        seconds = in_turns(
            {
                "one": lambda f=function: mapped(data, f) and None,
                "two": lambda f=function: mapped(data, f, num_proc=2) and None,
            },
            options.rounds,
            f"{name}, num_proc",
        )
        results["num_proc"][name] = compared(seconds, "one", "two", len(data))
    loops = 2_000_000 if options.quick else 40_000_000
    results["two_processes"] = two_processes(loops, options.rounds)
    return results


def two_processes(loops: int, rounds: int) -> dict[str, Any]:
    """How much faster two processes count than one: the limit of ``num_proc``."""
    count = f"for _ in range({loops}): pass"

    def processes(number: int) -> None:
        running = [subprocess.Popen([sys.executable, "-c", count]) for _ in range(number)]
        for process in running:
            process.wait()

    arms = {"one": lambda: processes(1), "two": lambda: processes(2)}
    seconds = in_turns(arms, rounds, "two processes that only count")
    return {"ratio": 2 * ratio(seconds, "one", "two"), "seconds": seconds}


def cheap(name: str) -> Any:
    """An augmenter without a model."""
    from textaug import NoiseInjection, SynonymReplacement

    made: dict[str, Any] = {
        "noise": NoiseInjection,
        "synonyms": partial(SynonymReplacement, context=False),
    }
    return made[name]()


def measure(name: str, size: int) -> dict[str, float]:
    """Seconds and peak memory of augmenting ``size`` sentences, for a fresh process."""
    augmenter = cheap(name)
    mapped(sentences(1_000), augmenter)  # loads word lists and models
    data = sentences(size)
    peak, running = [0], True

    def watch() -> None:
        while running:  # its own memory, without the pages of mapped files
            status = Path("/proc/self/status").read_text()
            peak[0] = max(peak[0], int(status.partition("RssAnon:")[2].split()[0]))
            sleep(0.05)

    watcher = threading.Thread(target=watch)
    watcher.start()
    start = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    clock = perf_counter()
    mapped(data, augmenter)
    took = perf_counter() - clock
    used = resource.getrusage(resource.RUSAGE_SELF).ru_utime - start
    running = False
    watcher.join()
    return {"seconds": took, "cpu_seconds": used, "peak_mib": peak[0] / 1024}
