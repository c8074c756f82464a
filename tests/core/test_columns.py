"""Columns are found, damaged rows are named, everything aligned moves along."""

import pyarrow as pa
import pytest
from datasets import ClassLabel, Dataset, Features, List, Value

from textaug import Augmenter, Edit, NoiseInjection
from textaug.core.arrow import column_from_arrow
from textaug.core.columns import named_labels

NAMES = ["O", "B-PER", "I-PER"]


class Insert(Augmenter):
    """Puts a word before every context word, and drops the word "very"."""

    def edits(self, example, rng):
        places = example.positions(self.target)
        drop = [i for i in places if example.tokens[i] == "very"]
        return [Edit(i, i + 1, ()) for i in drop] + [
            Edit(i, i, ("so",)) for i in places if i not in drop
        ]


def tagged(tokens, tags, names=NAMES, **columns):
    features = {"tokens": List(Value("string")), "ner_tags": List(ClassLabel(names=names))}
    data = Dataset.from_dict({"tokens": tokens, "ner_tags": tags})
    data = data.cast(Features(features))
    for name, (values, feature) in columns.items():
        data = data.add_column(name, values).cast_column(name, feature)
    return data


def test_everything_aligned_moves_along():
    chunks = ["O", "B-NP", "I-NP"]
    data = tagged(
        [["Ann", "Lee", "is", "very", "ill"]],
        [[1, 2, 0, 0, 0]],
        pos_tags=([[0, 0, 1, 2, 2]], List(ClassLabel(names=["NNP", "VBZ", "JJ"]))),
        chunk_tags=([[1, 2, 0, 1, 2]], List(ClassLabel(names=chunks))),
        lemmas=([["Ann", "Lee", "be", "very", "ill"]], List(Value("string"))),
        id=(["7"], Value("string")),
        scores=([[0.5, 0.25]], List(Value("float64"))),
    )
    insert = Insert(roles={"scores": "keep"})
    after = data.map(insert, batched=True, load_from_cache_file=False)
    assert after.features == data.features
    assert after[0] == {
        "tokens": ["Ann", "Lee", "so", "is", "so", "ill"],
        "ner_tags": [1, 2, 0, 0, 0, 0],
        "pos_tags": [0, 0, -1, 1, -1, 2],
        "chunk_tags": [1, 2, -1, 0, -1, 1],  # the chunk's first word went: the next begins it
        "lemmas": ["Ann", "Lee", None, "be", None, "ill"],
        "id": "7",
        "scores": [0.5, 0.25],
    }


def test_iob1_columns_stay_iob1():
    row = {"tokens": ["Ann", "very", "Bob", "sat"], "ner_tags": ["I-PER", "O", "I-PER", "O"]}
    assert Insert()(row)["ner_tags"] == ["I-PER", "B-PER", "O", "O"]


def test_a_tag_that_cannot_be_written_leaves_the_row_as_it_was():
    data = tagged([["Ann", "very", "Bob"], ["sat"]], [[1, 0, 1], [0]], names=["O", "I-PER"])
    augmenter = Insert(provenance_column="by")
    after = data.map(augmenter, batched=True, load_from_cache_file=False)
    assert after["tokens"] == [["Ann", "very", "Bob"], ["so", "sat"]]
    assert after["by"] == ["original", "Insert"]
    assert augmenter.counts["rejected: tags not among the label names"] == 1
    assert augmenter.counts["changed"] == 1


def test_columns_can_be_named():
    row = {"w": ["a", "Ann"], "y": [0, 1], "x": ["DT", "NNP"], "tokens": ["stale"]}
    names = {"tokens_column": "w", "tags_column": "y", "label_names": NAMES}
    names["roles"] = {"tokens": "keep"}
    both = {**names, "aligned_columns": ["x"]}
    assert Insert(**both)(row) == {**row, "w": ["so", "a", "Ann"], "y": [0, 0, 1],
                                   "x": [None, "DT", "NNP"]}  # fmt: skip
    names["roles"] = {"tokens": "keep", "x": "keep"}
    assert Insert(**names)(row)["x"] == ["DT", "NNP"]
    names["label_names"] = {"y": NAMES}
    assert Insert(**names)(row)["y"] == [0, 0, 1]


def test_a_tag_column_with_another_name_is_found_by_its_labels():
    data = tagged([["sat", "Ann"]], [[0, 1]]).rename_column("ner_tags", "entities")
    assert data.map(Insert(), load_from_cache_file=False)["entities"] == [[0, 0, 1]]


def test_several_text_columns():
    row = {"q": "who?", "a": "me", "label": 1}
    assert Insert(text_column=("q", "a"))(row) == {"q": "so who so?", "a": "so me", "label": 1}


def test_strings_without_any_data_set():
    assert Insert()("who is it") == "so who so is so it"
    noise, text = NoiseInjection(p=0.5), "Who is it that speaks in the garden?"
    assert noise(text) == noise([text])[0] == noise({"text": text})["text"] != text
    assert Insert()(["who", ""]) == ["so who", ""]


def test_damaged_tags_are_read_as_seqeval_reads_them():
    row = {"tokens": ["a", "Ann", "Lee"], "tags": ["O", "I-PER", "I-PER"]}
    assert Insert()(row)["tags"] == ["O", "O", "I-PER", "I-PER"]
    mixed = {"tokens": ["Bob", "a", "Ann"], "tags": ["B-PER", "O", "I-PER"]}
    assert Insert()(mixed)["tags"] == ["B-PER", "O", "O", "I-PER"], "as it was written"
    assert NoiseInjection(p=0)(mixed) == mixed, "what is not changed comes out as it went in"


def test_annotations_stay_where_nothing_moved():
    row = {"tokens": ["E-mail"], "tags": ["O"], "lemmas": ["E-mail"], "ok": [None]}
    noise = NoiseInjection(p=1.0, aligned_columns=["lemmas", "ok"])
    assert noise(row) == {**row, "tokens": noise(row)["tokens"]}


def test_open_values_fit_their_column():
    """-1 where the type can hold it, else None; vectors are no annotation of words."""
    data = tagged(
        [["very", "ill", "men"]],
        [[0, 0, 0]],
        caps=([[True, False, True]], List(Value("bool"))),
        small=([[1, 2, 3]], List(Value("uint8"))),
        large=([[1, 2, 3]], List(Value("int64"))),
        odd=([[0, None, 1]], List(ClassLabel(names=["B-X", "PAD"]))),
        votes=([[0.5, 1.5, 2.5]], List(Value("float32"), length=3)),
    )
    names = ["caps", "small", "large", "odd"]
    insert = Insert(aligned_columns=names, roles={"votes": "keep"})
    for after in (data.map(insert), data.map(insert, batched=True, batch_size=1)):
        assert after.features == data.features
        assert after[0] == {
            "tokens": ["so", "ill", "so", "men"],
            "ner_tags": [0, 0, 0, 0],
            "caps": [None, False, None, True],
            "small": [None, 2, None, 3],
            "large": [-1, 2, -1, 3],
            "odd": [-1, None, -1, 1],
            "votes": [0.5, 1.5, 2.5],
        }


def test_numbers_of_labels_as_names():
    label = ClassLabel(names=["no", "yes"])
    assert [named_labels(value, label) for value in (0, 1, -1, None)] == ["no", "yes", None, None]
    assert named_labels([0, -1], List(label)) == named_labels([0, -1], [label]) == ["no", None]
    nested = {"of": label, "n": Value("int64")}
    assert named_labels({"of": 1, "n": 1}, nested) == {"of": "yes", "n": 1}
    assert named_labels([{"of": 1, "n": 0}], List(nested)) == [{"of": "yes", "n": 0}]
    assert named_labels(None, List(label)) is None
    with pytest.raises(ValueError, match=r"label 2 is unknown: there are 2 labels, from 0 \('no'"):
        named_labels([2], List(label))


def test_columns_can_be_removed_though_the_first_row_stays():
    data = tagged([["Ann"], ["is", "ill"]], [[1], [0, 0]], id=(["a", "b"], Value("string")))
    after = data.map(Insert(), remove_columns=data.column_names)
    assert after["tokens"][:] == [["Ann"], ["so", "is", "so", "ill"]]


def test_a_plain_scheme_can_be_applied_twice():
    data = tagged([["is", "ill"]], [[0, 0]])
    plain = Insert(scheme="plain")
    assert data.map(plain).map(plain)["ner_tags"][0].count(0) == 2


def test_a_new_word_among_string_labels_has_none():
    row = {"tokens": ["very", "ill", "men"], "tags": ["RB", "JJ", "NNS"]}
    for names in (None, ["JJ", "NNS", "RB"]):
        after = Insert(scheme="plain", label_names=names)(row)
        assert after["tags"] == [None, "JJ", None, "NNS"]


def test_labels_that_might_be_types_are_labels_of_words_if_the_user_says_so():
    row = {"tokens": ["Ann", "sat"], "ner_tags": ["PER", "O"]}
    with pytest.raises(ValueError, match="pass scheme='IO' or scheme='plain'"):
        Insert()(row)
    assert Insert(scheme="plain")(row)["ner_tags"] == [None, "PER", None, "O"]


GOOD = ["Ann", "sat"]
BAD_ROWS = [
    ({"tokens": GOOD, "ner_tags": ["O"]}, "1 tags for 2 tokens"),
    ({"tokens": GOOD, "ner_tags": [1, 0]}, "label_names=dataset.features"),
    ({"tokens": GOOD, "ner_tags": ["B-PER", "PER"]}, "unknown tag.*PER"),
    ({"tokens": GOOD, "ner_tags": ["B-PER", None]}, "tag None of token 1 is neither 'O' nor"),
    ({"tokens": GOOD, "ner_tags": ["PER", "O"]}, "pass scheme='IO' or scheme='plain'"),
    ({"tokens": GOOD, "ner_tags": None}, r"ner_tags.*is None.*filter"),
    ({"tokens": None, "ner_tags": []}, r"'tokens': is None.*filter"),
    ({"tokens": ["Ann", ""], "ner_tags": ["O", "O"]}, r"'tokens': token 1 \(''\) is empty; drop"),
    ({"tokens": ["Ann", "a b"], "ner_tags": ["O", "O"]}, r"token 1 \('a b'\) has white space"),
    ({"tokens": ["", "a b"], "ner_tags": ["O", "O"]}, r"token 0 \(''\) is empty"),
    ({"tokens": ["Ann", None], "ner_tags": ["O", "O"]}, "token 1 is None, not a string"),
    ({"text": None}, "'text': is None, not a string; leave"),
]


@pytest.mark.parametrize(("row", "message"), BAD_ROWS)
def test_damaged_rows_are_named_with_a_remedy(row, message):
    with pytest.raises(ValueError, match=f"this row, column.*{message}"):
        NoiseInjection()(row)


@pytest.mark.parametrize(("row", "message"), BAD_ROWS[:-1])
def test_damaged_rows_are_named_in_batches_too(row, message):
    good = ["B-PER", "O"] if row["ner_tags"] in (None, ["O"]) else ["O", "O"]
    batch = {"tokens": [GOOD, row["tokens"]], "ner_tags": [good, row["ner_tags"]]}
    where = "row [01] of this batch" if row["ner_tags"] == [1, 0] else "row 1 of this batch"
    with pytest.raises(ValueError, match=f"{where}, column.*{message}"):
        NoiseInjection()(batch)


def test_unknown_tags_are_named():
    data = tagged([GOOD], [[1, 0]])
    with pytest.raises(ValueError, match="tag 7 of token 1 is unknown; the 3 labels are 'O', 'B-"):
        NoiseInjection(label_names=NAMES)({"tokens": GOOD, "ner_tags": [0, 7]})
    with pytest.raises(ValueError, match="tag 'B-LOC' of token 0 is unknown"):
        NoiseInjection(label_names=NAMES)({"tokens": GOOD, "ner_tags": ["B-LOC", "O"]})
    with pytest.raises(ValueError, match="row 0 of this batch.*label_names="):
        data.with_format("numpy").map(NoiseInjection(), batched=True)
    with pytest.raises(ValueError, match="label_names="):
        list(data.to_iterable_dataset().map(NoiseInjection()))


def test_missing_or_several_columns_are_an_error():
    noise = NoiseInjection()
    with pytest.raises(ValueError, match=r"which column to augment \(columns: 'body'\).*text_"):
        noise({"body": "x"})
    with pytest.raises(ValueError, match="which of 'tokens', 'words' to augment.*tokens_column="):
        noise({"tokens": ["x"], "words": ["x"]})
    with pytest.raises(ValueError, match="'ner_tags', 'tags' could all be the tags.*tags_column="):
        noise({"tokens": ["x"], "ner_tags": ["O"], "tags": ["O"]})
    with pytest.raises(ValueError, match="'ner_tags' labels words, but which.*tokens_column="):
        noise({"text": "x y", "ner_tags": ["O", "O"]})
    with pytest.raises(ValueError, match="text_column= cannot be combined"):
        NoiseInjection(text_column="text", tags_column="y")({"text": "x", "y": ["O"]})
    with pytest.raises(
        ValueError, match="tag 'PER' of token 0 is neither 'O' nor that of a mention"
    ):
        NoiseInjection(scheme="IOB2")({"tokens": ["Bob"], "ner_tags": ["PER"]})
    with pytest.raises(ValueError, match="no column 'words'; the columns are 'tokens'"):
        NoiseInjection(tokens_column="words")({"tokens": ["x"]})
    with pytest.raises(TypeError, match="with_format"):
        noise(3)
    with pytest.raises(ValueError, match="item 1 of the list is None"):
        noise(["x", None])


@pytest.mark.parametrize(
    "rows",
    [
        [["a", "b"], [], ["b"]] * 10,
        [["a", "b"], None, ["b"]] * 10,
        [["a", None], ["b"]] * 10,
        [[]] * 20,
    ],
)
def test_words_from_arrow_are_those_that_arrow_gives(rows):
    table = pa.table({"tokens": pa.array(rows, pa.list_(pa.string()))})
    both = pa.concat_tables([table.slice(3), table.slice(1, 17), table.slice(2, 0)])
    found, words = column_from_arrow(both["tokens"])
    assert found == both["tokens"].to_pylist()
    assert words is None or set(words) == {word for row in found for word in row}


def test_equal_words_from_arrow_are_one_string():
    column = pa.chunked_array([pa.array([["again and", "again and"]] * 20)])
    rows, _ = column_from_arrow(column)
    assert len({id(word) for row in rows for word in row}) == 1


def test_a_damaged_word_is_found_among_many_rows():
    rows = Dataset.from_dict({"tokens": [["all", "is", "well"]] * 30 + [["New York", "fell"]]})
    with pytest.raises(ValueError, match=r"row 30 of this batch.*'New York'.* white space inside"):
        rows.map(NoiseInjection(), batched=True)


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        ({"O": 0, "B-PER": 1}, "id2label"),
        ({0: "O", 1: "B-PER"}, "must be a list of names"),
        ({"O", "B-PER"}, "must be a list of names"),
        ("O,B-PER", "must be a list of names"),
        (["O", "B-PER", "O"], "has 'O' twice"),
        (["O", 1], "has 1, which is not a string"),
        ({"label": "good"}, "must be a list of names"),
    ],
)
def test_label_names_are_a_list(names, problem):
    with pytest.raises(ValueError, match=problem):
        NoiseInjection(label_names=names)


def test_a_list_of_label_names_names_the_only_label():
    data = {"text": ["Good .", "Bad ."], "label": [1, 0]}
    made = Dataset.from_dict(data)
    assert dict(NoiseInjection(label_names=["neg", "pos"]).schema(made).layers) == {
        "label": ("neg", "pos")
    }
    two = made.add_column("verdict", [0, 1])
    with pytest.raises(ValueError, match="'label', 'verdict' are all labels"):
        NoiseInjection(label_names=["neg", "pos"]).schema(two)
