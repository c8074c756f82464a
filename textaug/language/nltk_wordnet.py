"""Synonyms in other languages, from the WordNets that NLTK reads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from textaug.language.casing import match_case
from textaug.language.senses import (
    CACHE_SIZE,
    DOMINANT_SENSE_SHARE,
    PRIOR_COUNT,
    SHARED_SENSE_SHARE,
    SMALLEST_SENSE_SHARE,
)

SHORTEST_UNKNOWN_WORD = 4  # letters: there is no list of function words


@dataclass(frozen=True)
class NltkWordNet:
    """Synonyms in the languages of NLTK's Open Multilingual WordNet.

    It knows lemmas only: an inflected word has no synonyms unless it is spelt like a lemma, and
    synonyms are not inflected. It is most useful for words that rarely inflect (adverbs, nouns in
    the singular).

    Args:
        lang: ISO 639-3 code of the language: "fra", "spa", "por", "ita", "jpn" ...

    NLTK's data must be downloaded once ("omw-1.4" for NLTK 3.9):

    >>> import nltk  # doctest: +SKIP
    >>> nltk.download("wordnet"), nltk.download("omw-2.0")  # doctest: +SKIP
    >>> NltkWordNet(lang="fra").synonyms("voiture")  # doctest: +SKIP

    >>> NltkWordNet()
    NltkWordNet(lang='fra')
    """

    lang: str = "fra"

    def synonyms(self, word: str, max_senses: int | None = 1) -> list[str]:
        """Words that may replace ``word``, in the same case; see :meth:`WordNet.synonyms`.

        These WordNets have no counts: senses are ordered by their frequency in English texts.
        Words of fewer than four letters have no synonyms: most are function words.

        Raises:
            LookupError: if NLTK's data is missing; the message says how to get it.
            ValueError: if the Open Multilingual WordNet does not have the language ``lang``.
        """
        return list(_multilingual_synonyms(self.lang, word, max_senses))


@cache
def _nltk_reader(lang: str) -> Any:
    """NLTK's WordNet with the data of one language loaded."""
    import nltk
    from nltk.corpus import wordnet
    from nltk.corpus.reader.wordnet import WordNetError

    try:
        wordnet.synsets("test", lang=lang)
    except LookupError as error:
        # NLTK 3.10 uses a new release of the Open Multilingual WordNet.
        release = "omw-1.4" if nltk.__version__.startswith("3.9") else "omw-2.0"
        raise LookupError(
            f"NltkWordNet(lang={lang!r}) needs data that NLTK cannot find. Download it once with\n"
            f'    import nltk\n    nltk.download("wordnet")\n    nltk.download("{release}")'
        ) from error
    except WordNetError as error:
        raise ValueError(
            f"lang={lang!r}: the Open Multilingual WordNet has {', '.join(sorted(wordnet.langs()))}"
        ) from error
    return wordnet


def _nltk_senses(lang: str, lemma: str) -> list[tuple[Any, float]]:
    """The NLTK synsets of a lemma, most frequent first, each with its share of all uses."""
    found = [
        synset
        for synset in _nltk_reader(lang).synsets(lemma.replace(" ", "_"), lang=lang)
        # In English, NLTK also finds inflected words; their synonyms would not be inflected.
        if lemma in (name.replace("_", " ").lower() for name in synset.lemma_names(lang))
    ]
    counts = [sum(lemma.count() for lemma in synset.lemmas()) + PRIOR_COUNT for synset in found]
    shares = [count / sum(counts) for count in counts]
    return sorted(zip(found, shares, strict=True), key=lambda sense: sense[1], reverse=True)


@lru_cache(CACHE_SIZE)
def _multilingual_synonyms(lang: str, word: str, max_senses: int | None) -> tuple[str, ...]:
    # Most short words are function words, which a WordNet does not have, but it has words spelt
    # like them: French "est" ("is") is found as "east". Scripts without case have short words only.
    if len(word) < SHORTEST_UNKNOWN_WORD and word.lower() != word.upper():
        return ()
    leading = _nltk_senses(lang, word.lower())[:max_senses]
    if sum(share for _, share in leading) < DOMINANT_SENSE_SHARE:
        return ()
    replacements: dict[str, None] = {}
    for synset, share in leading:
        if share < SMALLEST_SENSE_SHARE:
            continue
        for name in synset.lemma_names(lang):
            synonym = name.replace("_", " ")
            # Capitals mark proper names, and in some of these WordNets notes such as "GAP!".
            if synonym == word.lower() or synonym != synonym.lower():
                continue
            senses = dict(_nltk_senses(lang, synonym))
            if senses[synset] >= SHARED_SENSE_SHARE:
                replacements[match_case(synonym, like=word)] = None
    return tuple(replacements)
