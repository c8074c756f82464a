"""Sentences before and after some noise."""

import pytest

from textaug import NoiseInjection
from textaug.core.reading import read_examples


@pytest.fixture(scope="module")
def pairs(request):
    corpus = request.getfixturevalue("corpus")
    before = read_examples(corpus.select(range(30)), "train", {})
    results = NoiseInjection(p=0.3).run(before, [0] * len(before))
    return [(old, new.example) for old, new in zip(before, results, strict=True)]
