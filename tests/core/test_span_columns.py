"""Columns of spans: every form is read, and written back as it was."""

import pytest

from textaug.core.span_columns import TOKENS, Placed, SpanColumn

PLAIN = SpanColumn("spans", "dicts")
OLD = [{"start": 4, "end": 8, "label": "LOC", "kb": "Q220", "id": "T1"}]

# A column, its value, and what is read from it: start, end, type and text.
FORMS = [
    (PLAIN, OLD, [(4, 8, "LOC", None)]),
    (PLAIN, None, []),
    (PLAIN, [{"start": "4", "end": 8.0, "label": None}], [(4, 8, "", None)]),
    (PLAIN, [{"start": 4, "end": 8, "label": ["LOC", "GPE"]}], [(4, 8, "LOC|GPE", None)]),
    (SpanColumn("s", "dicts", label=None), OLD, [(4, 8, "", None)]),
    (SpanColumn("s", "dicts", is_inclusive=True), OLD, [(4, 9, "LOC", None)]),
    (SpanColumn("s", "dicts", is_length=True), OLD, [(4, 12, "LOC", None)]),
    (SpanColumn("s", "dicts", surface="kb"), OLD, [(4, 8, "LOC", "Q220")]),
    (SpanColumn("s", "dicts", end=None, surface="kb"), OLD, [(4, 8, "LOC", "Q220")]),
    (
        SpanColumn("s", "dicts", names=("PER", "LOC")),
        [{"start": 4, "end": 8, "label": 1}, {"start": 0, "end": 1, "label": 2}],
        [(4, 8, "LOC", None), (0, 1, "2", None)],
    ),
    (SpanColumn("s", "lists"), [[4, 8, "LOC", "more"]], [(4, 8, "LOC", None)]),
    (SpanColumn("s", "lists"), [[4, 8]], [(4, 8, "", None)]),
    (
        SpanColumn("s", "dict of lists"),
        {"start": [4, 0], "end": [8, 1], "label": ["LOC", "PER"], "source": "x"},
        [(4, 8, "LOC", None), (0, 1, "PER", None)],
    ),
    (SpanColumn("s", "dict of lists"), {"start": [], "end": []}, []),
    (SpanColumn("s", "dict of lists"), {"source": "x"}, []),
]


@pytest.mark.parametrize(("column", "value", "expected"), FORMS)
def test_every_form_is_read(column, value, expected):
    assert list(column.entries(value)) == expected


@pytest.mark.parametrize(("column", "value", "expected"), FORMS)
def test_what_stays_is_written_as_it_was(column, value, expected):
    if value is None:
        return
    placed = [
        Placed(number, start, end, label, surface or "", is_same=True)
        for number, (start, end, label, surface) in enumerate(expected)
    ]
    assert column.written(value, placed) == value


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        (PLAIN, [*OLD, {"start": None, "end": 8}], "entry 1 has no offsets that are numbers"),
        (PLAIN, [{"start": 0, "end": True}], "entry 0 has no offsets"),
        (PLAIN, [{"start": 0, "end": 1.5}], "entry 0 has no offsets"),
        (PLAIN, [{"start": "a", "end": 1}], "entry 0 has no offsets"),
        (SpanColumn("s", "dicts", end=None), OLD, "entry 0 has no offsets"),
        (SpanColumn("s", "dict of lists"), {"start": [1], "end": []}, r"lists of \[0, 1\] entries"),
    ],
)
def test_what_cannot_be_read_is_named(column, value, message):
    with pytest.raises(ValueError, match=message):
        list(column.entries(value))


def test_where_a_mention_lies_now_is_written():
    moved = [Placed(0, 0, 6, "LOC", "London", is_same=False)]
    new = {"start": 0, "end": 6, "label": "LOC", "kb": None, "id": "T1"}
    assert PLAIN.written(OLD, moved) == [new]
    assert SpanColumn("s", "dicts", is_inclusive=True).written(OLD, moved) == [{**new, "end": 5}]
    length = SpanColumn("s", "dicts", is_length=True)
    assert length.written(OLD, [moved[0]._replace(start=2)]) == [{**new, "start": 2, "end": 4}]
    with_text = [{**OLD[0], "text": "Rome"}, {**OLD[0], "text": None}]
    texts = SpanColumn("s", "dicts", surface="text").written(
        with_text, [moved[0], moved[0]._replace(origin=1)]
    )
    assert [entry["text"] for entry in texts] == ["London", None]
    assert SpanColumn("s", "lists").written([["4", "8", "LOC", "kb"]], moved) == [
        ["0", "6", "LOC", "kb"]
    ]


def test_a_new_mention_is_written_in_the_form_of_the_others():
    new = [Placed(None, 0, 3, "PER", "Ann", is_same=False)]
    blank = {"start": 0, "end": 3, "label": "PER", "kb": None, "id": None}
    assert PLAIN.written(OLD, new) == [blank]
    assert PLAIN.written([], new) == [{"start": 0, "end": 3, "label": "PER"}]
    listed = [{"start": 4, "end": 8, "label": ["LOC"]}]
    assert PLAIN.written(listed, new) == [{"start": 0, "end": 3, "label": ["PER"]}]
    assert SpanColumn("s", "lists").written([[4, 8, "LOC", "kb"]], new) == [[0, 3, "PER"]]
    texts = SpanColumn("s", "dicts", surface="text", label=None)
    assert texts.written([], new) == [{"start": 0, "end": 3, "text": "Ann"}]
    numbered = SpanColumn("s", "dicts", names=("LOC", "PER"))
    assert numbered.written([], new) == [{"start": 0, "end": 3, "label": 1}]
    with pytest.raises(KeyError):
        numbered.written([], [new[0]._replace(label="ORG")])
    lists = SpanColumn("s", "dict of lists")
    old = {"start": [4], "end": [8], "label": ["LOC"], "source": "x"}
    assert lists.written(old, new) == {"start": [0], "end": [3], "label": ["PER"], "source": "x"}


def test_an_entry_is_known_by_its_id():
    assert PLAIN.identity(OLD, 0) == "T1"
    assert PLAIN.identity([{"start": 0, "end": 1, "id": None}], 0) is None
    assert SpanColumn("s", "lists", unit=TOKENS).identity([[0, 1]], 0) is None
