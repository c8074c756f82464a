"""Replace words by synonyms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Unpack

from textaug.core.augmenter import Augmenter
from textaug.core.columns import Settings
from textaug.core.example import Edit, Example
from textaug.core.validation import check_at_least_one, check_probability
from textaug.language.articles import ARTICLES, article_edit, word_edits
from textaug.language.english import is_not_english, warn_once
from textaug.language.lexicon import Lexicon, WordList
from textaug.language.nltk_wordnet import NltkWordNet
from textaug.language.senses import CACHE_SIZE
from textaug.language.wordnet import WordNet
from textaug.models.batching import BATCH_TOKENS
from textaug.models.loading import ModelSpec
from textaug.models.word_fit import Ranked, WordFit, load_word_fit
from textaug.offline import MASKED_LM as OFFLINE_MODEL

# Words are drawn by this power of the odds that people accept their best substitute, so that where
# few words change, these are the surest; and the substitutes of a word by this power of their own.
SURENESS = 3
SMALLEST_DOUBT = 0.01
# Words whose best substitute reaches a higher step are replaced before all others, by those that
# reach the same one. A sentence in which no word reaches the lowest step may stay unchanged.
STEPS = (0.8, 0.9)
SHARE_LAST = 0.5


class SynonymReplacement(Augmenter):
    """Replace words by synonyms, inflected and cased like the word they replace.

    In English, the sentence decides which substitutes fit: WordNet gives synonyms in any sense,
    direct hypernyms and similar adjectives; a masked language model, in one forward pass over the
    sentence as it is, tells how each compares with the word in its place; and both together give
    the probability that people would accept it, fitted to the judgements of SWORDS (Lee et al.
    2021). The part of speech and the inflection of the word are read from the sentence, too. Only
    substitutes that reach ``threshold`` are drawn, the surest ones most often. Function words,
    numbers, names, and parts of terms ("prime minister") and phrasal verbs are not replaced.

    Without the sentence (``context=False``, other languages, your own words) it works as in Zhang
    et al. (2015, "Character-level Convolutional Networks for Text Classification"): synonyms are
    ordered by the frequency of their sense, and synonym number ``i`` is drawn with a probability
    proportional to ``q**i``; words whose sense is not clear are not replaced. Used for NER by Dai &
    Adel (2020).

    Args:
        p: share of the words *that have a synonym* which are replaced (at least one per sentence
            if ``p > 0``). With context, words are replaced the more often the surer their
            substitutes are, and a sentence may stay as it is where none reaches a probability of
            0.8; with 1 all are replaced.
        context: whether the sentence decides. Default: yes for English with the WordNet in this
            package, no for other lexicons, which cannot.
        threshold: with context, the smallest probability, 0..1, that people accept the substitute.
            The default offers one for four in ten content words, of which people accept six in
            ten; higher ones fewer and better ones (``benchmarks/results/substitution``).
        model: with context, the masked language model: ``"offline"``, the small English one of
            :func:`textaug.offline.masked_lm` (extra ``offline``), a folder, or a name on the hub.
            The probabilities were fitted with ``"offline"``.
        words: your own synonyms, a dict from a word to its synonyms, used instead of WordNet. For
            a language other than English, give ``lang`` too (in English, ``a``/``an`` before the
            word is corrected).
        lang: language of the text, a code of NLTK's Open Multilingual WordNet (``fra``, ``por``,
            ``spa``, …), which must be installed. Default: English, with the list in this
            package, made from WordNet 3.0; rows that are certainly not English stay unchanged, and
            that is logged once. ``"eng"``: the same, without the check.
        max_senses: without context, how many of a word's senses to take synonyms from, most
            frequent first. With 1 nearly every replacement reads well, but few words have any; the
            default 2 reaches about twice as many.
        q: without context, decay of the probability, from 0 (always the first synonym) to 1 (all
            equally likely); default 0.5, as in the paper.
        revision: branch, tag or commit of the model on the hub.
        dtype: the model's number format, see :class:`~textaug.MaskedLMSubstitution`.
        device: ``"cpu"``, ``"cuda:1"``, …; default: a GPU if there is one.
        batch_tokens: sub-tokens per forward pass, padding included.
        **settings: see :class:`~textaug.Augmenter`.

    Raises:
        ValueError: for a probability out of range, ``max_senses`` below 1, or ``context=True`` for
            a lexicon other than the English WordNet.
        LookupError: on first use, if ``lang`` needs NLTK data that is not installed; the
            message says how to install it.
        ModuleNotFoundError: on first use with context, if the extra ``offline`` is not installed.

    >>> SynonymReplacement(p=1.0, words={"big": ["large"]})("A Big dog")
    'A Large dog'
    """

    def __init__(
        self,
        p: float = 0.3,
        words: Mapping[str, Sequence[str]] | None = None,
        lang: str | None = None,
        max_senses: int = 2,
        q: float = 0.5,
        context: bool | None = None,
        threshold: float = 0.18,
        model: str = OFFLINE_MODEL,
        revision: str | None = None,
        dtype: str = "auto",
        device: str | None = None,
        batch_tokens: int = BATCH_TOKENS,
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
        check_at_least_one(max_senses=max_senses)
        if self.words is not None:
            self._lexicon: Lexicon = WordList(self.words)
        else:
            self._lexicon = NltkWordNet(lang) if lang not in (None, "eng") else WordNet()
        self._synonyms = _Remembered(self._look_up)
        english_wordnet = isinstance(self._lexicon, WordNet)
        if context and not english_wordnet:
            raise ValueError("context=True: only for English, without words=; leave it out")
        self.context = context
        self._in_context = english_wordnet if context is None else context
        self.threshold = check_probability("threshold", threshold)
        self.spec = ModelSpec(str(model), revision, dtype, device, batch_tokens)
        self.model = str(model)
        self.revision = revision
        self.dtype = dtype
        self.device = device
        self.batch_tokens = batch_tokens
        super().__init__(**settings)

    def _look_up(self, word: str) -> list[tuple[str, ...]]:
        synonyms = self._lexicon.synonyms(word, max_senses=self.max_senses)
        return [tuple(synonym.split()) for synonym in synonyms]

    def gains_from_batches(self) -> bool:
        """Only the model gains."""
        return self._in_context

    def propose(
        self, examples: Sequence[Example], rngs: Sequence[Random]
    ) -> Sequence[Sequence[Edit]]:
        """Choose words, and draw a substitute for each."""
        if not self._in_context:
            return super().propose(examples, rngs)
        positions = [
            list(example.positions(self.target))
            if self.p and self._is_english(example.tokens)
            else []
            for example in examples
        ]
        if not any(positions):  # then the model is not needed
            return [[] for _ in examples]
        fit = _load(self.spec, self.rank)
        ranked = fit.rank(examples, positions, self.threshold, self.batch_tokens)
        return [
            self._replaced(example, _surest(found, self.p, rng), rng)
            for example, found, rng in zip(examples, ranked, rngs, strict=True)
        ]

    def _replaced(
        self, example: Example, chosen: Sequence[tuple[int, Ranked]], rng: Random
    ) -> list[Edit]:
        edits = []
        for i, ranked in chosen:
            best = _step(ranked[0][1])
            forms, scores = zip(*(pair for pair in ranked if _step(pair[1]) == best), strict=True)
            form = rng.choices(forms, list(map(_weight, scores)))[0]
            edits += word_edits(example, i, form)
        return edits

    def _is_english(self, tokens: Sequence[str]) -> bool:
        english = self.lang == "eng" or (self.lang is None and not is_not_english(tokens))
        if not english and isinstance(self._lexicon, WordNet):
            warn_once("SynonymReplacement has English synonyms (words= or lang= for others)")
        return english

    def edits(self, example: Example, rng: Random) -> list[Edit]:
        """Swap some words for synonyms, without context."""
        tokens, synonyms_of = example.tokens, self._synonyms
        allowed = example.positions(self.target)
        found = [(i, synonyms) for i in allowed if (synonyms := synonyms_of[tokens[i]])]
        english = bool(found) and self._is_english(tokens)
        if not english and isinstance(self._lexicon, WordNet):
            return []
        edits: list[Edit] = []
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


def _surest(found: Mapping[int, Ranked], p: float, rng: Random) -> list[tuple[int, Ranked]]:
    """A share of the words, the surer the more likely, in order.

    At least one if ``p > 0`` and one is sure.
    """
    if not found or not p:
        return []
    best = {i: ranked[0][1] for i, ranked in found.items()}
    # A doubtful word counts much less than a sure one.
    n = sum(
        rng.random() < p ** (max(probability, SMALLEST_DOUBT) ** -SURENESS)
        for probability in best.values()
    )
    n = max(n, max(best.values()) >= min(STEPS))
    # Weighted sampling without replacement (Efraimidis & Spirakis 2006), the surest words first;
    # of these half come after the others, so that none is replaced in every sentence.
    keys = {
        i: (
            _step(probability),
            rng.random() < SHARE_LAST,
            -(rng.random() ** (1 / _weight(probability))),
        )
        for i, probability in best.items()
    }
    return [(i, found[i]) for i in sorted(sorted(keys, key=keys.__getitem__)[:n])]


def _step(probability: float) -> int:
    """0 for a sure substitute, more for doubtful ones."""
    return sum(probability < step for step in STEPS)


def _weight(probability: float) -> float:
    return (probability / max(1 - probability, SMALLEST_DOUBT)) ** SURENESS


def _load(spec: ModelSpec, rank: int | None) -> WordFit:
    try:
        return load_word_fit(spec, rank)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"{error}; or replace words without a model: SynonymReplacement(context=False)"
        ) from error


class _Remembered(dict[str, list[tuple[str, ...]]]):
    """Synonyms by word, looked up once; a hit needs no Python call, unlike ``lru_cache``."""

    def __init__(self, look_up: Callable[[str], list[tuple[str, ...]]]) -> None:
        self._look_up = look_up

    def __missing__(self, word: str) -> list[tuple[str, ...]]:
        if len(self) >= CACHE_SIZE:
            self.clear()
        self[word] = found = self._look_up(word)
        return found
