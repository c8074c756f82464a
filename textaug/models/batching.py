"""Batches of padded rows, halved when memory runs out."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

# Lengths are rounded up to a multiple of this; see `batches`.
LENGTH_STEP = 8  # tokens
BATCH_TOKENS = 4096  # sub-tokens that go through a model at once

FORKED = (
    "CUDA was used in the parent process before map(num_proc=...) forked this one, which cannot "
    "use it any more; call map with num_proc in a process in which nothing has run on a GPU yet "
    "(torch.cuda.is_available() counts too), or without num_proc"
)
_IMPORTED_IN = os.getpid()

Result = TypeVar("Result")


def limit_threads_in_fork() -> None:
    """Set torch to one thread in a forked worker, which does not inherit torch's threads."""
    import torch

    if os.getpid() != _IMPORTED_IN:
        # Otherwise torch would wait forever for threads that do not exist.
        torch.set_num_threads(1)


def padded(length: int, step: int = LENGTH_STEP) -> int:
    """``length`` rounded up to a multiple of ``step``."""
    return -(-length // step) * step


def pad(
    rows: Sequence[Sequence[int]], padding: int, device: Any, step: int = LENGTH_STEP
) -> tuple[Any, Any]:
    """Ids and attention mask (1 for tokens) of rows, both of rows × padded length.

    Rows are padded on the right, to a multiple of ``step`` tokens, with the id ``padding``.
    """
    import torch

    length = padded(max(map(len, rows)), step)
    ids = [[*row, *[padding] * (length - len(row))] for row in rows]
    mask = [[1] * len(row) + [0] * (length - len(row)) for row in rows]
    return torch.tensor(ids, device=device), torch.tensor(mask, device=device)


def batches(lengths: Sequence[int], budget: int, step: int = LENGTH_STEP) -> list[list[int]]:
    """Group sequences so that each group, padded, stays within a budget of tokens.

    A group has only sequences with the same padded length, so the padding of a sequence does not
    depend on the others. Padding changes the last bits of a result; the number of rows does not (on
    a CPU, in the same number format).

    Args:
        lengths: the number of tokens of each sequence.
        budget: rows times padded length, at most; a longer sequence is a batch by itself.
        step: lengths are rounded up to a multiple of this many tokens.

    Returns:
        Lists of indices into ``lengths``, the longest first, so that too little memory shows at
        once.

    >>> batches([3, 20, 5, 8, 2], budget=24)
    [[1], [3, 2, 0], [4]]
    """
    groups: dict[int, list[int]] = {}
    for i in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        groups.setdefault(padded(lengths[i], step), []).append(i)
    result = []
    for length in sorted(groups, reverse=True):
        group, rows = groups[length], max(1, budget // max(1, length))
        result += [group[i : i + rows] for i in range(0, len(group), rows)]
    return result


def run_in_batches(
    function: Callable[[list[int]], Sequence[Result]],
    lengths: Sequence[int],
    budget: int,
    step: int = LENGTH_STEP,
) -> list[Result]:
    """Run a model over sequences batch by batch, and return the results in the given order.

    When the GPU runs out of memory, this batch and all later ones are halved and tried again.

    Args:
        function: takes the indices of a batch, as :func:`batches` makes them, and returns one
            result for each.
        lengths: the number of tokens of each sequence.
        budget: padded tokens in a batch, at most.
        step: lengths are rounded up to a multiple of this many tokens.

    Raises:
        torch.OutOfMemoryError: if one sequence alone does not fit.

    >>> run_in_batches(lambda batch: [10 * i for i in batch], [5, 40, 7], budget=64)
    [0, 10, 20]
    """
    import torch

    limit_threads_in_fork()
    results: dict[int, Result] = {}
    waiting = batches(lengths, budget, step)
    while waiting:
        batch = waiting[0]
        output: Sequence[Result] | None = None
        try:
            output = function(batch)
        except torch.cuda.OutOfMemoryError:
            if len(batch) == 1:
                raise
        except RuntimeError as error:  # of a model that the parent had loaded
            if "CUDA in forked subprocess" not in str(error):
                raise
            raise RuntimeError(FORKED) from error
        if output is None:  # not in the "except" block, which keeps the failed tensors alive
            torch.cuda.empty_cache()
            waiting = [half for batch in waiting for half in _halves(batch)]
        else:
            results.update(zip(waiting.pop(0), output, strict=True))
    return [results[i] for i in range(len(lengths))]


def _halves(batch: list[int]) -> list[list[int]]:
    middle = (len(batch) + 1) // 2
    return [half for half in (batch[:middle], batch[middle:]) if half]
