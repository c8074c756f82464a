"""Mention swaps, label-wise replacement, shuffled segments."""

import pytest
from datasets import Dataset, DatasetDict

from textaug import LabelWiseReplacement, MentionReplacement, SegmentShuffle, expand

ROW = {
    "tokens": ["An", "Indian", "banker", ",", "Ann", "Lee", ",", "says", "Rome", "."],
    "ner_tags": ["O", "B-MISC", "O", "O", "B-PER", "I-PER", "O", "O", "B-LOC", "O"],
}
POOLS = {"PER": ["Bo", "Jan van Eyck"], "MISC": ["French", "Irish"]}


def test_a_mention_is_swapped_for_one_of_its_type():
    seen = set()
    for seed in range(30):
        after = MentionReplacement(POOLS, p=1.0, seed=seed)(ROW)
        tags = " ".join(after["ner_tags"])
        assert "Rome" in after["tokens"], "a type without a pool is left alone"
        assert len(after["tokens"]) == len(after["ner_tags"])
        start = after["ner_tags"].index("B-PER")
        end = start + 1 + tags.count("I-PER")
        seen.add(" ".join(after["tokens"][start:end]))
        assert after["tokens"][:2] in (["A", "French"], ["An", "Irish"])
    assert seen == set(POOLS["PER"])


def test_other_annotations_of_a_new_mention_are_left_open():
    row = {**ROW, "pos_tags": list(range(10))}
    after = MentionReplacement({"PER": ["Max Roe"]}, p=1.0)(row)
    assert after["pos_tags"] == [0, 1, 2, 3, -1, -1, 6, 7, 8, 9]


def test_a_mention_redrawn_as_itself_keeps_its_other_annotations():
    row = {**ROW, "pos_tags": list(range(10))}
    swap = MentionReplacement({"PER": ["Ann Lee"], "LOC": ["Rome"]}, p=1.0)
    assert swap(row) == row
    assert swap.counts == {"unchanged": 1}
    other = MentionReplacement({"PER": ["Ann Lee"], "LOC": ["Oslo"]}, p=1.0)
    assert other(row)["pos_tags"] == [0, 1, 2, 3, 4, 5, 6, 7, -1, 9]


def test_articles_of_other_languages_are_left_alone():
    row = {"tokens": ["Vive", "a", "França", "!"], "ner_tags": ["O", "O", "B-LOC", "O"]}
    after = MentionReplacement({"LOC": ["Itália"]}, p=1.0)(row)
    assert after["tokens"] == ["Vive", "a", "Itália", "!"]


def test_headlines_stay_in_capitals():
    row = {"tokens": ["ROME", "FLOODED", "."], "ner_tags": ["B-LOC", "O", "O"]}
    after = MentionReplacement({"LOC": ["New York"]}, p=1.0)(row)
    assert after["tokens"] == ["NEW", "YORK", "FLOODED", "."]
    data = Dataset.from_dict({"tokens": [ROW["tokens"], ["PARIS", "SHUT"]],
                              "ner_tags": [ROW["ner_tags"], ["B-LOC", "O"]]})  # fmt: skip
    assert MentionReplacement.from_dataset(data).pools["LOC"] == ["Rome"]


def test_the_test_split_is_never_read():
    train = Dataset.from_dict({k: [v] for k, v in ROW.items()})
    test = Dataset.from_dict({"tokens": [["Zoe"]], "ner_tags": [["B-PER"]]})
    splits = DatasetDict({"train": train, "test": test})
    swap = MentionReplacement.from_dataset(splits, extra={"PER": ["Ivo"]})
    assert swap.pools == {"MISC": ["Indian"], "PER": ["Ann Lee", "Ivo"], "LOC": ["Rome"]}
    words = LabelWiseReplacement.from_dataset(splits).words
    assert not any("Zoe" in counts for counts in words.values())


def test_words_are_replaced_by_words_of_their_label():
    words = {"context": {"x": 3, "y": 1}, "PER first": {"P": 1}, "PER rest": {"Q": 1}}
    after = LabelWiseReplacement(words, p=1.0, target="all")(ROW)
    assert after["ner_tags"] == ROW["ner_tags"]
    assert after["tokens"][4:6] == ["P", "Q"] and after["tokens"][8] == "Rome"
    assert set(after["tokens"][:4]) <= {"x", "y", "Indian"}


def test_segments_are_shuffled_within_themselves():
    row = {**ROW, "pos_tags": list(range(10))}
    after = SegmentShuffle(p=1.0, target="all", seed=3)(row)
    assert after["ner_tags"] == ROW["ner_tags"]
    assert sorted(after["tokens"][4:6]) == ["Ann", "Lee"]
    assert [row["tokens"][origin] for origin in after["pos_tags"]] == after["tokens"]
    assert SegmentShuffle(p=1.0)(ROW)["tokens"][4:6] == ["Ann", "Lee"]


def test_a_type_without_mentions_is_left_alone():
    assert MentionReplacement({"PER": []}, p=1.0)(ROW) == ROW
    assert LabelWiseReplacement({"context": {}}, p=1.0)(ROW) == ROW


def test_a_type_with_nothing_to_draw_is_named_once(caplog):
    caplog.set_level("WARNING", "textaug")  # the recipes' tests turn it down
    rows = {"tokens": [["Ann", "won"], ["Oslo", "won"]] * 2, "ner_tags": [["B-PER", "O"],
            ["B-LOC", "O"]] * 2}  # fmt: skip
    data = Dataset.from_dict(rows)
    bigger = expand(data, MentionReplacement({"PER": ["Bo"]}, p=1.0))
    assert [row[0] for row in bigger["tokens"]] == ["Ann", "Bo", "Oslo"] * 2
    assert caplog.text.count("there is only 'Bo' to sample for mentions of type PER") == 1
    assert caplog.text.count("nothing to sample for mentions of type LOC (pools: PER)") == 1
    caplog.clear()
    expand(data, MentionReplacement.from_dataset(data, fresh=0.8))
    assert "to sample" not in caplog.text


def test_an_empty_mention_in_a_pool_is_an_error():
    with pytest.raises(ValueError, match=r"pools\['PER'\] holds an empty mention"):
        MentionReplacement({"PER": ["Ann", " "]})


@pytest.mark.parametrize("arguments", [{"pools": {"PER": "Ann"}}, {"pools": {}, "types": "PER"}])
def test_a_string_where_a_list_is_meant_is_an_error(arguments):
    with pytest.raises(ValueError, match="must be a list"):
        MentionReplacement(**arguments)
