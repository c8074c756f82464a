"""Checks of arguments."""

from __future__ import annotations


def check_probability(name: str, value: float) -> float:
    """``value`` if it lies in 0..1; otherwise an error that names the argument."""
    if not 0 <= value <= 1:
        raise ValueError(f"{name}={value}: must lie between 0 and 1")
    return value
