"""The speed of augmentation: against the least work and other libraries, by size, in training.

One command measures, and writes JSON, a Markdown table and a chart::

    python -m benchmarks.throughput                     # everything
    python -m benchmarks.throughput floor training      # some sections; the others stay
    python -m benchmarks.throughput --quick             # small sizes, to try it, into runs/
    python -m benchmarks.throughput --device cuda       # on a GPU, into results_cuda.json

Arms that are compared run in turns, A B A B, and each figure is the median of the ratios of the
rounds. Speeds depend on the machine, which is recorded; ratios depend on it little.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.readme import into_readme

from . import report
from .breakdown import around_the_model
from .decoding import decoding
from .doubling import doubling
from .floor import expanding, floor
from .growth import growth
from .peers import peers
from .policy import policy
from .precision import precision
from .settings import RESULTS, WORK
from .start_up import start_up
from .timing import environment
from .training import training
from .workers import workers

SECTIONS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "floor": floor,
    "expand": expanding,
    "precision": precision,
    "peers": peers,
    "growth": growth,
    "training": training,
    "workers": workers,
    "around the model": around_the_model,
    "decoding": decoding,
    "doubling": doubling,
    "policy": policy,
    "start": start_up,
}


def main() -> None:
    """Measure, then write JSON, table and chart."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sections", nargs="*", help=f"of {', '.join(SECTIONS)}; default: all")
    parser.add_argument("--quick", action="store_true", help="small sizes, into runs/, to try it")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tokens", type=int, help="batch_tokens of the models")
    parser.add_argument("--output_dir", type=Path)
    parser.add_argument(
        "--part", choices=("masked-lm", "translation"), help="of floor; default: all"
    )
    parser.add_argument("--report", action="store_true", help="only write table and chart")
    options = parser.parse_args()
    # So that `map` ends its worker processes when this process is told to end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    if unknown := set(options.sections) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    WORK.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("HF_HOME", str(WORK / "hf"))
    options.tokens = options.tokens or (32_768 if options.device == "cuda" else 4_096)
    options.rounds = min(options.rounds, 2) if options.quick else options.rounds
    output = options.output_dir or (WORK / "quick" if options.quick else RESULTS)
    output.mkdir(parents=True, exist_ok=True)
    path = output / ("results_cuda.json" if options.device == "cuda" else "results.json")
    results = json.loads(path.read_text()) if path.exists() else {}
    default = [name for name in SECTIONS if name != "workers"]
    default = ["floor", "workers"] if options.device == "cuda" else default
    for name in [] if options.report else options.sections or default:
        where = environment(options.device)
        start = perf_counter()
        before = results.get(name, {}).get("results", {}) if options.part else {}

        def save(
            found: Any,
            name: str = name,
            where: Any = where,
            start: float = start,
            before: Any = before,
        ) -> None:
            where["took_seconds"] = round(perf_counter() - start)
            results[name] = {"environment": where, "results": before | found}
            path.write_text(json.dumps(results, indent=1) + "\n")

        options.save = save  # the results so far, because the benchmark may be stopped
        save(SECTIONS[name](options))
    table = report.markdown(results)
    path.with_suffix(".md").write_text(table)
    report.chart(results, path.with_suffix(".png"))
    if output == RESULTS and options.device == "cpu":
        into_readme("benchmarks/throughput", table)
        into_readme("benchmarks/throughput, in short", report.peers_in_short(results))
    print(table)


if __name__ == "__main__":
    main()
