"""SWORDS: words in context with substitutes that people accepted or rejected.

Lee et al. (2021), "Swords: A Benchmark for Lexical Substitution with Improved Data Coverage and
Quality". Each substitute is a lemma and was judged by 3 or 10 people.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from textaug.core.example import Example
from textaug.language.inflection import lemmas_of

HALF = 0.5  # a substitute is acceptable if at least this share of its judges accepts it
LETTERS = {"NOUN": "n", "VERB": "v", "ADJ": "a", "ADV": "r"}


@dataclass(frozen=True)
class Target:
    """A word in its context, with the share of the judges who accept each substitute."""

    before: str
    word: str
    after: str
    letter: str  # part of speech, as in WordNet
    judgements: dict[str, float]  # by lemma

    def example(self) -> tuple[Example, int]:
        """The context as an example, and the index of the word in it."""
        at = len(Example.from_text(self.before).tokens)
        return Example.from_text(self.before + self.word + self.after), at

    def accepted_by(self, form: str) -> float:
        """The share of the judges who accept a word; 0 if they were not asked."""
        return max((self.judgements[lemma] for lemma in self._lemmas(form)), default=0.0)

    def is_judged(self, form: str) -> bool:
        """Whether the judges were asked about a word."""
        return bool(self._lemmas(form))

    def _lemmas(self, form: str) -> list[str]:
        """The judged lemmas of which this may be an inflected form."""
        lower = form.lower()
        first, _, rest = lower.partition(" ")
        start, _, last = lower.rpartition(" ")
        possible = {lower}
        possible |= {f"{lemma} {rest}".strip() for lemma in lemmas_of(first, self.letter)}
        possible |= {f"{start} {lemma}".strip() for lemma in lemmas_of(last, self.letter)}
        return [lemma for lemma in possible if lemma in self.judgements]


def read_targets(path: Path) -> list[Target]:
    """The targets of a SWORDS file that are one word of the text and have judged substitutes."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        data = json.load(file)
    judgements: dict[str, dict[str, float]] = defaultdict(dict)
    for key, substitute in data["substitutes"].items():
        votes = data["substitute_labels"][key]
        of_target = judgements[substitute["target_id"]]
        of_target[substitute["substitute"].lower()] = votes.count("TRUE") / len(votes)
    targets = []
    for key, target in data["targets"].items():
        text, start = data["contexts"][target["context_id"]]["context"], target["offset"]
        word = target["target"]
        made = Target(
            text[:start],
            word,
            text[start + len(word) :],
            LETTERS[target["pos"]],
            judgements[key],
        )
        example, at = made.example()
        if judgements[key] and at < len(example.tokens) and example.tokens[at] == word:
            targets.append(made)
    return targets
