"""The error of a source that cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]

SHOWN_FAULTS = 10


class SourceError(ValueError):
    """A source that cannot be read, or rows in it that cannot; the user has to fix them.

    Attributes:
        faults: row number (from 0) and what is wrong, where single rows are the cause.
    """

    def __init__(self, message: str, faults: Sequence[tuple[int, str]] = ()) -> None:
        super().__init__(message)
        self.faults = list(faults)

    @classmethod
    def of_rows(cls, source: object, faults: Sequence[tuple[int, str]]) -> SourceError:
        """The error of a source in which some rows cannot be read."""
        shown = "\n".join(f"  row {number}: {fault}" for number, fault in faults[:SHOWN_FAULTS])
        rest = len(faults) - SHOWN_FAULTS
        more = f"\n  and {rest} more" if rest > 0 else ""
        return cls(f"{source}: {len(faults)} rows cannot be read:\n{shown}{more}", faults)
