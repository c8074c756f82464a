"""The adversarial choice among several results."""

from random import Random

from support.augmenters import tiny_tagger

from textaug import (
    Augmenter,
    Edit,
    Example,
    Hardest,
    NoiseInjection,
    Rejected,
)
from textaug.core.reading import read_examples
from textaug.models.tagger import load_tagger


class Count(Augmenter):
    """Puts a number before the sentence, another one at each try."""

    def edits(self, example, rng):
        return [Edit(0, 0, (str(int(100 * rng.random())),))]


def sentences(n=40):
    return [Example(("sentence", str(i))) for i in range(n)]


def test_the_hardest_of_k_is_taken(corpus):
    examples = read_examples(corpus.select(range(30)), "train", {})
    noise = NoiseInjection(p=0.5)
    hardest = Hardest(noise, 4, tiny_tagger())
    results = hardest.transform(examples, [Random(i) for i in range(len(examples))])
    rngs = [Random(i) for i in range(len(examples))]
    rounds = [noise.transform(examples, rngs) for _ in range(4)]
    losses = load_tagger(tiny_tagger()).losses
    for i, result in enumerate(results):
        candidates = [r[i].example for r in rounds if r[i].example != examples[i]]
        expected = max(losses(candidates), default=None)
        assert expected is None or losses([result.example]) == [expected]


def test_hardest_takes_what_is_left():
    class Unsure(Count):
        def transform(self, examples, rngs):
            return [
                Rejected("no") if "never" in e.tokens or rng.random() < 0.5 else r
                for e, r, rng in zip(examples, super().transform(examples, rngs), rngs, strict=True)
            ]

    hardest = Hardest(Unsure(), 5, tiny_tagger())
    hardest.run([*sentences(20), Example(("never",))], [0] * 21)
    assert hardest.counts["rejected: no"] >= 1
    assert hardest.counts["changed"] >= 18
