"""The arguments of ``ner_finetune.py``."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from textaug import offline

GOLD, REPEATED = "gold", "gold repeated"  # the arms without an augmenter
OFFLINE_MODEL = "minilm"

# Two calls that differ in these still share one table of results.
FREE = (
    "train_size",
    "seeds",
    "augment",
    "gold_repeated",
    "on_the_fly",
    "jobs",
    "report_to",
    "output_dir",
)


@dataclass
class Arguments:
    """What to train on, and how. Lists take several values, separated by spaces."""

    dataset: str = field(
        default="builtin", metadata={"help": "'builtin', or the name of a data set on the hub"}
    )
    train_file: str | None = field(
        default=None, metadata={"help": "a CoNLL file, instead of --dataset"}
    )
    validation_file: str | None = field(default=None, metadata={"help": "a CoNLL file"})
    test_file: str | None = field(
        default=None,
        metadata={
            "help": "a CoNLL file; without it the train file is split 70/15/15, or 85/15 where "
            "there is a --validation_file"
        },
    )
    eval_split: str = field(
        default="test", metadata={"help": "split to evaluate on; choose settings on 'validation'"}
    )
    train_size: list[int] = field(
        default_factory=list,
        metadata={"help": "training sentences, sampled at random for each seed; default: all"},
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
    raw_file: str | None = field(
        default=None,
        metadata={
            "help": "raw sentences, in any format that is read (labels are not): every arm with "
            "an augmenter is also trained on them, labelled by textaug.self_train"
        },
    )
    gold_repeated: bool = field(
        default=False,
        metadata={
            "help": "also train on the gold data repeated copies + 1 times; with balanced sampling "
            "the scores are exactly those of gold"
        },
    )
    balanced: bool = field(
        default=True,
        metadata={
            "help": "sample every gold sentence equally often, unchanged or as one of its copies"
        },
    )
    copies: int = field(default=4, metadata={"help": "augmented copies for each sentence"})
    on_the_fly: bool = field(
        default=False, metadata={"help": "augment in the collator, with fresh copies every epoch"}
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
        metadata={"help": "compute in bfloat16: twice as fast on GPUs and CPUs that support it"},
    )
    packed: bool = field(
        default=False,
        metadata={
            "help": "train without padding, for BERT and similar models: the same losses, on a CPU "
            "in two thirds of the time"
        },
    )
    jobs: int = field(default=1, metadata={"help": "processes that train at the same time"})
    report_to: str = field(
        default="none",
        metadata={"help": "experiment tracker, such as wandb, mlflow or tensorboard"},
    )
    output_dir: str = field(default="runs/ner", metadata={"help": "where the results are written"})

    def __post_init__(self) -> None:
        if self.model is None:
            self.model = "bert-base-cased" if offline.hub_is_reachable() else OFFLINE_MODEL
        if self.learning_rate is None:  # a smaller model needs larger steps
            self.learning_rate = 3e-4 if self.model == OFFLINE_MODEL else 5e-5

    def settings(self) -> dict[str, Any]:
        """The settings that two calls must share for one table of results."""
        return {name: value for name, value in asdict(self).items() if name not in FREE}
