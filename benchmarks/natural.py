"""Do new words read naturally in news? Sentences of CoNLL-2003 for a person to read, and counts.

    python -m benchmarks.natural eng.train --show synonyms > to_read.tsv
    python -m benchmarks.natural eng.train --verdicts synonyms to_read.tsv
    python -m benchmarks.natural eng.train --count
    python -m benchmarks.natural eng.train --table

The first command writes a hundred changed sentences, drawn with a fixed seed, with ``[old > new]``
and an empty column for the verdict (``yes`` or ``no``). The second keeps rows, words and verdicts
without the sentences, in ``benchmarks/results/substitution/read_*.tsv``. The third writes
``natural.json`` there: the share of the sentences that change, of those with a word of letters
outside mentions; for each of the twenty commonest words that are replaced, in how many of its
occurrences it is replaced, and by the commonest new word; and the share of the sentences in which
the best substitute of any word reaches a probability, which is the most that could change.
The fourth writes ``reading.md``: what was read in ``read_*.tsv``, that of back-translation
in ``results/meaning`` included.

The methods were tuned on other rows, before 9000 and from 12000 on. ``read_levers.tsv`` has what
was read there at commit cb653fa, 50 sentences of each setting, by a reader who did not see the
setting; and 60 sentences each of that commit and of VERSION 7, on rows from 9000 to 12000.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.readme import into_readme
from benchmarks.throughput.timing import environment
from textaug import Augmenter, MaskedLMSubstitution, SynonymReplacement
from textaug.core.example import Edit, Example
from textaug.core.reading import read_examples
from textaug.corpora import load_conll
from textaug.models.batching import BATCH_TOKENS
from textaug.models.loading import ModelSpec
from textaug.models.word_fit import load_word_fit

RESULTS = Path(__file__).parent / "results" / "substitution"
ROWS = range(9000, 12000)
SENTENCES, BATCH = 100, 50
SEED = 5
SAMPLE_SEEDS = {"synonyms": 8, "masked_lm": 7, "masked_lm_meaning": 7}
COMMONEST = 20
PROBABILITIES = (0.18, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
COLUMNS = ("row", "verdict", "words", "sentence")
METHODS: dict[str, Augmenter] = {
    "synonyms": SynonymReplacement(seed=SEED),
    "masked_lm": MaskedLMSubstitution("offline", seed=SEED),
    "masked_lm_meaning": MaskedLMSubstitution("offline", keep_meaning=True, seed=SEED),
}


def rows_of(path: Path) -> dict[int, Example]:
    """Rows with a word of letters outside mentions, by number."""
    examples = read_examples(load_conll(path), "train", {})
    return {
        row: examples[row]
        for row in ROWS
        if any(any(map(str.isalpha, examples[row].tokens[i])) for i in _context(examples[row]))
    }


def _context(example: Example) -> list[int]:
    return list(example.positions("context"))


def edited(method: str, rows: dict[int, Example]) -> dict[int, list[Edit]]:
    """The edits of each changed row."""
    rngs = [Random(f"{SEED}/{row}") for row in rows]
    proposed = METHODS[method].propose(list(rows.values()), rngs)
    return {row: sorted(edits) for row, edits in zip(rows, proposed, strict=True) if edits}


def marked(example: Example, edits: Sequence[Edit]) -> str:
    """The sentence, with old and new words."""
    words = list(example.tokens)
    for start, end, new, _ in edits:
        words[start:end] = [f"[{' '.join(words[start:end])} > {' '.join(new)}]"]
    return " ".join(words)


def show(method: str, rows: dict[int, Example]) -> None:
    """Print sentences to read."""
    order = sorted(rows)
    Random(SAMPLE_SEEDS[method]).shuffle(order)
    changed: dict[int, list[Edit]] = {}
    while len(changed) < SENTENCES and order:
        changed |= edited(method, {row: rows[row] for row in order[:BATCH]})
        del order[:BATCH]
    writer = csv.writer(sys.stdout, "excel-tab", lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in list(changed)[:SENTENCES]:
        tokens, edits = rows[row].tokens, changed[row]
        pairs = [f"{tokens[e.start]} > {' '.join(e.tokens)}" for e in edits]
        writer.writerow((row, "", "; ".join(pairs), marked(rows[row], edits)))


def keep_verdicts(method: str, path: Path) -> None:
    """Write the verdicts of a file that was read, without its sentences."""
    with path.open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file, dialect="excel-tab"))
    with (RESULTS / f"read_{method}.tsv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, "excel-tab", lineterminator="\n")
        writer.writerow(COLUMNS[:3])
        writer.writerows([row[name] for name in COLUMNS[:3]] for row in read)
    print(Counter(row["verdict"] for row in read))


def count(rows: dict[int, Example]) -> dict[str, Any]:
    """The share of the rows that synonyms change, and how often single words are replaced."""
    changed = edited("synonyms", rows)
    occurs: Counter[str] = Counter()
    new: dict[str, Counter[str]] = defaultdict(Counter)
    for row, example in rows.items():
        occurs.update(example.tokens[i].lower() for i in _context(example))
        for start, _, tokens, _ in changed.get(row, ()):
            new[example.tokens[start].lower()][" ".join(tokens).lower()] += 1
    common = sorted((word for word in new if word not in ("a", "an")), key=lambda w: -occurs[w])
    return {
        "rows": len(rows),
        "changed": len(changed) / len(rows),
        "words_per_changed_row": sum(map(len, changed.values())) / len(changed),
        "common_words": {
            word: {
                "occurs": occurs[word],
                "replaced": new[word].total() / occurs[word],
                "by": new[word].most_common(1)[0][0],
                "by_the_commonest": new[word].most_common(1)[0][1] / occurs[word],
            }
            for word in common[:COMMONEST]
        },
    }


def reach(rows: dict[int, Example]) -> dict[str, float]:
    """The share of the rows whose best substitute reaches a probability."""
    fit = load_word_fit(ModelSpec("offline"), None)
    examples = list(rows.values())
    found = fit.rank(examples, [_context(each) for each in examples], 0.0, BATCH_TOKENS)
    best = [max((ranked[0][1] for ranked in row.values()), default=0.0) for row in found]
    return {str(p): round(sum(each >= p for each in best) / len(best), 3) for p in PROBABILITIES}


def table() -> str:
    """How many sentences were good, of each method and each setting that was tried."""
    lines = [
        "| changed sentences of CoNLL-2003 | read | good | sentences changed |",
        "|---|--:|--:|--:|",
    ]

    def add(name: str, verdicts: Sequence[str], changed: str) -> None:
        good = sum(verdict in ("yes", "1") for verdict in verdicts)
        lines.append(f"| {name} | {len(verdicts)} | {good / len(verdicts):.0%} | {changed} |")

    natural = json.loads((RESULTS / "natural.json").read_text())
    read = {
        "synonyms: natural, same meaning": RESULTS / "read_synonyms.tsv",
        "masked LM: grammatical": RESULTS / "read_masked_lm.tsv",
        "back-translation: natural, same meaning": RESULTS.parent / "meaning/back_translation.tsv",
    }
    for name, path in read.items():
        rows = _rows(path)
        verdicts = [row.get("verdict") or row["right"] for row in rows]
        changed = f"{natural['changed']:.0%}" if "synonyms" in path.name else ""
        add(f"**{name}**", verdicts, changed)
    settings: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in _rows(RESULTS / "read_levers.tsv"):
        key = row["method"], row["setting"], row["share_changed"]
        settings[key].append(row["verdict"])
    for (method, setting, changed), verdicts in settings.items():
        add(f"{method}, {setting}", verdicts, f"{float(changed):.0%}" if changed else "")
    return "\n".join(lines) + "\n"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, dialect="excel-tab"))


def main() -> None:
    """Show sentences, keep verdicts, write the table, or count."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path, help="eng.train")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--show", choices=METHODS)
    what.add_argument("--verdicts", nargs=2, metavar=("METHOD", "FILE"))
    what.add_argument("--count", action="store_true")
    what.add_argument("--table", action="store_true")
    arguments = parser.parse_args()
    if arguments.verdicts:
        keep_verdicts(arguments.verdicts[0], Path(arguments.verdicts[1]))
    elif arguments.show:
        show(arguments.show, rows_of(arguments.file))
    elif arguments.table:
        (RESULTS / "reading.md").write_text(table())
        into_readme("benchmarks/natural", table())
        print(table())
    else:
        rows = rows_of(arguments.file)
        report = count(rows) | {"best_reaches": reach(rows)} | environment("cpu")
        (RESULTS / "natural.json").write_text(json.dumps(report, indent=1) + "\n")
        print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
