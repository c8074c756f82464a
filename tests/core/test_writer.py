"""What becomes of the columns of one row where its words change."""

import pytest

from textaug import Augmenter, Edit


class Do(Augmenter):
    """Makes the same edits in every sentence."""

    def __init__(self, *edits, **settings):
        self.wanted = edits
        super().__init__(**settings)

    def edits(self, example, rng):
        return self.wanted


DROP_FIRST = Edit(0, 1, ())
INSERT = Edit(1, 1, ("indeed",))
WORDS = ["so", "Ann", "met", "Bob"]


def after(row, *edits, **settings):
    """The row after the edits, and what was counted."""
    do = Do(*edits, scheme="IOB2", **settings)
    new = do(row)
    (outcome,) = +do.counts  # without those that are 0
    return new, outcome


GONE = "rejected: a word or span that an annotation points at is gone"


@pytest.mark.parametrize(
    ("role", "old", "dropped", "inserted"),
    [
        ("heads", [3, 3, 0, 3], [2, 0, 2], [4, -1, 4, 0, 4]),
        ("heads", ["3", "3", "0", "3"], ["2", "0", "2"], ["4", None, "4", "0", "4"]),
        ("heads_0", [2, 2, -1, 2], [1, -1, 1], [3, -1, 3, -1, 3]),
        ("heads_0", [2, 2, 2, 2], [1, 1, 1], [3, -1, 3, 3, 3]),
        ("token_index", 3, 2, 4),
        ("token_index", None, None, None),
        ("heads", None, None, None),
    ],
)
def test_what_points_at_words_follows_them(role, old, dropped, inserted):
    row = {"tokens": WORDS, "link": old}
    assert after(row, DROP_FIRST, roles={"link": role})[0]["link"] == dropped
    assert after(row, INSERT, roles={"link": role})[0]["link"] == inserted


@pytest.mark.parametrize(
    ("role", "old"), [("heads", [3, 1, 0, 3]), ("heads_0", [2, 0, 2, 2]), ("token_index", 0)]
)
def test_a_row_stays_where_a_word_that_is_pointed_at_would_go(role, old):
    row = {"tokens": WORDS, "link": old}
    assert after(row, DROP_FIRST, roles={"link": role}) == (row, GONE)


@pytest.mark.parametrize("old", [[5, 3, 0, 3], [-1, 3, 0, 3], [3, 3, 0], [None, 3, 0, 3]])
def test_heads_that_are_no_words_are_named(old):
    row = {"tokens": WORDS, "head": old}
    with pytest.raises(ValueError, match="'head'.*does not hold the number of a word, from 1"):
        after(row, DROP_FIRST)


def test_values_that_do_not_fit_the_words_are_named():
    row = {"tokens": WORDS, "pos_tags": [1, 2, 3]}
    with pytest.raises(ValueError, match="'pos_tags'.*has 3 values for 4 tokens.*'keep'"):
        after(row, DROP_FIRST)


ENTITIES = [
    {"id": "a", "start_token": 0, "end_token": 1, "label": "X"},
    {"id": "b", "start_token": 1, "end_token": 2, "label": "PER"},
    {"id": "c", "start_token": 3, "end_token": 4, "label": "PER"},
]
SPANS = {"entities": "token_spans"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([{"head": 1, "tail": 2}], [{"head": 0, "tail": 1}]),
        ([{"head": 2, "tail": 1}, {"head": 1, "tail": 1}],
         [{"head": 1, "tail": 0}, {"head": 0, "tail": 0}]),
        ([{"from_id": "b", "to_id": "c"}], [{"from_id": "b", "to_id": "c"}]),
        ([], []),
    ],
)  # fmt: skip
def test_relations_between_spans_follow(old, new):
    row = {"tokens": WORDS, "entities": ENTITIES, "relations": old}
    made, _ = after(row, DROP_FIRST, roles=SPANS, target="all")
    assert made["relations"] == new
    assert [(e["id"], e["start_token"]) for e in made["entities"]] == [("b", 0), ("c", 2)]


@pytest.mark.parametrize("old", [{"head": 0, "tail": 2}, {"from_id": "b", "to_id": "a"}])
def test_a_row_stays_where_an_end_of_a_relation_would_go(old):
    row = {"tokens": WORDS, "entities": ENTITIES, "relations": [old]}
    assert after(row, DROP_FIRST, roles=SPANS, target="all") == (row, GONE)


@pytest.mark.parametrize(
    "links",
    [
        {"links": [{"source": "a", "target": "c"}]},
        {"events": [{"trigger": "b", "args": ["a"]}]},
        {"relations": {"head": ["a"], "tail": ["c"]}},
        {"clusters": [["b", "c"], ["a"]]},
        {"subject": "a"},
    ],
)
def test_a_row_stays_where_an_id_would_point_at_nothing(links):
    row = {"tokens": WORDS, "entities": ENTITIES, **links}
    settings = {"roles": {**SPANS, **dict.fromkeys(links, "keep")}, "target": "all"}
    assert after(row, DROP_FIRST, **settings) == (row, GONE)
    made, _ = after(row, INSERT, **settings)
    assert made["tokens"] == ["so", "indeed", "Ann", "met", "Bob"], "no span is gone"
    others = {
        "id": "a",
        "tokens": WORDS,
        "entities": ENTITIES,
        "source": "part a",
        "pos": ["a"] * 4,
    }
    made, _ = after(others, DROP_FIRST, **settings | {"roles": SPANS})
    assert [each["id"] for each in made["entities"]] == ["b", "c"]


def test_a_row_stays_where_another_span_refers_to_one_that_is_gone():
    entities = [dict(each, of=of) for each, of in zip(ENTITIES, [None, None, "a"], strict=True)]
    row = {"tokens": WORDS, "entities": entities}
    assert after(row, DROP_FIRST, roles=SPANS, target="all") == (row, GONE)


def test_a_row_stays_where_one_of_its_answers_would_go():
    answers = {"text": ["so", "Bob"], "answer_start": [0, 11]}
    row = {"context": "so Ann met Bob", "answers": answers}
    assert after(row, DROP_FIRST, target="all") == (row, "rejected: an answer is gone")
    one = {**row, "answers": {"text": ["Bob"], "answer_start": [11]}}
    made, _ = after(one, DROP_FIRST, target="all")
    assert made == {
        "context": "Ann met Bob",
        "answers": {"text": ["Bob"], "answer_start": [8]},
    }


def test_tags_that_did_not_move_stay_as_they_were_written():
    row = {"tokens": WORDS, "ner_tags": ["O", "I-PER", "O", "I-PER"]}  # no B-: read as seqeval does
    assert after(row, DROP_FIRST)[0]["ner_tags"] == ["I-PER", "O", "I-PER"]
    assert after(row, Edit(1, 2, ("Mary", "Lou")), target="all")[0]["ner_tags"] == [
        "O", "B-PER", "I-PER", "O", "I-PER",
    ]  # fmt: skip


def test_a_layer_over_a_mention_follows_it():
    row = {
        "tokens": WORDS,
        "ner_tags": ["O", "B-PER", "O", "B-PER"],
        "chunk_tags": ["O", "B-NP", "B-VP", "B-NP"],
    }
    made, _ = after(row, Edit(1, 2, ("Mary", "Lou")), target="all")
    assert made["chunk_tags"] == ["O", "B-NP", "I-NP", "B-VP", "B-NP"]
    assert after(row, Edit(2, 3, ("has", "met")))[0]["chunk_tags"] == [
        "O", "B-NP", None, None, "B-NP",
    ]  # fmt: skip


def test_what_does_not_fit_stays_where_no_word_moved():
    row = {"tokens": WORDS, "head": [9, 9, 9, 9], "pos_tags": [1, 2], "label": 1}
    made, outcome = after(row, Edit(0, 1, ("yet",)), roles={"pos_tags": "per_token"})
    assert made == {**row, "tokens": ["yet", "Ann", "met", "Bob"]} and outcome == "changed"


def test_an_entry_that_is_no_span_is_named():
    rows = {"text": ["so it is"] * 2, "entities": [[{"start": 0, "end": 2}], [None]]}
    with pytest.raises(ValueError, match="row 1 .*'entities'.*: cannot be read as spans"):
        Do()(rows)


def test_mentions_of_the_tags_are_not_counted_as_answers():
    row = {"tokens": WORDS, "ner_tags": ["O", "B-PER", "O", "B-PER"], "text": "so Ann met Bob"}
    row |= {"answers": {"text": ["Bob"], "answer_start": [11]}}
    made, _ = after(row, DROP_FIRST, roles={"answers": "spans"})
    assert made["answers"] == {"text": ["Bob"], "answer_start": [8]}
