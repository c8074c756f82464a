"""What only a model hub can show: names of models and data sets are found and used there.

HF_HUB_OFFLINE=0 pytest -m hub tests/contract/test_hub.py
"""

import pytest

import textaug
from textaug.io.read import read
from textaug.offline import hub_is_reachable

pytestmark = [
    pytest.mark.hub,
    pytest.mark.skipif(not hub_is_reachable(), reason="no model hub is reachable"),
]

ROW = {
    "tokens": ["The", "minister", "met", "Angela", "Merkel", "in", "Berlin", "on", "Monday", "."],
    "ner_tags": ["O", "O", "O", "B-PER", "I-PER", "O", "B-LOC", "O", "O", "O"],
}


def mentions(row):
    tagged = zip(row["tokens"], row["ner_tags"], strict=True)
    return [(word, tag) for word, tag in tagged if tag != "O"]


def test_a_masked_lm_of_the_hub_changes_words_and_keeps_mentions():
    augment = textaug.MaskedLMSubstitution("distilbert/distilroberta-base", p=0.5, seed=1)
    after = augment(ROW)
    assert after["tokens"] != ROW["tokens"] and mentions(after) == mentions(ROW)


def test_a_pinned_revision_is_part_of_the_fingerprint():
    one = textaug.MaskedLMSubstitution("distilbert/distilroberta-base", revision="main")
    assert "revision='main'" in repr(one)


def test_back_translation_by_opus_keeps_mentions():
    augment = textaug.BackTranslation("de", engine="transformers", seed=1)
    after = augment(ROW)
    assert mentions(after) == mentions(ROW)


def test_a_data_set_of_the_hub_is_read_and_augmented():
    data = read("tner/bc5cdr")
    made = textaug.expand(data, textaug.NoiseInjection(seed=1), 1, keep_original=False)
    assert set(made) == set(data)
