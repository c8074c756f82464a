"""One run: the sample of an arm, the training, the scores."""

from __future__ import annotations

import time
from functools import cache
from typing import Any

import torch
import transformers
from datasets import Dataset, DatasetDict

import textaug
from recipes.ner.data import sample
from recipes.ner.results import commit
from recipes.ner.schedule import Run, schedule
from recipes.ner.training import InOrder, quiet, training_arguments
from textaug import offline
from textaug.io.read import read
from textaug.pipeline.text_collator import AugmentingTextCollator
from textaug.specs import build, outline

from .arguments import OFFLINE_MODEL, Arguments

EVALUATION_BATCH = 64


@cache
def load_data(train: str, test: str, text_column: str, label_column: str) -> DatasetDict:
    """Texts and their labels, as a ``ClassLabel``.

    Raises:
        ValueError: if a column or a split is missing, or the test set has a label that training has
            not.
    """
    parts = {}
    for name, file in (("train", train), ("test", test)):
        rows = _split(read(file), name, file)
        if missing := {text_column, label_column} - set(rows.column_names):
            raise ValueError(
                f"{file} has no column {min(missing)!r} (columns: {', '.join(rows.column_names)}); "
                "pass --text_column and --label_column"
            )
        rows = rows.select_columns([text_column, label_column])
        if not hasattr(rows.features[label_column], "names"):
            rows = rows.class_encode_column(label_column)
        parts[name] = rows
    known, other = (rows.features[label_column].names for rows in parts.values())
    if unknown := [name for name in other if name not in known]:
        raise ValueError(
            f"{test} has the label {unknown[0]!r}, and {train} has {known}: leave these rows out, "
            "or add some to the training file"
        )
    # The test file may lack a class, or have them in another order.
    ids = [
        None if label is None or label < 0 else known.index(other[label])
        for label in parts["test"][label_column]
    ]
    parts["test"] = Dataset.from_dict(
        {text_column: parts["test"][text_column][:], label_column: ids},
        features=parts["train"].features,
    )
    return DatasetDict(parts)


def _split(found: Any, name: str, file: str) -> Dataset:
    """The split of that name, or the only one of a file."""
    if isinstance(found, Dataset):
        return found
    if name not in found and len(found) > 1:
        raise ValueError(
            f"--{name}_file {file}: there is no split {name!r} (splits: {', '.join(found)}); pass "
            "one file of it"
        )
    rows: Dataset = found[name] if name in found else next(iter(found.values()))
    return rows


def data_of(arguments: Arguments) -> DatasetDict:
    """The data set that these arguments name."""
    return load_data(
        arguments.train_file, arguments.test_file, arguments.text_column, arguments.label_column
    )


@quiet()
def train_once(arguments: Arguments, run: Run) -> dict[str, Any]:
    """Train and evaluate; returns the record of the run."""
    data = data_of(arguments)
    gold = sample(data["train"], run.size, run.seed)
    start = time.perf_counter()
    augmenter = build(run.augment, gold, run.seed) if run.augment else None
    train = _with_raw(arguments, run, gold, data["test"]) if run.raw else gold
    built = time.perf_counter() - start
    start = time.perf_counter()
    transformers.set_seed(run.seed)
    trainer = _trainer(arguments, run, train, augmenter)
    trainer.train()
    seconds = {
        "augment": round(built, 2),
        "train": round(time.perf_counter() - start, 2),
    }
    return {
        "size": run.size,
        "seed": run.seed,
        "arm": run.arm,
        "augmenter": outline(augmenter) if augmenter else None,
        "steps": trainer.state.global_step,
        "train_rows": len(train),
        "augmentation_counts": dict(sorted(augmenter.counts.items())) if augmenter else {},
        "seconds": seconds,
        "commit": commit(),
        "test_rows": len(data["test"]),
        **_scores(arguments, trainer, data["test"]),
    }


def _with_raw(arguments: Arguments, run: Run, gold: Dataset, test: Dataset) -> Dataset:
    """The sample, and raw texts with the labels of :func:`textaug.self_train`."""
    found = textaug.self_train(
        gold, arguments.raw_file, held_out=test, seed=run.seed, show_progress_bar=False,
        text_column=arguments.text_column, roles={arguments.label_column: "label"},
    )  # fmt: skip
    return found.dataset.select_columns(gold.column_names).cast(gold.features)


def _trainer(arguments: Arguments, run: Run, gold: Dataset, augmenter: Any) -> InOrder:
    names = gold.features[arguments.label_column].names
    path = offline.encoder() if arguments.model == OFFLINE_MODEL else arguments.model
    tokenizer = transformers.AutoTokenizer.from_pretrained(path)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(
        path,
        num_labels=len(names),
        id2label=dict(enumerate(names)),
        label2id={name: i for i, name in enumerate(names)},
        dtype=torch.float32,
        attn_implementation="eager" if arguments.bf16 and not torch.cuda.is_available() else None,
    )
    order = schedule(
        range(len(gold)),
        [len(text) for text in gold[arguments.text_column]],
        arguments.max_steps,
        arguments.batch_size,
        run.seed,
    )
    trainer = InOrder(
        model,
        training_arguments(arguments, run.seed),
        train_dataset=gold.select(order, keep_in_memory=True),
        data_collator=AugmentingTextCollator(
            tokenizer,
            augmenter,
            text_column=arguments.text_column,
            label_column=arguments.label_column,
            label_names=names,
            p=arguments.copies / (arguments.copies + 1),  # as in a set with so many copies
            pad_to_multiple_of=8 if arguments.bf16 else None,
        ),
    )
    trainer.remove_callback(transformers.PrinterCallback)
    return trainer


@torch.inference_mode()
def _scores(arguments: Arguments, trainer: InOrder, rows: Dataset) -> dict[str, float]:
    from sklearn.metrics import accuracy_score, f1_score

    model: Any = trainer.model.eval()
    collate: Any = trainer.data_collator
    truth, found = [], []
    order = sorted(range(len(rows)), key=lambda i: len(rows[i][arguments.text_column]))
    ordered = rows.select(order, keep_in_memory=True)
    for start in range(0, len(ordered), EVALUATION_BATCH):
        some = ordered.select(range(start, min(start + EVALUATION_BATCH, len(ordered))))
        batch = collate.for_evaluation()(some.to_list())
        inputs = {k: v.to(model.device) for k, v in batch.items() if k != "labels"}
        with torch.autocast(model.device.type, torch.bfloat16, enabled=arguments.bf16):
            logits = model(**inputs).logits
        found += logits.float().argmax(-1).tolist()
        truth += batch["labels"].tolist()
    known = [i for i, label in enumerate(truth) if label >= 0]
    truth, found = [truth[i] for i in known], [found[i] for i in known]
    return {
        "accuracy": float(accuracy_score(truth, found)),
        "macro_f1": float(f1_score(truth, found, average="macro")),
    }
