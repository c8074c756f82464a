"""Label Studio's results of all types: read where they label text, else refused or named."""

import json
import logging

import pytest

from textaug.io.errors import SourceError
from textaug.io.read import read


def task(data, *results, number=1):
    return {"id": number, "data": data, "annotations": [{"result": list(results)}]}


def result(kind, value, name="label", **more):
    return {"type": kind, "from_name": name, "to_name": "text", "value": value, **more}


def label(start, surface, kind="labels", **more):
    end = start + len(surface)
    return result(kind, {"start": start, "end": end, "text": surface, kind: ["PER"]}, **more)


def read_tasks(tmp_path, *tasks):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(tasks))
    return read(str(path))["train"]


def mentions(data):
    assert data.features["ner_tags"].feature.names[0] == "O"
    return [
        [token for token, tag in zip(row["tokens"], row["ner_tags"], strict=True) if tag]
        for row in data
    ]


def html(surface, start, **more):
    value = {"start": "/p[1]/text()[1]", "end": "/p[1]/text()[1]", "text": surface, **more}
    value |= {"startOffset": start, "endOffset": start + len(surface), "hypertextlabels": ["PER"]}
    return result("hypertextlabels", value)


def test_labels_of_html(tmp_path):
    page = "<p>Hi &amp; <b>Ann</b> sat</p>"
    offsets = {"globalOffsets": {"start": 5, "end": 8}}
    data = read_tasks(tmp_path, task({"html": page}, html("Ann", 0, **offsets)))
    assert data["tokens"][:] == [["Hi", "&", "Ann", "sat"]] and mentions(data) == [["Ann"]]
    assert mentions(read_tasks(tmp_path, task({"html": "Ann sat"}, html("Ann", 0)))) == [["Ann"]]
    with pytest.raises(SourceError, match="without 'globalOffsets'"):
        read_tasks(tmp_path, task({"html": page}, html("Ann", 0)))
    with pytest.raises(SourceError, match="should read 'Ann'"):
        offsets["globalOffsets"]["start"] = 3
        read_tasks(tmp_path, task({"html": page}, html("Ann", 0, **offsets)))


def paragraph(start, surface, number, end=None):
    value = {"start": str(number), "end": str(number if end is None else end), "text": surface}
    value |= {"startOffset": start, "endOffset": start + len(surface), "paragraphlabels": ["PER"]}
    return result("paragraphlabels", value)


def test_each_paragraph_of_a_dialogue_is_a_row(tmp_path):
    lines = [{"who": "A", "phrase": "Hello Ann"}, {"who": "B", "phrase": "🙂 Bo!"}]
    found = [paragraph(6, "Ann", 0), paragraph(3, "Bo", 1)]
    data = read_tasks(tmp_path, task({"dialogue": lines}, *found))
    assert mentions(data) == [["Ann"], ["Bo"]] and data["who"][:] == ["A", "B"]
    assert "phrase" not in data.column_names
    with pytest.raises(SourceError, match="label from paragraph 0 to 1"):
        read_tasks(tmp_path, task({"dialogue": lines}, paragraph(0, "Hello", 0, end=1)))


@pytest.mark.parametrize("kind", ["textarea", "rectanglelabels", "brushlabels", "taxonomy"])
def test_other_types_are_refused_unless_spans_are_there_too(kind, tmp_path, caplog):
    other = result(kind, {kind: ["x"]}, name="note")
    with pytest.raises(SourceError, match=f"row 0: task 1 has results of type {kind}, which label"):
        read_tasks(tmp_path, task({"text": "Ann sat"}, other))
    tasks = [task({"text": "Ann sat"}, label(0, "Ann")), task({"text": "Hm"}, other)]
    with caplog.at_level(logging.WARNING, logger="textaug"):
        assert mentions(read_tasks(tmp_path, *tasks)) == [["Ann"], []]
    assert f"results of type {kind} left out" in caplog.text


def test_choices_and_ratings_are_labels_of_the_sentence(tmp_path):
    good = result("choices", {"choices": ["good"]}, name="sentiment")
    data = read_tasks(tmp_path, task({"text": "Fine"}, good), task({"text": "?"}))
    assert data["label"][:] == ["good", None]
    stars = result("rating", {"rating": 4}, name="stars")
    data = read_tasks(tmp_path, task({"text": "Ann is fine"}, label(0, "Ann"), good, stars))
    assert data["sentiment"][:] == ["good"] and data["stars"][:] == [4]
    assert mentions(data) == [["Ann"]]


def test_choices_for_a_single_span_are_left_out(tmp_path, caplog):
    value = {"start": 0, "end": 3, "choices": ["sure"]}
    found = [label(0, "Ann", id="r"), result("choices", value, name="how", id="r")]
    with caplog.at_level(logging.WARNING, logger="textaug"):
        assert "how" not in read_tasks(tmp_path, task({"text": "Ann sat"}, *found)).column_names
    assert "choices left out" in caplog.text
