"""The error of a source that cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]


class SourceError(ValueError):
    """A source that cannot be read, or rows in it that cannot; for the user to mend.

    Attributes:
        faults: row number (from 0) and what is wrong, where rows are to blame.
    """

    def __init__(self, message: str, faults: Sequence[tuple[int, str]] = ()) -> None:
        super().__init__(message)
        self.faults = list(faults)
