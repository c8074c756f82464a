"""What a user can look at before a data set is augmented: schema, preview, variants."""

from __future__ import annotations

from typing import Any

from textaug.core.example import Augmented, Example
from textaug.core.preview import Preview, preview
from textaug.core.reading import schema_for
from textaug.core.rows import RunsExamples
from textaug.core.schema import Schema
from textaug.core.validation import check_at_least_one

ROUNDS = 10  # of n samples each, before `variants` gives up


class Showing:
    """The methods of an augmenter that show what it does."""

    def schema(self: RunsExamples, dataset: Any, split: str = "train") -> Schema:
        """The role of each column of a data set, and what happens to it.

        Args:
            dataset: a data set, a dict of splits, or anything that :func:`textaug.load` takes.
            split: the split of a ``DatasetDict``.

        >>> from datasets import Dataset
        >>> from textaug import NoiseInjection
        >>> print(NoiseInjection().schema(Dataset.from_dict({"text": ["It rained."]})))
        column  taken for  what happens to it
        text    text       the text, which is augmented
        """
        return schema_for(dataset, split, self.columns)

    def preview(
        self: RunsExamples,
        dataset: Any,
        rows: int = 5,
        copies: int = 1,
        split: str = "train",
    ) -> Preview:
        """Show some rows before and after: HTML in a notebook, coloured text in a terminal.

        Args:
            dataset: a data set, a dict of splits (``split`` is shown), a list of strings, or
                anything else that :func:`textaug.load` takes.
            rows: number of rows to show, the first that change; at least 1.
            copies: number of copies of each.
            split: the split of a ``DatasetDict``.

        Raises:
            ValueError: if ``rows`` or ``copies`` is less than 1, or a row is damaged.

        >>> from textaug import NoiseInjection
        >>> print(NoiseInjection(seed=2).preview(["Shares fell sharply."]))
        - Shares «fell» sharply .
        + Shares «fll» sharply .
          NoiseInjection
        <BLANKLINE>
        1 of 1 sentences tried (changed: 1)
        """
        return preview(dataset, self, rows, copies, split)

    def variants(self: RunsExamples, text: str, n: int = 5) -> list[str]:
        """Other versions of one sentence, no two alike and none like the sentence itself.

        Args:
            text: the sentence.
            n: how many, at least 1. Fewer are returned if sampling brings no new ones.

        Raises:
            ValueError: if ``n`` is less than 1, or ``text`` is not a string.

        >>> from textaug import NoiseInjection
        >>> NoiseInjection(seed=1).variants("Shares fell sharply.", n=3)
        ['Shares fell hsarply.', 'Shares fell sharplpy.', 'Shares fel sharply.']
        """
        check_at_least_one(n=n)
        if not isinstance(text, str):
            raise ValueError(
                f"variants of {text!r:.60}: give one string; for rows with labels use "
                "textaug.expand([row], augmenter, copies=5)"
            )
        example = Example.from_text(text)
        found: dict[str, None] = {}
        for start in range(0, ROUNDS * n, n):
            before = len(found)
            results = self.run([example] * n, range(start, start + n))
            new = [r.example.text for r in results if isinstance(r, Augmented)]
            found |= dict.fromkeys(each for each in new if each != text)
            if len(found) >= n or len(found) == before:
                break
        return list(found)[:n]
