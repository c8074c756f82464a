"""Folders of BRAT."""

import logging

import pytest
from support.files import mentions, text_file

from textaug.io.errors import SourceError
from textaug.io.read import read


def folder(path, text, *annotations, name="a"):
    text_file(path / f"{name}.txt", text)
    text_file(path / f"{name}.ann", "".join(f"{line}\n" for line in annotations))
    return str(path)


def test_one_row_per_line(tmp_path):
    text = "Ann sat.\n\nShe saw 🔥 Rome.\n"
    folder(tmp_path, text, "T1\tPER 0 3\tAnn", "T2\tLOC 20 24\tRome", "T10\tX 18 19\t🔥")
    data = read(folder(tmp_path, "Hm\n", name="b"))["train"]
    assert mentions(data) == [[("PER", "Ann")], [("X", "🔥"), ("LOC", "Rome")], []]
    assert data["document"][:] == ["a", "a", "b"]


def test_windows_line_ends_and_a_byte_order_mark(tmp_path):
    data = read(folder(tmp_path, "Ann sat.\r\nRome fell.\r\n", "T1\tLOC 10 14\tRome\r"))["train"]
    assert mentions(data) == [[], [("LOC", "Rome")]] and data["tokens"][0] == ["Ann", "sat", "."]
    data = read(folder(tmp_path, "\ufeffAnn sat.", "\ufeffT1\tPER 0 3\tAnn"))["train"]
    assert mentions(data) == [[("PER", "Ann")]]


def test_an_entity_over_a_line_end_joins_the_lines(tmp_path):
    data = read(folder(tmp_path, "in New\nYork now\nHm", "T1\tLOC 3 6;7 11\tNew York"))["train"]
    assert mentions(data) == [[("LOC", "New York")], []]


def test_nested_entities(tmp_path):
    data = read(folder(tmp_path, "x\nNew York Times", "T1\tORG 2 16\tNew York Times",
                       "T2\tLOC 2 10\tNew York"))["train"]  # fmt: skip
    assert mentions(data) == [[], [("LOC", "New York"), ("ORG", "New York Times")]]
    assert data["text"][:] == ["x", "New York Times"]


def test_what_is_not_an_entity_is_left_out_with_a_warning(tmp_path, caplog):
    others = [
        "R1\tat Arg1:T1 Arg2:T2",
        "#1\tAnnotatorNotes T1\thm",
        "A1\tSure T1",
        "*\tEquiv T1 T2",
    ]
    folder(tmp_path, "Ann", "T1\tPER 0 3\tAnn", *others)
    text_file(tmp_path / "unannotated.txt", "Bo")
    with caplog.at_level(logging.WARNING, logger="textaug"):
        assert len(read(str(tmp_path))["train"]) == 1
    assert "left out 1 attributes, 1 equivalences, 1 notes, 1 relations" in caplog.text
    assert "left out 1 texts without a file .ann" in caplog.text


@pytest.mark.parametrize(
    ("annotation", "message"),
    [
        ("T1\tPER 0 3;8 10\tAnn .. Bo", r"a\.ann, line 1: entity T1 \(PER\) is discontinuous"),
        ("T1\tPER 0 99\tAnn", "0:99 lies outside the text of 10 characters"),
        ("T1\tPER 3 3\t", "or is empty"),
        ("T1\tPER 1 4\tAnn", "should read 'Ann', but the text at 1:4 is 'nn '"),
        ("T1\tPER a b\tAnn", "offsets 'a b' are not numbers"),
        ("Ann PER", "is not an annotation of BRAT: 'Ann PER'"),
        ("T1\tPER 0 2\tAn", "row 0: entity 0:2 PER .* ends inside the word 'Ann'"),
    ],
)
def test_damaged_annotations_are_named(annotation, message, tmp_path):
    with pytest.raises(SourceError, match=message):
        read(folder(tmp_path, "Ann saw Bo", annotation))


def test_folders_of_splits(tmp_path):
    for split in ("train", "dev"):
        folder(tmp_path / split, "Ann", "T1\tPER 0 3\tAnn")
    data = read(str(tmp_path))
    assert set(data) == {"train", "validation"} and mentions(data["train"]) == [[("PER", "Ann")]]


def test_an_annotation_without_its_text(tmp_path):
    text_file(tmp_path / "a.ann", "")
    with pytest.raises(SourceError, match=r"a\.ann has no text file a\.txt beside it"):
        read(str(tmp_path))
