"""Replace words by synonyms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Unpack

from textaug.core.augmenter import Augmenter
from textaug.core.columns import Settings
from textaug.core.example import Edit, Example
from textaug.core.validation import check_probability
from textaug.language.articles import ARTICLES, article_edit
from textaug.language.english import is_not_english, warn_once
from textaug.language.lexicon import Lexicon, WordList
from textaug.language.nltk_wordnet import NltkWordNet
from textaug.language.senses import CACHE_SIZE
from textaug.language.wordnet import WordNet


class SynonymReplacement(Augmenter):
    """Replace words by synonyms, inflected and cased like the word they replace.

    As in Zhang et al. (2015, "Character-level Convolutional Networks for Text Classification"),
    synonyms are ordered by the frequency of their sense, and synonym number ``i`` is drawn with a
    probability proportional to ``q**i``. Used for NER by Dai & Adel (2020). Function words,
    numbers and words whose sense is not clear are not replaced.

    Args:
        p: share of the words *that have a synonym* which are replaced (at least one per sentence
            if ``p > 0``).
        words: your own synonyms, a dict from a word to its synonyms, used instead of WordNet. For
            a language other than English, give ``lang`` too (in English, ``a``/``an`` before the
            word is corrected).
        lang: language of the text, a code of NLTK's Open Multilingual WordNet (``fra``, ``por``,
            ``spa``, …), which must be installed. Default: English, with the list in this
            package, made from WordNet 3.0; rows that are certainly not English stay unchanged, and
            that is logged once. ``"eng"``: the same, without the check.
        max_senses: how many of a word's senses to take synonyms from, most frequent first. With 1
            nearly every replacement reads well, but few words have any; the default 2 reaches about
            twice as many.
        q: decay of the probability, from 0 (always the first synonym) to 1 (all equally likely);
            default 0.5, as in the paper.
        **settings: see :class:`~textaug.Augmenter`.

    Raises:
        ValueError: for a probability out of range, or ``max_senses`` below 1.
        LookupError: on first use, if ``lang`` needs NLTK data that is not installed; the
            message says how to install it.

    >>> SynonymReplacement(p=1.0, words={"big": ["large"]})("A Big dog")
    'A Large dog'
    """

    def __init__(
        self,
        p: float = 0.5,
        words: Mapping[str, Sequence[str]] | None = None,
        lang: str | None = None,
        max_senses: int = 2,
        q: float = 0.5,
        **settings: Unpack[Settings],
    ) -> None:
        self.p = check_probability("p", p)
        for word, new in (words or {}).items():
            listed = isinstance(new, (list, tuple)) and all(synonym.split() for synonym in new)
            if not listed:
                raise ValueError(f"words[{word!r}]={new!r}: must be a list of words")
        self.words = None if words is None else {word: list(new) for word, new in words.items()}
        self.lang = lang
        self.max_senses = max_senses
        self.q = check_probability("q", q)
        if max_senses < 1:
            raise ValueError(f"max_senses={max_senses}: must be at least 1")
        if self.words is not None:
            self._lexicon: Lexicon = WordList(self.words)
        else:
            self._lexicon = NltkWordNet(lang) if lang not in (None, "eng") else WordNet()
        self._synonyms = _Remembered(self._look_up)
        super().__init__(**settings)

    def _look_up(self, word: str) -> list[tuple[str, ...]]:
        synonyms = self._lexicon.synonyms(word, max_senses=self.max_senses)
        return [tuple(synonym.split()) for synonym in synonyms]

    def edits(self, example: Example, rng: Random) -> list[Edit]:
        """Swap some words for synonyms."""
        tokens, synonyms_of = example.tokens, self._synonyms
        allowed = example.positions(self.target)
        found = [(i, synonyms) for i in allowed if (synonyms := synonyms_of[tokens[i]])]
        edits: list[Edit] = []
        english = self.lang == "eng"
        if self.lang is None and found:
            english = not is_not_english(tokens)
            if not english and self.words is None:
                warn_once("SynonymReplacement has English synonyms (words= or lang= for others)")
                return []
        for i, synonyms in self.choose(found, self.p, rng):
            rank = 0
            while rank + 1 < len(synonyms) and rng.random() < self.q:
                rank += 1
            new = synonyms[rank]
            # One word keeps the part of speech of the old one; of several words none surely does.
            edits.append(Edit(i, i + 1, new))
            if english and i and tokens[i - 1] in ARTICLES:
                article = article_edit(example, i, new[0])
                if article and not synonyms_of[tokens[i - 1]]:  # own words may be articles
                    edits.append(article)
        return edits


class _Remembered(dict[str, list[tuple[str, ...]]]):
    """Synonyms by word, looked up once; a hit needs no Python call, unlike ``lru_cache``."""

    def __init__(self, look_up: Callable[[str], list[tuple[str, ...]]]) -> None:
        self._look_up = look_up

    def __missing__(self, word: str) -> list[tuple[str, ...]]:
        if len(self) >= CACHE_SIZE:
            self.clear()
        self[word] = found = self._look_up(word)
        return found
