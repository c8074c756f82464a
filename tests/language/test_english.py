"""Which texts are certainly not English, and what English methods do with them."""

import logging

import pytest

from textaug import NominalPhrases, SynonymReplacement
from textaug.corpora import builtin_corpus
from textaug.language.english import is_not_english, reads_as_english, warn_once

FOREIGN = [
    "Der Minister sagte am Montag , dass die Regierung keine neuen Steuern plant .",
    "Le ministre a déclaré lundi que le gouvernement ne prévoit pas de nouveaux impôts .",
    "El ministro dijo el lunes que el gobierno no planea nuevos impuestos .",
    "Minister powiedział w poniedziałek , że rząd nie planuje nowych podatków .",
    "Bakan pazartesi günü hükümetin yeni vergi planlamadığını söyledi .",
    "Министр сказал в понедельник .",
    "मैं दिल्ली में रहता हूँ",
    "我 爱 北京",
]
# With words that are also English, of which "car" has a synonym.
PORTUGUESE = "O ministro Silva disse que o car que comprou já não funciona ."
ENGLISH = [
    "",
    "1996-08-22",
    "SOCCER - JAPAN GET LUCKY WIN , CHINA IN SURPRISE DEFEAT .",
    "Nadim Ladki",
    "Leicestershire 22 points , Somerset 4 .",
    "1. Sari Essayah ( Finland ) 4:31.98",
    "Nordbank prft 7 mln vs loss 371 mln",
    "German July car registrations up 14.2 pct yr / yr .",
    "hello boobies boobies boobies boobies",
    "She read Война и мир twice last year .",
]


@pytest.mark.parametrize("text", FOREIGN)
def test_other_languages(text):
    assert is_not_english(text.split())


@pytest.mark.parametrize("text", ENGLISH)
def test_headlines_names_and_tables_tell_no_language(text):
    assert not is_not_english(text.split())


def test_no_sentence_of_the_corpus_is_taken_for_another_language():
    for split in builtin_corpus().values():
        assert not any(map(is_not_english, split["tokens"]))


@pytest.mark.parametrize(
    "augmenter", [SynonymReplacement(p=1.0), NominalPhrases(p=1.0)], ids=lambda a: type(a).__name__
)
def test_english_methods_leave_other_languages_alone_and_say_so_once(augmenter, caplog):
    warn_once.cache_clear()
    row = {"tokens": PORTUGUESE.split(), "ner_tags": ["O", "O", "B-PER", *["O"] * 10]}
    with caplog.at_level(logging.WARNING, "textaug"):
        for _ in range(3):
            assert augmenter(row) == row
    (record,) = caplog.records
    assert "rows that are not English are left unchanged" in record.getMessage()


def test_lang_overrides_the_check():
    text = "Ele disse que nunca vira nada assim purchased"
    assert SynonymReplacement(p=1.0)(text) == text
    assert SynonymReplacement(p=1.0, lang="eng", context=False)(text).endswith("bought")


def test_other_languages_are_not_taken_for_english():
    assert reads_as_english(["She", "went", "home"])
    for text in (
        "Er schrieb an alte Freunde .",
        "Ela foi a uma casa .",
        "Il a dit non .",
        "a big",
        "New York IT",
    ):
        assert not reads_as_english(text.split())
