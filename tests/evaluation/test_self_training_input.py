"""Which raw sentences and which labelled rows self-training takes."""

import pytest
from datasets import Dataset, DatasetDict
from support.self_training import FOREIGN, PAIRS, RAW, reviews, tagged, trained

pytestmark = pytest.mark.usefixtures("small_teachers")


def test_judged_rows_of_an_earlier_call_do_not_count_as_given():
    first = trained(tagged(PAIRS), RAW).dataset
    with pytest.raises(ValueError, match=r"row 8, column 'label_source'.*labelled\.filter\(lambda"):
        trained(first, RAW)
    given = first.filter(lambda row: row["label_source"] != "self-training")
    assert trained(given, RAW).dataset.to_list() == first.to_list()


def test_columns_of_the_labelled_rows_keep_what_they_hold_or_are_named(caplog):
    data = tagged(PAIRS).add_column("label_source", ["Ann", None, *["Bob"] * 6])
    data = data.add_column("label_weight", [0.5, None, *[1.0] * 6]).add_column(
        "id", list("12345678")
    )
    rows = trained(data, RAW).dataset
    assert rows["label_source"][:3] == ["Ann", "given", "Bob"]
    assert rows["label_weight"][:3] == [0.5, 1.0, 1.0]
    assert "the result has no column id" in caplog.text
    with pytest.raises(ValueError, match="column 'label_weight' holds string.*rename_column"):
        trained(tagged(PAIRS).add_column("label_weight", ["high"] * 8), RAW)


def test_sentences_that_are_known_or_foreign_are_left_out_and_counted():
    raw = Dataset.from_dict({
        "tokens": [["Ann", "lives", "in", "Lund", "."], ["Sue", "sat"], ["Sue", "sat"], [],
                   ["She", "ran"], FOREIGN.split()],
        "ner_tags": [["wrong"] * 5, [], [], [], [], []],  # not read
    })  # fmt: skip
    test = DatasetDict({"test": Dataset.from_dict({"tokens": [["She", "ran"]]})})
    result = trained(tagged(PAIRS), raw, held_out=test)
    assert result.left_out == {
        "the same as a labelled sentence": 1,
        "the same as another raw sentence": 1,
        "empty": 1,
        "the same as a held-out sentence": 1,
        "in another language": 1,
    }
    assert len(result.dataset) == 9


def test_sentences_are_known_however_they_are_tokenized(tmp_path):
    test = Dataset.from_dict({"tokens": [["I", "do", "n't", "know", "."]]})
    raw = ["Sue sat.", "I do n't know .", "I don't know.", "Ann lives in Lund.", "Sue  sat ."]
    counts = {
        "the same as a labelled sentence": 1,
        "the same as another raw sentence": 1,
        "the same as a held-out sentence": 2,
    }
    assert trained(tagged(PAIRS), raw, held_out=test).left_out == counts
    DatasetDict({"train": Dataset.from_dict({"tokens": [["x"]]}), "test": test}).save_to_disk(
        str(tmp_path / "data")
    )
    assert trained(tagged(PAIRS), raw, held_out=str(tmp_path / "data")).left_out == counts


def test_raw_rows_without_words_are_empty_and_others_are_named():
    result = trained(tagged(PAIRS), ["Sue sat.", None, "It rained."])
    assert result.left_out == {"empty": 1}
    data = Dataset.from_dict({"tokens": [["Sue"], None, ["It", "rained"]]})
    assert trained(tagged(PAIRS), data).left_out == {"empty": 1}
    with pytest.raises(ValueError, match="raw sentence 1 is 3, not a string"):
        trained(tagged(PAIRS), ["Sue sat.", 3])
    bad = Dataset.from_dict({"tokens": [["Sue"]] * 1200 + [["a b"]]})
    with pytest.raises(ValueError, match="row 1200 of this batch, column 'tokens'"):
        trained(tagged(PAIRS), bad)


def test_raw_text_is_read_from_the_column_of_the_labelled_rows():
    data = reviews().rename_column("text", "review")
    raw = Dataset.from_dict({"text": ["by Ann"], "review": ["A wonderful film."]})
    rows = trained(data, raw, text_column="review", roles={"label": "label"}).dataset
    assert rows["review"][8] == "A wonderful film."


def test_more_raw_sentences_than_wanted_are_drawn_at_random():
    raw = [f"Sue lives in room {i}." for i in range(30)]
    result = trained(tagged(PAIRS), raw, most=5)
    assert result.left_out["more than most="] == 25
    other = trained(tagged(PAIRS), raw, most=5, seed=1)
    assert {*map(str, result.dataset["tokens"])} != {*map(str, other.dataset["tokens"])}
