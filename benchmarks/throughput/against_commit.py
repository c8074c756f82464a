"""The time of ``map``, divided by that of an older commit of this repository.

    python -m benchmarks.throughput.against_commit a243af8 --file ../shared/data/conll2003/eng.train

Two processes, one with each version, take turns. CPU time counts, and the best round of each
process, so that other work on the machine disturbs little.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
# Reads the rows, then answers each line with the CPU seconds of one `map` by each augmenter.
WORKER = """
import json, sys, time
from inspect import signature
from datasets import disable_progress_bars
from textaug import MaskedLMSubstitution, NoiseInjection, SynonymReplacement
from textaug.corpora import load_conll

disable_progress_bars()
rows = load_conll({"train": sys.argv[1]})["train"].select(range(int(sys.argv[2])))
old = {} if "context" not in signature(SynonymReplacement).parameters else {"context": False}
arms = {"noise": NoiseInjection(seed=1), "synonyms": SynonymReplacement(seed=1, **old)}
for line in sys.stdin:
    seconds = {}
    for name, augmenter in arms.items():
        start = time.process_time()
        rows.map(augmenter, batched=True, load_from_cache_file=False, keep_in_memory=True)
        seconds[name] = time.process_time() - start
    print(json.dumps(seconds), flush=True)
"""


def main() -> None:
    """Measure, and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("commit", help="the older version")
    parser.add_argument("--file", type=Path, required=True, help="a CoNLL file")
    parser.add_argument("--rows", type=int, default=14_000)
    parser.add_argument("--rounds", type=int, default=8)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        old = Path(folder) / "old"
        subprocess.run(["git", "worktree", "add", "-q", old, options.commit], cwd=ROOT, check=True)
        try:
            workers = {
                name: subprocess.Popen(
                    [sys.executable, "-c", WORKER, options.file.resolve(), str(options.rows)],
                    cwd=path,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
                for name, path in (("old", old), ("new", ROOT))
            }
            rounds: dict[str, list[dict[str, float]]] = {name: [] for name in workers}
            for _ in range(options.rounds):
                for name, worker in workers.items():
                    assert worker.stdin and worker.stdout
                    worker.stdin.write("\n")
                    worker.stdin.flush()
                    rounds[name].append(json.loads(worker.stdout.readline()))
            for worker in workers.values():
                worker.communicate()
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", old], cwd=ROOT, check=True)
    for arm in rounds["new"][0]:
        best = {name: min(found[arm] for found in each) for name, each in rounds.items()}
        ratio = best["new"] / best["old"]
        print(f"{arm}: {ratio:.3f} of the time ({best['new']:.2f} s and {best['old']:.2f} s)")


if __name__ == "__main__":
    main()
