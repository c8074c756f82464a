"""Worker processes that share one device."""

from __future__ import annotations

import argparse
import os
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from . import gpu_use
from .inputs import mapped, repeated, some_sentences
from .models import masked_lm
from .timing import in_child

WORKERS = 12  # processes that share a GPU


def workers(options: argparse.Namespace) -> dict[str, Any]:
    """The masked language model in several processes on one GPU, with default settings."""
    size = "base" if options.device == "cuda" and not options.quick else "minilm"
    masked_lm(size)
    processes = min(WORKERS, os.cpu_count() or 1)
    each = (16, 64) if options.quick else (1_000, 8_000)  # sentences for each process
    numbers = tuple(processes * number for number in each)
    result = in_child(measure, options.device, size, options.tokens, processes, numbers)
    return result | {"model": size, "processes": processes}


def measure(
    device: str, size: str, tokens: int, processes: int, numbers: tuple[int, int]
) -> dict[str, Any]:
    """Seconds in worker processes by number of sentences, and how busy the GPU is.

    The difference of the two numbers is the time without starting the workers.
    """
    from datasets import load_from_disk

    from textaug import MaskedLMSubstitution

    where = None if device == "cuda" else device
    augmenter = MaskedLMSubstitution(masked_lm(size), device=where, batch_tokens=tokens)
    seconds, busy = [], None
    with TemporaryDirectory() as folder:
        repeated(some_sentences(20_000), numbers[-1]).save_to_disk(folder)
        data = load_from_disk(folder)
        for number in numbers:
            with gpu_use.watched(device) as percent:
                start = perf_counter()
                mapped(
                    data.select(range(number)),
                    augmenter,
                    batch_size=4_000,
                    num_proc=processes,
                    with_rank=True,
                )
                seconds.append(perf_counter() - start)
            busy = gpu_use.while_working(percent)
    few, many = numbers
    longer = seconds[1] - seconds[0]
    return {
        "sentences": [few, many],
        "seconds": seconds,
        "per_second": many / seconds[1],
        "per_second_started": (many - few) / longer if longer > 0 else None,
        "busy": busy,
    }
