"""What the default policy does for a data set, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Unpack

from textaug.core.columns import Settings
from textaug.core.reading import read_examples
from textaug.language import names
from textaug.language.english import is_not_english

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

# Chosen on held-out training sentences (benchmarks/label_efficiency): in texts of about six words,
# joined rows cost 7 points of F1, because a mention mostly starts or ends the text.
SHORT = 10.0  # words in a text, on average
# At this number of texts or below, a tagger overfits: all rows get the strongest augmentation.
FEW = 200


@dataclass(frozen=True)
class PolicyPlan:
    """The facts about a data set that :func:`~textaug.default_policy` decides by.

    ``str`` says in one line what was decided, and why.

    Attributes:
        texts: their number; empty ones do not count.
        words: in a text, on average.
        mentions: their number by type.
        listed: the types for which there are names from outside (extra ``names``).
        english: whether at least half of the texts may be English.
    """

    texts: int
    words: float
    mentions: dict[str, int]
    listed: tuple[str, ...]
    english: bool

    @property
    def joins(self) -> bool:
        """Whether two texts become one row."""
        return self.words >= SHORT

    @property
    def fresh(self) -> bool:
        """Whether names come from outside."""
        return bool(self.listed)

    @property
    def scrambled(self) -> float:
        """The share of the rows that are scrambled; 0 if most mentions have no outside names."""
        of_listed = sum(self.mentions[label] for label in self.listed)
        if not self.english or 2 * of_listed < sum(self.mentions.values()):
            return 0.0
        return min(1.0, FEW / self.texts)

    def __str__(self) -> str:
        others = sorted(self.mentions.keys() - set(self.listed))
        what = "texts joined in pairs" if self.joins else "texts not joined, because they are short"
        parts = [f"{self.texts:,} texts of {self.words:.0f} words on average: {what}"]
        if self.listed:
            parts.append(f"new names for {', '.join(self.listed)}")
        if others:
            parts.append(f"the data set's own mentions for {', '.join(others)}")
        if self.scrambled:
            parts.append(f"{self.scrambled:.0%} of the rows scrambled")
        elif not self.english:
            parts.append("no row scrambled, because the text is not English")
        else:
            parts.append("no row scrambled, because most mentions have no outside names")
        return "; ".join(parts)


def policy_plan(
    dataset: Dataset | DatasetDict, split: str = "train", **settings: Unpack[Settings]
) -> PolicyPlan:
    """What :func:`~textaug.default_policy` does for a data set.

    Args:
        dataset: the training data.
        split: the only split of a ``DatasetDict`` that is read.
        **settings: see :class:`~textaug.Augmenter`.

    Raises:
        ValueError: if the data set has no text.

    >>> from textaug.corpora import builtin_corpus
    >>> print(policy_plan(builtin_corpus()))
    """
    examples = [each for each in read_examples(dataset, split, settings) if each.tokens]
    if not examples:
        raise ValueError(
            "the data set has no text to augment: every row is empty, or there is no row"
        )
    mentions = Counter(span.label for example in examples for span in example.spans)
    foreign = sum(is_not_english(example.tokens) for example in examples)
    return PolicyPlan(
        texts=len(examples),
        words=sum(len(example.tokens) for example in examples) / len(examples),
        mentions=dict(sorted(mentions.items())),
        listed=tuple(label for label in sorted(mentions) if names.category_of(label)),
        english=2 * foreign <= len(examples),
    )
