"""Lone surrogates, halves of characters out of broken JSON, in every augmenter."""

import json

import pytest
from datasets import Dataset, IterableDataset
from support.augmenters import AUGMENTERS, KEEPS_MENTIONS
from support.judge import surfaces

from textaug import expand

ALL = pytest.mark.parametrize("name", AUGMENTERS)
# Arrow cannot hold them, so no `Dataset` can; plain rows and streams can, and there they pass
# through, since nothing in an augmenter needs them whole. No augmenter makes one.

HALF = json.loads('"\\ud83d"')


@ALL
def test_half_a_character_passes_through_plain_rows_and_streams(name):
    words = ["the", "old", "man", HALF, "walked", "slowly", "to", "the", "house", "."]
    row = {"tokens": words, "ner_tags": ["O", "O", "O", "B-PER", *["O"] * 6]}
    made = AUGMENTERS[name]()(row)
    assert len(made["tokens"]) == len(made["ner_tags"])
    if name in KEEPS_MENTIONS:
        assert surfaces(made["tokens"], made["ner_tags"], "IOB2") == [("PER", (HALF,))]
    stream = IterableDataset.from_generator(lambda: iter([row] * 3))
    bigger = list(expand(stream, AUGMENTERS[name](), copies=1))
    assert [other["tokens"] for other in bigger].count(words) == 3


def test_no_data_set_can_hold_half_a_character():
    with pytest.raises(UnicodeEncodeError, match="surrogates not allowed"):
        Dataset.from_dict({"tokens": [[HALF]]})
