"""Writes the list of words that English writes in lower case, of the vocabulary of uncased BERT.

    python scripts/build_lower_case_words.py text/*.txt.gz

An uncased model cannot distinguish the country China from "china". The list can: it has the words
that the given texts write, inside sentences, more often without a capital than with one. Other
words may be names, which must not be inserted without a label; see
:mod:`textaug.augmenters.masked_lm`.
"""

from __future__ import annotations

import gzip
import sys
from collections import Counter
from pathlib import Path

import regex
from transformers import AutoTokenizer

from textaug.offline import LOWER_CASE_WORDS_FILE, encoder

# A line with at least this share of capitalised words counts as a headline.
HEADLINE = 0.5

# Not the first word of a sentence or a quotation, which always has a capital.
INSIDE = regex.compile(r"(?<=[\p{L}\p{N},;] )\p{L}[\p{L}\p{M}]+")


def main(paths: list[Path]) -> None:
    """Count, and write the list."""
    small: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                words = INSIDE.findall(line)
                capitals = [word for word in words if word[0].isupper()]
                if len(capitals) < HEADLINE * len(words):
                    small.update(word for word in words if word.islower())
                    capital.update(word.lower() for word in capitals)
    vocabulary = AutoTokenizer.from_pretrained(encoder()).get_vocab()
    kept = sorted(word for word in small if word in vocabulary and small[word] > capital[word])
    with (
        LOWER_CASE_WORDS_FILE.open("wb") as raw,
        gzip.GzipFile("", "wb", mtime=0, fileobj=raw) as file,
    ):
        file.write("".join(f"{word}\n" for word in kept).encode())
    print(f"{len(kept):,} words")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
