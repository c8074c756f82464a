"""Whatever people and annotation tools write: labels on the annotated words, or an error."""

import json
import logging

import pytest

from textaug.core.example import Span
from textaug.corpora import builtin_corpus
from textaug.io.errors import SourceError
from textaug.io.offsets import to_tokens
from textaug.io.read import read
from textaug.io.write import write

TEXT = "Ann Lee of Oslo-based Nordbank didn't sell 🙂 Rome's shares."
PLACES = {"Ann Lee": "PER", "Oslo": "LOC", "Nordbank": "ORG", "Rome": "LOC"}
_WORDS = "Ann Lee of Oslo -based Nordbank did n't sell 🙂 Rome 's shares ."
WORDS = _WORDS.split()
TAGS = ["B-PER", "I-PER", "O", "B-LOC", "O", "B-ORG", *["O"] * 4, "B-LOC", *["O"] * 3]


def offsets(utf16=False):
    """Start, end and label of each entity, in characters or in UTF-16 units."""
    for surface, label in PLACES.items():
        start = TEXT.index(surface)
        if utf16:
            start = len(TEXT[:start].encode("utf-16-le")) // 2
        yield start, start + len(surface), label, surface


def span(start, end, label, surface=None, key="label"):
    value = {"start": start, "end": end, key: [label] if key == "labels" else label}
    return value if surface is None else {**value, "text": surface}


def prodigy_tokens():
    places, at = [], 0
    for word in WORDS:
        at = TEXT.index(word, at)
        places.append({"text": word, "start": at, "end": at + len(word), "id": len(places)})
        at += len(word)
    return places


EXPORTS = {
    "doccano": {"id": 1, "text": TEXT, "label": [list(o[:3]) for o in offsets()]},
    "old doccano": {"text": TEXT, "labels": [list(o[:3]) for o in offsets()], "meta": {}},
    "doccano with relations": {
        "id": 1,
        "text": TEXT,
        "Comments": [],
        "entities": [
            {"id": i, "label": label, "start_offset": start, "end_offset": end}
            for i, (start, end, label, _) in enumerate(offsets())
        ],
        "relations": [{"id": 0, "from_id": 0, "to_id": 1, "type": "at"}],
    },
    "prodigy": {
        "text": TEXT,
        "tokens": prodigy_tokens(),
        "spans": [span(*o[:3]) for o in offsets()],
        "answer": "accept",
        "_input_hash": -1,
    },
    "prodigy without tokens": {"text": TEXT, "spans": [span(*o[:3]) for o in offsets()]},
    "label studio": {
        "id": 7,
        "data": {"text": TEXT},
        "annotations": [
            {
                "was_cancelled": False,
                "result": [
                    {"type": "labels", "to_name": "text", "value": span(*o, key="labels")}
                    for o in offsets(utf16=True)
                ],
            }
        ],
        "predictions": [],
    },
    "label studio, short": {
        "id": 7,
        "text": TEXT,
        "label": [span(*o, "labels") for o in offsets()],
    },
    "argilla 1": {
        "text": TEXT,
        "tokens": WORDS,
        "annotation": [span(*o[:3]) for o in offsets()],
        "prediction": None,
        "status": "Validated",
    },
    "argilla 1, tuples": {
        "text": TEXT,
        "tokens": WORDS,
        "annotation": [[label, start, end] for start, end, label, _ in offsets()],
    },
    "argilla 2": {
        "id": "a",
        "fields": {"text": TEXT},
        "metadata": {"page": 3},
        "suggestions": {},
        "responses": {
            "names": [
                {
                    "value": [span(*o[:3]) for o in offsets()],
                    "user_id": "u",
                    "status": "submitted",
                }
            ]
        },
    },
}


def lines(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def tags(data, column="ner_tags"):
    names = data.features[column].feature.names
    return [[names[tag] for tag in row] for row in data[column]]


@pytest.mark.parametrize("tool", EXPORTS)
@pytest.mark.parametrize("as_list", [False, True])
def test_exports_of_annotation_tools(tool, as_list, tmp_path):
    row = EXPORTS[tool]
    path = tmp_path / "export.json"
    path.write_text(json.dumps([row, row]) if as_list else f"{json.dumps(row)}\n\n")
    data = read(str(path))["train"]
    assert data["tokens"][0] == WORDS
    assert tags(data)[0] == TAGS
    assert len(data) == 1 + as_list
    assert "text" not in data.column_names, "it would be wrong once the words change"


def test_other_columns_come_along_and_stale_ones_are_named(tmp_path, caplog):
    with caplog.at_level(logging.WARNING, logger="textaug"):
        data = read(lines(tmp_path / "a.jsonl", EXPORTS["doccano with relations"]))["train"]
    assert data["id"] == [1] and "relations left out" in caplog.text
    assert read(lines(tmp_path / "b.jsonl", EXPORTS["argilla 2"]))["train"]["page"] == [3]


def test_white_space_at_the_edge_of_an_entity_is_not_a_token():
    assert to_tokens("In New York .", [(2, 12, "LOC", None)])[1] == [Span(1, 3, "LOC")]


@pytest.mark.parametrize(
    ("text", "entity", "message"),
    [
        ("Anna sang", (0, 3), r"0:3 PER \('Ann'\) ends inside the word 'Anna'; move it"),
        ("Hanna sang", (1, 5), "begins inside the word 'Hanna'"),
        ("cafe\u0301 Wu", (0, 4), "ends inside the word"),
        ("👩‍👩‍👧 Wu", (0, 1), "ends inside the word"),
        ("Anna", (0, 9), "lies outside the text of 4 characters"),
        ("Anna", (-2, 2), "lies outside"),
        ("Anna", (2, 2), "is empty"),
        ("Anna  sang", (4, 6), "is empty"),
    ],
)
def test_a_label_that_fits_no_words_is_an_error(text, entity, message):
    with pytest.raises(SourceError, match=message):
        to_tokens(text, [(*entity, "PER", None)])


def test_nested_entities_are_mentions_by_start_the_longer_first():
    entities = [(4, 8, "PER", None), (0, 8, "LOC", None), (0, 3, "X", None)]
    assert to_tokens("New York", entities)[1] == [
        Span(0, 2, "LOC"), Span(0, 1, "X"), Span(1, 2, "PER")
    ]  # fmt: skip


def test_the_text_that_an_entity_brings_along_decides_what_is_counted():
    text = "🙂🙂 Ann sang"
    for start in (3, 5):
        assert to_tokens(text, [(start, start + 3, "PER", "Ann")])[1] == [Span(2, 3, "PER")]
    with pytest.raises(SourceError, match="should read 'Ann', but the text there is 'nn '"):
        to_tokens(text, [(4, 7, "PER", "Ann")])
    assert to_tokens(text, [(5, 8, "PER", None)], offsets="utf-16")[1] == [Span(2, 3, "PER")]


def test_all_faulty_rows_are_named_at_once(tmp_path):
    good, bad = {"text": "Ann", "label": [[0, 3, "PER"]]}, {"text": "Ann", "label": [[0, 2, "PER"]]}
    with pytest.raises(SourceError, match=r"2 rows cannot be read:\n  row 1: entity 0:2 PER") as e:
        read(lines(tmp_path / "a.jsonl", good, bad, good, bad))
    assert [row for row, _ in e.value.faults] == [1, 3]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"text": "Ann", "label": [[0, "3", "PER"]]}], "needs a start, an end"),
        ([{"text": "Ann", "label": [span(0, 3, 7)]}], "needs a start, an end"),
        ([{"text": "Ann", "tokens": ["Bo"], "spans": []}], "tokens do not spell its text"),
        ([{"data": {"text": "Ann"}, "annotations": []}], "has 0 annotations"),
        (
            [{"text": "a", "label": 1}, {"text": "a", "label": "x"}],
            "row 1, column 'label' holds 'x'",
        ),
        ([{"tokens": ["a"]}, {"tokens": ["\ud800"]}], r"row 1, column 'tokens' holds half a char"),
        ([{"tokens": ["a"] * 2, "ner_tags": [None, "O"]}], "holds empty tags"),
        ([{"tokens": ["a"] * 2, "ner_tags": ["S-A", "U-B"]}], "textaug check"),
        (["text"], "row 0 is 'text', not an object"),
    ],
)
def test_rows_that_cannot_be_read_are_named(rows, message, tmp_path):
    with pytest.raises(SourceError, match=message):
        read(lines(tmp_path / "a.jsonl", *rows))


def test_emoji_in_label_studio_without_texts_need_an_answer(tmp_path):
    task = json.loads(json.dumps(EXPORTS["label studio"]))
    for result in task["annotations"][0]["result"]:
        del result["value"]["text"]
    path = lines(tmp_path / "a.jsonl", task)
    with pytest.raises(SourceError, match="give --offsets characters or --offsets utf-16"):
        read(path)
    assert tags(read(path, offsets="utf-16")["train"]) == [TAGS]


def test_rows_refused_in_prodigy_are_left_out_aloud(tmp_path, caplog):
    good = EXPORTS["prodigy"]
    path = lines(tmp_path / "a.jsonl", good, {**good, "answer": "reject"}, good)
    with caplog.at_level(logging.WARNING, logger="textaug"):
        assert len(read(path)["train"]) == 2
    assert "1 rows left out that were not accepted" in caplog.text


def test_json_lines_with_tokens(tmp_path):
    row = {"tokens": ["Ann", "sat"], "ner_tags": ["I-PER", "O"], "score": 0.5}
    data = read(lines(tmp_path / "a.jsonl", row, row))["train"]
    assert data.features["ner_tags"].feature.names == ["O", "B-PER", "I-PER"]
    assert tags(data) == [row["ner_tags"]] * 2 and data["score"] == [0.5] * 2
    numbers = lines(tmp_path / "b.jsonl", {**row, "ner_tags": [1, 0]})
    assert tags(read(numbers, labels=["O", "B-PER"])["train"]) == [["B-PER", "O"]]
    with pytest.raises(SourceError, match="holds 1, which is none of"):
        read(numbers, labels=["O"])


def test_classified_text(tmp_path):
    rows = [{"text": "Good.", "label": ["pos"]}, {"text": "Bad.", "label": ["neg"]}]
    data = read(lines(tmp_path / "a.jsonl", *rows), labels=["neg", "pos"])["train"]
    assert data["label"] == [1, 0] and data.features["label"].names == ["neg", "pos"]
    assert data["text"][:] == ["Good.", "Bad."]


def test_csv_cells_stay_what_they_are(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('text,label,id,n\n"=1+1, ""x""",NA,007,1\nnull,@SUM(A1),010,2\n')
    data = read(str(path))["train"]
    assert data[:] == {
        "text": ['=1+1, "x"', "null"],
        "label": ["NA", "@SUM(A1)"],
        "id": ["007", "010"],
        "n": [1, 2],
    }
    with (tmp_path / "b.csv").open("wb") as file:
        write(data, file, "csv")
    assert (tmp_path / "b.csv").read_bytes() == path.read_bytes().replace(b"\r", b"")


@pytest.mark.parametrize(
    "cells",
    [
        ('["Ann", "sat"]', '["B-PER", "O"]'),
        ("['Ann', 'sat']", "['B-PER', 'O']"),
        ("Ann sat", "B-PER O"),
    ],
)
def test_lists_in_csv(cells, tmp_path):
    path = tmp_path / "a.csv"
    tokens, labels = (cell.replace('"', '""') for cell in cells)
    path.write_text(f'tokens,ner_tags\n"{tokens}","{labels}"\n')
    data = read(str(path))["train"]
    assert data["tokens"][0] == ["Ann", "sat"] and tags(data) == [["B-PER", "O"]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tokens\n\"['Ann' 'sat']\"\n", "are lists and some are not"),
        ("a,b\n1\n", "line 2: 1 cells for 2 columns"),
        ("a,a\n1,2\n", "two columns have the same name"),
        ('a\n"x\n', "unexpected end"),
        ("a\n", "holds no rows"),
    ],
)
def test_broken_csv(text, message, tmp_path):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(SourceError, match=message):
        read(str(tmp_path / "a.csv"))


def test_parquet_keeps_its_features(tmp_path, corpus):
    corpus.to_parquet(tmp_path / "a.parquet")
    data = read(str(tmp_path / "a.parquet"))["train"]
    assert data.features == corpus.features and data[:] == corpus[:]
    (tmp_path / "b.parquet").write_bytes(b"no")
    with pytest.raises(SourceError, match=r"b\.parquet is not a Parquet file"):
        read(str(tmp_path / "b.parquet"))


def test_folders(tmp_path, corpus):
    corpus.save_to_disk(tmp_path / "one")
    builtin_corpus().save_to_disk(tmp_path / "splits")
    assert read(str(tmp_path / "one"))["train"][:] == corpus[:]
    assert set(read(str(tmp_path / "splits"))) == {"train", "validation", "test"}
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match="cannot be read as a data set"):
        read(str(tmp_path / "empty"))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("absent.jsonl", "there is no file absent.jsonl"),
        ("./absent", "there is no file ./absent"),
        (
            "someone/corpus",
            "'someone/corpus' is not a file or folder here, and cannot be read from the",
        ),
        (__file__, "give --from"),
    ],
)
def test_sources_that_are_not_there(source, message):
    with pytest.raises(SourceError, match=message):
        read(source)


def test_without_a_hub_it_is_said_at_once(monkeypatch):
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", False)
    monkeypatch.setattr("textaug.offline.hub_is_reachable", lambda: False)
    with pytest.raises(SourceError, match="no model hub can be reached"):
        read("someone/corpus")


def test_original_conll_files(conll_files):
    data = read(str(conll_files / "eng.testa"), format="conll", split="validation")["validation"]
    assert data.features["ner_tags"].feature.names[:3] == ["O", "B-LOC", "I-LOC"]


@pytest.mark.parametrize("format", ["parquet", "jsonl", "conll"])
def test_round_trip(format, tmp_path, corpus):
    path = tmp_path / f"a.{format}"
    with path.open("wb") as file:
        write(corpus, file, format)
    data = read(str(path))["train"]
    assert data["tokens"][:] == corpus["tokens"][:] and tags(data) == tags(corpus)
