"""Columns that look like annotations, in forms that are not known, are refused and not kept."""

import json

import pytest
from datasets import Dataset, IterableDataset

from textaug import (
    LabelWiseReplacement,
    MentionReplacement,
    NoiseInjection,
    SentenceJoining,
    SynonymReplacement,
    expand,
)
from textaug.core.columns import ColumnNames
from textaug.core.finding import dataset_schema

TEXT = "The University of Oslo reopened ."
ORG = {"start": 4, "end": 22, "label": "ORG"}


def roles(row, **given):
    schema = dataset_schema(Dataset.from_list([row] * 4), ColumnNames(**given))
    return {name: role for name, role, _ in schema.rows()}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("entities", [{"type": "ORG", "text": ["x"], "offsets": [[4, 22]]}]),  # BigBIO
        ("entities", [{"span": [4, 22], "label": "ORG"}]),
        ("entities", [{"startIdx": 4, "endIdx": 22}]),
        ("entities", {"hashtags": [{"text": "Oslo", "indices": [18, 22]}]}),
        ("annotations", [{"value": {"start": 4, "end": 22, "labels": ["ORG"]}}]),
        ("events", [{"trigger": {"start": 31, "end": 39}, "args": [{"start": 4}]}]),
        ("h", {"name": "Oslo", "pos": [4, 22]}),  # OpenNRE
        ("label_spans", {"ORG": [[4, 22]]}),
        ("entities", json.dumps([ORG])),
        ("toxic_spans", "[4, 5, 6]"),
        ("relations", {"head": [1], "tail": [2]}),
        ("coref", [{"mentions": [1, 2]}]),
        ("start_char", 4),
        ("entity_start", 4.0),  # a data frame with gaps
        ("start1", 4),
        ("to", 4),
        ("start", "4"),
        ("char_positions", ["4-22"]),
        ("slots", ["O", "O", "O", "B-city", "O", "O"]),
        ("slots", "O O O B-city O O"),
        ("word_labels", "O,O,O,B-geo,O,O"),
    ],
)
def test_refused_beside_text(name, value):
    assert roles({"text": TEXT, name: value})[name] == "?"
    assert roles({"text": TEXT, name: value}, roles=((name, "keep"),))[name] == "keep"


@pytest.mark.parametrize(
    ("name", "value", "role"),
    [
        ("topics", ["politics", "news"], "label"),
        ("url", "https://example.org/4", "keep"),
        ("meta", {"size": 3, "author": "Ann"}, "keep"),
        ("start_time", 1.5, "label"),  # seconds of a recording
        ("end", 4.5, "label"),
        ("gender", 1, "label"),
        ("position", "manager", "label"),
        ("tags", "comedy, drama", "label"),
        ("mentions", "Oslo", "label"),
        ("verdict", "pos", "label"),
        ("label_id", 1, "label"),
        ("covid", 1, "label"),
        ("userId", 1, "keep"),
        ("messages", [{"role": "user", "content": "Hi"}], "keep"),
    ],
)
def test_not_suspicious(name, value, role):
    assert roles({"text": TEXT, name: value})[name] == role


def test_spans_of_a_text_that_stays_stay():
    row = {"title": "Oslo", "title_spans": [{"start": 0, "end": 4, "label": "LOC"}], "text": TEXT}
    assert roles(row)["title_spans"] == "keep"
    assert roles({"text_spans": [ORG], "text": TEXT})["text_spans"] == "spans (characters)"


def test_of_two_sets_of_offsets_one_follows_and_the_other_is_emptied():
    drop = NoiseInjection(operations=["drop"], p=0.9, seed=2)
    both = {**ORG, "token_start": 1, "token_end": 3}  # Prodigy
    new = drop({"text": TEXT, "spans": [both]})
    (span,) = new["spans"]
    assert new["text"][span["start"] : span["end"]] == "University of Oslo"
    assert span["token_start"] is None and span["token_end"] is None
    both = {"start": 1, "end": 4, "start_char": 4, "end_char": 22, "label": "ORG"}
    (span,) = drop({"text": TEXT, "entities": [both]})["entities"]
    assert (span["start"], span["end_char"] - span["start_char"]) == (None, 18)


def test_further_positions_of_a_mention_are_emptied_under_any_name():
    beside = {"token_ids": [1], "head_idx": 1, "first_token": 1, "sent_offset": 4, "parent": 0}
    kept = {"id": 7, "confidence": 3, "start_time": 12, "aliases": [5], "note": "token 1"}
    text = "Yesterday the board of Acme met again ."
    start = text.index("Acme")
    mention = {"start": start, "end": start + 4, "label": "ORG", **beside, **kept}
    row = {"text": text, "entities": [mention]}
    drop = NoiseInjection(p=0.4, seed=1, operations=["drop"])
    new = drop(row)
    (made,) = new["entities"]
    assert new["text"] != text and new["text"][made["start"] : made["end"]] == "Acme"
    assert {key: made[key] for key in beside} == dict.fromkeys(beside)
    assert {key: made[key] for key in kept} == kept


def test_a_stream_whose_first_rows_have_no_span():
    def rows():
        yield {"text": "Nothing here.", "entities": []}
        yield {"text": TEXT, "entities": [ORG]}

    noise = NoiseInjection(operations=["drop"], p=0.9, seed=2)
    *_, new = expand(IterableDataset.from_generator(rows), noise)
    (span,) = new["entities"]
    assert new["text"] != TEXT and new["text"][span["start"] : span["end"]] == "University of Oslo"


def test_a_question_without_an_answer_gets_no_words_of_other_rows(caplog):
    answers = [{"text": ["Ann"], "answer_start": [0]}, {"text": [], "answer_start": []}]
    rows = Dataset.from_list(
        [{"context": text, "question": "Who left?", "answers": answer}
         for text, answer in zip(["Ann left .", "It rained ."], answers, strict=True)]
    )  # fmt: skip
    made = expand(rows, SentenceJoining.from_dataset(rows, seed=1), keep_original=False)
    assert made["answers"][:] == [{"text": ["Ann"], "answer_start": [0]}] or len(made) == 1
    assert all(row["answers"]["text"] for row in made)
    assert len(expand(rows, NoiseInjection(p=0.9, seed=1), keep_original=False)) == 2


def test_a_mention_that_joins_a_row_with_relations_is_left_out():
    spans = [{"start": 0, "end": 3, "label": "PER"}, {"start": 8, "end": 11, "label": "PER"}]
    rows = Dataset.from_list(
        [
            {"text": "Ann met Bob .", "entities": spans, "relations": [{"head": 0, "tail": 1}]},
            {"text": "It rained .", "entities": [], "relations": []},
        ]
    )
    (row,) = expand(rows, SentenceJoining.from_dataset(rows, seed=0), keep_original=False)
    assert len(row["entities"]) == 2 and row["relations"] == [{"head": 0, "tail": 1}]


@pytest.mark.parametrize(
    ("ids", "pair", "unit"),
    [((0, 1), (0, 1), "relations"), ((7, 9), (9, 7), "relations"), ((1, 0), (1, 0), "?")],
)
def test_numbers_that_are_ids(ids, pair, unit):
    spans = [{"id": k, "start": i, "end": i + 1, "label": "X"} for i, k in enumerate(ids)]
    row = {"text": "a b", "entities": spans, "relations": [dict(zip("ht", pair, strict=True))]}
    assert roles(row)["relations"] == unit


def test_the_lemma_of_a_replaced_word_is_emptied():
    row = {"tokens": ["He", "bought", "a", "big", "house"], "lemma": ["he", "buy", "a", "big", "x"]}
    new = SynonymReplacement(context=False, p=1, seed=1)(row)
    same = [a == b for a, b in zip(row["tokens"], new["tokens"], strict=True)]
    assert False in same
    assert new["lemma"] == [x if kept else None for x, kept in zip(row["lemma"], same, strict=True)]
    typo = NoiseInjection(operations=["keyboard"], p=1, seed=1)(row)
    assert typo["tokens"] != row["tokens"] and typo["lemma"] == row["lemma"]
    assert LabelWiseReplacement.mixes_rows


def test_rows_of_the_torch_format_and_rows_without_spans():
    data = Dataset.from_list([{"text": TEXT, "entities": [ORG]}]).with_format("torch")
    assert len(expand(data, NoiseInjection(p=0.9, seed=1))) == 2
    spans = {"start": [0], "end": [3], "label": ["PER"]}
    rows = Dataset.from_list(
        [{"text": "Ann left .", "spans": spans}, {"text": "It rained .", "spans": None}]
    )
    for row in expand(rows, SentenceJoining.from_dataset(rows, seed=0), keep_original=False):
        (start,), (end,) = row["spans"]["start"], row["spans"]["end"]
        assert row["text"][start:end] == "Ann"


def test_multi_hot_labels_are_told_apart():
    rows = [
        {"text": f"{word} one .", "labels": hot}
        for word, hot in zip("abc", [[1, 0], [0, 1], [1, 0]], strict=True)
    ]
    data = Dataset.from_list(rows)
    join = SentenceJoining.from_dataset(data, roles={"labels": "label"}, seed=1)
    for row in expand(data, join, keep_original=False):
        assert ("b" in row["text"].split()) == (row["labels"] == [0, 1])


SHIFTED = [
    {"text": "Ann Holm left Oslo.", "entities": [{"start": s, "end": e, "label": label}
     for s, e, label in ((1, 9, "PER"), (15, 19, "LOC"))]}
]  # fmt: skip


@pytest.mark.parametrize(
    "call",
    [
        lambda rows: Dataset.from_list(rows).map(NoiseInjection(), batched=True),
        lambda rows: list(Dataset.from_list(rows).to_iterable_dataset().map(
            NoiseInjection(), batched=True)),
        lambda rows: MentionReplacement.from_dataset(Dataset.from_list(rows)),
        lambda rows: expand(Dataset.from_list(rows), NoiseInjection()),
    ],
    ids=["map", "stream", "from_dataset", "expand"],
)  # fmt: skip
def test_offsets_that_are_shifted_in_all_rows_are_an_error(call):
    with pytest.raises(ValueError, match="'entities' has offsets that mostly cut words .6 of 6"):
        call(SHIFTED * 3)


def test_offsets_into_words_pass_if_the_user_says_that_they_are_spans():
    augmenter = MentionReplacement({"PER": ["Bo"], "LOC": ["Rome"]}, roles={"entities": "spans"})
    made = Dataset.from_list(SHIFTED * 3).map(augmenter, batched=True)
    assert len(made) == 3


def test_some_spans_may_be_parts_of_words():
    rows = [
        {"text": "Die Berlinreise von Ann Holm.", "entities": [
            {"start": 4, "end": 10, "label": "LOC"}, {"start": 20, "end": 28, "label": "PER"}]}
    ]  # fmt: skip
    Dataset.from_list(rows * 3).map(NoiseInjection(), batched=True)


WITH_SPANS = [
    {"text": "Ann won.", "entities": [{"start": 0, "end": 3, "label": "PER"}]},
    {"text": "Then it rained.", "entities": []},
]


@pytest.mark.parametrize("roles", [{}, {"entities": "spans"}])
def test_a_row_gets_no_mention_where_none_shows_how_it_would_be_written(roles):
    join = SentenceJoining.from_dataset(Dataset.from_list(WITH_SPANS * 4), p=1.0, roles=roles)
    assert join(WITH_SPANS[1]) == WITH_SPANS[1]
    assert join.counts["rejected: no row of the batch shows in which form a column has mentions"]
    empty = Dataset.from_list(WITH_SPANS[1:] * 3)
    assert empty.map(join, batched=True)[:] == empty[:]
    # One at a time, the rows of a stream have no features.
    stream = Dataset.from_list(WITH_SPANS * 3).to_iterable_dataset()
    for row in stream.map(join, batched=True, batch_size=1):
        assert row["text"].count("Ann") == len(row["entities"])


def test_columns_without_values_that_hold_no_mentions_do_not_matter():
    row = {"tokens": ["Ann", "won"], "ner_tags": ["B-PER", "O"], "comments": [], "label": None}
    assert (
        SentenceJoining([(("Bo", "ran"), ((0, 1, "PER"),))], p=1.0)(row)["tokens"] != row["tokens"]
    )


NAMES = ["Ann", "Bob", "Cem", "Dora", "Eve", "Finn", "Gus", "Hal", "Ida", "Jo", "Kim", "Lea"]


@pytest.mark.parametrize(
    ("column", "form"),
    [
        ("output", "{0}"),
        ("output", "PER: {0}; LOC: none"),
        ("response", '{{"PER": ["{0}"]}}'),
        ("target", "[PER: {0}] met Bo in the old town"),
        ("amr", "(m / meet-01 :ARG0 (p / person :name {0}))"),
        ("cleaned_text", "{0} met Bo in the old town"),
    ],
)
def test_strings_that_name_parts_of_the_text_are_asked_for(column, form):
    rows = [{"text": f"{n} met Bo in the old town", column: form.format(n)} for n in NAMES]
    with pytest.raises(ValueError, match=f"'{column}' repeats words of the text"):
        Dataset.from_list(rows).map(NoiseInjection(), batched=True)


@pytest.mark.parametrize(
    ("column", "form"),
    [
        ("output", "It rained in {0}town, and nobody of the 1{0} people of that day met"),
        ("instruction", "Find the names"),
        ("topic", "met"),
        ("title", "{0} met"),  # of the row, whatever it says
    ],
)
def test_other_strings_beside_a_text_stay(column, form):
    rows = [{"text": f"{n} met Bo in the old town", column: form.format(n)} for n in NAMES]
    made = Dataset.from_list(rows).map(NoiseInjection(p=1.0), batched=True)
    assert made[column][:] == [row[column] for row in rows]
