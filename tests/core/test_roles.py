"""What a column is taken for, by its name, its form and all of its rows."""

import pytest
from datasets import ClassLabel, Dataset, Features, List, Value

from textaug.core.columns import ColumnNames
from textaug.core.finding import dataset_schema
from textaug.core.schema import Relations

WORDS = [["Ann", "saw", "Rome"], ["It", "rained"], ["Bob", "is", "in", "Oslo"]]
TEXTS = [" ".join(words) for words in WORDS]


def schema(columns, **given):
    data = columns if isinstance(columns, Dataset) else Dataset.from_dict(columns)
    return dataset_schema(data, ColumnNames(**given))


def roles(columns, **given):
    return {name: role for name, role, _ in schema(columns, **given).rows()}


def per_word(value):
    return [[value] * len(words) for words in WORDS]


@pytest.mark.parametrize(
    ("name", "values", "role"),
    [
        ("head", per_word(0), "heads"),
        ("heads", per_word("0"), "heads"),
        ("head", per_word(0.5), "per_token"),
        ("pos_tags", per_word("X"), "per_token"),
        ("morph", [["a"]] * 3, "per_token"),  # by its name, whatever its lengths
        ("my_tags", [["a"]] * 3, "per_token"),
        ("boxes", per_word([1, 2]), "per_token"),
        ("anything", per_word(1), "per_token"),
        ("anything", [["a"], ["b"], []], "label"),
        ("anything", [[[1]], [[2]], []], "?"),
        ("clusters", [[[[0, 1]]], [], [[[0, 0]], [[3, 3]]]], "?"),
        ("trigger", [[2], [1], []], "?"),  # positions of words?
        ("codes", [[2], [17], []], "label"),
        ("stress", [[0, 1, 0], [1, 0], [0, 1, 0]], "?"),  # one row may be damaged
        ("governor", [[2, 0, 2], [2, 0], [2, 0, 2, 3]], "?"),  # heads of words?
        ("caps", [[1, 0, 1], [1, 0], [1, 0, 0, 1]], "per_token"),
        ("spans", [["PER: Ann", "LOC: Rome"], [], ["PER: Bob", "LOC: Oslo"]], "?"),
        ("who", ["Ann", None, "Bob"], "label"),
        ("subject", ["Ann", None, "Bob"], "?"),
        ("where", [[{"place": "Rome"}], [{"place": "It"}], [{"place": "Oslo"}]], "?"),
        ("tagged", ["N V N", "P V", "N V P N"], "?"),
        ("tree", ["(S (N Ann) (V saw) (N Rome))", "(S (P It) (V rained))", None], "?"),
        ("rels", ['[[0, 0, 2, 2, "saw"]]', "[]", "[]"], "?"),
        ("info", ['{"by": "Eva"}', "{}", "{}"], "label"),
        ("utterance", ["Ann saw Rome", "It rained", "damaged"], "text beside the words"),
        ("label", [{"name": "a"}, {"name": "b"}, {"name": "a"}], "label"),
        ("labels", [[{"name": "a"}], [], []], "label"),
        ("topics", [["a"], ["b"], ["a", "b"]], "label"),
        ("text", TEXTS, "text beside the words"),
        ("title", TEXTS, "text beside the words"),  # it consists of them
        ("title", ["A trip", "Rain", "Home"], "keep"),
        ("num_tokens", [3, 2, 4], "derived"),
        ("embedding", [[0.1, 0.2, 0.3]] * 3, "derived"),
        ("stars", [5, 5, 1], "label"),
        ("source", [5, 5, 1], "label"),
        ("source", [5, 6, 7], "label"),
        ("row_id", [5, 5, 1], "keep"),
        ("is_new", [True, True, False], "label"),
        ("share", [0.5, 0.5, 0.1], "label"),
        ("url", ["a", "b", "c"], "keep"),
        ("label", ["a", "b", "c"], "label"),
        ("nothing", [None] * 3, "keep"),
        ("nothing", [[]] * 3, "keep"),
        ("subject_start", [0, 0, 1], "?"),
        ("start", [0, 1, 2], "?"),
        ("meta", [{"start": 1}] * 3, "?"),
        ("meta", [{"size": 1}] * 3, "keep"),
        ("meta", [[{"start": 1}]] * 3, "?"),
        ("meta", [[{"size": 1}]] * 3, "keep"),
        ("relations", [[{"head": 0, "tail": 1}]] * 3, "?"),  # of what?
        ("relations", [[{"x": 0, "y": 1}]] * 3, "?"),
        ("triples", [[{"head": 0, "tail": 1}]] * 3, "?"),
        ("clusters", [[{"mentions": [[0, 1]]}]] * 3, "?"),
        ("e1_tok", [0, 1, 2], "?"),
        ("obj", [0, 1, 2], "?"),
        ("chapter_index", [0, 1, 1], "label"),
        ("full_text", ["Ann saw  Rome", "It rained", None], "text beside the words"),
    ],
)
def test_a_column_beside_words(name, values, role):
    assert roles({"tokens": WORDS, name: values})[name] == role


@pytest.mark.parametrize(
    ("name", "values", "role"),
    [
        ("topics", [["a"], ["b"], []], "label"),
        ("flags", [[True], [False], []], "label"),
        ("pos_tags", [["a"], ["b"], []], "?"),  # labels words, which no column holds
        ("numbers", [[1], [2, 3], []], "?"),
        ("features", [[0.5], [0.1], []], "derived"),
        ("num_words", [3, 2, 4], "derived"),
        ("raw", TEXTS, "keep"),
        ("entities", [[[0, 3, 1]], [], []], "spans (characters)"),
        ("anything", [[{"start": 0, "end": 3}], [], []], "spans (characters)"),
        ("anything", [{"start": [0], "end": [3]}] * 3, "spans (characters)"),
        ("tokens", ["x", "y", "z"], "keep"),  # not a list of words
        ("labels", [["B-PER", "O", "B-LOC"], ["O", "O"], ["O"] * 4], "?"),
        ("labels", [[-100, 1, 0], [-100, 0], [0]], "?"),  # of sub-tokens
        ("labels", [[1, 0, 2], [0, 0], [1, 0, 0, 2]], "?"),  # of words?
        ("labels", [[1, 0], [0, 0], [1, 1]], "label"),
        ("label", [{"sentiment": "pos"}] * 3, "label"),
    ],
)
def test_a_column_beside_a_text(name, values, role):
    assert roles({"text": TEXTS, name: values})[name] == role


def test_vectors_of_one_length_are_kept():
    def role(value):
        features = {"text": Value("string"), "at": List(Value("int64"), length=len(value))}
        data = Dataset.from_dict({"text": TEXTS, "at": [value] * 3}, Features(features))
        return roles(data)["at"]

    assert role([1, 2, 3]) == "keep"
    assert role([1, 2]) == "?"  # a start and an end?


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        ({"text": TEXTS}, "text"),
        ({"sentence": TEXTS}, "sentence"),
        ({"text": [1, 2, 3]}, "text"),  # its rows are then named as damaged
        ({"context": TEXTS, "answers": [{"text": ["A"], "answer_start": [0]}] * 3}, "context"),
    ],
)
def test_which_column_is_augmented(columns, text):
    assert schema(columns).texts == (text,) and schema(columns).tokens is None


@pytest.mark.parametrize("name", ["tokens", "words", "tokenized_text"])
def test_words_come_before_text(name):
    assert schema({"text": TEXTS, name: WORDS}).tokens == name


@pytest.mark.parametrize(
    ("columns", "given", "message"),
    [
        ({"text": TEXTS, "sentence": TEXTS}, {}, "which of 'text', 'sentence' to augment"),
        ({"tokens": WORDS, "words": WORDS}, {}, "which of 'tokens', 'words' to augment"),
        ({"body": TEXTS}, {}, r"cannot tell which column to augment \(columns: 'body'\)"),
        ({"text": TEXTS, "ner_tags": per_word("O")}, {}, "'ner_tags' labels words, but which"),
        ({"text": TEXTS}, {"tokens": "text", "text": ("text",)}, "cannot be combined"),
        ({"tokens": WORDS, "tags": per_word("O"), "ner": per_word("O")}, {}, "pass tags_column="),
        ({"tokens": WORDS, "labels": [["x", "y", "O"]] * 3}, {}, "pass scheme='IO' or scheme='pl"),
    ],
)
def test_what_is_not_certain_is_asked_for(columns, given, message):
    with pytest.raises(ValueError, match=message):
        schema(columns, **given)


@pytest.mark.parametrize(
    ("tags", "scheme"),
    [
        ([["B-P", "I-P", "O"], ["O", "O"], ["O"] * 4], "IOB2"),
        ([["I-P", "I-P", "O"], ["O", "O"], ["O"] * 4], "IOB1"),
        ([["I-P", "I-P", "O"], ["B-P", "O"], ["O"] * 4], "IOB"),  # rows that disagree
        ([["O", "O", "O"], ["O", "O"], ["O"] * 4], "open"),
        ([["B-P", "E-P", "O"], ["S-P", "O"], ["O"] * 4], "IOBES"),
        ([["NN", "VB", "NN"], ["NN", "VB"], ["NN"] * 4], "plain"),
        ([["NN", "VB", "O"], ["NN", "VB"], ["NN"] * 4], "plain"),  # parts of speech with an "O"
    ],
)
def test_the_scheme_is_that_of_all_rows(tags, scheme):
    assert roles({"tokens": WORDS, "ner_tags": tags})["ner_tags"] == f"tags ({scheme})"


def test_the_scheme_of_numbered_tags():
    def numbered(names, numbers):
        features = Features({"tokens": List(Value("string")), "t": List(ClassLabel(names=names))})
        rows = {"tokens": [["a"] * len(row) for row in numbers], "t": numbers}
        return Dataset.from_dict(rows, features)

    bio = ["O", "B-P", "I-P"]
    assert str(schema(numbered(bio, [[1, 2], [0]])).scheme) == "IOB2"
    assert str(schema(numbered(bio, [[2, 2], [0]])).scheme) == "IOB1"
    assert schema(numbered(bio, [[0], [0]])).scheme.is_open
    assert str(schema(numbered(["a", "b"], [[0], [1]]), tags="t").scheme) == "plain"
    assert str(schema(numbered(bio, [[2, 2], [0]]), scheme="IOB2").scheme) == "IOB2"


@pytest.mark.parametrize(
    ("values", "unit"),
    [
        (
            [[{"start_token": 2, "end_token": 3}], [], [{"start_token": 3, "end_token": 4}]],
            "tokens",
        ),
        ([[{"start_char": 0, "end_char": 3}], [], []], "characters"),
        ([[{"start": 0, "end": 12}], [], []], "characters"),  # there are fewer words
        ([[{"start": 0, "end": 2}], [], []], "?"),
    ],
)
def test_the_unit_of_offsets_beside_words_and_text(values, unit):
    found = schema({"tokens": WORDS, "text": TEXTS, "spans": values})
    assert [column.unit for column in found.spans] == [unit] * (unit != "?")
    assert [name for name, _ in found.unclear] == ["spans"] * (unit == "?")


@pytest.mark.parametrize(
    ("role", "unit", "is_inclusive"),
    [
        ("spans", "characters", False),
        ("token_spans", "tokens", False),
        ("token_spans_inclusive", "tokens", True),
    ],
)
def test_a_role_that_is_said_counts(role, unit, is_inclusive):
    columns = {"tokens": WORDS, "text": TEXTS, "at": [[[0, 1]], [], []]}
    (column,) = schema(columns, roles=(("at", role),)).spans
    assert (column.form, column.unit, column.is_inclusive) == ("lists", unit, is_inclusive)


def test_the_spans_of_gliner_end_with_their_last_token():
    features = Features(
        {"tokenized_text": List(Value("string")), "ner": List(List(Value("string")))}
    )
    rows = {"tokenized_text": WORDS, "ner": [[["2", "2", "LOC"]], [], [["0", "0", "PER"]]]}
    (column,) = schema(Dataset.from_dict(rows, features)).spans
    assert (column.name, column.unit, column.is_inclusive) == ("ner", "tokens", True)


SPANS = [[{"start": 0, "end": 1, "label": "P"}, {"start": 2, "end": 3, "label": "P"}], [], []]


@pytest.mark.parametrize(
    ("pair", "keys", "unit"),
    [
        ({"head": 0, "tail": 1}, ("head", "tail"), "entries"),
        ({"subject": 0, "object": 1}, ("subject", "object"), "entries"),
        ({"from_id": 5, "to_id": 6}, ("from_id", "to_id"), "ids"),
        ({"source": "a", "target": "b"}, ("source", "target"), "ids"),
    ],
)
def test_what_relations_point_at(pair, keys, unit):
    columns = {"tokens": WORDS, "entities": SPANS, "relations": [[pair], [], []]}
    assert schema(columns).relations == (Relations("relations", keys, unit),)
    said = schema(columns, roles=(("relations", "relations_between_tokens"),))
    assert said.relations == (Relations("relations", keys, "tokens"),)


def test_spans_in_one_of_several_texts_are_asked_for():
    columns = {"premise": TEXTS, "hypothesis": TEXTS, "spans": [[{"start": 0, "end": 1}]] * 3}
    with pytest.raises(ValueError, match="'spans' has offsets into one text, but 'premise', 'hyp"):
        schema(columns, text=("premise", "hypothesis"))


def test_said_columns_with_one_value_per_word_are_not_all():
    columns = {"tokens": WORDS, "a": per_word("x"), "b": [["x"], [], []]}
    assert roles(columns, aligned=("b",)) == {
        "tokens": "tokens",
        "a": "per_token",
        "b": "per_token",
    }
