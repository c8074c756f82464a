"""What the default policy does for a data set, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Unpack

from textaug.augmenters.sentiment_phrases import why_no_sentiment
from textaug.core.columns import Settings
from textaug.core.example import Example
from textaug.core.reading import read_examples
from textaug.language import names
from textaug.language.english import mostly_english

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

# Chosen on held-out training sentences (benchmarks/label_efficiency): in texts of about four words,
# joined rows cost 7 points of F1, because a mention mostly starts or ends the text, and other names
# alone gain nothing.
SHORT = 10.0  # words in a text, on average
# Of film reviews (two classes), those joined with another of their class made classifiers of 50 and
# 100 texts 1.2 points worse, with typing errors 0.5 better, both with gains and losses by seed. So
# of texts without mentions only those labelled with their sentiment change.
# Of 50 film reviews, phrases beside the text made classifiers 3 to 6 points better, and with half
# of the phrases in its place 6 points more.
PHRASES = 0.6  # share of these texts that get a phrase
ALONE = 0.5  # share of these phrases that stand instead of the text
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
        sentiment: whether the labels name the texts' sentiment, and their adjectives agree.
        why_no_sentiment: if not, why; empty for texts with mentions.
    """

    texts: int
    words: float
    mentions: dict[str, int]
    listed: tuple[str, ...]
    english: bool
    sentiment: bool = False
    why_no_sentiment: str = ""

    @classmethod
    def of(cls, examples: Sequence[Example]) -> PolicyPlan:
        """The plan for sentences that were read before."""
        examples = [example for example in examples if example.tokens]
        if not examples:
            raise ValueError(
                "the data set has no text to augment: every row is empty, or there is no row"
            )
        mentions = Counter(span.label for example in examples for span in example.spans)
        english = mostly_english([example.tokens for example in examples])
        why = "" if mentions else why_no_sentiment(examples) if english else "not English"
        return cls(
            texts=len(examples),
            words=sum(len(example.tokens) for example in examples) / len(examples),
            mentions=dict(sorted(mentions.items())),
            listed=tuple(label for label in sorted(mentions) if names.category_of(label)),
            english=english,
            sentiment=not mentions and not why,
            why_no_sentiment=why,
        )

    @property
    def joins(self) -> bool:
        """Whether two texts become one row."""
        return self.words >= SHORT and bool(self.mentions)

    @property
    def fresh(self) -> bool:
        """Whether names come from outside."""
        return bool(self.listed)

    @property
    def helps(self) -> bool:
        """Whether any row changes: if not, nothing that was measured helps such data."""
        return self.joins or self.scrambled > 0 or self.sentiment

    @property
    def scrambled(self) -> float:
        """The share of the rows that are scrambled; 0 if most mentions have no outside names."""
        of_listed = sum(self.mentions[label] for label in self.listed)
        if not self.english or 2 * of_listed < max(1, sum(self.mentions.values())):
            return 0.0
        return min(1.0, FEW / self.texts)

    def __str__(self) -> str:
        shown = [f"{self.texts:,} texts of {self.words:.0f} words on average"]
        if not self.helps:
            most = (
                "most of whose mentions have no outside names"
                if self.mentions
                else f"no mentions, and no sentiment ({self.why_no_sentiment})"
            )
            return (
                f"{shown[0]}, {most}: no row changes, because nothing that was measured helps such "
                "data"
            )
        if self.sentiment:
            return (
                f"{shown[0]}, labelled with their sentiment: {PHRASES:.0%} of them get a phrase "
                f"that says the same, {ALONE:.0%} of these instead of the text where a row holds "
                "nothing but a text and its label"
            )
        others = sorted(self.mentions.keys() - set(self.listed))
        shown[0] += ": joined in pairs" if self.joins else ": too short to be joined"
        if self.listed:
            shown.append(f"new names for {', '.join(self.listed)}")
        if others:
            shown.append(f"the data set's own mentions for {', '.join(others)}")
        rest = "" if self.joins or self.scrambled == 1 else ", the others unchanged"
        if self.scrambled:
            shown.append(f"{self.scrambled:.0%} of the rows scrambled{rest}")
        else:
            why = "most mentions have no outside names" if self.english else "it is not English"
            shown.append(f"no row scrambled, because {why}")
        return "; ".join(shown)


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
    >>> policy_plan(builtin_corpus()).joins
    True
    """
    return PolicyPlan.of(read_examples(dataset, split, settings))
