"""What the rows of a file mean together."""

import logging
from math import nan

import pytest
from support.files import lines, mentions, tags

from textaug.io.errors import SourceError
from textaug.io.read import read

ANN = {"text": "Ann sat", "label": [[0, 3, "PER"]]}


def entity(start, end, label, text=None):
    return {"start": start, "end": end, "label": label} | ({"text": text} if text else {})


def test_a_row_without_annotations_among_labelled_ones_has_no_mentions(tmp_path):
    rows = [ANN, {"text": "It rained", "label": []}, {"text": "Why ?", "label": None},
            {"text": "So ."}]  # fmt: skip
    data = read(lines(tmp_path / "a.jsonl", *rows))["train"]
    assert tags(data) == [["B-PER", "O"], ["O", "O"], ["O", "O"], ["O", "O"]]
    assert data.column_names == ["tokens", "ner_tags"]


def test_accepted_rows_of_prodigy_without_spans_have_no_mentions(tmp_path):
    prodigy = {"_input_hash": 1, "_task_hash": 2, "answer": "accept"}
    rows = [{"text": "It rained", **prodigy}, {"text": "Ann", "spans": [entity(0, 3, "PER")],
                                               **prodigy}]  # fmt: skip
    data = read(lines(tmp_path / "a.jsonl", *rows))["train"]
    assert tags(data) == [["O", "O"], ["B-PER"]] and "answer" not in data.column_names


def test_rows_rejected_in_prodigy_are_left_out_with_a_warning(tmp_path, caplog):
    row = {"text": "Ann", "spans": [entity(0, 3, "PER")], "answer": "accept", "_input_hash": 1}
    path = lines(
        tmp_path / "a.jsonl", row, {**row, "answer": "reject"}, {**row, "answer": "ignore"}
    )
    with caplog.at_level(logging.WARNING, logger="textaug"):
        assert len(read(path)["train"]) == 1
    assert "left out 2 rows that were not accepted in Prodigy" in caplog.text


def test_a_column_called_answer_is_a_column(tmp_path):
    rows = [{"text": "Is it ?", "answer": "reject"}, {"text": "Why ?", "answer": "because"}]
    data = read(lines(tmp_path / "a.jsonl", *rows))["train"]
    assert data["answer"][:] == ["reject", "because"]


def test_choices_of_prodigy_are_labels(tmp_path):
    options = [{"id": "pos", "text": "pos"}, {"id": "neg", "text": "neg"}]
    rows = [{"text": text, "options": options, "accept": accept, "answer": "accept"}
            for text, accept in (("Good .", ["pos"]), ("Hm .", []))]  # fmt: skip
    data = read(lines(tmp_path / "a.jsonl", *rows))["train"]
    assert data[:] == {"text": ["Good .", "Hm ."], "label": ["pos", None]}
    rows[0]["accept"] = ["pos", "neg"]
    assert read(lines(tmp_path / "b.jsonl", *rows))["train"]["label"][:] == [["pos", "neg"], []]


def test_classified_text_with_open_labels(tmp_path):
    rows = [{"text": "Good .", "label": ["pos"]}, {"text": "Hm .", "label": []},
            {"text": "Bad .", "label": ["neg"]}]  # fmt: skip
    data = read(lines(tmp_path / "a.jsonl", *rows), labels=["neg", "pos"])["train"]
    assert data["label"][:] == [1, None, 0] and data.features["label"].names == ["neg", "pos"]
    rows[1]["label"] = ["pos", "neg"]
    data = read(lines(tmp_path / "b.jsonl", *rows))["train"]
    assert data["label"][:] == [["pos"], ["pos", "neg"], ["neg"]]


@pytest.mark.parametrize("names", [("travel", "weather"), (3, 7)])
@pytest.mark.parametrize("nested", [[], [[0, 8, "ALL"]]])
def test_rows_with_and_without_entities_keep_the_label_of_the_text(names, nested, tmp_path):
    rows = [{"text": "Ann left", "entities": [[0, 3, "PER"], *nested], "label": names[0]},
            {"text": "It rained", "entities": [], "label": names[1]},
            {"text": "Hm", "entities": [], "label": None}]  # fmt: skip
    data = read(lines(tmp_path / "a.jsonl", *rows))["train"]
    assert data["label"][:] == [*names, None]
    assert len(mentions(data)[0]) == 1 + len(nested)
    rows[1] |= {"tokens": ["It", "rained"]}
    assert read(lines(tmp_path / "b.jsonl", *rows))["train"]["label"][:] == [*names, None]


def test_categories_and_choices_beside_entities_are_labels(tmp_path, caplog):
    rows = [["Ann", {"entities": [[0, 3, "PER"]], "cats": {"A": 1, "B": 0}}],
            ["Hm", {"entities": [], "cats": {"A": 0, "B": 1}}]]  # fmt: skip
    data = read(lines(tmp_path / "a.jsonl", *rows))["train"]
    assert data["label"][:] == ["A", "B"] and data.column_names == ["label", "tokens", "ner_tags"]
    rows = [{"text": "Ann", "spans": spans, "accept": [choice], "answer": "accept", "_task_hash": 1}
            for spans, choice in (([entity(0, 3, "PER")], "A"), ([], "B"))]  # fmt: skip
    data = read(lines(tmp_path / "b.jsonl", *rows))["train"]
    assert data["label"][:] == ["A", "B"] and "accept" not in data.column_names
    row = {"text": "Ann", "cats": {"A": 1}, "label": "x"}
    with caplog.at_level(logging.WARNING, logger="textaug"):
        assert read(lines(tmp_path / "c.jsonl", row))["train"]["label"][:] == ["A"]
    assert "left out label of the data" in caplog.text


def test_a_label_is_not_dropped_where_other_rows_have_entities_in_its_column(tmp_path):
    rows = [{"text": "Ann", "entities": [[0, 3, "PER"]], "label": "pos"}, ANN]
    with pytest.raises(SourceError, match="row 0: column 'label' holds 'pos', and entities in"):
        read(lines(tmp_path / "a.jsonl", *rows))


FIRE = "🔥🔥🔥 no no no Rome"


def test_one_entity_proves_the_unit_of_the_whole_file(tmp_path):
    no, rome = entity(7, 9, "NO", "no"), entity(16, 20, "LOC", "Rome")
    for one, other in ((no, rome), (rome, no)):
        rows = [{"text": FIRE, "entities": [one]}, {"text": FIRE, "entities": [other]}]
        data = read(lines(tmp_path / "a.jsonl", *rows))["train"]
        starts = [tag.index(next(t for t in tag if t != "O")) for tag in tags(data)]
        assert sorted(starts) == [3, 6], "the first 'no' and 'Rome'"


def test_an_end_outside_the_text_proves_utf16(tmp_path):
    data = read(
        lines(tmp_path / "a.jsonl", {"text": FIRE, "label": [[7, 9, "NO"], [16, 20, "LOC"]]})
    )
    assert mentions(data["train"]) == [[("NO", "no"), ("LOC", "Rome")]]


def test_two_units_in_one_file_are_an_error(tmp_path):
    rows = [{"text": FIRE, "entities": [entity(start, start + 4, "LOC", "Rome")]}
            for start in (13, 16)]  # fmt: skip
    with pytest.raises(SourceError, match="in characters in row 0 and in utf-16 in row 1"):
        read(lines(tmp_path / "a.jsonl", *rows))


def test_overlapping_entities_keep_text_and_offsets_in_the_whole_file(tmp_path):
    nested = [[0, 14, "ORG"], [0, 8, "LOC"], [0, 8, "LOC"]]
    rows = [ANN, {"text": "New York Times", "label": nested}, {"text": "Hm ."}]
    data = read(lines(tmp_path / "a.jsonl", *rows))["train"]
    assert data["text"][:] == [row["text"] for row in rows]
    assert mentions(data) == [
        [("PER", "Ann")],
        [("LOC", "New York"), ("ORG", "New York Times")],
        [],
    ]


def test_an_entity_given_twice_counts_once(tmp_path):
    row = {"text": "Ann sat", "label": [[0, 3, "PER"], [0, 3, "PER"]]}
    assert tags(read(lines(tmp_path / "a.jsonl", row))["train"]) == [["B-PER", "O"]]


def test_what_pandas_writes_for_missing_labels_is_open(tmp_path):
    path = lines(tmp_path / "a.jsonl", {"text": "a", "label": "x"}, {"text": "b", "label": nan})
    assert read(path)["train"]["label"][:] == ["x", None]


def test_types_with_blanks(tmp_path):
    data = read(lines(tmp_path / "a.jsonl", {"text": "Ann", "label": [[0, 3, "Person name"]]}))
    assert tags(data["train"]) == [["B-Person name"]]


def test_all_faulty_rows_are_named_at_once(tmp_path):
    bad = {"text": "Ann", "label": [[0, 2, "PER"]]}
    with pytest.raises(SourceError, match=r"2 rows cannot be read:\n  row 1: entity 0:2 PER") as e:
        read(lines(tmp_path / "a.jsonl", ANN, bad, ANN, bad))
    assert [row for row, _ in e.value.faults] == [1, 3]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"text": "Ann", "label": [[0, "3", "PER"]]}], "needs a start, an end"),
        ([{"text": "Ann", "label": [entity(0, 3, 7)]}], "needs a start, an end"),
        ([{"text": "Ann", "label": [entity(0, 3, " ")]}], "and a label"),
        (
            [ANN, {"text": "Good", "label": "pos"}],
            "row 1: column 'label' holds 'pos', and entities",
        ),
        ([ANN, {"words": "Good"}], "row 1: it has no text, and other rows"),
        ([{"title": "Ann", "spans": [entity(0, 3, "A")]}], "no column 'text'"),
        (
            [{"text": "Ann", "tokens": ["Bo"], "spans": [entity(0, 3, "A")]}],
            "do not match its text",
        ),
        ([{"tokenized_text": ["a"], "ner": [[0, 1, "A"]]}], r"'ner' holds \[0, 1, 'A'\]"),
        ([{"text": "a", "cats": {"A": 0.5}}], "category 'A' is 0.5; write 0 or 1"),
        ([{"text": ["Ann", "Bo"], "label": ["a", "b"]}], "one object per row .in pandas"),
        (["text"], "row 0 is 'text', not an object"),
        ([["text", "label"]], r"row 0 is \['text', 'label'\], not an object"),
    ],
)
def test_rows_that_cannot_be_read_are_named(rows, message, tmp_path):
    with pytest.raises(SourceError, match=message):
        read(lines(tmp_path / "a.jsonl", *rows))


def test_other_columns_come_along_and_stale_ones_are_named(tmp_path, caplog):
    row = {"id": 1, **ANN, "relations": [{"from_id": 0}], "spans": [entity(0, 3, "X")]}
    with caplog.at_level(logging.WARNING, logger="textaug"):
        data = read(lines(tmp_path / "a.jsonl", row))["train"]
    assert data.column_names == ["id", "tokens", "ner_tags"]
    assert "left out label, relations" in caplog.text and mentions(data) == [[("X", "Ann")]]


def response(value, status="submitted"):
    return [{"value": value, "user_id": "u", "status": status}]


def record(**responses):
    return {"id": "a", "fields": {"text": "Ann sat"}, "responses": responses}


def test_several_questions_of_argilla(tmp_path, caplog):
    rows = [record(names=response([entity(0, 3, "PER")]), tone=response("calm")),
            record(names=response([]), tone=[]), record(names=response([], "draft"))]  # fmt: skip
    with caplog.at_level(logging.WARNING, logger="textaug"):
        data = read(lines(tmp_path / "a.jsonl", *rows))["train"]
    assert mentions(data) == [[("PER", "Ann")], []] and data["label"][:] == ["calm", None]
    assert "left out 1 records without a submitted response" in caplog.text
    twice = record(tone=[*response("calm"), *response("angry")])
    with pytest.raises(SourceError, match="2 submitted responses to 'tone'"):
        read(lines(tmp_path / "b.jsonl", twice))


def test_a_data_set_of_argilla_as_json_lines(tmp_path):
    row = {"id": "a", "status": "completed", "_server_id": "b", "text": "Ann sat",
           "names.responses": [[entity(0, 3, "PER")]], "names.responses.users": ["u"],
           "names.responses.status": ["submitted"], "names.suggestion": None,
           "tone.responses": ["calm"], "tone.responses.status": ["submitted"]}  # fmt: skip
    data = read(lines(tmp_path / "a.jsonl", row))["train"]
    assert mentions(data) == [[("PER", "Ann")]] and data["label"][:] == ["calm"]
    assert data.column_names == ["id", "label", "tokens", "ner_tags"]


def test_records_of_argilla_1_that_were_not_validated_are_left_out(tmp_path, caplog):
    row = {"text": "Ann", "annotation": [entity(0, 3, "PER")], "prediction": None,
           "status": "Validated"}  # fmt: skip
    open_row = {**row, "annotation": None, "status": "Default"}
    with caplog.at_level(logging.WARNING, logger="textaug"):
        assert len(read(lines(tmp_path / "a.jsonl", open_row, row))["train"]) == 1
    assert "1 records that were not validated in Argilla" in caplog.text


def test_categories_of_spacy_are_labels(tmp_path):
    rows = [["Good", {"cats": {"POS": 1.0, "NEG": 0.0}}], ["Hm", {"cats": {"POS": 0, "NEG": 0}}]]
    data = read(lines(tmp_path / "a.jsonl", *rows))["train"]
    assert data[:] == {"text": ["Good", "Hm"], "label": ["POS", None]}


def test_several_labels_of_the_text_may_be_none(tmp_path):
    rows = [{"text": "a", "labels": ["x", "y"]}, {"text": "b", "labels": []}]
    assert read(lines(tmp_path / "a.jsonl", *rows))["train"]["labels"][:] == [["x", "y"], []]


def test_answers_to_questions_stay_columns(tmp_path):
    row = {"question": "Who ?", "context": "Ann", "answers": {"text": ["Ann"], "answer_start": [0]}}
    assert read(lines(tmp_path / "a.jsonl", row))["train"][0] == row


def test_texts_that_were_not_annotated_may_be_null(tmp_path):
    rows = {"classes": ["P"], "annotations": [["Ann", {"entities": [[0, 3, "P"]]}], None]}
    assert mentions(read(lines(tmp_path / "a.json", rows))["train"]) == [[("P", "Ann")]]


def test_nested_spans_of_gliner_are_kept_as_offsets(tmp_path):
    row = {"tokenized_text": ["New", "York", "Times"], "ner": [[0, 2, "org"], [0, 1, "city"]]}
    data = read(lines(tmp_path / "a.json", row))["train"]
    assert mentions(data) == [[("city", "New York"), ("org", "New York Times")]]


def test_other_values_of_entities_are_named(tmp_path, caplog):
    item = {"id": "e1", "polarity": "positive", "kb_id": None, "token_start": 0, "text": "Ann"}
    path = lines(tmp_path / "a.jsonl", {"text": "Ann", "spans": [entity(0, 3, "A") | item]})
    with caplog.at_level(logging.WARNING, logger="textaug"):
        read(path)
    assert "left out id of entities, polarity of entities:" in caplog.text
    caplog.clear()
    with caplog.at_level(logging.WARNING, logger="textaug"):
        read(lines(tmp_path / "b.jsonl", {"text": "Ann", "spans": [entity(0, 3, "A", "Ann")]}))
        read(lines(tmp_path / "c.jsonl", record(names=response([entity(0, 3, "PER")]))))
    assert not caplog.text
    with caplog.at_level(logging.WARNING, logger="textaug"):
        odd = entity(0, 3, "PER") | {"note": "x"}
        read(lines(tmp_path / "d.jsonl", record(names=response([odd]))))
    assert "left out note of entities" in caplog.text


@pytest.mark.parametrize("given", [["B-PER", "O"], ["S-PER", "O"], ["I-PER", "O"]])
def test_tags_that_say_the_same_as_the_entities(given, tmp_path, caplog):
    row = {"text": "Ann sat", "spans": [entity(0, 3, "PER")], "ner_tags": given}
    with caplog.at_level(logging.WARNING, logger="textaug"):
        data = read(lines(tmp_path / "a.jsonl", row, {**row, "spans": [], "ner_tags": ["O", "O"]}))
    assert tags(data["train"]) == [["B-PER", "O"], ["O", "O"]] and not caplog.text


@pytest.mark.parametrize("given", [["O", "B-LOC"], ["B-LOC", "O"], ["B-PER", "I-PER"], ["O", "O"]])
@pytest.mark.parametrize("spans", [[entity(0, 3, "PER")], []])
def test_tags_that_say_something_else_than_the_entities(given, spans, tmp_path):
    row = {"text": "Ann sat", "spans": [entity(0, 3, "PER")]}
    path = lines(tmp_path / "a.jsonl", row, {**row, "spans": spans, "ner_tags": given})
    if given == ["O", "O"] and not spans:
        assert tags(read(path)["train"]) == [["B-PER", "O"], ["O", "O"]]
        return
    with pytest.raises(SourceError, match="row 1: its ner_tags and its entities say diff.* leave"):
        read(path)


@pytest.mark.parametrize("given", [[1, 0], ["B-PER"], ["PERSON", "NONE"]])
def test_tags_that_cannot_be_compared_with_the_entities_are_named(given, tmp_path, caplog):
    row = {"text": "Ann sat", "spans": [entity(0, 3, "PER")], "ner_tags": given}
    with caplog.at_level(logging.WARNING, logger="textaug"):
        assert tags(read(lines(tmp_path / "a.jsonl", row))["train"]) == [["B-PER", "O"]]
        assert "left out ner_tags" in caplog.text
        caplog.clear()
        row["spans"] = [*row["spans"], entity(0, 7, "ALL")]
        read(lines(tmp_path / "b.jsonl", row))
    assert "left out ner_tags" in caplog.text


def test_the_text_stays_where_another_column_points_into_it(tmp_path):
    rows = [
        {"text": "Ann left Rome.", "entities": [entity(0, 3, "PER")], "question": "What?",
         "answers": {"text": ["Rome"], "answer_start": [9]}},
        {"text": "Bob sat.", "entities": [], "question": "Who left?",
         "answers": {"text": [], "answer_start": []}},
    ]  # fmt: skip
    data = read(lines(tmp_path / "a.jsonl", *rows))["train"]
    assert data["text"][:] == ["Ann left Rome.", "Bob sat."] and "tokens" not in data.features
    assert data["entities"][:] == [[{"start": 0, "end": 3, "label": "PER"}], []]
    assert data["answers"][:] == [row["answers"] for row in rows]
    rows[0]["text"] = "🙂 Ann left Rome."
    with pytest.raises(SourceError, match="row 0: column 'answers' has offsets in utf-16"):
        read(lines(tmp_path / "b.jsonl", *rows), offsets="utf-16")
