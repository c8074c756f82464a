"""From which number of rows more workers pay, on paper, from what was measured on one machine.

    python -m benchmarks.scaling_model

A way takes ``start + rows * (work / workers + own)`` seconds: ``work`` is what a row costs ``map``
in one process, ``own`` what it costs beside that and is not shared out (reading, sending, joining).
``start`` and ``own`` are read from the two sizes that ``benchmarks.scaling`` measured with two
workers; a way pays from the number of rows at which it takes less time than ``map``. For a GPU the
figures are those of ``benchmarks.throughput --device cuda``.
"""

from __future__ import annotations

import json
from itertools import groupby
from math import ceil
from pathlib import Path
from typing import Any

from benchmarks.readme import into_readme

RESULTS = Path(__file__).resolve().parent / "results"
WORKERS = (2, 8, 32, 128)


def main() -> None:
    """Read the measured figures, and write the table."""
    scaling = json.loads((RESULTS / "scaling" / "results.json").read_text())
    cuda = json.loads((RESULTS / "throughput_gpu" / "results_cuda.json").read_text())
    table = f"{breakeven(scaling)}\n\n{gpus(cuda)}\n"
    (RESULTS / "scaling" / "model.md").write_text(table)
    into_readme("benchmarks/scaling, on paper", table)
    print(table)


def breakeven(scaling: dict[str, Any]) -> str:
    """For each augmenter and way: from which number of rows it is faster than ``map``."""
    lines = [
        f"| augmenter | way | {' | '.join(f'{w} workers' for w in WORKERS)} |",
        "|:--|:--|" + "--:|" * len(WORKERS),
    ]
    for name, group in groupby(scaling["measured"], key=lambda each: each["augmenter"]):
        lines_of = {}  # start and seconds per row
        for each in sorted(group, key=lambda each: (each["way"], each["rows"])):
            lines_of.setdefault(each["way"].split(",")[0].split("=")[0], []).append(
                (each["rows"], each["seconds"])
            )
        fitted = {way: line(points) for way, points in lines_of.items()}
        base, work = fitted["map"]
        for way, (start, per_row) in fitted.items():
            if way == "map":
                continue
            own = max(0.0, per_row - work / 2)
            cells = [
                _rows((start - base) / gain) if (gain := work - work / w - own) > 0 else "never"
                for w in WORKERS
            ]
            lines.append(f"| {name} | {way} | {' | '.join(cells)} |")
    return "\n".join(lines)


def line(points: list[tuple[int, float]]) -> tuple[float, float]:
    """Start and seconds per row, through the smallest and the largest number of rows."""
    (few, short), *_, (many, long) = sorted(points)
    per_row = (long - short) / (many - few)
    return max(0.0, short - few * per_row), per_row


def gpus(cuda: dict[str, Any]) -> str:
    """How many processes keep one GPU busy."""
    masked, workers = (cuda[name]["results"] for name in ("floor", "workers"))
    masked = masked["masked LM"]
    python = 1e6 * (1 / masked["per_second"] - 1 / masked["base_per_second"])
    forward = 1e6 / masked["base_per_second"]
    rate = workers["per_second_started"]
    return (
        f"{cuda['floor']['environment']['gpu']}: the forward pass of a BERT-base takes "
        f"{forward:.0f} µs a sentence and the work of a CPU core around it {python:.0f} µs, so "
        f"{ceil(python / forward)} processes would keep one busy. {workers['processes']} processes "
        f"on 16 cores do {rate:,.0f} sentences a second ({rate * forward / 1e6:.0%} of what the "
        "forward pass alone would do). More GPUs pay where each has that many cores."
    )


def _rows(number: float) -> str:
    return f"{max(1, ceil(number)):,} rows"


if __name__ == "__main__":
    main()
