"""Label efficiency: how many labelled sentences augmentation is worth, on CoNLL-2003.

    python benchmarks/label_efficiency.py --train_file ../shared/data/conll2003/eng.train \
        --test_file ../shared/data/conll2003/eng.testa --jobs 2

Trains taggers on nested random samples, with the same seeds and the same number of optimiser steps
in every arm, through the machinery of ``recipes/ner_finetune.py``, and judges all of them on the
test file, which nothing was tuned on. Four parts, each a list of runs:

- ``curve``: 50 to 800 sentences, gold alone and with the default policy; the taggers of 800
  sentences, one of the policy's robust variant among them, are also judged on test sets that were
  made harder;
- ``methods``: every method alone, at 100 and 400 sentences;
- ``choices``: which copies of the default policy to train on, and sentences of a language model's;
- ``full``: the whole training file, with and without the policy, in more steps.

"Gold repeated" would be gold to the last digit: an epoch goes once through the gold sentences in
every arm, as they are or augmented (``tests/test_recipe.py`` shows it for the recipe).

Augmented arms draw fresh copies for every batch (``AugmentingDataCollator``), those of ``choices``
are expanded beforehand. Every finished run is written at once into ``results.json``; the same call
again does only what is missing. From that file come ``results.md`` and ``results.png``.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "recipes"))

import label_efficiency_report as report
import ner_finetune as recipe
from datasets import Dataset, concatenate_datasets
from label_efficiency_report import POLICY, ROBUST
from ner_finetune import GOLD, SOURCE, Arguments, Run
from throughput_report import into_readme
from transformers import HfArgumentParser

from textaug import (
    Hardest,
    MentionReplacement,
    NoiseInjection,
    SentenceGenerator,
    TeacherAgreement,
    balanced,
    default_policy,
    expand,
)

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "label_efficiency"
METHODS = (
    "mentions",
    "mentions:fresh=0.8",
    "label-wise",
    "segments",
    "shuffle",
    "joining",
    "nominals",
    "synonyms",
    "noise",
    "masked-lm:model=offline",
    "back-translation",
    "melm:model=offline",
    ROBUST,
)
ROBUST_SIZE = 800
# Copies of the default policy, made beforehand: as they come, those that a tagger trained on the
# gold sample labels right, of four the one it finds hardest; more where a type is rare, which takes
# rows drawn at random, since else each gold sentence comes as often as the others.
EXPANDED, TEACHER, HARDEST = "default, expanded", "default, teacher agrees", "default, hardest of 4"
SHUFFLED, BALANCED = "default, expanded, shuffled", "default, balanced, shuffled"
GENERATED = "generated"  # DAGA: as many sentences of a language model's as there would be copies
CHOICES = (EXPANDED, TEACHER, HARDEST, SHUFFLED, BALANCED, GENERATED)


@dataclass
class Options:
    """What to measure."""

    train_file: str = field(metadata={"help": "CoNLL-2003's eng.train"})
    test_file: str = field(metadata={"help": "CoNLL-2003's eng.testa"})
    parts: list[str] = field(
        default_factory=lambda: ["curve", "methods", "choices", "full"],
        metadata={"help": "some of: curve methods choices full"},
    )
    arms: list[str] = field(
        default_factory=lambda: [GOLD, POLICY], metadata={"help": "of the curve and the full set"}
    )
    sizes: list[int] = field(default_factory=lambda: [50, 100, 200, 400, 800])
    seeds: list[int] = field(default_factory=lambda: [1, 2, 3, 4, 5])
    methods: list[str] = field(default_factory=lambda: list(METHODS))
    method_sizes: list[int] = field(default_factory=lambda: [100, 400])
    method_seeds: list[int] = field(default_factory=lambda: [1, 2, 3])
    max_steps: int = field(default=300, metadata={"help": "of 16 sentences, in every arm"})
    full_steps: int = field(default=900, metadata={"help": "on the whole training file"})
    model: str = field(default="minilm", metadata={"help": "encoder"})
    jobs: int = field(default=1, metadata={"help": "processes that train side by side"})
    output_dir: str = str(RESULTS)


def arguments_of(options: Options) -> Arguments:
    """The recipe's arguments that all runs share."""
    return Arguments(
        train_file=options.train_file,
        test_file=options.test_file,
        model=options.model,
        max_steps=options.max_steps,
        bf16=True,
        packed=True,
        jobs=options.jobs,
        output_dir=options.output_dir,
    )


def plan(options: Options, train_rows: int) -> list[tuple[int, Run]]:
    """Steps and run for everything that is asked for, seed by seed."""
    runs: list[tuple[int, Run]] = []

    def add(size: int, seed: int, arm: str, steps: int) -> None:
        augment = None if arm in (GOLD, *CHOICES) else arm
        runs.append((steps, Run(size, seed, arm, augment, on_the_fly=augment is not None)))

    for seed in options.seeds:
        for size in options.sizes if "curve" in options.parts else ():
            for arm in (*options.arms, *([ROBUST] if size == ROBUST_SIZE else [])):
                add(size, seed, arm, options.max_steps)
    for part, arms in (("methods", options.methods), ("choices", CHOICES)):
        for seed in options.method_seeds if part in options.parts else ():
            for size in options.method_sizes:
                for arm in (GOLD, *arms):
                    add(size, seed, arm, options.max_steps)
    for seed in options.seeds if "full" in options.parts else ():
        for arm in options.arms:
            add(train_rows, seed, arm, options.full_steps)
    return list(dict.fromkeys(runs))


def train(arguments: Arguments, run: Run) -> dict[str, Any]:
    """One run; at 800 sentences it is also judged on the changed test sets."""
    made = training_set(arguments, run) if run.arm in CHOICES else None
    at_random = run.arm in (SHUFFLED, BALANCED)
    model, tokenizer, about = recipe.fit(replace(arguments, balanced=not at_random), run, made)
    data = recipe.data_of(arguments)
    judged = {"test": data["test"]}
    if run.size == ROBUST_SIZE and run.arm in (GOLD, POLICY, ROBUST):
        judged |= harder(
            data["test"], data["train"], recipe.sample(data["train"], run.size, run.seed)
        )
    f1 = {}
    for name, rows in judged.items():
        scores = recipe.score(model, tokenizer, rows, bf16=True)
        f1[name] = scores["mentions"]["overall_f1"]
        if name == "test":
            about["types"] = {
                kind: value["f1"]
                for kind, value in scores["mentions"].items()
                if isinstance(value, dict)
            }
    return {**about, "f1": f1.pop("test"), "robustness": f1}


def training_set(arguments: Arguments, run: Run) -> Dataset:
    """The gold sentences and what an arm of ``choices`` adds to them."""
    recipe.be_quiet()
    gold, copies = recipe.gold_of(arguments, run), arguments.copies
    if run.arm == GENERATED:
        with TemporaryDirectory() as folder:
            writer = SentenceGenerator.fit(
                gold, seed=run.seed, cache_dir=folder, show_progress_bar=False
            )
            new = writer.generate(copies * len(gold), seed=run.seed, show_progress_bar=False)
        return concatenate_datasets(
            [gold, new.add_column(SOURCE, list(range(len(gold), len(gold) + len(new))))]
        )
    policy = default_policy(gold, seed=run.seed)
    if run.arm == BALANCED:
        return expand(gold, policy, balanced(gold, copies))
    if run.arm in (TEACHER, HARDEST):
        with TemporaryDirectory() as folder:
            for part in recipe.fit(arguments, replace(run, arm=GOLD))[:2]:
                part.save_pretrained(folder)
            chosen = (
                policy.where(TeacherAgreement(folder), tries=4)
                if run.arm == TEACHER
                else Hardest(policy, 4, folder, seed=run.seed)
            )
            return expand(gold, chosen, copies)
    return expand(gold, policy, copies)


def harder(test: Dataset, train: Dataset, sample: Dataset) -> dict[str, Dataset]:
    """The test set, changed in five ways that TextFlint (Wang et al. 2021) also tries.

    New names are real ones, of the training file's other sentences: neither in the sample nor from
    the lists that the policy draws from.
    """
    own = MentionReplacement.from_dataset(sample).pools
    pools = {
        kind: [name for name in names if name not in set(own.get(kind, ()))]
        for kind, names in MentionReplacement.from_dataset(train).pools.items()
    }
    long = {kind: [name for name in names if name.count(" ") >= 2] for kind, names in pools.items()}

    def changed(augmenter: Any) -> Dataset:
        return test.map(augmenter, batched=True, load_from_cache_file=False, keep_in_memory=True)

    return {
        "typos in mentions": changed(NoiseInjection(p=1.0, target="mentions", seed=77)),
        "unseen names": changed(MentionReplacement(pools, p=1.0, seed=77)),
        "longer mentions": changed(MentionReplacement(long, p=1.0, seed=77)),
        "joined sentences": joined(test, seed=77),
        "all capitals": test.map(
            lambda row: {"tokens": [token.upper() for token in row["tokens"]]},
            load_from_cache_file=False,
            keep_in_memory=True,
        ),
    }


def joined(rows: Dataset, seed: int) -> Dataset:
    """Sentences in random pairs, each pair one row."""
    order = list(range(len(rows)))
    Random(seed).shuffle(order)
    pairs = zip(order[::2], order[1::2], strict=False)
    tokens, tags = rows["tokens"][:], rows["ner_tags"][:]
    both = [(tokens[i] + tokens[j], tags[i] + tags[j]) for i, j in pairs]
    columns = {"tokens": [words for words, _ in both], "ner_tags": [names for _, names in both]}
    return Dataset.from_dict(columns, features=rows.features)


def main() -> None:
    """Do what is missing, and write the results."""
    (options,) = HfArgumentParser(Options, description=__doc__).parse_args_into_dataclasses()
    recipe.be_quiet()
    arguments = arguments_of(options)
    folder = Path(options.output_dir)
    folder.mkdir(parents=True, exist_ok=True)
    results = recipe.open_results(folder / "results.json", arguments)
    runs = plan(options, len(recipe.data_of(arguments)["train"]))
    done = {(r["steps"], r["size"], r["seed"], r["arm"]) for r in results["runs"]}
    missing = [(n, run) for n, run in runs if (n, run.size, run.seed, run.arm) not in done]
    print(f"{len(runs)} runs, {len(runs) - len(missing)} of them done before", flush=True)
    for steps in sorted({steps for steps, _ in missing}):
        _do(replace(arguments, max_steps=steps), [r for n, r in missing if n == steps], results)
    table = report.write(results, folder)
    if folder.resolve() == RESULTS:
        into_readme("benchmarks/label_efficiency.py", table, ROOT / "README.md")
    print(table)


def _do(arguments: Arguments, runs: Sequence[Run], results: dict[str, Any]) -> None:
    path = Path(arguments.output_dir) / "results.json"
    for number, result in enumerate(recipe.train_all(arguments, runs, train), start=1):
        results["runs"].append(result)
        recipe.save(path, results)
        print(
            f"[{number}/{len(runs)}] {result['size']} sentences, seed {result['seed']}, "
            f"{result['arm']}: F1 {100 * result['f1']:.1f} ({result['seconds']['train']:.0f} s)",
            flush=True,
        )


if __name__ == "__main__":
    main()
