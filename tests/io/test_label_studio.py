"""Results of Label Studio: spans of text and labels of the whole text, or an error."""

import logging

import pytest
from support.files import lines, mentions, tags

from textaug.io.errors import SourceError
from textaug.io.read import read


def task(*results, annotations=None, **data):
    annotations = [{"result": list(results)}] if annotations is None else annotations
    return {"id": 7, "data": data or {"text": "Ann sat"}, "annotations": annotations}


def result(form, name="ner", to="text", **value):
    return {"id": "x", "from_name": name, "to_name": to, "type": form, "value": value}


PER = result("labels", start=0, end=3, text="Ann", labels=["PER"])


def test_labels_of_the_whole_text(tmp_path):
    mood, stars = result("choices", "mood", choices=["sad"]), result("rating", "stars", rating=4)
    data = read(lines(tmp_path / "a.jsonl", task(mood), task()))["train"]
    assert data.column_names == ["text", "id", "label"] and data["label"][:] == ["sad", None]
    data = read(lines(tmp_path / "b.jsonl", task(PER, mood, stars), task(mood)))["train"]
    assert mentions(data) == [[("PER", "Ann")], []]
    assert data["mood"][:] == ["sad", "sad"] and data["stars"][:] == [4, None]
    path = result("taxonomy", taxonomy=[["food", "fruit"], ["food"]])
    assert read(lines(tmp_path / "c.jsonl", task(path)))["train"]["label"][:] == [
        ["food/fruit", "food"]
    ]


@pytest.mark.parametrize("form", ["rectanglelabels", "textarea", "brushlabels", "pairwise"])
def test_other_results_are_named(form, tmp_path):
    with pytest.raises(SourceError, match=f"row 1: task 7 has a result of type '{form}', which"):
        read(lines(tmp_path / "a.jsonl", task(PER), task(result(form, x=1))))


def test_choices_for_a_region_are_named(tmp_path):
    region = result("choices", start=0, end=3, choices=["sure"])
    with pytest.raises(SourceError, match="a result of type 'choices', which is not"):
        read(lines(tmp_path / "a.jsonl", task(PER, region)))


def test_relations_are_left_out_with_a_warning(tmp_path, caplog):
    relation = {"type": "relation", "from_id": "x", "to_id": "y", "direction": "right"}
    with caplog.at_level(logging.WARNING, logger="textaug"):
        data = read(lines(tmp_path / "a.jsonl", task(PER, relation)))["train"]
    assert mentions(data) == [[("PER", "Ann")]] and "left out relations" in caplog.text


def test_tasks_without_a_finished_annotation_are_left_out(tmp_path, caplog):
    skipped = [{"was_cancelled": True, "result": []}]
    rows = [task(PER), task(annotations=[]), task(annotations=skipped)]
    with caplog.at_level(logging.WARNING, logger="textaug"):
        assert len(read(lines(tmp_path / "a.jsonl", *rows))["train"]) == 1
    assert "left out 2 tasks that are not annotated" in caplog.text
    with pytest.raises(SourceError, match="7 has 2 annotations, and it is ambiguous"):
        read(lines(tmp_path / "b.jsonl", task(annotations=[{"result": []}] * 2)))


def test_a_region_with_two_labels_is_two_entities(tmp_path):
    both = result("labels", start=0, end=3, labels=["PER", "HERO"])
    data = read(lines(tmp_path / "a.jsonl", task(both)))["train"]
    assert mentions(data) == [[("HERO", "Ann"), ("PER", "Ann")]]


def test_offsets_may_be_strings_and_a_label_is_needed(tmp_path):
    strings = result("labels", start="0", end="3", labels=["PER"])
    assert mentions(read(lines(tmp_path / "a.jsonl", task(strings)))["train"]) == [[("PER", "Ann")]]
    with pytest.raises(SourceError, match="task 7 has a span without a label; give it one"):
        read(lines(tmp_path / "b.jsonl", task(result("labels", start=0, end=3))))


@pytest.mark.parametrize("annotation", [3, {"result": [3]}, {"result": [{"type": "choices"}]}])
def test_a_damaged_task_is_named(annotation, tmp_path):
    with pytest.raises(SourceError, match="row 0: it does not have the structure of an export of"):
        read(lines(tmp_path / "a.jsonl", task(annotations=[annotation])))


def test_a_column_of_the_task_is_not_overwritten(tmp_path):
    row = task(result("choices", "mood", choices=["sad"]), text="Ann", label="old")
    data = read(lines(tmp_path / "a.jsonl", row))["train"]
    assert data["label"][:] == ["old"] and data["mood"][:] == ["sad"]


def test_which_text_was_annotated_must_be_clear(tmp_path):
    data = read(lines(tmp_path / "a.jsonl", task(PER, body="Ann sat", page=3)))["train"]
    assert mentions(data) == [[("PER", "Ann")]] and data["page"][:] == [3]
    with pytest.raises(SourceError, match=r"ambiguous which of \['a', 'b'\] was annotated"):
        read(lines(tmp_path / "b.jsonl", task(PER, a="Ann", b="Bo")))
    two = (PER, result("labels", to="title", start=0, end=3, labels=["PER"]))
    with pytest.raises(SourceError, match="spans of 2 objects are labelled"):
        read(lines(tmp_path / "c.jsonl", task(*two)))


def test_emoji_without_the_texts_of_entities_need_an_answer(tmp_path):
    rome = result("labels", start=3, end=7, labels=["LOC"])
    path = lines(tmp_path / "a.jsonl", task(rome, text="🔥 Rome fell"))
    with pytest.raises(SourceError, match="row 0 holds characters such as emoji.*--offsets utf-16"):
        read(path)
    assert mentions(read(path, offsets="utf-16")["train"]) == [[("LOC", "Rome")]]
    proof = result("labels", start=3, end=7, text="Rome", labels=["LOC"])
    path = lines(tmp_path / "b.jsonl", *(task(one, text="🔥 Rome fell") for one in (rome, proof)))
    assert mentions(read(path)["train"]) == [[("LOC", "Rome")]] * 2


def html(text, **value):
    return task(result("hypertextlabels", hypertextlabels=["PER"], **value), text=text)


def test_html_is_read_where_it_is_plain_text(tmp_path):
    whole = {"start": "/text()[1]", "end": "/text()[1]", "startOffset": 0, "endOffset": 3}
    assert tags(read(lines(tmp_path / "a.jsonl", html("Ann sat", **whole)))["train"]) == [
        ["B-PER", "O"]
    ]
    for text, value in (
        ("<p>Ann sat</p>", whole),
        ("Ann &amp; Bo", whole),
        ("Ann sat", {**whole, "start": "/div[1]/text()[1]"}),
    ):
        with pytest.raises(
            SourceError, match="task 7 labels HTML.*annotate plain text with <Text>"
        ):
            read(lines(tmp_path / "b.jsonl", html(text, **value)))


def dialogue(start, end, first, last, text=None):
    value = {"start": first, "end": last, "startOffset": start, "endOffset": end}
    value |= {"paragraphlabels": ["LOC"]} | ({"text": text} if text else {})
    turns = [{"author": "A", "text": "🔥 Where?"}, {"author": "B", "text": "🔥 Rome fell"}]
    return task(result("paragraphlabels", **value), dialogue=turns)


def test_paragraphs_of_a_dialogue(tmp_path):
    for row in (dialogue(2, 6, "1", "1", "Rome"), dialogue(3, 7, 1, 1, "Rome")):
        assert mentions(read(lines(tmp_path / "a.jsonl", row))["train"]) == [[("LOC", "Rome")]]
    path = lines(tmp_path / "b.jsonl", dialogue(3, 7, "1", "1"))
    with pytest.raises(SourceError, match="--offsets"):
        read(path)
    assert mentions(read(path, offsets="utf-16")["train"]) == [[("LOC", "Rome")]]
    with pytest.raises(SourceError, match="covers several paragraphs; split it"):
        read(lines(tmp_path / "c.jsonl", dialogue(0, 4, "0", "1")))
