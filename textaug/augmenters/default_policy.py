"""The default policy: the composition that helped most where names are tagged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from textaug.augmenters.label_wise import LabelWiseReplacement
from textaug.augmenters.mentions import MentionReplacement
from textaug.augmenters.noise import NoiseInjection
from textaug.augmenters.nominal_phrases import NominalPhrases
from textaug.augmenters.segments import SegmentExchange
from textaug.augmenters.sentence_joining import SentenceJoining
from textaug.core.columns import Settings
from textaug.core.compose import Compose, OneOf

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict


# So many sentences or fewer are known by heart before they have taught all they could.
FEW = 200


def default_policy(
    dataset: Dataset | DatasetDict,
    split: str = "train",
    robust: bool = False,
    **settings: Unpack[Settings],
) -> OneOf:
    """The composition to begin with for named-entity recognition in English.

    Two sentences become one row, and most of their names new ones, which teach a tagger what
    people, places and organisations are called. Of 200 sentences or fewer, every row also gets
    stretches from elsewhere and words drawn by their label, so that the few sentences are not
    learnt by heart, and phrases that tell the types of names apart, which the few sentences hardly
    hold; of 400 every other row does, of 800 every fourth: the more sentences, the less that helps.
    What comes out is no English, but its labels are right. None of the steps helps as much alone.

    Use it in the collator, where every batch gets fresh copies, or expand with it; needs the extra
    ``names``. ``benchmarks/label_efficiency`` measures what it is worth.

    Args:
        dataset: the training data that its steps draw from, and that it is meant to augment.
        split: the split of a ``DatasetDict`` that is read, and no other.
        robust: for text with misspelt names, new ones, and names of many words. No more than half
            of the rows are scrambled; the others get longer names, and half of these typing errors
            in them. On clean text that costs a part of the gain.
        **settings: see :class:`~textaug.Augmenter`; ``target`` has no meaning here.

    Raises:
        ValueError: if the data set has no sentences.
        ModuleNotFoundError: without the extra ``names``, when it is first used.

    >>> from textaug.corpora import builtin_corpus
    >>> policy = default_policy(builtin_corpus(), seed=1)
    >>> [type(step).__name__ for step in policy.augmenters[1].augmenters]
    ['SentenceJoining', 'MentionReplacement']
    >>> default_policy(builtin_corpus(), robust=True).weights
    [0.5, 0.25, 0.25]
    """
    columns: Settings = {**settings, "target": "context"}
    join = SentenceJoining.from_dataset(dataset, split=split, **columns)
    swap = MentionReplacement.from_dataset(dataset, p=0.6, fresh=0.8, split=split, **columns)
    exchange = SegmentExchange.from_dataset(dataset, p=0.5, split=split, **columns)
    label_wise = LabelWiseReplacement.from_dataset(dataset, p=0.2, split=split, **columns)
    say = NominalPhrases(**columns)
    share = min(1 - robust / 2, FEW / len(join.sentences))
    scrambled = Compose([join, exchange, swap, label_wise, say], **columns)
    others = [Compose([join, swap], **columns)]
    if robust:
        longer = MentionReplacement(swap.pools, swap.p, swap.fresh, longer=0.4, **columns)
        in_names: Settings = {**settings, "target": "mentions"}
        slips = NoiseInjection(p=0.5, **in_names)
        others = [Compose([join, longer, *more], **columns) for more in ((), (slips,))]
    rest = [(1 - share) / len(others)] * len(others)
    return OneOf([scrambled, *others], weights=[share, *rest], **columns)
