"""Cells stay what they are."""

import gzip

import pytest
from support.files import mentions, tags, text_file

from textaug.io.errors import SourceError
from textaug.io.read import read
from textaug.io.write import write


def test_cells_stay_what_they_are(tmp_path):
    content = 'text,label,id,n,x\n"=1+1, ""x""",NA,007,1,nan\nnull,@SUM(A1),010,2,nan\n'
    data = read(text_file(tmp_path / "a.csv", content))["train"]
    assert data[:] == {
        "text": ['=1+1, "x"', "null"],
        "label": ["NA", "@SUM(A1)"],
        "id": ["007", "010"],
        "n": [1, 2],
        "x": ["nan", "nan"],
    }
    with (tmp_path / "b.csv").open("wb") as file:
        write(data, file, "csv")
    assert (tmp_path / "b.csv").read_text() == content


MERGED = 'text,label\n"I like it,pos\nIt was,neg\nterrible",neg\nfine,pos\n'


@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("label_first", [False, True])
def test_quotation_marks_do_not_merge_rows(delimiter, end, label_first, tmp_path):
    content = MERGED
    if label_first:
        content = 'label,text\npos,"I like it\nneg,It was\nneg,terrible"\npos,fine\nneg,bad\n'
    content = content.replace(",", delimiter).replace("\n", end)
    name = "a.tsv" if delimiter == "\t" else "a.csv"
    with pytest.raises(SourceError, match=rf"{name}, row 0 \(it ends in line 4\).* twice"):
        read(text_file(tmp_path / name, content))


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.csv", 'text,label\n"Dear Ann, ""hello""\nBye, Bo",pos\nfine,neg\n',
         'Dear Ann, "hello"\nBye, Bo'),
        ("a.csv", 'text,label\n"Hi, there\nfine",pos\nfine,neg\n', "Hi, there\nfine"),
        ("a.csv", 'label,text\npos,"Hi,\nAnn,"\n,fine\n', "Hi,\nAnn,"),
        ("a.csv", MERGED.replace("text,label", '"text","label"'),
         "I like it,pos\nIt was,neg\nterrible"),
        ("a.tsv", '"text"\t"label"\n"a\tb\nc"\t"pos"\n', "a\tb\nc"),
        ("a.tsv", 'text\tlabel\n"a\nb"\tpos\n', "a\nb"),
    ],
)  # fmt: skip
def test_texts_of_several_lines(name, content, text, tmp_path):
    data = read(text_file(tmp_path / name, content))["train"]
    assert data["text"][0] == text and data["label"][0] in ("pos", "neg")


@pytest.mark.parametrize(
    ("cells", "labels"),
    [(["x", "", "NA"], ["x", None, "NA"]), (["1", "", "0"], [1, None, 0]), (["", ""], [None] * 2)],
)
def test_an_empty_cell_is_a_missing_label(cells, labels, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text,label\n" + "".join(f"t{i},{cell}\n" for i, cell in enumerate(cells)))
    data = read(str(path))["train"]
    assert data["label"][:] == labels
    with (tmp_path / "b.csv").open("wb") as file:
        write(data, file, "csv")
    assert (tmp_path / "b.csv").read_text() == path.read_text()


@pytest.mark.parametrize(
    "cells",
    [
        ('["Ann", "sat"]', '["B-PER", "O"]'),
        ("['Ann', 'sat']", "['B-PER', 'O']"),
        ("Ann sat", "B-PER O"),
    ],
)
def test_lists(cells, tmp_path):
    tokens, labels = (cell.replace('"', '""') for cell in cells)
    path = text_file(tmp_path / "a.csv", f'ner_tags,tokens\n"{labels}","{tokens}"\n')
    data = read(path)["train"]
    assert data["tokens"][0] == ["Ann", "sat"] and tags(data) == [["B-PER", "O"]]


def test_entities_beside_a_text(tmp_path):
    cells = '"[{""start"": 0, ""end"": 3, ""label"": ""PER""}]"'
    path = text_file(tmp_path / "a.csv", f"entities,text\n{cells},Ann sat\n,It rained\n[],Hm\n")
    assert mentions(read(path)["train"]) == [[("PER", "Ann")], [], []]
    path = text_file(tmp_path / "b.csv", 'label,text\n"[[0, 3, ""PER""]]",Ann sat\n,Hm\n')
    assert mentions(read(path)["train"]) == [[("PER", "Ann")], []]


@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ";"), ("a.csv", "\t"), ("a.tsv", ",")])
def test_other_delimiters(name, delimiter, tmp_path):
    content = "text,label\nGood,pos\n".replace(",", delimiter)
    assert read(text_file(tmp_path / name, content))["train"][:] == {
        "text": ["Good"],
        "label": ["pos"],
    }


@pytest.mark.parametrize("filled", [True, False])
def test_one_token_per_line(filled, tmp_path):
    rows = [("1", "Ann", "NNP", "B-per"), ("1", "sat", "VBD", "O"), ("2", "null", "NN", "O")]
    seen = set()
    content = "Word,Tag,Sentence #,POS\n"
    for number, word, pos, tag in rows:
        shown = f"Sentence: {number}" if filled or number not in seen else ""
        seen.add(number)
        content += f"{word},{tag},{shown},{pos}\n"
    data = read(text_file(tmp_path / "a.csv", content))["train"]
    assert data["tokens"][:] == [["Ann", "sat"], ["null"]]
    assert tags(data) == [["B-per", "O"], ["O"]] and data["pos_tags"][0] == ["NNP", "VBD"]


@pytest.mark.parametrize("filled", [True, False])
def test_another_document_is_another_sentence(filled, tmp_path):
    content = "doc_id,sentence_id,word,tag\n1,0,Ann,B-PER\n1,0,sat,O\n2,0,Bo,B-PER\n2,1,Hm,O\n"
    content = content if filled else content.replace("1,0,sat", ",,sat")
    data = read(text_file(tmp_path / "a.csv", content))["train"]
    assert data["tokens"][:] == [["Ann", "sat"], ["Bo"], ["Hm"]]


@pytest.mark.parametrize(
    "content",
    [
        'sentence,word_labels\nAnn sat,"B-PER,O"\nHm,O\n',
        "Sentence #,Sentence,POS,Tag\n"
        "1,Ann sat,\"['NNP', 'VBD']\",\"['B-PER', 'O']\"\n2,Hm,['UH'],['O']\n",
    ],
)
def test_a_text_and_its_tags(content, tmp_path):
    data = read(text_file(tmp_path / "a.csv", content))["train"]
    assert data["tokens"][:] == [["Ann", "sat"], ["Hm"]] and tags(data) == [["B-PER", "O"], ["O"]]
    assert "sentence" not in data.column_names
    with pytest.raises(SourceError, match="line 2: 2 tags for 1 tokens"):
        read(text_file(tmp_path / "b.csv", 'sentence,word_labels\nAnn,"B-PER,O"\n'))


def test_blank_lines_may_end_sentences(tmp_path):
    path = text_file(tmp_path / "a.tsv", "word\ttag\nAnn\tB-PER\nsat\tO\n\nHm\tO\n")
    data = read(path)["train"]
    assert data["tokens"][:] == [["Ann", "sat"], ["Hm"]] and tags(data)[0] == ["B-PER", "O"]
    with pytest.raises(SourceError, match="nothing shows where a sentence ends; add a column"):
        read(text_file(tmp_path / "b.csv", "word,tag\nAnn,B-PER\nsat,O\n"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tokens\n\"['Ann' 'sat']\"\n", "are lists and some are not"),
        ("a,b\n1\n", "line 2: 1 cells for 2 columns"),
        ("a,a\n1,2\n", "two columns have the same name"),
        ('a\n"x\n', "unexpected end"),
        ("a\n", "holds no rows"),
        ("", "holds no rows"),
    ],
)
def test_broken_tables(text, message, tmp_path):
    with pytest.raises(SourceError, match=message):
        read(text_file(tmp_path / "a.csv", text))


def test_a_table_in_latin_1_is_named(tmp_path):
    with pytest.raises(SourceError, match="line 2: byte 4 .*0xe9.*iconv"):
        read(text_file(tmp_path / "a.csv", "text\nJosé\n".encode("latin-1")))


def test_a_compressed_file_is_to_be_unpacked_first(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(gzip.compress("text,label\nGood,é\n".encode()))
    with pytest.raises(SourceError, match="is compressed with gzip; unpack it first"):
        read(path)
