"""What every filter does."""

import pickle

import pytest
from datasets.fingerprint import Hasher
from support.augmenters import tiny_bert, tiny_classifier, tiny_encoder, tiny_tagger

import textaug
from textaug import (
    Example,
    KeepLabel,
    NoUnlabelledNames,
    Novelty,
    Perplexity,
    Similarity,
    TeacherAgreement,
)


def weights():
    size = 33  # of the tiny encoder's vectors, and the bias
    return {(0, "bad"): [0.1] * size, (0, "good"): [-0.1] * size}


FILTERS = {
    "TeacherAgreement": lambda: TeacherAgreement(tiny_tagger()),
    "Similarity": lambda: Similarity(0.9, 0.99, tiny_encoder()),
    "Perplexity": lambda: Perplexity(1.0, tiny_bert()),
    "KeepLabel": lambda: KeepLabel(tiny_classifier()),
    "KeepLabel, weights": lambda: KeepLabel(tiny_encoder(), weights()),
    "Novelty": lambda: Novelty(0.7),
    "Novelty, reference": lambda: Novelty(0.3, reference=["the minister said on Monday"]),
    "NoUnlabelledNames": lambda: NoUnlabelledNames(["Oslo", "New York"]),
}


ALL = pytest.mark.parametrize("name", FILTERS)


@ALL
def test_an_answer_does_not_depend_on_its_neighbours(name, pairs):
    keep = FILTERS[name]()
    together = keep(*zip(*pairs, strict=True))
    assert len(together) == len(pairs)
    assert [keep([old], [new])[0] for old, new in pairs] == together
    assert keep(*zip(*reversed(pairs), strict=True)) == together[::-1]


@ALL
def test_a_filter_is_its_arguments(name, pairs):
    keep = FILTERS[name]()
    before = Hasher.hash(keep)
    keep(*zip(*pairs[:3], strict=True))
    keep.rank = 1
    assert Hasher.hash(keep) == before == Hasher.hash(FILTERS[name]())
    assert pickle.loads(pickle.dumps(keep)) == keep == eval(repr(keep), vars(textaug))


@ALL
def test_odd_sentences_do_no_harm(name):
    odd = [[], ["."], ["\u200b"], ["\ud800"], ["[MASK]", "</s>"], ["the"] * 300, ["x" * 2000]]
    examples = [Example(tuple(words)) for words in odd]
    answers = FILTERS[name]()(examples, examples[::-1])
    assert len(answers) == len(odd) and set(answers) <= {True, False}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Similarity(0.9, 0.8), "minimum=0.9, maximum=0.8"),
        (lambda: Perplexity(0), "maximum=0: must be above 0"),
        (lambda: KeepLabel("x", drop=2), "drop=2: must lie between 0 and 1"),
        (lambda: Novelty(2), "maximum=2: must lie between 0 and 1"),
        (lambda: Novelty(n=0), "n=0: must be at least 1"),
        (lambda: TeacherAgreement("x", dtype="int4"), "dtype='int4'"),
        (lambda: Perplexity(batch_tokens=0), "batch_tokens=0: must be at least 1"),
    ],
)
def test_arguments_are_checked(make, message):
    with pytest.raises(ValueError, match=message):
        make()
