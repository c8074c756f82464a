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
    rows[0] |= {"_input_hash": 1, "_task_hash": 2}
    data = read_rows(tmp_path, *rows)
    assert data["label"][:] == ["pos", None] and set(data.column_names) == {"text", "label"}


FIRE = "🔥🔥🔥 no no no Rome"


def entity(start, surface, label="X"):
    return {"start": start, "end": start + len(surface), "label": label, "text": surface}


def test_one_entity_proves_what_the_offsets_of_all_rows_count(tmp_path):
    rows = [
        {"text": FIRE, "entities": [entity(7, "no")]},
        {"text": FIRE, "entities": [entity(7, "no"), entity(16, "Rome", "LOC")]},
        {"text": "🔥 Bo", "entities": [{"start": 3, "end": 5, "label": "PER"}]},
    ]
    found = tags(read_rows(tmp_path, *rows))
    assert [[i for i, tag in enumerate(row) if tag != "O"] for row in found] == [[3], [3, 6], [1]]
    rows[1]["entities"][1]["start"] = 13
    rows[1]["entities"][1]["end"] = 17
    data = read_rows(tmp_path, *rows[:2])
    assert [row.index("B-X") for row in tags(data)] == [4, 4], "characters: the second 'no'"


def test_offsets_that_prove_both_units_are_an_error(tmp_path):
    rows = [{"text": FIRE, "entities": [entity(13, "Rome")]},
            {"text": FIRE, "entities": [entity(16, "Rome")]}]  # fmt: skip
    with pytest.raises(SourceError, match="13:17 .* counts characters and entity 16:20"):
        read_rows(tmp_path, *rows)


def test_nested_entities_keep_the_text_of_all_rows(tmp_path, caplog):
    inner, outer = {"start": 14, "end": 22, "label": "LOC"}, {"start": 0, "end": 22, "label": "ORG"}
    rows = [
        {"id": 1, "text": "University of New York", "entities": [{**inner}, outer]},
        {"id": 2, "text": " Ann sat", "entities": [{"start": 0, "end": 4, "label": "PER"}]},
        {"id": 3, "text": "It rained"},
    ]
    with caplog.at_level(logging.WARNING, logger="textaug"):
        data = read_rows(tmp_path, *rows)
    assert "kept as columns 'text' and 'entities'" in caplog.text
    assert data["text"][:] == [row["text"] for row in rows] and data["id"][:] == [1, 2, 3]
    person = {"start": 1, "end": 4, "label": "PER"}
    assert data["entities"][:] == [[outer, inner], [person], []]
    rows[1]["entities"][0]["end"] = 3
    with pytest.raises(SourceError, match="row 1: entity 1:3 PER .* ends inside the word"):
        read_rows(tmp_path, *rows)


@pytest.mark.parametrize(
    ("text", "surface", "tokens"),
    [
        ("我爱北京", "北京", ["我爱", "北京"]),
        ("我爱北京。", "爱", ["我", "爱", "北京", "。"]),
        ("東京タワーへ行く", "東京タワー", ["東京タワー", "へ行く"]),
        ("ฉันรักกรุงเทพมาก", "กรุงเทพ", ["ฉันรัก", "กรุงเทพ", "มาก"]),
        ("在IBM工作", "IBM", ["在", "IBM", "工作"]),
    ],
)
def test_scripts_without_blanks_are_cut_at_the_offsets(text, surface, tokens, tmp_path):
    start = text.index(surface)
    data = read_rows(tmp_path, {"text": text, "label": [[start, start + len(surface), "X"]]})
    assert data["tokens"][0] == tokens
    assert [t for t, tag in zip(tokens, tags(data)[0], strict=True) if tag != "O"] == [surface]


def test_types_with_blanks(tmp_path):
    data = read_rows(tmp_path, {"text": "Ann sat", "label": [[0, 3, "Person name"]]})
    assert tags(data) == [["B-Person name", "O"]]


def test_metadata_of_several_types_become_json_strings(tmp_path, caplog):
    rows = [{"text": "Ann", "page": 1, "meta": {"n": 1}, "empty": {}},
            {"text": "Bo", "page": "ii", "meta": {"n": "x"}, "empty": {}},
            {"text": "Cy"}]  # fmt: skip
    with caplog.at_level(logging.WARNING, logger="textaug"):
        data = read_rows(tmp_path, *rows)
    assert data["page"][:] == ["1", '"ii"', None]
    assert [json.loads(value) for value in data["meta"][:2]] == [{"n": 1}, {"n": "x"}]
    assert "several types in page, meta, empty are kept as JSON strings" in caplog.text
    data.to_parquet(tmp_path / "a.parquet")
