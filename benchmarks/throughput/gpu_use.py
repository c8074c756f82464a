"""The utilisation of a GPU: the time it is busy, and its rate compared with the largest one.

On a CPU, where these functions are tested, there is no busy share.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import mean, median
from time import perf_counter, sleep
from typing import Any

MATRIX = {"cuda": 8192, "cpu": 1024}  # rows and columns of the product that is the ceiling
WATCHED_EVERY = 0.02  # seconds


def busy_share(run: Callable[[], None], device: str) -> float | None:
    """The share of a run's time in which at least one kernel or copy runs on the GPU."""
    import torch
    from torch.autograd import DeviceType  # type: ignore[attr-defined]
    from torch.profiler import ProfilerActivity, profile

    if device != "cuda":
        return None
    torch.cuda.synchronize()
    with profile(activities=[ProfilerActivity.CUDA]) as profiler:
        start = perf_counter()
        run()
        torch.cuda.synchronize()
        took = perf_counter() - start
    events = [
        (event.start_ns(), event.end_ns())
        for event in profiler.profiler.kineto_results.events()
        if event.device_type() == DeviceType.CUDA
    ]
    busy, end = 0, 0
    for begin, stop in sorted(events):
        busy += max(0, stop - max(begin, end))
        end = max(end, stop)
    return busy / 1e9 / took


@contextmanager
def watched(device: str) -> Iterator[list[int]]:
    """The driver's figure of how busy the GPU is, in percent, sampled repeatedly.

    For work in other processes; this one does not use CUDA.
    """
    percent: list[int] = []
    if device != "cuda":
        yield percent
        return
    import pynvml

    pynvml.nvmlInit()
    handle = pynvml.nvmlDeviceGetHandleByIndex(0)
    running = True

    def watch() -> None:
        while running:
            percent.append(pynvml.nvmlDeviceGetUtilizationRates(handle).gpu)
            sleep(WATCHED_EVERY)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield percent
    finally:
        running = False
        watcher.join()


def while_working(percent: list[int]) -> float | None:
    """The mean share between the first and the last moment at which the GPU worked."""
    at = [i for i, value in enumerate(percent) if value]
    return mean(percent[at[0] : at[-1] + 1]) / 100 if at else None


def matrix_ceiling(device: str, dtype: Any) -> float:
    """Operations per second of a large product of random matrices in this number format."""
    import torch

    n = MATRIX[device]
    a = torch.randn(n, n, device=device, dtype=dtype)
    wait = torch.cuda.synchronize if device == "cuda" else lambda: None
    times = []
    for _ in range(11):  # the first one is the warm-up
        wait()
        start = perf_counter()
        for _ in range(10):
            a @ a
        wait()
        times.append((perf_counter() - start) / 10)
    return 2 * n**3 / median(times[1:])


def seconds_in(module: Any, run: Callable[[], None], device: str) -> float:
    """Seconds that a run spends in a module, by the GPU's own clock."""
    import torch

    marks: list[Any] = []

    def mark(*_: Any) -> None:
        if device == "cuda":
            marks.append(torch.cuda.Event(enable_timing=True))
            marks[-1].record()
        else:
            marks.append(perf_counter())

    handles = [module.register_forward_pre_hook(mark), module.register_forward_hook(mark)]
    try:
        run()
    finally:
        for handle in handles:
            handle.remove()
    pairs = zip(marks[::2], marks[1::2], strict=True)
    if device == "cuda":
        torch.cuda.synchronize()
        return sum(before.elapsed_time(after) for before, after in pairs) / 1000
    return sum(after - before for before, after in pairs)
