"""Fine-tune a named-entity tagger with and without augmentation, and compare fairly.

One call trains every arm (gold data alone, and each augmenter) on the same random samples, with the
same seeds and the same number of optimiser steps, judges all of them on the same test set, and
writes the results as JSON, a Markdown table and a chart::

    python recipes/ner_finetune.py --dataset builtin --train_size 100 400 --seeds 1 2 3 4 5 \
        --augment synonyms noise mentions "mentions+synonyms" --jobs 2

An epoch goes once through the gold sentences in every arm, in the same order, and takes each as it
was or as one of its augmented copies. ``--no_balanced`` shuffles the expanded set instead, as a
plain ``Trainer`` would: sentences that could not be augmented are then seen less often.

An arm is the name of an augmenter (see ``textaug.specs``), with arguments after a colon if wanted:
``noise:p=0.05,target='all'``. ``a+b`` applies both to every copy (``Compose``); ``"a|b"`` draws one
of them for every copy (``OneOf``).

Every finished run is written at once; the same call again does only what is missing.
"""

from __future__ import annotations

import json
import logging
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import version
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # the processes are the parallelism

import ner_report
import torch
import transformers
from datasets import (
    ClassLabel,
    Dataset,
    DatasetDict,
    Features,
    List,
    Value,
    concatenate_datasets,
    disable_progress_bars,
    load_dataset,
)
from seqeval_metric import Seqeval

import textaug
from textaug import offline
from textaug.core import tag_schemes as tags
from textaug.core.columns import TAG_COLUMNS, TOKEN_COLUMNS
from textaug.corpora import builtin_corpus, load_conll, split
from textaug.models.tagger import predict
from textaug.pipeline.collator import AugmentingDataCollator
from textaug.specs import build, outline

GOLD, REPEATED = "gold", "gold repeated"
SOURCE = "source"  # column: which gold sentence a row was made of
OFFLINE_MODEL = "minilm"
# Rows are sorted by length within pools of this many batches: half the padding, still random.
POOL = 8


@dataclass
class Arguments:
    """What to train on, and how. Lists take several values, separated by blanks."""

    dataset: str = field(
        default="builtin", metadata={"help": "'builtin', or a data set's name on the hub"}
    )
    train_file: str | None = field(
        default=None, metadata={"help": "a CoNLL file, instead of --dataset"}
    )
    validation_file: str | None = field(default=None, metadata={"help": "a CoNLL file"})
    test_file: str | None = field(
        default=None,
        metadata={"help": "a CoNLL file; without it the train file is split 70/15/15"},
    )
    eval_split: str = field(
        default="test", metadata={"help": "split to judge on; choose settings on 'validation'"}
    )
    train_size: list[int] = field(
        default_factory=list,
        metadata={"help": "training sentences, drawn at random for each seed; default: all"},
    )
    seeds: list[int] = field(default_factory=lambda: [1, 2, 3, 4, 5])
    model: str | None = field(
        default=None,
        metadata={"help": "default: bert-base-cased, or 'minilm' where no hub is reachable"},
    )
    augment: list[str] = field(
        default_factory=list,
        metadata={"help": "arms, such as: synonyms noise:p=0.1 mentions+noise"},
    )
    gold_repeated: bool = field(
        default=False,
        metadata={
            "help": "also train on the gold data repeated copies + 1 times; with balanced drawing "
            "the same as gold, to the last digit"
        },
    )
    balanced: bool = field(
        default=True,
        metadata={
            "help": "draw every gold sentence equally often, as it was or as one of its copies"
        },
    )
    copies: int = field(default=4, metadata={"help": "augmented copies for each sentence"})
    on_the_fly: bool = field(
        default=False, metadata={"help": "augment in the collator, anew in every epoch"}
    )
    max_steps: int = field(
        default=250, metadata={"help": "optimiser steps, the same number in every arm"}
    )
    batch_size: int = field(default=16, metadata={"help": "sentences in every step"})
    learning_rate: float | None = field(
        default=None, metadata={"help": "at its peak; default: 5e-5, and 3e-4 for minilm"}
    )
    warmup: float = field(default=0.1, metadata={"help": "share of the steps"})
    bf16: bool = field(
        default=False,
        metadata={"help": "compute in bfloat16: twice as fast on GPUs and CPUs that have it"},
    )
    packed: bool = field(
        default=False,
        metadata={
            "help": "train without padding, for BERT and its like: the same losses, on a CPU in "
            "two thirds of the time"
        },
    )
    jobs: int = field(default=1, metadata={"help": "processes that train side by side"})
    output_dir: str = field(default="runs/ner", metadata={"help": "where the results are written"})

    def __post_init__(self) -> None:
        if self.model is None:
            self.model = "bert-base-cased" if offline.hub_is_reachable() else OFFLINE_MODEL
        if self.learning_rate is None:  # the smaller the model, the larger the steps it needs
            self.learning_rate = 3e-4 if self.model == OFFLINE_MODEL else 5e-5

    def settings(self) -> dict[str, Any]:
        """What the results of two calls must share to stand in one table."""
        free = {"train_size", "seeds", "augment", "gold_repeated", "on_the_fly"}
        free |= {"jobs", "output_dir"}
        return {name: value for name, value in asdict(self).items() if name not in free}


# Data


@cache
def load_data(
    dataset: str, train_file: str | None, validation_file: str | None, test_file: str | None
) -> DatasetDict:
    """The data as ``tokens`` and ``ner_tags`` in IOB2, with labels for every type of mention."""
    if train_file:
        files = {"train": train_file, "validation": validation_file, "test": test_file}
        data = load_conll({name: path for name, path in files.items() if path})
    elif dataset == "builtin":
        data = builtin_corpus()
    else:
        offline.go_offline_without_hub()
        data = load_dataset(dataset)
    if "test" not in data:
        data = split(data["train"])
    columns = data["train"].features
    tokens_column = next(name for name in TOKEN_COLUMNS if name in columns)
    tags_column = next(name for name in TAG_COLUMNS if name in columns)
    old = columns[tags_column].feature.names
    kinds = {span.label for name in old for span in tags.to_spans([name])}
    new = list(tags.complete([f"I-{kind}" for kind in kinds]))

    def convert(row: dict[str, Any]) -> dict[str, Any]:
        spans = tags.to_spans([old[tag] for tag in row[tags_column]])
        names = tags.from_spans(spans, len(row[tokens_column]), "IOB2")
        return {"tokens": row[tokens_column], "ner_tags": [new.index(name) for name in names]}

    features = Features({"tokens": List(Value("string")), "ner_tags": List(ClassLabel(names=new))})
    return data.map(
        convert,
        remove_columns=list(columns),
        features=features,
        keep_in_memory=True,
        load_from_cache_file=False,
    )


def data_of(arguments: Arguments) -> DatasetDict:
    """The data that these arguments name."""
    return load_data(
        arguments.dataset, arguments.train_file, arguments.validation_file, arguments.test_file
    )


def sample(train: Dataset, size: int, seed: int) -> Dataset:
    """``size`` random sentences; for one seed, the smaller sample is part of the larger."""
    order = list(range(len(train)))
    Random(seed).shuffle(order)
    return train.select(order[:size])


def mentions(dataset: Dataset) -> int:
    """How many mentions a data set in IOB2 has."""
    names = dataset.features["ner_tags"].feature.names
    return sum(names[tag].startswith("B-") for row in dataset["ner_tags"] for tag in row)


# One run


@dataclass(frozen=True)
class Run:
    """One training: a sample size, a seed and an arm."""

    size: int
    seed: int
    arm: str
    augment: str | None = None
    on_the_fly: bool = False


def plan(arguments: Arguments, train_rows: int) -> list[Run]:
    """All runs that a call asks for, seed by seed, so that early results are already pairs."""
    runs = []
    for seed in arguments.seeds:
        for size in arguments.train_size or [train_rows]:
            runs.append(Run(size, seed, GOLD))
            if arguments.gold_repeated:
                runs.append(Run(size, seed, REPEATED))
            for spec in arguments.augment:
                arm = f"{spec} (on the fly)" if arguments.on_the_fly else spec
                runs.append(Run(size, seed, arm, spec, arguments.on_the_fly))
    return runs


def schedule(
    sources: Sequence[int], lengths: Sequence[int], steps: int, batch_size: int, seed: int
) -> list[int]:
    """The row numbers for every step, ``batch_size`` each: full batches, epoch after epoch.

    An epoch goes once through the sources (the gold sentences), in random order, and takes one of
    the rows made of each. So every arm sees the same sentences in the same steps, as they were or
    augmented, and none becomes rare because it could not be augmented. Sources of like length go
    together, within pools of a few batches.

    Args:
        sources: for each row of the training set, the gold sentence it was made of.
        lengths: words in each row; the first row of a source says how long it is.
        steps: number of batches.
        batch_size: rows in a batch.
        seed: for both draws.
    """
    rows_of: dict[int, list[int]] = {}
    for row, source in enumerate(sources):
        rows_of.setdefault(source, []).append(row)
    length_of = {source: lengths[rows[0]] for source, rows in rows_of.items()}
    rng, choice = Random(seed), Random(f"{seed} rows").choice

    def epochs() -> Iterator[int]:
        while True:
            yield from rng.sample(sorted(rows_of), len(rows_of))

    stream = epochs()
    order: list[int] = []
    while len(order) < steps * batch_size:
        pool = sorted(islice(stream, POOL * batch_size), key=length_of.__getitem__)
        batches = [pool[i : i + batch_size] for i in range(0, len(pool), batch_size)]
        rng.shuffle(batches)
        order += [choice(rows_of[source]) for batch in batches for source in batch]
    return order[: steps * batch_size]


class Packed:
    """A collator's rows, several behind each other in one: the same losses with little padding.

    Each attends to itself alone and counts its positions from 0, as BERT and its like allow;
    augmented sentences are of unequal length, and of their batches half would be padding.

    Args:
        collate: makes batches of ``input_ids``, ``attention_mask`` and ``labels``.
        length: sub-tokens in a row; more where one sentence is longer.
    """

    def __init__(self, collate: Callable[[Any], dict[str, Any]], length: int = 96) -> None:
        self.collate = collate
        self.length = length

    def __call__(self, rows: Any) -> dict[str, Any]:
        """``attention_mask`` is what is added to the attention: (rows, 1, length, length)."""
        batch = self.collate(rows)
        lengths = batch["attention_mask"].sum(1).tolist()
        length = max(self.length, -(-max(lengths) // 8) * 8)
        bins: list[list[int]] = []
        for i in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
            free = (each for each in bins if sum(lengths[k] for k in each) + lengths[i] <= length)
            if (found := next(free, None)) is None:
                bins.append(found := [])
            found.append(i)
        shape = (len(bins), length)
        new = {
            "input_ids": torch.zeros(shape, dtype=torch.long),
            "labels": torch.full(shape, -100),
            "position_ids": torch.zeros(shape, dtype=torch.long),
        }
        sentence = torch.full(shape, -1)
        for row, each in enumerate(bins):
            start = 0
            for i in each:
                here = (row, slice(start, start + lengths[i]))
                new["input_ids"][here] = batch["input_ids"][i, : lengths[i]]
                new["labels"][here] = batch["labels"][i, : lengths[i]]
                new["position_ids"][here] = torch.arange(lengths[i])
                sentence[here] = i
                start += lengths[i]
        apart = sentence[:, :, None] != sentence[:, None, :]
        new["attention_mask"] = torch.zeros(apart.shape).masked_fill_(apart, -1e9)[:, None]
        return new


def train_once(arguments: Arguments, run: Run) -> dict[str, Any]:
    """Make the training set of an arm, train, judge; returns all there is to know about it."""
    model, tokenizer, about = fit(arguments, run)
    judged = data_of(arguments)[arguments.eval_split]
    start = time.perf_counter()
    scores = score(model, tokenizer, judged, arguments.bf16)
    about["seconds"]["evaluate"] = round(time.perf_counter() - start, 2)
    return {**about, "f1": scores["mentions"]["overall_f1"], "eval_rows": len(judged), **scores}


def gold_of(arguments: Arguments, run: Run) -> Dataset:
    """The sample of a run, with the numbers of its sentences in the column ``SOURCE``."""
    gold = sample(data_of(arguments)["train"], run.size, run.seed)
    return gold.add_column(SOURCE, list(range(len(gold))))


def fit(
    arguments: Arguments, run: Run, made: Dataset | None = None
) -> tuple[Any, Any, dict[str, Any]]:
    """Make the training set of an arm and train; returns model, tokenizer and a record.

    Args:
        arguments: how to train.
        run: on which sample, and with which augmenter.
        made: the training set, with a column ``SOURCE``, where an augmenter alone does not make it.
    """
    be_quiet()
    gold = gold_of(arguments, run)
    names = gold.features["ner_tags"].feature.names
    copies = arguments.copies

    start = time.perf_counter()
    augmenter = build(run.augment, gold, run.seed) if run.augment else None
    if made is not None:
        train = made
    elif run.arm == REPEATED:
        train = concatenate_datasets([gold] * (copies + 1))
    elif augmenter is None or run.on_the_fly:
        train = gold
    else:
        train = textaug.expand(gold, augmenter, copies)
    augment_seconds = time.perf_counter() - start

    start = time.perf_counter()
    transformers.set_seed(run.seed)
    path = offline.encoder() if arguments.model == OFFLINE_MODEL else arguments.model
    tokenizer = transformers.AutoTokenizer.from_pretrained(path, add_prefix_space=True)
    model = transformers.AutoModelForTokenClassification.from_pretrained(
        path,
        num_labels=len(names),
        id2label=dict(enumerate(names)),
        label2id={name: i for i, name in enumerate(names)},
        dtype=torch.float32,
        # Backward passes in bfloat16 are slow through PyTorch's fused attention on CPUs.
        attn_implementation="eager" if arguments.bf16 and not torch.cuda.is_available() else None,
    )
    order = schedule(
        train[SOURCE] if arguments.balanced else range(len(train)),
        [len(tokens) for tokens in train["tokens"]],
        arguments.max_steps,
        arguments.batch_size,
        run.seed,
    )
    collator: Any = AugmentingDataCollator(
        tokenizer,
        augmenter if run.on_the_fly else None,
        label_names=names,
        p=copies / (copies + 1),  # as many originals among the rows as in an expanded set
        # Kernels for bfloat16 are compiled for each shape: fewer of them.
        pad_to_multiple_of=8 if arguments.bf16 and not arguments.packed else None,
    )
    trainer = transformers.Trainer(
        model,
        transformers.TrainingArguments(
            output_dir=arguments.output_dir,
            max_steps=arguments.max_steps,
            per_device_train_batch_size=arguments.batch_size,
            learning_rate=arguments.learning_rate,
            warmup_steps=round(arguments.warmup * arguments.max_steps),
            weight_decay=0.01,
            train_sampling_strategy="sequential",  # `schedule` has drawn the order already
            bf16=arguments.bf16,
            use_cpu=not torch.cuda.is_available(),
            remove_unused_columns=False,  # the collator reads words and tags
            dataloader_pin_memory=torch.cuda.is_available(),
            save_strategy="no",
            logging_strategy="no",
            report_to="none",
            disable_tqdm=True,
            seed=run.seed,
        ),
        train_dataset=train.select(order, keep_in_memory=True),
        data_collator=Packed(collator) if arguments.packed else collator,
    )
    trainer.remove_callback(transformers.PrinterCallback)
    trainer.train()
    train_seconds = time.perf_counter() - start

    return (
        model,
        tokenizer,
        {
            "size": run.size,
            "seed": run.seed,
            "arm": run.arm,
            "augmenter": outline(augmenter) if augmenter else None,
            "steps": trainer.state.global_step,
            "gold_rows": len(gold),
            "train_rows": len(train),
            "gold_mentions": mentions(gold),
            "train_mentions": mentions(train),
            "augmentation_counts": dict(sorted(augmenter.counts.items())) if augmenter else {},
            "seconds": {"augment": round(augment_seconds, 2), "train": round(train_seconds, 2)},
            "commit": commit(),
        },
    )


def score(model: Any, tokenizer: Any, judged: Dataset, bf16: bool = False) -> dict[str, Any]:
    """Scores by mention (strict IOB2) and by token."""
    from sklearn.metrics import classification_report

    names = judged.features["ner_tags"].feature.names
    truth = [[names[tag] for tag in row] for row in judged["ner_tags"]]
    model.eval()
    with torch.autocast(model.device.type, torch.bfloat16, enabled=bf16):
        predicted = predict(model, tokenizer, judged["tokens"][:])
    metric = Seqeval(keep_in_memory=True)
    tokens = classification_report(
        [tag for row in truth for tag in row],
        [tag for row in predicted for tag in row],
        labels=sorted(names),
        output_dict=True,
        zero_division=0,
    )
    return {
        "mentions": metric.compute(
            predictions=predicted, references=truth, mode="strict", scheme="IOB2"
        ),
        # As the shared task's own script counts: a mention may start with I-.
        "conlleval_f1": metric.compute(predictions=predicted, references=truth)["overall_f1"],
        "tokens": tokens,
    }


def be_quiet() -> None:
    """No progress bars and warnings of the libraries' own."""
    disable_progress_bars()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    logging.getLogger("textaug").setLevel(logging.ERROR)  # copies left out are in the results


# All runs


def run(arguments: Arguments) -> dict[str, Any]:
    """Do what is missing of the runs asked for, and write the results.

    Returns:
        What ``results.json`` holds: settings, environment, runs and their summary.

    Raises:
        ValueError: if the output folder holds results of other settings, or an argument names
            nothing that exists.
    """
    be_quiet()
    train = data_of(arguments)["train"]
    runs = plan(arguments, len(train))
    _check(arguments, runs, train)
    folder = Path(arguments.output_dir)
    folder.mkdir(parents=True, exist_ok=True)
    results = open_results(folder / "results.json", arguments)
    done = {(r["size"], r["seed"], r["arm"]) for r in results["runs"]}
    missing = [r for r in runs if (r.size, r.seed, r.arm) not in done]
    print(f"{len(runs)} runs, {len(runs) - len(missing)} of them done before", flush=True)
    start = time.perf_counter()
    for number, result in enumerate(train_all(arguments, missing), start=1):
        results["runs"].append(result)
        results["summary"] = ner_report.summary(results["runs"])
        save(folder / "results.json", results)
        left = (time.perf_counter() - start) / number * (len(missing) - number)
        print(
            f"[{number}/{len(missing)}] {_line(result)}; about {left / 60:.0f} min left", flush=True
        )
    ner_report.write(results, folder)
    return results


def _check(arguments: Arguments, runs: Sequence[Run], train: Dataset) -> None:
    """Find mistakes now and not after an hour of training."""
    if max(r.size for r in runs) > len(train):
        raise ValueError(
            f"--train_size {max(r.size for r in runs)}: there are {len(train)} sentences"
        )
    splits = data_of(arguments)
    if arguments.eval_split not in splits:
        raise ValueError(f"--eval_split {arguments.eval_split!r}: there are {', '.join(splits)}")
    for spec in arguments.augment:
        build(spec, sample(train, min(r.size for r in runs), runs[0].seed), runs[0].seed)


def train_all(
    arguments: Arguments,
    runs: Sequence[Run],
    train: Callable[[Arguments, Run], dict[str, Any]] = train_once,
) -> Iterator[dict[str, Any]]:
    """Do runs, side by side if ``jobs`` says so, in the order in which they end."""
    if arguments.jobs == 1:
        for each in runs:
            yield train(arguments, each)
        return
    # One thread each: two processes with one thread train more per hour than one with two.
    threads = max(1, (os.cpu_count() or 1) // arguments.jobs)
    pool = ProcessPoolExecutor(
        arguments.jobs, get_context("spawn"), torch.set_num_threads, (threads,)
    )
    try:
        waiting = [pool.submit(train, arguments, each) for each in runs]
        for future in as_completed(waiting):
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def open_results(path: Path, arguments: Arguments) -> dict[str, Any]:
    """Results to go on with; refused if they were made with other settings."""
    settings = arguments.settings()
    if not path.exists():
        return {
            "settings": settings,
            "environment": environment(),
            "runs": [],
            "summary": [],
        }
    results: dict[str, Any] = json.loads(path.read_text())
    other = [
        f"{name} was {results['settings'].get(name)!r}, is {value!r}"
        for name, value in settings.items()
        if results["settings"].get(name) != value
    ]
    if other:
        raise ValueError(
            f"{path} holds results of other settings ({'; '.join(other)}); choose another "
            "--output_dir, or remove that file"
        )
    return results


def save(path: Path, results: dict[str, Any]) -> None:
    """Write the results, whole or not at all."""
    new = path.with_suffix(".new")  # an interrupted write must not spoil what is there
    new.write_text(json.dumps(results, indent=1) + "\n")
    new.replace(path)


def _line(result: dict[str, Any]) -> str:
    seconds = result["seconds"]
    return (
        f"{result['size']} sentences, seed {result['seed']}, {result['arm']}: "
        f"F1 {100 * result['f1']:.1f} ({result['train_rows']} rows; {seconds['augment']:.1f} s "
        f"augmenting, {seconds['train']:.0f} s training, {seconds['evaluate']:.0f} s judging)"
    )


def environment() -> dict[str, Any]:
    """Machine, versions, commit and command line."""
    packages = ["torch", "transformers", "datasets", "evaluate", "seqeval", "scikit-learn"]
    cpu = platform.processor()
    if Path("/proc/cpuinfo").exists():
        cpu = re.findall(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())[0]
    return {
        "command": sys.argv,
        "time": time.strftime("%Y-%m-%d %H:%M:%S %z"),
        "commit": commit(),
        "machine": {
            "cpu": cpu,
            "cores": os.cpu_count(),
            "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
            "system": platform.platform(),
        },
        "versions": {
            "python": platform.python_version(),
            "textaug": textaug.__version__,
            **{name: version(name) for name in packages},
        },
    }


@cache
def commit() -> str | None:
    """The git commit this runs from, with ``+`` where files differ from it."""
    done = subprocess.run(
        ["git", "describe", "--always", "--abbrev=40", "--dirty=+", "--exclude=*"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip() or None


def main() -> None:
    """Read the command line, run, and print the tables."""
    (arguments,) = transformers.HfArgumentParser(
        Arguments, description=__doc__
    ).parse_args_into_dataclasses()
    try:
        results = run(arguments)
    except ValueError as error:
        sys.exit(f"ner_finetune: {error}")
    print()
    print(ner_report.token_tables(results))
    print(ner_report.markdown(results))
    print(
        f"results.json, results.md, results.png and token_tables.md are in {arguments.output_dir}"
    )


if __name__ == "__main__":
    main()
