"""The arguments of ``classification_finetune.py``."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from textaug import offline

GOLD = "gold"
OFFLINE_MODEL = "minilm"
# Two calls that differ in these still share one table of results.
FREE = ("train_size", "seeds", "augment", "jobs", "report_to", "output_dir")


@dataclass
class Arguments:
    """What to train on, and how. Lists take several values, separated by spaces."""

    train_file: str = field(metadata={"help": "texts and labels, in any format that is read"})
    test_file: str = field(metadata={"help": "the same, to evaluate on"})
    text_column: str = "text"
    label_column: str = "label"
    train_size: list[int] = field(
        default_factory=list, metadata={"help": "training texts, sampled for each seed; all"}
    )
    seeds: list[int] = field(default_factory=lambda: [1, 2, 3, 4, 5])
    model: str | None = field(
        default=None,
        metadata={"help": "default: bert-base-cased, or 'minilm' where no hub is reachable"},
    )
    augment: list[str] = field(default_factory=list, metadata={"help": "arms, such as: synonyms"})
    raw_file: str | None = field(
        default=None,
        metadata={
            "help": "raw texts, in any format that is read (labels are not): every arm with an "
            "augmenter is also trained on them, labelled by textaug.self_train"
        },
    )
    copies: int = field(default=4, metadata={"help": "augmented copies for each original"})
    max_steps: int = field(default=300, metadata={"help": "optimiser steps, in every arm"})
    batch_size: int = field(default=16, metadata={"help": "texts in every step"})
    learning_rate: float | None = field(
        default=None, metadata={"help": "at its peak; default: 5e-5, and 1e-4 for minilm"}
    )
    warmup: float = field(default=0.1, metadata={"help": "share of the steps"})
    bf16: bool = field(default=False, metadata={"help": "compute in bfloat16"})
    jobs: int = field(default=1, metadata={"help": "processes that train at the same time"})
    report_to: str = field(
        default="none",
        metadata={"help": "experiment tracker, such as wandb, mlflow or tensorboard"},
    )
    output_dir: str = field(default="runs/classification", metadata={"help": "for the results"})

    def __post_init__(self) -> None:
        if self.model is None:
            self.model = "bert-base-cased" if offline.hub_is_reachable() else OFFLINE_MODEL
        if self.learning_rate is None:  # a smaller model needs larger steps
            self.learning_rate = 1e-4 if self.model == OFFLINE_MODEL else 5e-5

    def settings(self) -> dict[str, Any]:
        """The settings that two calls must share for one table of results."""
        return {name: value for name, value in asdict(self).items() if name not in FREE}
