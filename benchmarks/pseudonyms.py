"""What pseudonymisation leaves, whether it is the same everywhere, and what a tagger loses by it.

    python -m benchmarks.pseudonyms names ../shared/data/conll2003
    python -m benchmarks.pseudonyms f1 ../shared/data/conll2003
    python -m benchmarks.pseudonyms synthetic ../shared/data/conll2003
    python -m benchmarks.pseudonyms sentences ../shared/data/conll2003 > to_read.tsv

``names`` pseudonymises both files in one process, in four workers, twice, in two processes that
were started apart (each learns the names by itself, with another hash seed), and on Ray, and audits
the result. ``f1`` trains taggers on 400 sentences, as they are, pseudonymised, and with names of
people in the other sentences of CoNLL-2003 instead, the first two also with the default policy in
the collator, and judges all on original text. ``synthetic`` lets the small language model write 100
new sentences from 400, gives new names to people, places and organisations in them, and audits the
result against the 400 (extras ``llm``, ``llm-offline`` and ``names``). Each writes its part of
``benchmarks/results/pseudonyms/results.json``.
``sentences`` prints 100 changed sentences for a reader, who notes in the first column which are
natural: ``benchmarks/results/pseudonyms/read.tsv`` has only the verdicts, as the sentences are not
ours.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

import datasets
from datasets import ClassLabel, Dataset, DatasetDict, Features, List, Value

from benchmarks.label_efficiency.report import paired
from recipes.ner.results import commit
from textaug import MentionReplacement, Pseudonymization, audit, default_policy, generate
from textaug.core import tag_schemes
from textaug.core.reading import read_examples
from textaug.corpora import load_conll

RESULTS = Path(__file__).parent / "results" / "pseudonyms" / "results.json"
KEY = "the key of the benchmark, no secret"
WORKERS = 4
SENTENCES = 400  # of a training set
STEPS, COPIES = 300, 4  # of a tagger's training; copies for each original with the policy
POLICY = ("original", "pseudonymised")  # arms that are also trained with the default policy
READ = 100
WRITTEN = 100  # sentences of the language model


def load(folder: Path) -> DatasetDict:
    """Both files of CoNLL-2003."""
    return load_conll({"train": folder / "eng.train", "dev": folder / "eng.testa"})


def digest(data: DatasetDict) -> str:
    """A hash of all tokens and tags."""
    text = json.dumps(
        {name: [rows["tokens"][:], rows["ner_tags"][:]] for name, rows in data.items()}
    )
    return blake2b(text.encode(), digest_size=16).hexdigest()


def mapped(data: DatasetDict, workers: int | None = None) -> DatasetDict:
    """The data pseudonymised, by an augmenter that learns its names anew."""
    hide = Pseudonymization.from_dataset(data, key=KEY)
    return data.map(hide, batched=True, num_proc=workers, load_from_cache_file=False)


def names(folder: Path) -> dict[str, Any]:
    """The same everywhere, and nothing left."""
    data = load(folder)
    start = time.perf_counter()
    new = mapped(data)
    seconds = time.perf_counter() - start
    digests = {"one process": digest(new)}
    for run in ("first", "second"):
        digests[f"{WORKERS} workers, {run} run"] = digest(mapped(data, WORKERS))
    for seed in ("1", "2"):
        digests[f"another process, hash seed {seed}"] = subprocess.run(
            [sys.executable, "-m", "benchmarks.pseudonyms", "digest", str(folder)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
    if find_spec("ray"):
        import ray

        import textaug.ray

        ray.init(
            num_cpus=2, include_dashboard=False, runtime_env={"env_vars": {"TEXTAUG_KEY": KEY}}
        )
        hide = Pseudonymization.from_dataset(data, key=KEY)
        made = {
            name: textaug.ray.expand(rows, hide, keep_original=False, workers=2)
            for name, rows in data.items()
        }
        digests["Ray, 2 workers"] = digest(DatasetDict(made))
        ray.shutdown()
    found = audit(data, new)
    print(found)
    return {
        "rows": {name: len(rows) for name, rows in data.items()},
        "seconds": round(seconds, 1),
        "digests": digests,
        "all the same": len(set(digests.values())) == 1,
        "leaks": found.leaks,
        "audit": {each.what: [each.number, each.of, each.is_leak] for each in found.findings},
    }


def in_iob2(rows: Dataset) -> Dataset:
    """Tokens and IOB2 tags."""
    types = ("LOC", "MISC", "ORG", "PER")
    labels = ["O", *(f"{letter}-{label}" for label in types for letter in "BI")]
    examples = read_examples(rows, "train", {})
    columns = {
        "tokens": [list(e.tokens) for e in examples],
        "ner_tags": [tag_schemes.from_spans(e.spans, len(e.tokens), "IOB2") for e in examples],
    }
    features = Features(tokens=List(Value("string")), ner_tags=List(ClassLabel(names=labels)))
    return Dataset.from_dict(columns, features=features)


def f1(folder: Path, seeds: int, rows: int, before: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """F1 on original text of taggers trained on original and on changed sentences, by seed.

    Seeds of ``before`` are not repeated.
    """
    from textaug.evaluation.tagger_f1 import TaggerF1

    data = load(folder)
    new = mapped(data)
    test = in_iob2(data["dev"])
    test = test.select(sorted(Random(0).sample(range(len(test)), min(rows, len(test)))))
    original, pseudonymised = in_iob2(data["train"]), in_iob2(new["train"])
    judge = TaggerF1(steps=STEPS)
    how = {"sentences": SENTENCES, "steps": STEPS, "test rows": len(test)}
    is_same = "commits" in before and how.items() <= before.items()
    scores: dict[str, list[float]] = before["f1"] if is_same else {}
    commits = before["commits"] if is_same else []
    for seed in range(len(commits), seeds):
        chosen = sorted(Random(seed).sample(range(len(original)), SENTENCES))
        others = original.select(sorted({*range(len(original))} - {*chosen}))
        pool = MentionReplacement.from_dataset(others).pools["PER"]
        swap = MentionReplacement({"PER": pool}, p=1, types=["PER"], seed=seed)
        sample = original.select(chosen)
        arms = {
            "original": sample,
            "pseudonymised": pseudonymised.select(chosen),
            "names of other sentences": sample.map(swap, batched=True, load_from_cache_file=False),
        }
        for name, rows_of_arm in arms.items():
            scores.setdefault(name, []).append(judge(rows_of_arm, test, None, 0, seed))
            if name in POLICY:
                policy = default_policy(rows_of_arm, seed=seed)
                own = scores.setdefault(f"{name}, policy", [])
                own.append(judge(rows_of_arm, test, policy, COPIES, seed))
        scores = {name: [round(f1, 2) for f1 in each] for name, each in scores.items()}
        print(seed, {name: each[-1] for name, each in scores.items()}, flush=True)
        commits.append(commit())
        f1_of = {name: dict(enumerate(each)) for name, each in scores.items()}
        gains = {
            name: paired(own, f1_of["original, policy" if "policy" in name else "original"])
            for name, own in f1_of.items()
            if not name.startswith("original")
        }
        yield {**how, "seeds": seed + 1, "f1": scores, "gain (95% interval)": gains,
               "commits": commits}  # fmt: skip


def synthetic(folder: Path) -> dict[str, Any]:
    """New sentences with new names, audited against the sentences that they were made from."""
    train = in_iob2(load(folder)["train"])
    gold = train.select(sorted(Random(0).sample(range(len(train)), SENTENCES)))
    new = generate(gold, WRITTEN, "offline", seed=0)
    types = ["PER", "LOC", "ORG"]
    both = DatasetDict(gold=gold, new=new.cast(gold.features))
    hide = Pseudonymization.from_dataset(both, key=KEY, types=types)
    made = both["new"].map(hide, batched=True, load_from_cache_file=False)
    found = audit(gold, made, types=types)
    print(found)
    return {
        "sentences": SENTENCES,
        "written": len(made),
        "mentions": sum(len(each.spans) for each in read_examples(made, "train", {})),
        "leaks": found.leaks,
        "audit": {each.what: [each.number, each.of, each.is_leak] for each in found.findings},
    }


def sentences(folder: Path) -> None:
    """Changed sentences of ``eng.train``, in a random order."""
    data = load(folder)
    before, after = data["train"]["tokens"][:], mapped(data)["train"]["tokens"][:]
    changed = [i for i, old in enumerate(before) if after[i] != old]
    print("natural\trow\tsentence")
    for row in Random(0).sample(changed, READ):
        print(f"\t{row}\t{' '.join(after[row])}")


def main() -> None:
    """Do one part, and write its figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("part", choices=("names", "f1", "synthetic", "sentences", "digest"))
    parser.add_argument("folder", type=Path, help="of eng.train and eng.testa")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--test_rows", type=int, default=5_000)
    arguments = parser.parse_args()
    datasets.disable_progress_bars()
    if arguments.part == "digest":
        print(digest(mapped(load(arguments.folder))))
        return
    if arguments.part == "sentences":
        sentences(arguments.folder)
        return
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    made: Iterable[dict[str, Any]]
    if arguments.part == "names":
        made = [names(arguments.folder)]
    elif arguments.part == "synthetic":
        made = [synthetic(arguments.folder)]
    else:
        before = results.get("f1", {})
        made = f1(arguments.folder, arguments.seeds, arguments.test_rows, before)
    for each in made:
        each |= {"commit": commit(), "machine": platform.machine(), "cpus": os.cpu_count()}
        each["versions"] = {name: version(name) for name in ("datasets", "faker", "transformers")}
        RESULTS.parent.mkdir(parents=True, exist_ok=True)
        RESULTS.write_text(json.dumps(results | {arguments.part: each}, indent=1) + "\n")


if __name__ == "__main__":
    main()
