"""Segments between mentions, and the checks of a translation."""

import time

import pytest
from support.round_trips import Engine, augmenter, marked, row, translated

from textaug.augmenters.back_translation import BETWEEN, WHOLE, BackTranslation
from textaug.augmenters.round_trip import (
    AFFIXES_OF_SEGMENT,
    AFFIXES_OF_SENTENCE,
    _trimmed,
    split_around,
)


def test_what_is_between_mentions_is_translated_where_the_whole_fails():
    before = "The old chairman of [ORG Nord Bank] , [PER Ann Wu] , quickly sold all her shares ."
    table = {
        "The old chairman of Nord Bank, Ann Wu, quickly sold all her shares.": "He sold.",
        "quickly sold all her shares": "sold all of her shares in a hurry",
    }
    after = (
        "The old chairman of [ORG Nord Bank] , [PER Ann Wu] , sold all of her shares in a hurry ."
    )
    assert translated(before, table) == (after, BETWEEN)
    assert translated(before, table, fallback=False) == (before, "rejected: length ratio")


@pytest.mark.parametrize(
    "before",
    [
        "Then [PER May] said that in [DATE May] nothing had happened there .",  # two labels
        "Then [PER May] said that nothing had happened in May there .",  # one without a label
    ],
)
def test_an_ambiguous_mention_is_not_looked_for_in_the_whole_sentence(before):
    engine = Engine({"nothing had happened": "nothing happened", "said that": "explained"})
    augment = BackTranslation(engine=(engine.out, engine.back), fallback=False)
    assert marked(augment(row(before))) == before
    assert augment.counts == {"rejected: ambiguous mention": 1} and engine.seen == []


def test_an_ambiguous_mention_is_safe_between_the_mentions():
    before = "Then [PER May] told the people that nothing had happened in May there ."
    stretch = "told the people that nothing had happened in May there"
    table = {stretch: "informed the people that nothing had happened in May there"}
    after = "Then [PER May] informed the people that nothing had happened in May there ."
    assert translated(before, table) == (after, BETWEEN)
    for back in (
        "told the people that nothing had happened there",  # one May less: which one?
        "told May people that nothing had happened in May there",
    ):
        assert translated(before, {stretch: back}) == (before, "rejected: ambiguous mention")


def test_stretches_that_stay_keep_their_other_annotation():
    data = row("The big old house of [PER Ann] was quickly sold by the city again .")
    data["pos_tags"] = list(range(len(data["tokens"])))
    table = {
        "The big old house of Ann was quickly sold by the city again.": "It was sold.",
        "quickly sold by the city again": "sold again by the city in haste",
    }
    after = augmenter(table)(data)
    assert " ".join(after["tokens"]) == (
        "The big old house of Ann was sold again by the city in haste ."
    )
    assert after["pos_tags"] == [0, 1, 2, 3, 4, 5] + [-1] * 9


@pytest.mark.parametrize(
    ("back", "expected"),
    [
        ("The young chairman quickly sold the shares.", "young chairman quickly sold the shares"),
        ("the young chairman sold his shares", "young chairman sold his shares"),
        ("young chairman sold shares (in English)", "young chairman sold shares"),
        ("young chairman of Rome sold shares", None),  # a new name
        ("young chairman sold them", None),  # the mention that follows belongs to "shares"
        ("", None),
    ],
)
def test_a_fragment_comes_back_as_a_fragment(back, expected):
    before = "[MISC Nordic] youthful chairman quickly sold the shares of [ORG Nord Bank] ."
    table = {"youthful chairman quickly sold the shares": back}
    table["Nordic youthful chairman quickly sold the shares of Nord Bank."] = "Lost."
    after, outcome = translated(before, table)
    if expected is None:
        assert (after, outcome) == (before, "rejected: length ratio")
    else:
        assert (after, outcome) == (f"[MISC Nordic] {expected} of [ORG Nord Bank] .", BETWEEN)


@pytest.mark.parametrize(
    ("back", "reason"),
    [
        ("", "no translation"),
        (" ... ", "no translation"),
        ("Shares fell.", "length ratio"),
        ("Shares of the 3 companies fell" + " as they had fallen before" * 3 + ".", "length ratio"),
        ("Shares of 3, of 3, of 3, of 3 companies fell.", "loop"),
        ("Shares of the three companies fell sharply.", "number or sign lost"),
        ("Shares of the 4 companies fell sharply.", "number or sign lost"),
        ("Shares of the 3 (three) companies fell sharply.", None),  # the aside is dropped
    ],
)
def test_faults_of_a_translation(back, reason):
    before = "The shares of 3 companies fell sharply ."
    after, outcome = translated(before, {"The shares of 3 companies fell sharply.": back})
    assert (outcome == WHOLE) if reason is None else (outcome == f"rejected: {reason}")
    assert (after == before) == (reason is not None)


@pytest.mark.parametrize(
    "text",
    [
        "Great film 😀 and we loved it so",
        "go and see https://example.com/a for the whole story",
        "thanks to @ann for all the help",
        'the "old" film was the best of them',
    ],
)
def test_what_is_no_word_must_come_back(text):
    lost = text
    for thing in ("😀 ", "https://example.com/a ", "@ann ", '"'):
        lost = lost.replace(thing, "")
    augment = augmenter({text: lost + " indeed"})
    assert augment(text) == text and augment.counts == {"rejected: number or sign lost": 1}


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "[LOC ROME] 1996-08-22",
        "SOCCER - [LOC NORDLAND] BEAT [LOC SUDLAND] TO WIN THE CUP .",
        "[PER Ann Wu] ( [LOC Nordland] ) beat [PER Bo Li] 6-3 7-5",
        "total assets 12 14 15 net loss 3 4",
        "Thanks a lot !",
        "the \ud800 of the very old house",
    ],
)
def test_what_is_not_worth_translating_is_never_sent(sentence):
    engine = Engine({})
    augment = BackTranslation(engine=(engine.out, engine.back))
    assert augment(row(sentence)) == row(sentence)
    assert augment.counts == {"unchanged": 1} and engine.seen == []


def test_several_sentences_of_which_none_is_long_enough_stay():
    before = "We went to [LOC Rome] twice a week . The museum of [LOC Paris] was closed today ."
    assert translated(before, {}) == (before, "unchanged")
    lost = {"We went to Rome twice a week.": "They went there two times each week."}
    lost["The museum of Paris was closed today."] = "The museum in the town was shut today."
    assert translated(before, lost) == (before, "rejected: mention lost")


def test_what_comes_back_the_same_is_unchanged():
    sentence = "The man 's house ( which [PER Ann] sold for A$ 3 ) is old ."
    assert translated(sentence, {}) == (sentence, "unchanged")


@pytest.mark.parametrize(
    ("before", "back", "after"),
    [
        ("he left the old house .", "He went from the old house.", "he went from the old house ."),
        ("He left the old house .", "he went from the old house", "He went from the old house ."),
        ("- He left the old house", "He went from the house.", "- He went from the house"),
        ("He saw the prime minister there", "He saw a Prime Minister", "He saw a prime minister"),
        ('" We saw the old house .', "We looked at the house.", '" We looked at the house .'),
        ('We saw the old house . "', "We looked at the house.", 'We looked at the house . "'),
        (
            "it was a very good film",
            "It was a great Film, I think.",
            "it was a great film , i think",
        ),
        ("`` Go home now , '' he said", '"Go home," he said.', "`` Go home , '' he said"),
    ],
)
def test_the_manners_of_the_original_are_kept(before, back, after):
    engine = Engine({})
    augment = BackTranslation(engine=(engine.out, lambda texts: [back] * len(texts)))
    assert marked(augment(row(before))) == after


@pytest.mark.parametrize(
    "frame", ["@ann {} 😀 👍🏽", "{} https://example.com/a?b=c #news", "* {}", "- {}", "😀 {} ❤️"]
)
def test_signs_around_a_sentence_stay_at_home(frame):
    augment = augmenter({"we liked the film a lot": "the film was to our liking"})
    before = frame.format("we liked the film a lot").replace("😀: ", "😀 ")
    assert augment(before) == before.replace(
        "we liked the film a lot", "the film was to our liking"
    )


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("- Ann left @bob @xhttp://a.b 😀", ("- ", "Ann left", " @bob @xhttp://a.b 😀")),
        ("Ann left @https://a.b#c", ("", "Ann left @", "https://a.b#c")),
        ("Ann @bob left 😀 ", ("", "Ann @bob left 😀 ", "")),
        ('"Ann left', ('"', "Ann left", "")),
    ],
)
def test_affixes_of_a_sentence(text, parts):
    assert _trimmed(text) == parts


@pytest.mark.parametrize("affixes", [AFFIXES_OF_SENTENCE, AFFIXES_OF_SEGMENT])
@pytest.mark.parametrize("long", ["a@", "@a", "of the ", "x http://"])
def test_affixes_are_cut_off_in_linear_time(affixes, long):
    text = f"Ann {long * 40_000}Ann"
    start = time.process_time()
    assert "".join(split_around(affixes, text)) == text
    assert time.process_time() - start < 5  # a quadratic search takes minutes
