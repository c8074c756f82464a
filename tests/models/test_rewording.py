"""Which changes of a paraphrase are kept."""

import pytest

from textaug import BackTranslation
from textaug.core.example import Example
from textaug.language.rewording import FEATURES, changes_between
from textaug.models.rewording import WEIGHTS, good_changes, judged
from textaug.offline import has_encoder

needs_encoder = pytest.mark.skipif(not has_encoder(), reason="the extra 'offline' is not installed")


SENTENCE = (
    "The spokesman of the ministry , who has asked for more time , told reporters that the port "
    "of Rome plays down fears of war in the region ."
)


def example(text):
    return Example(tuple(text.split()))


def test_each_feature_has_a_weight():
    assert len(WEIGHTS) == len(FEATURES)


@needs_encoder
def test_a_faithful_change_is_likelier_than_a_slip():
    old = example(SENTENCE)
    texts = (
        SENTENCE.replace("has asked", "asked"),
        SENTENCE.replace("plays down", "overthrows"),
    )
    new = [example(text) for text in texts]
    changes = [(i, changes_between(old.tokens, each.tokens)[0]) for i, each in enumerate(new)]
    good, slip = judged([old, old], new, changes)
    assert good > 0.6 > slip


@needs_encoder
def test_the_neighbours_do_not_matter():
    old = example("The talks will begin in the capital next week , officials said . It rained .")
    new = example("The talks will start in the capital next week , authorities said . It poured .")
    alone = good_changes([old], [new], 0.5)
    other = example("Prices of oil rose .")
    assert good_changes([other, old], [other, new], 0.5) == [[], *alone]
    assert good_changes([old], [new], 1.0) == [[]]


def there(texts):
    return texts


def back(texts):
    return [
        text.replace("plays down", "overthrows").replace("has asked", "asked") for text in texts
    ]


@needs_encoder
def test_back_translation_undoes_what_no_reader_would_accept():
    words = SENTENCE.split()
    row = {
        "tokens": words,
        "ner_tags": ["B-LOC" if word == "Rome" else "O" for word in words],
        "pos_tags": list(range(len(words))),
    }
    augment = BackTranslation(engine=(there, back), threshold=0.6)
    made = augment(row)
    assert " ".join(made["tokens"]) == SENTENCE.replace("has asked", "asked")
    kept = [n for n, word in enumerate(words) if word != "has"]
    assert made["ner_tags"] == [row["ner_tags"][n] for n in kept]
    assert made["pos_tags"] == kept
    assert "overthrows" in BackTranslation(engine=(there, back))(SENTENCE)


@needs_encoder
def test_a_row_without_a_good_change_is_rejected_and_counted():
    slip = "Israel plays down fears of war on Friday ."
    augment = BackTranslation(engine=(there, back), threshold=0.75)
    assert augment(slip) == slip
    assert augment.counts == {"rejected: no change is certain": 1}


@needs_encoder
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("the driver had been left behind", "the driver had left behind"),
        ("a firm that builds boats", "a firm who builds boats"),
        ("he won by running faster", "he won , running faster"),
        ("calls for change", "calls for the change"),
    ],
)
def test_slips_in_small_words(old, new):
    assert good_changes([example(old)], [example(new)], 0.01) == [[]]


@needs_encoder
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("members of the board met", "board members met"),
        ("the house of the mayor burned", "the mayor 's house burned"),
        ("talks resumed in the capital last week .", "last week , talks resumed in the capital ."),
    ],
)
def test_other_orders_are_judged(old, new):
    assert good_changes([example(old)], [example(new)], 0.01) != [[]]


def test_thresholds_are_for_english():
    with pytest.raises(ValueError, match="only judged in English"):
        BackTranslation("en", source="de", engine="transformers", threshold=0.5)
    with pytest.raises(ValueError, match="threshold=2: must lie between 0 and 1"):
        BackTranslation(engine=(there, back), threshold=2)
