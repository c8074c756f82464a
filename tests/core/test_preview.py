"""Sentences before and after, in a terminal and in a notebook."""

from io import StringIO

import pytest
from datasets import Dataset, DatasetDict
from rich.console import Console

from textaug import MentionReplacement, NoiseInjection, OneOf, SentenceJoining, SynonymReplacement
from textaug.core.markup import printable


def test_rows_that_change_are_shown(corpus):
    noise = NoiseInjection(seed=2)
    shown = noise.preview(DatasetDict({"train": corpus}), rows=3)
    assert len(shown.pairs) == 3 and noise.counts == {}
    for pair in shown.pairs:
        row = {"tokens": list(pair.before.tokens), "ner_tags": ["O"] * len(pair.before.tokens)}
        assert pair.before.spans == pair.after.spans and pair.by == "NoiseInjection"
        if not pair.before.spans:
            assert noise(row)["tokens"] == list(pair.after.tokens)


def test_copies_and_methods(corpus):
    both = OneOf([SynonymReplacement(context=False), NoiseInjection()])
    shown = both.preview(corpus, rows=2, copies=4)
    assert len(shown.pairs) == 8
    assert {pair.by for pair in shown.pairs} == {"SynonymReplacement", "NoiseInjection"}


def test_in_a_terminal(corpus):
    swap = MentionReplacement({"PER": ["Ada Lovelace"]}, p=1.0)
    out = StringIO()
    Console(file=out, force_terminal=True, width=200).print(swap.preview(corpus, rows=1))
    assert "\x1b[" in out.getvalue() and "«Ada»" in out.getvalue()
    assert "«Ada» «Lovelace» PER]" in str(swap.preview(corpus, rows=1))


def test_in_a_notebook_everything_is_escaped():
    row = {
        "tokens": ["<script>alert(1)</script>", "said", "so", "\u202e\x00"],
        "ner_tags": ["B-<b>", "O", "O", "O"],
    }
    html = NoiseInjection(p=1.0).preview(Dataset.from_list([row]))._repr_html_()
    assert "<script" not in html and "<b><b>" not in html
    assert "&lt;script&gt;alert(1)" in html and "\\u202e\\x00" in html and "<mark>" in html


def test_a_joined_sentence_brings_types_of_its_own():
    row = {"tokens": ["Ann", "slept"], "ner_tags": ["B-PER", "O"]}
    shown = SentenceJoining([(["in", "Rome"], ["O", "B-LOC"])]).preview(Dataset.from_list([row]))
    assert shown.labels == ["LOC", "PER"]
    assert "«Rome» LOC]" in str(shown) and "Rome" in shown._repr_html_()


def test_nothing_to_show(corpus):
    shown = NoiseInjection(p=0.0).preview(corpus)
    assert shown.pairs == () and "0 of 60 sentences tried (unchanged: 60)" in str(shown)
    with pytest.raises(ValueError, match="rows=0"):
        NoiseInjection().preview(corpus, rows=0)


def test_signs_that_belong_to_words_stay():
    for text in ("👩‍👩‍👧", "می‌خواهم", "e\u0301", "שלום"):
        assert printable(text) == text
    assert printable("\ud800\n") == "\\ud800\\n"
