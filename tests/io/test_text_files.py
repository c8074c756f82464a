"""Byte order marks, other encodings, Windows newlines; CoNLL with other suffixes and columns."""

import codecs

import pytest

from textaug.corpora import load_conll
from textaug.io.errors import SourceError
from textaug.io.read import read

CONLL = "-DOCSTART- O\n\nAnn B-PER\nsat O\n\nBo B-PER\n"
JSON = '{"tokens": ["Ann", "sat"], "ner_tags": ["B-PER", "O"]}\n'
CSV = "tokens,ner_tags\nAnn sat,B-PER O\n"


def tags(data):
    names = data.features["ner_tags"].feature.names
    return [[names[tag] for tag in row] for row in data["ner_tags"]]


@pytest.mark.parametrize(("name", "text"), [("a.conll", CONLL), ("a.jsonl", JSON), ("a.csv", CSV)])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_byte_order_marks_and_windows_newlines(name, text, newline, mark, tmp_path):
    (tmp_path / name).write_bytes(mark + text.replace("\n", newline).encode())
    data = read(str(tmp_path / name))["train"]
    assert data["tokens"][0] == ["Ann", "sat"] and tags(data)[0] == ["B-PER", "O"]


@pytest.mark.parametrize("name", ["a.conll", "a.jsonl", "a.csv", "a.tsv", "a.txt"])
def test_other_encodings_are_named_and_not_guessed(name, tmp_path):
    (tmp_path / name).write_bytes("Ann O\nJosé O\n".encode("latin-1"))
    message = rf"{name}, line 2 \(byte 9 of the file, 0xe9\) is not UTF-8; .* iconv -f LATIN1"
    with pytest.raises(SourceError, match=message):
        read(str(tmp_path / name))
    (tmp_path / name).write_text("Ann O\n", encoding="utf-16")
    with pytest.raises(SourceError, match="iconv -f UTF-16"):
        read(str(tmp_path / name))


@pytest.mark.parametrize("name", ["a.tsv", "a.txt", "a"])
def test_conll_by_its_lines(name, tmp_path):
    (tmp_path / name).write_text("# id 7\nAnn\tB-PER\nsat\tO\n\nBo\tB-PER\n")
    data = read(str(tmp_path / name))["train"]
    assert data["tokens"][:] == [["Ann", "sat"], ["Bo"]] and tags(data)[1] == ["B-PER"]


def test_a_table_stays_a_table(tmp_path):
    (tmp_path / "a.tsv").write_text("text\tlabel\nGood\tpos\n")
    assert read(str(tmp_path / "a.tsv"))["train"]["label"][:] == ["pos"]
    (tmp_path / "a.txt").write_text("It rained.\n")
    with pytest.raises(SourceError, match="give --from"):
        read(str(tmp_path / "a.txt"))


def test_names_for_any_number_of_columns(tmp_path):
    path = tmp_path / "a.conll"
    path.write_text("1 Ann NNP x B-PER\n2 sat VBD y O\n")
    with pytest.raises(SourceError, match="5 columns; pass column_names="):
        read(str(path))
    path.write_text("Ann NNP 1 x B-PER\nsat VBD 2 y O\n")
    names = ["tokens", "pos_tags", "_", "_", "ner_tags"]
    data = read(str(path), column_names=names)["train"]
    assert data.column_names == ["tokens", "pos_tags", "ner_tags"]
    assert tags(data) == [["B-PER", "O"]]
    plain = read(str(path), column_names=names, strict=False)["train"]
    assert plain["ner_tags"][:] == [["B-PER", "O"]]
    for wrong in (["_", "ner_tags"], ["tokens", "a", "a"], ["tokens", ""]):
        with pytest.raises(SourceError, match="give each column another name"):
            read(str(path), column_names=wrong)
    (tmp_path / "a.txt").write_text("Ann NNP\nsat VBD\n")
    words = read(str(tmp_path / "a.txt"), column_names=["tokens", "pos_tags"])["train"]
    assert words.features["pos_tags"].feature.names == ["NNP", "VBD"]
    (tmp_path / "a.csv").write_text(CSV)
    with pytest.raises(SourceError, match="CoNLL files only"):
        read(str(tmp_path / "a.csv"), column_names=names)


def test_comments_and_tokens_that_look_like_comments(tmp_path):
    path = tmp_path / "a.conll"
    path.write_text(
        "# sent_id = 1\n# a longer comment of six words\n# NN I-NP O\n3 CD I-NP O\n\n"
        "# newdoc id = 2\n# id 77 domain=en\n#Rome NNP I-NP I-LOC\n"
    )
    assert load_conll(path)["tokens"][:] == [["#", "3"], ["#Rome"]]
    path.write_text("#\tO\n# a comment\n")
    with pytest.raises(SourceError, match="line 2: 3 columns"):
        load_conll(path)


def test_labels_with_blanks_in_a_file_with_tabs(tmp_path):
    (tmp_path / "a.conll").write_text("sat\tO\nAnn\tB-Person name\n")
    with pytest.raises(SourceError, match="line 2: 'B-Person name' has a blank .*'B-Person_name'"):
        load_conll(tmp_path / "a.conll")


@pytest.mark.parametrize("text", ["", "\n", "# only = a comment\n", "-DOCSTART- O\n"])
def test_a_file_without_sentences(text, tmp_path):
    (tmp_path / "a.conll").write_text(text)
    with pytest.raises(SourceError, match="holds no sentences"):
        read(str(tmp_path / "a.conll"))
