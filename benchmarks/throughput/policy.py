"""What ``default_policy`` of a large data set costs: building, hashing and pickling it."""

from __future__ import annotations

import argparse
import pickle
from statistics import median
from time import perf_counter
from typing import Any

from .inputs import sentences

ROWS = 20_000


def policy(options: argparse.Namespace) -> dict[str, Any]:
    """Seconds, and bytes of the pickle.

    ``datasets`` hashes an augmenter for each ``map``: the first time its large arguments are
    compressed.
    """
    from datasets.fingerprint import Hasher

    from textaug import default_policy

    data = sentences(2_000 if options.quick else ROWS)
    default_policy(data.select(range(50)))  # loads word lists
    seconds: dict[str, list[float]] = {"build": [], "first hash": [], "hash": []}
    for _ in range(options.rounds):
        start = perf_counter()
        made = default_policy(data)
        seconds["build"].append(perf_counter() - start)
        for name in ("first hash", "hash"):
            start = perf_counter()
            Hasher.hash(made)
            seconds[name].append(perf_counter() - start)
    return {
        "rows": len(data),
        "pickle_bytes": len(pickle.dumps(made)),
        "seconds": {name: median(each) for name, each in seconds.items()},
        "all": seconds,
    }
