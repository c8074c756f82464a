"""Rows with values of several types."""

import logging

import pytest
from support.files import lines

from textaug.io import table
from textaug.io.errors import SourceError
from textaug.io.read import read


def rows(*values, name="meta"):
    return [{"tokens": ["a"], name: value} for value in values]


@pytest.mark.parametrize("rows_at_a_time", [1, 2, 10])
def test_metadata_of_several_types_becomes_strings(rows_at_a_time, tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(table, "ROWS_AT_A_TIME", rows_at_a_time)
    values = [1, "x", None, {"page": "3a"}, {"page": 3}, [1, "é"]]
    with caplog.at_level(logging.WARNING, logger="textaug"):
        data = read(lines(tmp_path / "a.jsonl", *rows(*values)))["train"]
    assert data["meta"][:] == ["1", "x", None, '{"page": "3a"}', '{"page": 3}', '[1, "é"]']
    assert "values of several types in columns meta" in caplog.text


def test_one_type_stays(tmp_path):
    data = read(lines(tmp_path / "a.jsonl", *rows({"page": 3}, {"page": 4, "b": "x"})))["train"]
    assert data["meta"][:] == [{"page": 3, "b": None}, {"page": 4, "b": "x"}]
    assert read(lines(tmp_path / "b.jsonl", *rows(1, 2.5)))["train"]["meta"][:] == [1, 2.5]


def test_empty_objects_are_dropped(tmp_path):
    data = read(lines(tmp_path / "a.jsonl", *rows({}, {}), {"tokens": ["b"]}))["train"]
    assert data.column_names == ["tokens"]
    data.to_parquet(tmp_path / "a.parquet")


@pytest.mark.parametrize("rows_at_a_time", [1, 10])
def test_labels_of_several_types_are_an_error(rows_at_a_time, tmp_path, monkeypatch):
    monkeypatch.setattr(table, "ROWS_AT_A_TIME", rows_at_a_time)
    with pytest.raises(SourceError, match="column 'ner_tags'"):
        read(lines(tmp_path / "a.jsonl", *rows([1], ["O"], name="ner_tags")))


def test_the_first_cell_that_does_not_fit_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"row 1, column 'ner_tags' holds \['O'\]"):
        read(lines(tmp_path / "a.jsonl", *rows([1], ["O"], name="ner_tags")))
    with pytest.raises(SourceError, match="row 1, column 'meta' holds half a character"):
        read(lines(tmp_path / "b.jsonl", *rows("a", "\ud800")))
