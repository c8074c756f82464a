"""Do people accept the new words? Methods that replace words, on the judgements of SWORDS.

    python -m benchmarks.substitution swords-v1.1_dev.json.gz

For each target word of the dev split (Lee et al. 2021) every method draws five words. *Offered* is
the share of the targets for which it offers any; of the words offered, *acceptable* is the share
that at least half of the judges accepted, *conceivable* that at least one did, and *unjudged* that
nobody was asked about (such words count as not accepted). All words of the context may change, as
in use; each new word is judged in the original context, by its lemma.

Writes ``results.json``, ``results.md`` and ``chart.svg`` to ``benchmarks/results/substitution``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from tqdm import tqdm

from benchmarks.readme import into_readme
from benchmarks.swords import HALF, Target, read_targets
from benchmarks.throughput.timing import environment
from textaug import Augmenter, MaskedLMSubstitution, SynonymReplacement

DRAWS = 5
RESULTS = Path(__file__).parent / "results" / "substitution"
BATCH = 32  # contexts
METHODS: dict[str, Augmenter] = {
    "SynonymReplacement()": SynonymReplacement(p=1),
    "SynonymReplacement(threshold=0.6)": SynonymReplacement(p=1, threshold=0.6),
    "SynonymReplacement(context=False)": SynonymReplacement(p=1, context=False),
    'MaskedLMSubstitution("offline")': MaskedLMSubstitution("offline", p=1),
    'MaskedLMSubstitution("offline", mask=True)': MaskedLMSubstitution("offline", p=1, mask=True),
    'MaskedLMSubstitution("offline", keep_meaning=True)': MaskedLMSubstitution(
        "offline", p=1, keep_meaning=True
    ),
}


def offers(augmenter: Augmenter, targets: Sequence[Target]) -> list[list[str]]:
    """The words that a method draws for each target: none, or up to five."""
    found: list[list[str]] = [[] for _ in targets]
    jobs = [(n, draw) for n in range(len(targets)) for draw in range(DRAWS)]
    for start in range(0, len(jobs), BATCH):
        batch = jobs[start : start + BATCH]
        examples = [targets[n].example() for n, _ in batch]
        rngs = [Random(f"{n}/{draw}") for n, draw in batch]
        proposals = augmenter.propose([example for example, _ in examples], rngs)
        for (n, _), (_, at), edits in zip(batch, examples, proposals, strict=True):
            found[n] += [" ".join(e.tokens) for e in edits if (e.start, e.end) == (at, at + 1)]
    return found


def scores(words: Sequence[Sequence[str]], targets: Sequence[Target]) -> dict[str, float]:
    """Shares, 0..1: offered, and of the words offered acceptable, conceivable and unjudged."""
    pairs = [(word, t) for of_target, t in zip(words, targets, strict=True) for word in of_target]
    votes = [target.accepted_by(word) for word, target in pairs]
    n = max(1, len(pairs))
    return {
        "offered": sum(map(bool, words)) / len(targets),
        "acceptable": sum(vote >= HALF for vote in votes) / n,
        "conceivable": sum(vote > 0 for vote in votes) / n,
        "unjudged": sum(not target.is_judged(word) for word, target in pairs) / n,
    }


def table(results: Mapping[str, Mapping[str, float]]) -> str:
    """The figures as a Markdown table."""
    names = ("offered", "acceptable", "conceivable", "unjudged")
    lines = [f"| | {' | '.join(names)} |", "|---|" + "--:|" * len(names)]
    for method, figures in results.items():
        lines.append(f"| `{method}` | " + " | ".join(f"{figures[k]:.0%}" for k in names) + " |")
    return "\n".join(lines) + "\n"


def draw_chart(results: Mapping[str, Mapping[str, float]], path: Path) -> None:
    """Offered against acceptable, one point for each method."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    for method, figures in results.items():
        x, y = 100 * figures["offered"], 100 * figures["acceptable"]
        axes.plot(x, y, "o")
        axes.annotate(method, (x, y), (6, 4), textcoords="offset points", fontsize=8)
    axes.set(
        xlim=(0, 118),
        ylim=(0, 100),
        xlabel="words for which one is offered, %",
        ylabel="accepted by people, %",
        title="New words on SWORDS (dev)",
    )
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def main() -> None:
    """Read the judgements, run every method, write the results."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path, help="SWORDS, dev split")
    parser.add_argument("--only", help="methods whose names contain this; the others' figures stay")
    arguments = parser.parse_args()
    targets = read_targets(arguments.file)
    file = RESULTS / "results.json"
    before = json.loads(file.read_text())["methods"] if arguments.only and file.exists() else {}
    commit = environment("cpu")["commit"]
    results: dict[str, Any] = {}
    for method, augmenter in tqdm(METHODS.items(), disable=None):
        if not arguments.only or arguments.only in method:
            results[method] = scores(offers(augmenter, targets), targets) | {"commit": commit}
        elif method in before:
            results[method] = before[method]
    print(table(results))
    RESULTS.mkdir(parents=True, exist_ok=True)
    report = {"targets": len(targets), "draws": DRAWS, "methods": results} | environment("cpu")
    file.write_text(json.dumps(report, indent=1) + "\n")
    (RESULTS / "results.md").write_text(table(results))
    into_readme("benchmarks/substitution", table(results))
    draw_chart(results, RESULTS / "chart.svg")


if __name__ == "__main__":
    main()
