"""Tags and mentions from a token-classification model."""

import pytest
import torch
from support.models import tiny_tagger

from textaug import Example
from textaug.models.loading import load
from textaug.models.tagger import load_tagger, predict

NAMES = ["O", "B-PER", "I-PER"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_tagger(tmp_path_factory.mktemp("tagger"), NAMES)


def test_a_tag_is_that_of_a_words_first_sub_token(folder):
    model, tokenizer = load("AutoModelForTokenClassification", folder)
    words = ["unphenomenal", "prices", "in", "Rome"]
    encoded = tokenizer(words, is_split_into_words=True, return_tensors="pt")
    with torch.inference_mode():
        best = model(**encoded).logits[0].argmax(-1).tolist()
    firsts = [encoded.word_ids().index(n) for n in range(len(words))]
    assert predict(model, tokenizer, [words]) == [[NAMES[best[at]] for at in firsts]]


def test_predictions_do_not_depend_on_the_batch(folder):
    model, tokenizer = load("AutoModelForTokenClassification", folder)
    sentences = [["prices", "fell"], [], ["z" * 400, "fell"], ["the", "oil"] * 90]
    tags = predict(model, tokenizer, sentences)
    assert [len(row) for row in tags] == [2, 0, 2, 180]
    assert predict(model, tokenizer, sentences, batch_tokens=1) == tags
    assert [predict(model, tokenizer, [words])[0] for words in sentences] == tags


def test_no_label_of_a_long_sentence_is_dropped(folder):
    tagger = load_tagger(folder)
    long = Example(("the", "oil") * 90)
    (found,) = tagger.spans([long])
    assert found == tagger.spans([long, Example(("oil",))])[0]
    assert any(span.end > 64 for span in found)


def test_labels_of_which_one_is_no_tag_are_an_error(tmp_path):
    path = tiny_tagger(tmp_path / "odd", ["O", "B-PER", "I-PER", "X"])
    with pytest.raises(ValueError, match="do not belong to one tag scheme"):
        load_tagger(str(path))
