"""Prints sentences of the built-in corpus with one word replaced by the offline masked LM.

    python benchmarks/masked_lm_substitutions.py > benchmarks/results/offline_mlm/new.tsv

Each line has a number, a column for the verdict, and the sentence with ``[old > new]``. A person
has to judge which sentences are grammatical; ``substitutions.tsv`` in that folder has the verdicts.
"""

from __future__ import annotations

from itertools import islice
from random import Random

from textaug import Augmented, MaskedLMSubstitution
from textaug.core.reading import read_examples
from textaug.corpora import builtin_corpus

SENTENCES = 100
ONE_WORD = 1e-9  # each word is chosen with this probability, and at least one is


def main() -> None:
    """Sample sentences and print them with the replaced word."""
    examples = read_examples(builtin_corpus()["train"], "train", {})
    Random(0).shuffle(examples)
    augment = MaskedLMSubstitution("offline", p=ONE_WORD, mask=True, seed=1)
    results = augment.run(examples, [0] * len(examples))
    changed = (
        (before, result.example)
        for before, result in zip(examples, results, strict=True)
        if isinstance(result, Augmented) and result.example.tokens != before.tokens
    )
    print("number\tgrammatical\tsentence")
    for number, (before, after) in enumerate(islice(changed, SENTENCES), start=1):
        pairs = zip(before.tokens, after.tokens, strict=True)
        words = (old if old == new else f"[{old} > {new}]" for old, new in pairs)
        print(f"{number}\t\t{' '.join(words)}")


if __name__ == "__main__":
    main()
