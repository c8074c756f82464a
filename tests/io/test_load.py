"""``load`` takes labelled text in whatever form a user has it."""

from pathlib import Path

import pytest
from datasets import Dataset
from support.files import mentions, tags, text_file

import textaug
from textaug import NoiseInjection, check, expand, load
from textaug.io.errors import SourceError

TOKENS = [["Ann", "sat"], ["It", "rained"]]
TAGS = [["B-PER", "O"], ["O", "O"]]
ROWS = [{"tokens": words, "ner_tags": row} for words, row in zip(TOKENS, TAGS, strict=True)]
KAGGLE = {
    "Sentence #": ["Sentence: 1", None, "Sentence: 2", None],
    "Word": ["Ann", "sat", "It", "rained"],
    "POS": ["NNP", "VBD", "PRP", "VBD"],
    "Tag": ["B-per", "O", "O", "O"],
}


def frame(library, columns):
    return pytest.importorskip(library, reason=f"a DataFrame of {library}").DataFrame(columns)


def columns(rows):
    return {name: [row[name] for row in rows] for name in rows[0]}


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_frame_of_tokens_and_tags(library):
    data = load(frame(library, columns(ROWS)))["train"]
    assert data["tokens"][:] == TOKENS and tags(data) == TAGS
    assert data.features["ner_tags"].feature.names == ["O", "B-PER", "I-PER"]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_frame_with_one_token_per_line(library):
    data = load(frame(library, KAGGLE))["train"]
    assert data["tokens"][:] == TOKENS
    assert tags(data) == [["B-per", "O"], ["O", "O"]]
    assert data["pos_tags"][:] == [["NNP", "VBD"], ["PRP", "VBD"]]


def test_sentences_may_be_numbered_in_each_line():
    numbers = {"sentence_idx": [1.0, 1.0, 2.0, 2.0], **{k: KAGGLE[k] for k in ("Word", "Tag")}}
    assert load(frame("pandas", numbers))["train"]["tokens"][:] == TOKENS


def test_a_word_that_pandas_took_for_a_missing_value():
    damaged = {**KAGGLE, "Word": ["Ann", None, "It", "rained"]}
    with pytest.raises(SourceError, match="row 1: the word is missing.*keep_default_na=False"):
        load(frame("pandas", damaged))


def test_a_frame_of_texts_and_labels_keeps_its_types():
    data = load(frame("pandas", {"text": ["Good", "Bad"], "label": ["1", "0"], "n": [1, 2]}))
    assert data["train"][:] == {"text": ["Good", "Bad"], "label": ["1", "0"], "n": [1, 2]}


def test_a_categorical_label_is_a_string():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"text": ["Good", "Bad"], "label": ["pos", "neg"]})
    table["label"] = table["label"].astype("category")
    assert load(table)["train"]["label"][:] == ["pos", "neg"]


def test_a_frame_as_read_csv_gives_it(tmp_path):
    """Lists come back as strings."""
    table = frame("pandas", columns(ROWS))
    table.to_csv(tmp_path / "a.csv", index=False)
    pandas = pytest.importorskip("pandas")
    assert tags(load(pandas.read_csv(tmp_path / "a.csv"))["train"]) == TAGS


def test_other_frames_are_errors():
    pandas = pytest.importorskip("pandas")
    with pytest.raises(SourceError, match="need names"):
        load(pandas.DataFrame([["Ann sat"]]))
    with pytest.raises(SourceError, match="a column of several types"):
        load(pandas.DataFrame({"text": ["Ann", 3]}))


@pytest.mark.parametrize(
    "source",
    [
        ROWS,
        iter(ROWS),
        columns(ROWS),
        {"train": ROWS},
        [{"text": "Ann sat", "entities": [[0, 3, "PER"]]}, {"text": "It rained", "entities": []}],
        [("Ann sat", {"entities": [(0, 3, "PER")]}), ("It rained", {"entities": []})],
    ],
    ids=["dicts", "iterator", "columns", "splits", "offsets", "spaCy's pairs"],
)
def test_rows(source):
    data = load(source)
    assert list(data) == ["train"] and data["train"]["tokens"][:] == TOKENS
    assert tags(data["train"]) == TAGS


def test_strings():
    assert load(["Ann sat", "It rained"])["train"][:] == {"text": ["Ann sat", "It rained"]}


def test_splits_of_different_kinds_share_their_labels(tmp_path):
    path = text_file(tmp_path / "a.conll", "Rome B-LOC\n\n")
    data = load({"train": ROWS, "test": str(path)})
    names = ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"]
    assert {tuple(rows.features["ner_tags"].feature.names) for rows in data.values()} == {
        tuple(names)
    }
    assert tags(data["test"]) == [["B-LOC"]]


def test_paths_and_data_sets(tmp_path, corpus):
    path = text_file(tmp_path / "a.conll", "Ann B-PER\nsat O\n\n")
    assert mentions(load(Path(path))["train"]) == [[("PER", "Ann")]]
    builtin = load("builtin")
    assert list(builtin) == ["train", "validation", "test"]
    assert list(load(corpus, split="test")) == ["test"]
    assert load(builtin)["train"][:3] == builtin["train"][:3]
    stream = corpus.to_iterable_dataset()
    assert next(iter(load(stream)["train"]))["tokens"] == corpus[0]["tokens"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ([], "the list is empty"),
        ({}, "the dict is empty"),
        (3, "a int cannot be loaded; give a path, a name on the hub, a DataFrame"),
        ([{"text": "Ann"}, 3], "the list: row 1 is 3, not an object"),
        ({"tokens": [["a"]], "ner_tags": []}, "the columns have different lengths"),
        ("Ann sat in Rome.", "sentences are given as a list of strings"),
        ({"train": "builtin", "other": "builtin"}, "no 'other'; load it alone"),
    ],
)
def test_what_cannot_be_loaded_is_named(source, message):
    with pytest.raises(SourceError, match=message):
        load(source)


def test_options_of_files_are_for_files():
    with pytest.raises(TypeError, match="columns: for files"):
        load(ROWS, columns=["tokens"])
    with pytest.raises(SourceError, match="offsets 'bytes': choose from"):
        load(ROWS, offsets="bytes")


def test_docs_of_spacy():
    spacy = pytest.importorskip("spacy", reason="needs the extra 'spacy'")
    from spacy.tokens import DocBin
    from spacy.training import Example

    one, two = map(spacy.blank("en"), ["Ann sat", "It rained"])
    one.ents = [one.char_span(0, 3, "PER")]
    example = Example(one.copy(), one)
    for source in ([one, two], DocBin(docs=[one, two]), [example, Example(two.copy(), two)]):
        data = load(source)["train"]
        assert data["tokens"][:] == TOKENS and mentions(data) == [[("PER", "Ann")], []]
    assert mentions(load(one)["train"]) == [[("PER", "Ann")]]


def test_expand_preview_check_and_schema_take_them_too(tmp_path):
    noise = NoiseInjection(seed=1)
    table = frame("pandas", columns(ROWS))
    path = str(text_file(tmp_path / "a.conll", "Ann B-PER\nsat O\n\nIt O\nrained O\n\n"))
    for source in (table, ROWS, path):
        bigger = expand(source, noise, copies=2)
        assert len(bigger) == 6 and tags(bigger)[0] == ["B-PER", "O"]
        assert len(noise.preview(source, rows=2).pairs) == 2
        assert check(source) == []
        assert "ner_tags" in str(noise.schema(source))
    assert list(expand("builtin", noise)) == ["train", "validation", "test"]
    assert expand({"train": ROWS}, noise)["train"].num_rows == 4
    assert expand(["Shares fell sharply."], noise).num_rows == 2
    assert len(textaug.MentionReplacement.from_dataset(ROWS).pools["PER"]) == 1
    damaged = [{"tokens": ["in", "Oslo"], "ner_tags": ["O", "I-LOC"]}, *ROWS]
    assert [problem.kind for problem in check(damaged)] == ["orphan tag"]
    with pytest.raises(ValueError, match="there is no split 'dev'; the splits are train"):
        noise.preview({"train": ROWS}, split="dev")


def test_variants_of_a_sentence():
    noise = NoiseInjection(seed=1)
    found = noise.variants("Shares fell sharply on Friday.", n=5)
    assert len(set(found)) == 5 and "Shares fell sharply on Friday." not in found
    assert found == noise.variants("Shares fell sharply on Friday.", n=5)
    assert noise.variants("1996", n=3) == [] or len(noise.variants("1996", n=3)) <= 3
    with pytest.raises(ValueError, match="n=0"):
        noise.variants("Shares fell.", n=0)
    with pytest.raises(ValueError, match="give one string; for rows with labels"):
        noise.variants({"tokens": ["a"]})


SMILEY = "😀😀 Then Ann left Rome."


def counted_in_utf16():
    """A text, and where "Ann" and "Rome" are in units of UTF-16."""
    return {
        "text": [SMILEY, "Ann sat"],
        "entities": [
            [{"start": 10, "end": 13, "label": "PER", "note": "x"},
             {"start": 19, "end": 23, "label": "LOC", "note": "y"}],
            [{"start": 0, "end": 3, "label": "PER", "note": "z"}],
        ],
    }  # fmt: skip


def test_offsets_in_utf16_are_converted_in_every_source(tmp_path):
    data = Dataset.from_dict(counted_in_utf16())
    data.to_parquet(tmp_path / "a.parquet")
    data.save_to_disk(tmp_path / "saved")
    (tmp_path / "folder").mkdir()
    data.to_parquet(tmp_path / "folder" / "train.parquet")
    sources = [data, {"train": data}, *(tmp_path / n for n in ("a.parquet", "saved", "folder"))]
    for source in sources:
        found = load(source, offsets="utf-16")["train"]
        covered = [
            (row["text"][e["start"] : e["end"]], e["label"], e["note"])
            for row in found
            for e in row["entities"]
        ]
        assert covered == [("Ann", "PER", "x"), ("Rome", "LOC", "y"), ("Ann", "PER", "z")]
        assert found.features == data.features
        assert load(source)["train"][:] == data[:], "without offsets= they stay"


def test_answers_in_utf16_are_converted():
    answers = {"text": ["Ann", "😀"], "answer_start": [10, 2]}
    rows = {"context": [SMILEY], "question": ["Who?"], "answers": [answers]}
    for source in (rows, Dataset.from_dict(rows)):
        data = load(source, offsets="utf-16")["train"]
        assert data[0]["answers"] == {"text": ["Ann", "😀"], "answer_start": [8, 1]}


def test_offsets_in_utf16_that_cannot_be_converted_are_an_error():
    data = Dataset.from_dict(counted_in_utf16())
    with pytest.raises(SourceError, match="in a stream; load the data without streaming"):
        load(data.to_iterable_dataset(), offsets="utf-16")
    rows = {"text": [SMILEY], "entities": [[{"start": 11, "end": 14, "label": "X", "text": "Ann"}]]}
    with pytest.raises(SourceError, match="row 0, column 'entities': .* should read 'Ann'"):
        load(Dataset.from_dict(rows), offsets="utf-16")
    unclear = data.add_column("start", [10, 0])
    with pytest.raises(SourceError, match="column 'start' may be the position of a word"):
        load(unclear, offsets="utf-16")
