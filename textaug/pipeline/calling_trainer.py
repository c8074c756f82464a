"""Whether a batch is for training or for evaluation, from the ``Trainer`` that requests it.

The ``Trainer`` has one collator for all its data sets and does not tell it which one a batch comes
from. The call stack does. It is the same in a data loader's worker: a forked process inherits the
stack, and for a spawned one the collator is pickled on that stack.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import FrameType

# Public methods of `transformers.Trainer`, which its subclasses extend.
EVALUATION = ("evaluate", "predict", "evaluation_loop", "prediction_loop")


@dataclass(frozen=True)
class TrainerCall:
    """The loop that requests a batch.

    Attributes:
        is_training: ``False`` in an evaluation, also in one during training.
        seed: ``TrainingArguments.seed``.
        epoch: the epoch in training, from 0; ``None`` if it is not certain.
    """

    is_training: bool
    seed: int = 0
    epoch: int | None = None


def calling_trainer() -> TrainerCall | None:
    """The innermost loop of a ``Trainer`` on the call stack; ``None`` outside of one."""
    module = sys.modules.get("transformers.trainer")
    if module is None:
        return None
    epoch = None
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name, names = frame.f_code.co_name, frame.f_code.co_varnames
        if names[:1] == ("self",) and isinstance(frame.f_locals.get("self"), module.Trainer):
            if name in EVALUATION:
                return TrainerCall(is_training=False)
            found = frame.f_locals.get("epoch")
            epoch = found if epoch is None and isinstance(found, int) else epoch
            if name == "train":
                arguments = frame.f_locals["self"].args
                # Persistent workers keep the stack of their first epoch.
                certain = not arguments.dataloader_persistent_workers
                return TrainerCall(True, arguments.seed, epoch if certain else None)
        frame = frame.f_back
    return None
