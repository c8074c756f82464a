"""The error of a source that cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]


class SourceError(ValueError):
    """A source, or some of its rows, that cannot be read and that the user has to fix.

    Attributes:
        faults: row number (from 0) and fault of each row that cannot be read.
    """

    def __init__(self, message: str, faults: Sequence[tuple[int, str]] = ()) -> None:
        super().__init__(message)
        self.faults = list(faults)
