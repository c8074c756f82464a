"""Worker processes that end with their parent."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from threading import Thread

import multiprocess  # the one of `datasets`, whose `map` starts processes of its own


def spawned(number: int, threads: int | None = None) -> ProcessPoolExecutor:
    """A pool of new processes that end with this process, even if it is killed.

    Args:
        number: of processes.
        threads: that torch uses in each; default: as many as it chooses.
    """
    return ProcessPoolExecutor(number, get_context("spawn"), _begin, (threads,))


def _begin(threads: int | None) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    if threads is not None:
        import torch

        torch.set_num_threads(threads)


def _end_with_parent() -> None:
    """A spawned process outlives a parent that is killed, and would work on for hours."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    for child in multiprocess.active_children():
        child.kill()
    os._exit(1)
