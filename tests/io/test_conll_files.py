"""Reading CoNLL files."""

import logging

import pytest
from support.files import tags, text_file

from textaug.core.tag_schemes import to_spans
from textaug.io.conll import load_conll
from textaug.io.errors import SourceError
from textaug.io.read import read

FOUR_COLUMNS = """-DOCSTART- -X- O O

Ann NNP I-NP I-PER
Bo NNP I-NP B-PER
sang VBD I-VP O

Rome NNP I-NP I-LOC
"""


@pytest.fixture
def four(tmp_path):
    return text_file(tmp_path / "four.conll", FOUR_COLUMNS)


def names(dataset, column="ner_tags"):
    return dataset.features[column].feature.names


def test_four_columns(four):
    data = load_conll(four)
    assert data.column_names == ["tokens", "pos_tags", "chunk_tags", "ner_tags"]
    assert data["tokens"][:] == [["Ann", "Bo", "sang"], ["Rome"]]
    assert names(data) == ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"]
    assert tags(data)[0] == ["I-PER", "B-PER", "O"]  # IOB1
    assert names(data, "pos_tags") == ["NNP", "VBD"]
    assert names(data, "chunk_tags") == ["O", "B-NP", "I-NP", "B-VP", "I-VP"]


def test_two_columns_and_a_missing_last_line(tmp_path):
    data = load_conll(text_file(tmp_path / "two.conll", "Ann\tS-PER\n\n\nin O\nRome S-LOC"))
    assert data["tokens"][:] == [["Ann"], ["in", "Rome"]]
    assert names(data) == ["O", *(f"{p}-{k}" for k in ("LOC", "PER") for p in "BIES")]


def test_all_splits_have_the_same_names(four, tmp_path):
    data = load_conll({"train": four, "test": text_file(tmp_path / "t", "Unesco NNP I-NP I-ORG\n")})
    assert list(data) == ["train", "test"]
    assert data["train"].features == data["test"].features
    assert "B-ORG" in names(data["train"])


def test_several_files_are_read_as_one(four):
    assert len(load_conll([four, four])) == 4


def test_a_byte_order_mark_and_windows_line_ends(tmp_path):
    content = "\ufeff" + FOUR_COLUMNS.replace("\n", "\r\n")
    data = load_conll(text_file(tmp_path / "a.conll", content))
    assert data["tokens"][:] == [["Ann", "Bo", "sang"], ["Rome"]]


def test_a_line_with_the_wrong_number_of_columns(tmp_path):
    path = text_file(tmp_path / "bad.conll", "Ann B-PER\nsang\n")
    with pytest.raises(ValueError, match=r"bad\.conll, line 2: 1 columns where 2 .*--columns"):
        load_conll(path)
    text_file(tmp_path / "bad.conll", "Ann x B-PER\n")
    with pytest.raises(ValueError, match=r"line 1: 3 columns; pass a name for each.*--columns"):
        load_conll(path)
    assert load_conll(path, column_names=["words", "lemma", "tags"])[0]["words"] == ["Ann"]


def test_named_columns_of_which_some_are_left_out(tmp_path):
    path = text_file(tmp_path / "a.txt", "1 Ann x NNP B-PER\n2 sat y VBD O\n")
    data = read(path, columns=["_", "tokens", "_", "pos_tags", "ner_tags"])["train"]
    assert data.column_names == ["tokens", "pos_tags", "ner_tags"]
    assert data["tokens"][:] == [["Ann", "sat"]] and tags(data) == [["B-PER", "O"]]
    loose = read(path, columns=["_", "tokens", "_", "_", "ner_tags"], strict=False)["train"]
    assert loose["ner_tags"][:] == [["B-PER", "O"]]
    with pytest.raises(SourceError, match="columns are named for CoNLL files"):
        read(text_file(tmp_path / "a.csv", "a,b\n"), columns=["a"])


def test_columns_in_another_order(tmp_path):
    path = text_file(tmp_path / "a.conll", "B-PER NNP Ann\nO VBD sat\n")
    names = ["ner_tags", "pos_tags", "tokens"]
    data = load_conll(path, names)
    assert data["tokens"][:] == [["Ann", "sat"]] and tags(data) == [["B-PER", "O"]]
    text_file(tmp_path / "a.conll", "B-PER Ann\nO sat\n")
    with pytest.raises(ValueError, match="line 1: 2 columns, tags first; pass a name for each"):
        load_conll(path)
    loose = read(path, columns=["ner_tags", "tokens"], strict=False)["train"]
    assert loose[0] == {"ner_tags": ["B-PER", "O"], "tokens": ["Ann", "sat"]}
    for names in (["_", "_"], ["tokens", "tokens"]):
        with pytest.raises(ValueError, match="name the tokens, and each column once"):
            load_conll(path, names)


def test_the_columns_of_conllu_are_not_guessed(tmp_path):
    line = "1\tAnn\tAnn\tPROPN\t_\t_\t0\troot\t_\t_\n"
    with pytest.raises(ValueError, match="10 columns; .* pass format='conllu'"):
        load_conll(text_file(tmp_path / "a.conll", line))


@pytest.mark.parametrize(
    "comment",
    ["# id 5f6a domain=en", "# text = Ann sat", "#begin document", "# sent_id = O", "#"],
)
def test_comments_before_a_sentence_are_skipped(comment, tmp_path):
    content = f"{comment}\nAnn _ _ B-PER\n\n{comment}\n{comment}\nBo _ _ B-PER\n# _ _ O\n"
    data = load_conll(text_file(tmp_path / "a.conll", content))
    assert data["tokens"][:] == [["Ann"], ["Bo", "#"]]


def test_the_token_that_looks_like_a_comment_is_kept(tmp_path):
    data = load_conll(text_file(tmp_path / "a.conll", "# O\n1 O\n\n#topic B-TAG\n"))
    assert data["tokens"][:] == [["#", "1"], ["#topic"]]
    data = load_conll(text_file(tmp_path / "b.conll", "# SYM\n1 CD\n£ SYM\n"))
    assert data["tokens"][:] == [["#", "1", "£"]], "parts of speech, not tags of mentions"
    for content in ("#win= O\nAnn O\n", "#win= O\n", "Ann O\n\n#a=b B-X\n"):
        data = load_conll(text_file(tmp_path / "c.conll", content))
        assert [t for row in data["tokens"] for t in row] == content.split()[::2]
    with pytest.raises(ValueError, match="line 2: 3 columns where 2"):
        load_conll(text_file(tmp_path / "c.conll", "a O\n# a b\n"))


def test_a_comment_that_has_as_many_words_as_columns_is_named_in_the_log(tmp_path, caplog):
    path = text_file(tmp_path / "a.conll", "# newdoc\nAnn NNP\n\n# id=3 x\n# newdoc\nsat VBD\n")
    with caplog.at_level(logging.WARNING, logger="textaug"):
        assert load_conll(path)["tokens"][:] == [["Ann"], ["sat"]]
    assert "left out 2 lines with # as comments" in caplog.text and "line 1" in caplog.text


def test_the_first_line_may_name_the_columns(tmp_path):
    header = "# global.columns = tokens ner_tags pos_tags\n"
    path = text_file(tmp_path / "a.conll", header + "Ann B-PER NNP\n\n#x O NNP\n")
    data = load_conll(path)
    assert data.column_names == ["tokens", "ner_tags", "pos_tags"]
    assert data["tokens"][:] == [["Ann"], ["#x"]]
    assert load_conll(path, ["words", "_", "pos_tags"]).column_names == ["words", "pos_tags"]
    other = text_file(tmp_path / "b.conll", "# global.columns = words pos\nsat VBD\n")
    with pytest.raises(ValueError, match="has the columns words, pos, and the files before tokens"):
        load_conll([path, other])
    text_file(tmp_path / "b.conll", "# global.columns = ID FORM\n1 O\n")
    with pytest.raises(ValueError, match="names the columns ID, FORM, and none is called tok"):
        load_conll(other)


@pytest.mark.parametrize("content", ["", "\n\n", "-DOCSTART- O\n\n", "# only a comment\n"])
def test_a_file_without_sentences(content, tmp_path):
    with pytest.raises(ValueError, match=r"a\.conll holds no sentences"):
        load_conll(text_file(tmp_path / "a.conll", content))


def test_a_file_in_latin_1_is_named_with_line_and_byte(tmp_path):
    path = text_file(tmp_path / "a.conll", "Zoe O\nJosé O\n".encode("latin-1"))
    for load in (load_conll, read):
        with pytest.raises(ValueError, match=r"line 2: byte 4 .*0xe9.* iconv -f latin1 -t utf-8"):
            load(path)
    path = text_file(tmp_path / "b.conll", "Zoe O\n".encode("utf-16"))
    with pytest.raises(ValueError, match="is UTF-16, not UTF-8"):
        load_conll(path)


@pytest.mark.parametrize("name", ["a.txt", "a.tsv", "a"])
def test_tags_in_the_last_column_tell_a_conll_file(name, tmp_path):
    data = read(text_file(tmp_path / name, "Ann\tB-PER\nsat\tO\n\nHm\tO\n"))["train"]
    assert tags(data) == [["B-PER", "O"], ["O"]]
    with pytest.raises(SourceError, match=r"pass format= \(--from in the shell\)"):
        read(text_file(tmp_path / "b.txt", "Ann sat\n"))


def test_the_original_files(conll_files):
    data = load_conll({"train": conll_files / "eng.train", "test": conll_files / "eng.testa"})
    assert {name: len(rows) for name, rows in data.items()} == {"train": 14_041, "test": 3_250}
    labels = names(data["train"])
    assert labels == ["O", *(f"{p}-{k}" for k in ("LOC", "MISC", "ORG", "PER") for p in "BI")]
    assert sum(len(to_spans(row)) for row in tags(data["train"])) == 23_499
    assert (
        read(str(conll_files / "eng.testa"), format="conll", split="dev")["dev"][:]
        == (load_conll(conll_files / "eng.testa")[:])
    )
