"""The default policy: the composition to start with."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Unpack

from textaug.augmenters.label_wise import LabelWiseReplacement
from textaug.augmenters.mentions import MentionReplacement
from textaug.augmenters.noise import NoiseInjection
from textaug.augmenters.nominal_phrases import NominalPhrases
from textaug.augmenters.policy_plan import ALONE, PHRASES, PolicyPlan
from textaug.augmenters.segments import SegmentExchange
from textaug.augmenters.sentence_joining import SentenceJoining
from textaug.augmenters.sentiment_phrases import SentimentPhrases, sign_of
from textaug.core.arrow import no_collection
from textaug.core.augmenter import Augmenter
from textaug.core.columns import ColumnNames, Settings
from textaug.core.compose import Compose, OneOf, SomeOf
from textaug.core.example import Example
from textaug.core.finding import dataset_schema
from textaug.core.reading import check_mixing, fitted_settings, read_examples
from textaug.core.sources import split_of
from textaug.core.usual_names import USUAL_NAMES
from textaug.language import names

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict


logger = logging.getLogger("textaug")

REPLACED_BY_ANY = ("person", "place", "")  # types whose mentions can all stand in the same places


@no_collection()
def default_policy(
    dataset: Dataset | DatasetDict,
    split: str = "train",
    robust: bool = False,
    natural: bool = False,
    **settings: Unpack[Settings],
) -> OneOf:
    """The composition to start with, for named-entity recognition and sentiment.

    What it does depends on the data set; ``print(policy_plan(dataset))`` says what, and why, in one
    line (also logged at level ``INFO``):

    - Two sentences become one row, unless the texts are short (less than 10 words on average). Of
      short texts only the scrambled ones change.
    - Most names are replaced: by new ones where the type is known (people, places, organisations),
      else by the data set's own mentions of that type.
    - If most mentions are of known types, and the text is English: with 200 sentences or fewer,
      every row also gets segments from other sentences, words sampled by their label (against
      overfitting), and phrases that show the types of names. With 400 sentences every second row
      does, with 800 every fourth: the more sentences, the less this helps.
    - Texts without mentions whose two labels name their sentiment ("positive" and "negative") get a
      phrase that says the same, if their adjectives surely agree with these names; where a row
      holds nothing but a text and its label, every second phrase stands instead of the text. Other
      texts without mentions stay as they are.

    With mentions, the result is not grammatical, but its labels are right. No step alone helps as
    much. Use it in the collator, where every epoch gets new copies, or with ``expand``; new names
    need the extra ``names``. ``benchmarks/label_efficiency`` measures the gain.

    Args:
        dataset: the training data to augment; the steps sample from it.
        split: the only split of a ``DatasetDict`` that is read.
        robust: for text with misspelt, unknown or long names. At most half of the rows are
            scrambled; the others get longer names, half of them with typing errors. The gain on
            clean text is smaller.
        natural: rows read as English, for data that people look at or that is published: no row
            is scrambled, and only people and places (and types that textaug has no lists for) get
            other names, and no phrase stands instead of a text. Taggers had no gain by it that
            could be told from chance.
        **settings: see :class:`~textaug.Augmenter`; ``target`` has no meaning here.

    Raises:
        ValueError: if the data set has no text, or for both ``robust`` and ``natural``.
        ModuleNotFoundError: without the extra ``names``, when it is first used.

    >>> from textaug.corpora import builtin_corpus
    >>> policy = default_policy(builtin_corpus(), seed=1)
    >>> [type(step).__name__ for step in policy.augmenters[1].augmenters]
    ['SentenceJoining', 'MentionReplacement']
    >>> default_policy(builtin_corpus(), robust=True).weights
    [0.5, 0.25, 0.25]
    """
    if robust and natural:
        raise ValueError(
            "robust=True and natural=True exclude each other: typing errors do not read as English"
        )
    examples = read_examples(dataset, split, settings)
    plan = PolicyPlan.of(examples)
    replaced = [label for label in plan.mentions if names.category_of(label) in REPLACED_BY_ANY]
    if natural and (replaced or plan.joins) and not plan.sentiment:
        logger.info("default policy, natural: no row is scrambled, and organisations and MISC stay")
    elif natural and not plan.sentiment:
        logger.warning(
            "default policy, natural: no row changes, because texts of this length, or without "
            "mentions, are not joined, and there are no mentions but organisations and MISC"
        )
    else:
        logger.log(logging.INFO if plan.helps else logging.WARNING, "default policy: %s", plan)
    if plan.joins or plan.scrambled:
        check_mixing(dataset, split, settings)
    settings = fitted_settings(dataset, split, settings)
    columns: Settings = {**settings, "target": "context"}
    if plan.sentiment:
        if robust:
            logger.warning("default policy: robust=True has no effect on texts without mentions")
        return OneOf([_phrases(split_of(dataset, split), natural, columns)], **columns)
    fresh = 0.8 if plan.fresh else 0.0
    swap = MentionReplacement.from_examples(examples, p=0.6, fresh=fresh, **columns)
    if natural:
        return OneOf([_natural(examples, plan, swap, replaced, columns)], **columns)
    join = [SentenceJoining.from_examples(examples, **columns)] if plan.joins else []
    weights: list[float] = []
    ways: list[Augmenter] = []
    share = min(plan.scrambled, 1 - robust / 2)
    if plan.scrambled:
        exchange = SegmentExchange.from_examples(examples, p=0.5, **columns)
        label_wise = LabelWiseReplacement.from_examples(examples, p=0.2, **columns)
        say = NominalPhrases(**columns)
        ways.append(Compose([*join, exchange, swap, label_wise, say], **columns))
        weights.append(share)
    unchanged = SomeOf([swap], k=0, **columns)
    steps: list[Augmenter] = [*join, *([swap] if plan.mentions else [])]
    others: list[Augmenter] = [Compose(steps, **columns) if plan.joins else unchanged]
    if robust:
        longer = swap
        if fresh:
            longer = MentionReplacement(swap.pools, swap.p, fresh, longer=0.4, **columns)
        in_names: Settings = {**settings, "target": "mentions"}
        slips = NoiseInjection(p=0.5, **in_names)
        others = [Compose([*join, longer, *more], **columns) for more in ((), (slips,))]
    weights += [(1 - share) / len(others)] * len(others)
    return OneOf([*ways, *others], weights=weights, **columns)


def _phrases(data: Any, natural: bool, columns: Settings) -> SentimentPhrases:
    """Phrases for this data set's labels, by their names and their numbers.

    A phrase stands instead of the text only where nothing else is said of the text.
    """
    schema = dataset_schema(data, ColumnNames.from_settings(columns))
    names = dict(schema.layers).get(schema.labels[0], ())
    known = {*schema.texts, *schema.labels, *schema.derived}
    others = {name for name in schema.columns if name.lower() not in USUAL_NAMES["id"]} - known
    alone = 0.0 if natural or others or len(schema.texts) != 1 else ALONE
    labels = {key: sign_of(name) for n, name in enumerate(names) for key in (name, n)} or None
    return SentimentPhrases(labels, PHRASES, alone, **columns)


def _natural(
    examples: Sequence[Example],
    plan: PolicyPlan,
    swap: MentionReplacement,
    types: Sequence[str],
    columns: Settings,
) -> Compose:
    """Whole sentences, joined after a full stop, with other people and places.

    Organisations and MISC stay: a court does not fit in the place of a club or a company, nor a law
    in that of a nationality. Synonyms are no part: of 100 rows, a reader stumbled over 15, and
    taggers gain nothing by them.
    """
    swap = MentionReplacement(swap.pools, swap.p, swap.fresh, types=list(types), **columns)
    if not plan.joins:
        return Compose([swap], **columns)
    join = SentenceJoining.from_examples(examples, after_stops=True, **columns)
    return Compose([join, swap], **columns)
