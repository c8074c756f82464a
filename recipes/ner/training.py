"""One run: the training set of an arm, the training, the scores."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
import transformers
from datasets import Dataset, concatenate_datasets
from torch.utils.data import DataLoader

import textaug
from textaug import offline
from textaug.evaluation.training_copies import silent
from textaug.models.tagger import predict
from textaug.pipeline.collator import AugmentingDataCollator
from textaug.specs import build, outline

from .arguments import OFFLINE_MODEL, REPEATED, Arguments
from .data import SOURCE, data_of, mentions, sample
from .packing import Packed
from .results import commit
from .schedule import Run, schedule
from .seqeval_metric import Seqeval


@contextmanager
def quiet() -> Iterator[None]:
    """Turn off progress bars and warnings; as a ``with`` block or as a decorator, ``@quiet()``."""
    verbosity = transformers.logging.get_verbosity()
    had_bars = transformers.logging.is_progress_bar_enabled()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    try:
        with silent():  # copies left out are counted in the results
            yield
    finally:
        transformers.logging.set_verbosity(verbosity)
        if had_bars:
            transformers.logging.enable_progress_bar()


def train_once(arguments: Arguments, run: Run) -> dict[str, Any]:
    """Make the training set of an arm, train, evaluate; returns the record of the run."""
    model, tokenizer, record = fit(arguments, run)
    rows = data_of(arguments)[arguments.eval_split]
    start = time.perf_counter()
    scores = score(model, tokenizer, rows, arguments.bf16)
    record["seconds"]["evaluate"] = round(time.perf_counter() - start, 2)
    return {**record, "f1": scores["mentions"]["overall_f1"], "eval_rows": len(rows), **scores}


def gold_of(arguments: Arguments, run: Run) -> Dataset:
    """The sample of a run, with the numbers of its sentences in the column ``SOURCE``."""
    gold = sample(data_of(arguments)["train"], run.size, run.seed)
    return gold.add_column(SOURCE, list(range(len(gold))))


@quiet()
def fit(
    arguments: Arguments, run: Run, made: Dataset | None = None
) -> tuple[Any, Any, dict[str, Any]]:
    """Make the training set of an arm and train; returns model, tokenizer and a record.

    Args:
        arguments: how to train.
        run: on which sample, and with which augmenter.
        made: the training set, with a column ``SOURCE``, if an augmenter alone cannot make it.
    """
    gold = gold_of(arguments, run)
    start = time.perf_counter()
    augmenter = build(run.augment, gold, run.seed) if run.augment else None
    if made is not None:
        train = made
    elif run.arm == REPEATED:
        train = concatenate_datasets([gold] * (arguments.copies + 1))
    elif augmenter is None or run.on_the_fly:
        train = gold
    else:
        train = textaug.expand(gold, augmenter, arguments.copies)
    if run.raw:
        train = concatenate_datasets([train, _labelled(arguments, run, gold)])
    augment_seconds = time.perf_counter() - start

    start = time.perf_counter()
    transformers.set_seed(run.seed)
    model, tokenizer = _untrained(arguments, gold.features["ner_tags"].feature.names)
    in_collator = augmenter if run.on_the_fly else None
    trainer = _trainer(arguments, run, model, tokenizer, train, in_collator)
    trainer.train()
    train_seconds = time.perf_counter() - start

    record = {
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
    }
    return model, tokenizer, record


def _labelled(arguments: Arguments, run: Run, gold: Dataset) -> Dataset:
    """Raw sentences with the labels of :func:`textaug.self_train`, each a source of its own."""
    found = textaug.self_train(
        gold.remove_columns(SOURCE),
        arguments.raw_file,
        held_out=data_of(arguments)[arguments.eval_split],
        seed=run.seed,
        show_progress_bar=False,
    ).dataset
    new = found.select(range(len(gold), len(found))).select_columns(["tokens", "ner_tags"])
    sources = [len(gold) + i for i in range(len(new))]
    return new.add_column(SOURCE, sources).cast(gold.features)


def _untrained(arguments: Arguments, names: list[str]) -> tuple[Any, Any]:
    """An encoder with a new head for these labels, and its tokenizer."""
    path = offline.encoder() if arguments.model == OFFLINE_MODEL else arguments.model
    tokenizer = transformers.AutoTokenizer.from_pretrained(path, add_prefix_space=True)
    model = transformers.AutoModelForTokenClassification.from_pretrained(
        path,
        num_labels=len(names),
        id2label=dict(enumerate(names)),
        label2id={name: i for i, name in enumerate(names)},
        dtype=torch.float32,
        # On CPUs, PyTorch's fused attention is slow in backward passes in bfloat16.
        attn_implementation="eager" if arguments.bf16 and not torch.cuda.is_available() else None,
    )
    return model, tokenizer


class InOrder(transformers.Trainer):
    """Takes the rows in their order: :func:`schedule` has already sampled them."""

    def get_train_dataloader(self) -> DataLoader:
        """The batches, not shuffled."""
        return self.accelerator.prepare(
            DataLoader(
                self.train_dataset,
                batch_size=self.args.train_batch_size,
                collate_fn=self.data_collator,
                pin_memory=self.args.dataloader_pin_memory,
            )
        )


def training_arguments(arguments: Any, seed: int) -> transformers.TrainingArguments:
    """How this recipe and that of classification train."""
    return transformers.TrainingArguments(
        output_dir=arguments.output_dir,
        max_steps=arguments.max_steps,
        per_device_train_batch_size=arguments.batch_size,
        learning_rate=arguments.learning_rate,
        warmup_steps=round(arguments.warmup * arguments.max_steps),
        weight_decay=0.01,
        bf16=arguments.bf16,
        use_cpu=not torch.cuda.is_available(),
        remove_unused_columns=False,  # the collator reads words or texts, and labels
        dataloader_pin_memory=torch.cuda.is_available(),
        save_strategy="no",
        logging_strategy="no",
        report_to=arguments.report_to,
        disable_tqdm=True,
        seed=seed,
    )


def _trainer(
    arguments: Arguments, run: Run, model: Any, tokenizer: Any, train: Dataset, augmenter: Any
) -> transformers.Trainer:
    """A ``Trainer`` over the scheduled rows; ``augmenter`` works in the collator."""
    order = schedule(
        train[SOURCE] if arguments.balanced else range(len(train)),
        [len(tokens) for tokens in train["tokens"]],
        arguments.max_steps,
        arguments.batch_size,
        run.seed,
    )
    collator: Any = AugmentingDataCollator(
        tokenizer,
        augmenter,
        label_names=train.features["ner_tags"].feature.names,
        p=arguments.copies / (arguments.copies + 1),  # the share of copies in an expanded set
        # Kernels for bfloat16 are compiled for each shape, so fewer shapes are faster.
        pad_to_multiple_of=8 if arguments.bf16 and not arguments.packed else None,
    )
    trainer = InOrder(
        model,
        training_arguments(arguments, run.seed),
        train_dataset=train.select(order, keep_in_memory=True),
        data_collator=Packed(collator) if arguments.packed else collator,
    )
    trainer.remove_callback(transformers.PrinterCallback)
    return trainer


def score(model: Any, tokenizer: Any, rows: Dataset, bf16: bool = False) -> dict[str, Any]:
    """Scores by mention (strict IOB2) and by token, over the tokens whose label is known."""
    from sklearn.metrics import classification_report

    names = rows.features["ner_tags"].feature.names
    model.eval()
    with torch.autocast(model.device.type, torch.bfloat16, enabled=bf16):
        found = predict(model, tokenizer, rows["tokens"][:])
    truth: list[list[str]] = []
    predicted: list[list[str]] = []
    for ids, tags in zip(rows["ner_tags"], found, strict=True):
        known = [i for i, tag in enumerate(ids) if tag >= 0]
        truth.append([names[ids[i]] for i in known])
        predicted.append([tags[i] for i in known])
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
        # As the script of the shared task counts: a mention may start with I-.
        "conlleval_f1": metric.compute(predictions=predicted, references=truth)["overall_f1"],
        "tokens": tokens,
    }
