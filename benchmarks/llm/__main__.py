"""Language models that rewrite: what the README and the docs say of them, measured.

    python -m benchmarks.llm server killed speed leaks --data ../shared/data/conll2003/eng.train
    python -m benchmarks.llm smollm overhead new_rows --data ../shared/data/conll2003/eng.train

Each writes ``benchmarks/results/llm/NAME.json``. ``smollm`` also writes the pairs to read, with a
hash each, to ``--pairs``; ``smollm_verdicts.tsv`` in the folder of results has the verdicts on them
by hash, without the sentences.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from benchmarks.llm.local import overhead, smollm
from benchmarks.llm.new_rows import new_rows
from benchmarks.llm.server import killed, leaks, server, speed
from benchmarks.throughput.timing import environment

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "llm"


def main() -> None:
    """Run the parts that are named and write their results."""
    parts = {f.__name__: f for f in (server, killed, speed, leaks, smollm, overhead, new_rows)}
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("parts", nargs="+", choices=parts)
    parser.add_argument("--data", type=Path, required=True, help="a CoNLL-2003 file")
    parser.add_argument("--pairs", type=Path, default=Path("pairs.txt"))
    parser.add_argument("--cache", default=None, help="folder of the answers of SmolLM2")
    parser.add_argument("--sentences", type=int, default=None)
    given = parser.parse_args()
    RESULTS.mkdir(parents=True, exist_ok=True)
    for name in given.parts:
        load = os.getloadavg()[0]
        found = {"load at the start": load, **parts[name](given)}
        text = json.dumps({**found, "environment": environment("cpu")}, indent=1)
        (RESULTS / f"{name}.json").write_text(text + "\n")
        print(name, json.dumps(found, indent=1), flush=True)


if __name__ == "__main__":
    main()
