"""Fine-tuning a model on the sample: the training loop, and folders of trained weights."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from textaug.core.content import content_of
from textaug.core.example import Example
from textaug.core.state import VERSION
from textaug.models.folders import made_once

WARMUP = 0.1  # of the steps
WEIGHT_DECAY = 0.01
LARGEST_GRADIENT = 1.0
# Rows of similar length share a batch, within pools of this many batches: half the padding, and the
# order is still random.
POOL = 8


@contextmanager
def own_randomness(seed: int, device: Any) -> Iterator[None]:
    """Seed torch's generators inside the block, and restore their state afterwards."""
    import torch

    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        yield


def training_device(device: str | None) -> str:
    """Where a model is trained: by default on a GPU if there is one."""
    import torch

    return device or ("cuda" if torch.cuda.is_available() else "cpu")


def fine_tune(
    model: Any,
    rows: Sequence[Any],
    lengths: Sequence[int],
    loss_of: Callable[[Any, list[Any]], Any],
    *,
    steps: int,
    batch_size: int,
    learning_rate: float,
    seed: int,
    show_progress: str | None,
) -> None:
    """Train a model: AdamW, a tenth of the steps to warm up, then a linear decay.

    The ``Trainer`` of ``transformers`` is not used: it needs another package, reseeds every
    generator of the process, and would train across the processes of a distributed run.

    Args:
        model: is changed in place, and is in evaluation mode afterwards.
        rows: at least one.
        lengths: the length of each row.
        loss_of: takes the model and the rows of a batch, and returns the loss.
        steps: optimiser steps.
        batch_size: rows in each step; all rows are seen equally often.
        learning_rate: its peak value.
        seed: of the order of rows and of torch's generators.
        show_progress: the label of the progress bar; ``None`` shows none.
    """
    import torch
    from datasets.utils import tqdm
    from transformers import get_linear_schedule_with_warmup

    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate, weight_decay=WEIGHT_DECAY)
    schedule = get_linear_schedule_with_warmup(  # type: ignore[no-untyped-call]
        optimizer, round(WARMUP * steps), steps
    )
    batches = islice(_batches(lengths, batch_size, Random(seed)), steps)
    model.train()
    with own_randomness(seed, model.device):
        for batch in tqdm(batches, show_progress, steps, disable=show_progress is None):
            loss = loss_of(model, [rows[i] for i in batch])
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), LARGEST_GRADIENT)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
    model.eval()


def _batches(lengths: Sequence[int], batch_size: int, rng: Random) -> Iterator[list[int]]:
    """Endless full batches of row numbers, epoch after epoch."""

    def epochs() -> Iterator[int]:
        while True:
            yield from rng.sample(range(len(lengths)), len(lengths))

    stream = epochs()
    while True:
        pool = sorted(islice(stream, POOL * batch_size), key=lambda i: lengths[i])
        batches = [pool[i : i + batch_size] for i in range(0, len(pool), batch_size)]
        rng.shuffle(batches)
        yield from batches


def trained_once(
    name: str,
    made_from: Mapping[str, Any],
    examples: Sequence[Example],
    cache_dir: str | os.PathLike[str] | None,
    train: Callable[[Path], None],
) -> str:
    """The folder with the weights for these examples and settings; trained if there is none yet.

    The folder's name has a hash of everything that the weights depend on, so that trained weights
    are found again, and an augmenter with this folder always has the same fingerprint.

    Args:
        name: the start of the folder's name.
        made_from: all settings, as plain data, with the ``"model"`` that training starts from.
        examples: the training data.
        cache_dir: parent of the folder; default: ``textaug`` in ``HF_HOME``.
        train: writes model and tokenizer into the empty folder that it is given.

    Returns:
        The folder's path.
    """
    from huggingface_hub.constants import HF_HOME

    start = str(made_from["model"])
    data = [(example.tokens, example.spans) for example in examples]
    everything = json.dumps([VERSION, dict(made_from), content_of(start), data], sort_keys=True)
    key = blake2b(everything.encode(errors="surrogatepass"), digest_size=8).hexdigest()
    parent = Path(cache_dir) if cache_dir is not None else Path(HF_HOME) / "textaug"
    return str(made_once(parent / f"{name}-{key}", train))
