"""What each column is taken for; what stays unclear is an error that says how to declare it."""

import pytest
from datasets import ClassLabel, Dataset, Features, List, Value

from textaug import (
    LabelWiseReplacement,
    MentionReplacement,
    NoiseInjection,
    SegmentExchange,
    SentenceJoining,
    expand,
)
from textaug.core.columns import ColumnNames
from textaug.core.finding import dataset_schema

WORDS = [["Ann", "saw", "Rome"], ["It", "rained"], ["Bob", "slept", "all", "day"]]


def schema(columns, **given):
    return dataset_schema(Dataset.from_dict(columns), ColumnNames(**given))


def role(columns, name, **given):
    return {row[0]: row[1] for row in schema(columns, **given).rows()}[name]


SPANS = [  # values that hold a mention of four characters at 4
    [{"start": 4, "end": 8, "label": "LOC"}],
    [{"start_offset": 4, "end_offset": 8, "type": "LOC"}],
    [{"begin": 4, "end": 8, "tag": "LOC"}],
    [{"offset": 4, "length": 4, "category": "LOC"}],
    [{"start": 4, "end": 8, "entity_group": "LOC", "word": "Rome", "score": 0.5}],
    [{"start": "4", "end": "8", "labels": ["LOC"], "text": "Rome"}],
    [["4", "8", "LOC"]],
    {"start": [4], "end": [8], "label": ["LOC"]},
]


@pytest.mark.parametrize("value", SPANS)
@pytest.mark.parametrize("name", ["entities", "spans", "privacy_mask", "labels"])
def test_spans_are_known_by_their_form(value, name):
    columns = {"text": ["saw Rome again"], name: [value]}
    assert role(columns, name) == "spans (characters)"
    swap = MentionReplacement({"LOC": ["New York"]}, p=1.0)
    after = expand(Dataset.from_dict(columns), swap, keep_original=False)[0]
    assert after["text"] == "saw New York again"
    shown = str(after[name])
    assert ("12" in shown and "4" in shown) or "'length': 8" in shown
    assert "'Rome'" not in shown, "the words it covers are kept equal"


def test_a_span_column_with_another_name_is_declared():
    columns = {"text": ["saw Rome again"], "marks": [[["4", "8", "LOC"]]]}
    with pytest.raises(ValueError, match=r"column 'marks' holds lists of numbers.*roles="):
        expand(Dataset.from_dict({**columns, "marks": [[[4, 8]]]}), NoiseInjection())
    assert role(columns, "marks", spans=("marks",)) == "spans (characters)"


def test_offsets_beside_words_are_decided_by_all_rows():
    half_open = [[{"start": 2, "end": 3, "type": "LOC"}], [], [{"start": 2, "end": 4, "type": "T"}]]
    inclusive = [[{"start": 2, "end": 2, "type": "LOC"}], [], [{"start": 1, "end": 1, "type": "P"}]]
    assert role({"tokens": WORDS, "entities": half_open}, "entities") == "spans (tokens)"
    assert not schema({"tokens": WORDS, "entities": half_open}).spans[0].is_inclusive
    assert schema({"tokens": WORDS, "entities": inclusive}).spans[0].is_inclusive
    row = {"tokens": WORDS[0], "entities": [{"start": 0, "end": 1, "type": "PER"}]}
    with pytest.raises(ValueError, match="may count tokens.*token_spans_inclusive"):
        NoiseInjection()(row)


@pytest.mark.parametrize(
    "spans",
    [
        [[(0, 2), (2, 3)], [(0, 1)], [(0, 0)]],  # half-open, and 0:0 for "no span"
        [[(0, 2)], [(0, 0)], [(0, 0)]],
        [[(0, 2)], [(-1, -1)], [(0, 1)]],
        [[(0, 1)], [(0, 2)], [(0, 1)]],  # inclusive, and one end too far
        [[(0, 2)], [(1, 1)], [(0, 3)]],  # half-open, and one empty span
        [[(0, 3)], [(0, 2)], [(1, 1), (2, 2)]],  # they contradict each other
    ],
)
def test_one_damaged_row_does_not_say_whether_ends_are_inclusive(spans):
    marks = [[{"start": a, "end": b, "type": "LOC"} for a, b in row] for row in spans]
    with pytest.raises(ValueError, match="the end inclusive or not"):
        MentionReplacement.from_dataset(Dataset.from_dict({"tokens": WORDS, "mentions": marks}))


def test_values_per_word_are_decided_by_names_or_by_all_rows():
    per_word = [[0.5] * len(words) for words in WORDS]
    assert role({"tokens": WORDS, "scores": per_word}, "scores") == "per_token"
    assert role({"tokens": WORDS, "pos_tags": per_word}, "pos_tags") == "per_token"
    topics = [["politics", "news", "us"], ["weather"], []]
    assert role({"tokens": WORDS, "subjects": topics}, "subjects") == "label"
    accident = {"tokens": [["Ann", "sat"]], "subjects": [["politics", "news"]]}
    assert role(accident, "subjects") == "?"
    with pytest.raises(ValueError, match=r"'subjects' may hold one value for each word.*'keep'"):
        expand(Dataset.from_dict(accident), NoiseInjection())
    kept = expand(Dataset.from_dict(accident), NoiseInjection(p=1, roles={"subjects": "label"}))
    assert kept["subjects"][:] == [["politics", "news"]] * 2


def test_what_may_point_at_a_word_is_asked_for():
    columns = {"tokens": WORDS, "subj_start": [0, 0, 0], "id": [1, 2, 3]}
    with pytest.raises(ValueError, match="'subj_start' may be the position of a word"):
        expand(Dataset.from_dict(columns), NoiseInjection())
    noise = NoiseInjection(operations=["drop"], p=0.4, seed=2, roles={"subj_start": "token_index"})
    after = expand(Dataset.from_dict(columns), noise, 3, keep_original=False)
    assert all(row["tokens"][row["subj_start"]] in ("Ann", "It", "Bob") for row in after)
    assert any("a word or span that an annotation points at is gone" in key for key in noise.counts)


def test_roles_that_do_not_exist_are_named():
    with pytest.raises(ValueError, match="there is no such role; choose from tokens, text"):
        NoiseInjection(roles={"text": "words"})({"text": "a"})
    with pytest.raises(ValueError, match="no column 'x'; the columns are 'text'"):
        NoiseInjection(roles={"x": "label"})({"text": "a"})
    assert NoiseInjection(p=0.0, roles={"x": "keep"})({"text": "a"}) == {"text": "a"}


def test_stale_offsets_are_an_error_that_names_the_row():
    rows = {
        "text": ["saw Rome", "in Oslo"],
        "entities": [[], [{"start": 2, "end": 6, "text": "Oslo"}]],
    }
    with pytest.raises(ValueError, match=r"row 1 .*'entities': entry 0 .* covers ' Osl', but its"):
        NoiseInjection()(rows)
    rows["entities"][1][0] = {"start": 3, "end": 99, "text": "Oslo"}
    with pytest.raises(ValueError, match="entry 0 .* lies outside the 7 characters"):
        NoiseInjection()(rows)


def test_a_changed_mention_loses_what_else_was_said_of_it():
    entity = {"id": "T1", "start": 4, "end": 8, "label": "LOC", "kb": "Q220"}
    row = {"text": "saw Rome", "entities": [entity]}
    after = MentionReplacement({"LOC": ["Oslo"]}, p=1.0)(row)
    assert after["entities"] == [{**entity, "kb": None}]
    assert NoiseInjection(p=1, seed=1)(row)["entities"][0]["kb"] == "Q220"


def test_derived_columns_and_text_beside_the_words(caplog):
    row = {"tokens": ["Ann", "sat", "."], "text": "Ann sat.", "num_tokens": 3,
           "raw": "something else"}  # fmt: skip
    after = NoiseInjection(operations=["drop"], p=0.9, seed=1)(row)
    assert after["text"] == "".join(after["text"].split()) or " " in after["text"]
    assert "".join(after["text"].split()) == "".join(after["tokens"])
    assert after["num_tokens"] is None and after["raw"] is None


def test_sentences_are_joined_with_their_like_alone():
    features = Features({"text": Value("string"), "label": ClassLabel(names=["neg", "pos"]),
                         "topics": List(Value("string"))})  # fmt: skip
    rows = {"text": ["good", "bad", "great", "fine"], "label": [1, 0, 1, 1],
            "topics": [["a", "b"], ["a"], ["b", "a"], ["c"]]}  # fmt: skip
    data = Dataset.from_dict(rows, features=features)
    join = SentenceJoining.from_dataset(data, seed=1)
    after = expand(data, join, 4, keep_original=False)
    assert {frozenset(text.split()) for text in after["text"]} == {frozenset(["good", "great"])}
    assert join.counts["rejected: no other sentence with the same labels"] == 8


def test_words_and_segments_come_from_sentences_with_the_same_labels():
    rows = {"tokens": [["Ann", "is", "good"], ["Bob", "was", "bad"], ["Cem", "seems", "fine"]],
            "ner_tags": [["B-PER", "O", "O"]] * 3, "label": ["pos", "neg", "pos"]}  # fmt: skip
    data = Dataset.from_dict(rows)
    for method in (LabelWiseReplacement, SegmentExchange):
        after = expand(data, method.from_dataset(data, p=1.0, seed=1), 5, keep_original=False)
        drawn = {row["label"]: set() for row in after}
        for row in after:
            drawn[row["label"]] |= set(row["tokens"][1:])
        assert drawn["pos"] and not drawn["pos"] & {"was", "bad"}
        assert not drawn.get("neg", set()) - {"was", "bad"}


def test_the_table_is_shown():
    shown = schema({"tokens": WORDS, "ner_tags": [["B-P", "O", "B-L"], ["O"] * 2, ["O"] * 4]})
    assert str(shown).splitlines()[2] == (
        "ner_tags  tags (IOB2)  one tag for each word, which follow their words"
    )
    assert "<td>ner_tags</td>" in shown._repr_html_()


def test_numbers_of_rows_are_not_labels():
    rows = {"text": ["one here", "two there"], "source_row": [4, 9], "grade": [1, 1]}
    found = {name: role for name, role, _ in schema(rows).rows()}
    assert found == {"text": "text", "source_row": "keep", "grade": "label"}


def test_relations_between_tokens_follow_their_words():
    row = {
        "tokens": ["so", "Ann", "met", "Bob"],
        "relations": [{"head": 1, "tail": 3, "type": "met"}],
    }
    drop = NoiseInjection(
        operations=["drop"], p=0.3, seed=2, roles={"relations": "relations_between_tokens"}
    )
    after = expand(Dataset.from_list([row]), drop, 8, keep_original=False)
    assert len(after)
    for new in after:
        (pair,) = new["relations"]
        ends = [new["tokens"][pair[key]] for key in ("head", "tail")]
        assert ends == ["Ann", "Bob"] and pair["type"] == "met"
    assert any("points at is gone" in outcome for outcome in drop.counts)
