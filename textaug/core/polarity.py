"""Words that decide the label of a whole sentence: sentiment and negation, in English."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path

from textaug.core.example import Edit, Example

POLARITY_FILE = Path(__file__).parent.parent / "data" / "polarity_words.txt.gz"
NEGATIONS = frozenset(
    {"barely", "cannot", "few", "hardly", "less", "little", "neither", "never", "no", "nobody"}
    | {"none", "nor", "not", "nothing", "nowhere", "scarcely", "too", "without"}
)
_ARTICLES = frozenset({"a", "an"})


@cache
def polarity_words() -> frozenset[str]:
    """Words with a sentiment, from VADER's and WordNet's; see ``scripts/build_polarity.py``.

    >>> {"dreadful", "delightful"} <= polarity_words() and "table" not in polarity_words()
    True
    """
    return frozenset(gzip.decompress(POLARITY_FILE.read_bytes()).decode().split())


@lru_cache(1 << 16)
def has_polarity(token: str) -> bool:
    """Whether a word has a sentiment or negates; of a compound, whether a part has.

    >>> has_polarity("Well-made"), has_polarity("isn't"), has_polarity("film")
    (True, True, False)
    """
    word = token.lower().replace("’", "'")
    if word in NEGATIONS or word in polarity_words() or word.endswith("n't"):
        return True
    return "-" in word and any(map(has_polarity, filter(None, word.split("-"))))


def sparing_polarity(example: Example) -> Example:
    """The example with its words of polarity outside mentions among the protected ones.

    >>> sparing_polarity(Example(("a", "great", "film"))).protected
    ((1, 2),)
    """
    tokens = example.tokens
    found = [(i, i + 1) for i in example.positions("context") if has_polarity(tokens[i])]
    return example._replace(protected=tuple(sorted((*example.protected, *found))))


def keeping_polarity(example: Example, edits: Sequence[Edit]) -> Sequence[Edit]:
    """The edits outside mentions that neither take away nor bring in a word with polarity.

    If the edit of a word is dropped, that of an article before it is dropped too.

    >>> before = Example(("a", "short", "film"))
    >>> keeping_polarity(before, [Edit(0, 1, ("an",)), Edit(1, 2, ("awful",))])
    []
    """
    tokens = example.tokens
    inside = example.mentioned
    dropped = {
        edit.start
        for edit in edits
        if edit.start not in inside
        and _polarity(tokens[edit.start : edit.end]) != _polarity(edit.tokens)
    }
    return [
        edit
        for edit in edits
        if edit.start not in dropped
        and not (edit.start + 1 in dropped and tokens[edit.start].lower() in _ARTICLES)
    ]


def _polarity(tokens: Iterable[str]) -> Counter[str]:
    return Counter(token.lower() for token in tokens if has_polarity(token))
