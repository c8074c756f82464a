"""The names that a data set has: their parts, which of them go together, and which are unsure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from textaug.core.example import Example
from textaug.language.names import category_of
from textaug.offline import lower_case_words
from textaug.privacy import pools
from textaug.privacy.surfaces import Part, name_parts, normal, parts_of


def meaningful(text: str, category: str, start: int = 0, end: int | None = None) -> list[Part]:
    """The parts of a mention that have pseudonyms: of places and organisations no common words.

    >>> [part.text for part in meaningful("Bank of Norway", "organisation")]
    ['Norway']
    """
    parts = name_parts(text, start, end)
    if category == "person":
        return parts
    return [part for part in parts if normal(part.text) not in lower_case_words()] or parts


class NameParts:
    """The parts of names.

    Args:
        names: for each type the names of the data, as written.

    Attributes:
        kinds: of each part: ``"given"``, ``"family"``, or the category of its type.
        full: the names of several parts.
        relatives: for each family name the given names before it.
        initials: for each family name the initials before it.
    """

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        self.kinds: dict[str, str] = {}
        self.full: set[tuple[str, ...]] = set()
        self.relatives: dict[str, set[str]] = {}
        self.initials: dict[str, set[str]] = {}
        for label, mentions in names.items():
            self._learn(category_of(label) or "other", mentions)

    def _learn(self, category: str, mentions: Sequence[str]) -> None:
        places: dict[str, list[int]] = {}  # how often a part comes first, and last
        for mention in mentions:
            parts = meaningful(mention, category)
            words = [part.normal for part in parts if not part.is_initial]
            if len(words) > 1:
                self.full.add(tuple(words))
            for i, word in enumerate(words):
                places.setdefault(word, [0, 0])[i == len(words) - 1] += len(words) > 1
            if words and category == "person":
                family = words[-1]
                self.relatives.setdefault(family, set()).update(words[:-1])
                if parts[0].is_initial:
                    self.initials.setdefault(family, set()).add(parts[0].text)
        for word, (first, last) in places.items():
            given = first > last or (first == last and pools.is_given(word))
            role = ("given" if given else "family") if category == "person" else category
            self.kinds.setdefault(word, role)


def is_asked(label: str, types: Sequence[str] | None) -> bool:
    """Whether mentions of a type are asked for; with no types, those of people are.

    >>> is_asked("PERSON", None), is_asked("ORG", None), is_asked("ORG", ["ORG"])
    (True, False, True)
    """
    return category_of(label) == "person" if types is None else label in types


def learn(
    examples: Iterable[Example], types: Sequence[str] | None
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The names of some types; and the words with a capital that are none, and the unsure names.

    A name is unsure if it stands outside the mentions of these types, with a capital, more often
    than inside them.
    """
    names: dict[str, dict[str, None]] = {}
    others: set[str] = set()
    inside: Counter[str] = Counter()
    everywhere: Counter[str] = Counter()
    for example in examples:
        everywhere.update(
            part.normal for token in example.tokens for part in parts_of(token)
            if part.may_be_name
        )  # fmt: skip
        for start, end, label in example.spans:
            if not is_asked(label, types):
                others.add(label)
            else:
                mention = " ".join(example.tokens[start:end])
                names.setdefault(label, {})[mention] = None
                inside.update(p.normal for p in meaningful(mention, category_of(label) or "other"))
    unsure = [part for part, n in inside.items() if everywhere[part] > 2 * n]
    if not names:
        asked = "of people" if types is None else f"of the types {', '.join(types)}"
        raise ValueError(
            f"the data has no mentions {asked}; its types are {', '.join(sorted(others)) or 'none'}"
            ": give types=, or data in which names are labelled"
        )
    given = {label: sorted(each) for label, each in sorted(names.items())}
    return given, {"avoid": sorted(set(everywhere) - set(inside)), "unsure": sorted(unsure)}
