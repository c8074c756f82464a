"""What is decided for a whole file: rows without annotations, answers, offsets, nesting."""

import json
import logging

import pytest

from textaug.io.errors import SourceError
from textaug.io.read import read


def read_rows(tmp_path, *rows, **options):
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return read(str(path), **options)["train"]


def tags(data):
    names = data.features["ner_tags"].feature.names
    return [[names[tag] for tag in row] for row in data["ner_tags"]]


ANN = {"start": 0, "end": 3, "label": "PER"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"spans": [ANN], "answer": "accept"}, {"answer": "accept", "_input_hash": 1}),
        ({"label": [[0, 3, "PER"]]}, {"label": []}),
        ({"entities": [ANN]}, {"entities": None}),
        ({"entities": [ANN]}, {}),
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_a_row_without_entities_has_no_mentions(first, second, is_first, tmp_path):
    rows = [{"text": "Ann sat", **first}, {"text": "Bo", **second}]
    data = read_rows(tmp_path, *(rows if is_first else rows[::-1]))
    expected = [["B-PER", "O"], ["O"]]
    assert tags(data) == (expected if is_first else expected[::-1])


def test_a_file_in_which_nothing_was_found(tmp_path):
    assert tags(read_rows(tmp_path, {"text": "It rained", "label": []})) == [["O", "O"]]


def test_a_row_without_a_label_of_the_sentence_has_an_open_one(tmp_path):
    rows = [{"text": "Good", "label": ["pos"]}, {"text": "?", "label": []}, {"text": "Hm"}]
    assert read_rows(tmp_path, *rows)["label"][:] == ["pos", None, None]
    rows[0]["label"].append("short")
    assert read_rows(tmp_path, *rows)["label"][:] == [["pos", "short"], [], None]


def test_a_label_of_the_sentence_among_entities_is_an_error(tmp_path):
    rows = [{"text": "Ann sat", "label": [[0, 3, "PER"]]}, {"text": "Bo", "label": "pos"}]
    with pytest.raises(SourceError, match="row 1: its 'label' is 'pos', where other rows have"):
        read_rows(tmp_path, *rows)


def test_only_the_answers_of_prodigy_drop_rows(tmp_path, caplog):
    rows = [{"text": "Why?", "answer": "because"}, {"text": "Now?", "answer": "reject"}]
    assert read_rows(tmp_path, *rows)["answer"][:] == ["because", "reject"]
    with caplog.at_level(logging.WARNING, logger="textaug"):
        data = read_rows(tmp_path, *({**row, "_task_hash": 1} for row in rows[1:]), rows[0])
    assert data["text"][:] == ["Why?"] and "1 rows left out" in caplog.text


def test_options_chosen_in_prodigy_are_labels(tmp_path):
    options = [{"id": "pos", "text": "good"}, {"id": "neg", "text": "bad"}]
    rows = [
        {"text": "Fine.", "options": options, "accept": ["pos"], "answer": "accept"},
        {"text": "Hm.", "options": options, "accept": [], "answer": "accept"},
    ]
    data = read_rows(tmp_path, *rows)
    assert data["label"][:] == ["pos", None] and set(data.column_names) == {"text", "label"}
