"""Sentences are joined with others of the same labels only."""

import pytest
from datasets import Dataset

from textaug import LabelWiseReplacement, SegmentExchange, SentenceJoining, default_policy, expand


@pytest.mark.parametrize("name", ["verdict", "gold", "y", "label_id", "covid", "is_spam"])
def test_texts_with_other_labels_are_not_joined_whatever_the_column_is_called(name):
    texts = ["Warm and witty .", "A great evening .", "Dull and tedious .", "An awful evening ."]
    for values in (["pos", "pos", "neg", "neg"], [1, 1, 0, 0]):
        data = Dataset.from_dict({"text": texts, name: values})
        join = SentenceJoining.from_dataset(data)
        made = data.map(join, batched=True, load_from_cache_file=False)["text"][:]
        assert [all(t in both for t in texts[:2]) for both in made] == [True, True, False, False]


def test_columns_that_tell_all_rows_apart_are_named_in_a_warning(caplog):
    data = Dataset.from_dict({"text": ["Good .", "Bad ."], "votes": [3, 4]})
    SentenceJoining.from_dataset(data)
    assert "no two sentences have the same labels" in caplog.text and "roles=" in caplog.text
    caplog.clear()
    join = SentenceJoining.from_dataset(data, roles={"votes": "keep"})
    assert join(data[0])["text"] in ("Good . Bad .", "Bad . Good .") and not caplog.text


def test_columns_whose_values_all_differ_are_not_labels():
    texts = [f"Text number {n} ." for n in range(12)]
    data = Dataset.from_dict(
        {"text": texts, "votes": list(range(12)), "slug_of": [f"s{n}" for n in range(12)]}
    )
    join = SentenceJoining.from_dataset(data, seed=1)
    mapped = data.map(join, batched=True, load_from_cache_file=False)["text"][:]
    expanded = expand(data, join, keep_original=False)["text"][:]
    assert mapped == expanded and all(text.count(".") == 2 for text in mapped)
    assert join({"text": "Without them ."})["text"].count(".") == 2


ONE = [f"A man with {n} dogs plays a guitar ." for n in range(12)]
OTHER = [f"Someone with {n} animals plays music ." for n in range(12)]


@pytest.mark.parametrize("names", [["sentence1", "sentence2"], "sentence1", "sentence2"])
@pytest.mark.parametrize("way", [SentenceJoining, SegmentExchange, LabelWiseReplacement])
def test_in_pairs_of_texts_no_text_gets_words_of_another_row(way, names):
    pairs = Dataset.from_dict({"sentence1": ONE, "sentence2": OTHER, "score": [1.5, 5.0] * 6})
    with pytest.raises(ValueError, match="words of other rows.*'sentence"):
        way.from_dataset(pairs, text_column=names)


@pytest.mark.parametrize(
    "columns",
    [
        {"hypothesis": OTHER, "label": [0, 1, 2] * 4},
        {"summary": OTHER},
        {"chosen": OTHER, "rejected": ONE},
        {"question": ["Who plays it ?"] * 12, "label": [True, False] * 6},
        {"answer_text": OTHER, "ner_tags": [["O"] * 9] * 12, "label": [0, 1] * 6},
    ],
)
def test_a_text_that_another_column_is_about_is_not_joined(columns):
    first = {"tokens": [text.split() for text in ONE]} if "ner_tags" in columns else {"text": ONE}
    data = Dataset.from_dict({**first, **columns})
    with pytest.raises(ValueError, match=r"may be about the text.*roles=\{.*: 'keep'"):
        SentenceJoining.from_dataset(data)
    roles = dict.fromkeys(columns.keys() - {"label", "ner_tags"}, "keep")
    join = SentenceJoining.from_dataset(data, roles=roles, seed=1)
    assert len(expand(data, join, keep_original=False)) == 12


@pytest.mark.parametrize(
    "columns",
    [
        {"title": OTHER, "url": ["https://a.b/c"] * 12, "label": [0, 1] * 6},
        {"author": OTHER, "created_at": [f"2025-01-{n + 10}" for n in range(12)]},
        {"ner_tags": [["O"] * 9] * 12, "document": OTHER},  # tags follow their words
    ],
)
def test_a_title_or_a_document_beside_tags_does_not_matter(columns):
    first = {"tokens": [text.split() for text in ONE]} if "ner_tags" in columns else {"text": ONE}
    data = Dataset.from_dict({**first, **columns})
    join = SentenceJoining.from_dataset(data, seed=1)
    assert len(expand(data, join, keep_original=False)) == 12
    assert default_policy(data)


def test_rows_with_another_text_are_left_out_and_counted():
    join = SentenceJoining([(["It", "rained", "."], [])])
    row = {"text": ["Ann sat ."], "summary": ["Ann rested ."]}
    assert not len(expand(Dataset.from_dict(row), join, keep_original=False))
    assert any("'summary' may be about the text" in outcome for outcome in +join.counts)
    assert join(dict(row, text="Ann sat .", summary="Ann rested ."))["text"] == "Ann sat ."
    assert len(join("Ann sat .").split()) == 6, "a string has nothing beside it"
