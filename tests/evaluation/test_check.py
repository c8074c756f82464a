"""What is wrong with labels, by row; what can be fixed without a guess, and what cannot."""

from collections import Counter

import pytest
from datasets import ClassLabel, Dataset, Features, List, Value

from textaug import Span
from textaug.core.finding import find_columns
from textaug.core.tag_schemes import from_spans
from textaug.corpora import builtin_corpus
from textaug.evaluation.check import check
from textaug.evaluation.repair import remaining, repaired


def rows(*pairs, names=None, **more):
    """Sentences and their tags, each as words between blanks."""
    columns = {
        "tokens": [words.split("|") if "|" in words else words.split() for words, _ in pairs],
        "ner_tags": [tags.split() for _, tags in pairs],
        **more,
    }
    features = None
    if names:
        kinds = {"tokens": List(Value("string")), "ner_tags": List(ClassLabel(names=names))}
        features = Features(kinds)
        columns["ner_tags"] = [[names.index(tag) for tag in tags] for tags in columns["ner_tags"]]
    return Dataset.from_dict(columns, features=features)


IOB2 = [("in Rome", "O B-LOC")] + [(f"Ann {i}", "B-PER O") for i in range(5)]
IOB1 = [("Rome", "I-LOC")] + [(f"Ann {i}", "I-PER O") for i in range(5)]
IOBES = [("New York", "B-LOC E-LOC"), ("Ann", "S-PER")]
BILOU = [("New York", "B-LOC L-LOC"), ("Ann", "U-PER")]


def found(data, **settings):
    return [(p.row, p.kind, p.fix is not None) for p in check(data, **settings)]


@pytest.mark.parametrize("good", [IOB2, IOB1, IOBES, BILOU])
def test_sound_data_have_no_problem(good):
    assert found(rows(*good)) == []


def test_the_corpus_that_comes_with_textaug_is_sound():
    for data in builtin_corpus().values():
        kinds = Counter(kind for _, kind, _ in found(data))
        assert set(kinds) <= {"several types", "duplicate"}, kinds


@pytest.mark.parametrize(
    ("good", "words", "tags", "becomes"),
    [
        (IOB2, "to Oslo now", "O I-LOC O", "O B-LOC O"),
        (IOB2, "to New York", "O I-LOC I-LOC", "O B-LOC I-LOC"),
        (IOB1, "to Oslo now", "O B-LOC O", "O I-LOC O"),
        (IOBES, "to Oslo now", "O I-LOC O", "O S-LOC O"),
        (IOBES, "Los Angeles", "B-LOC I-LOC", "B-LOC E-LOC"),
        (BILOU, "to Oslo now", "O L-LOC O", "O U-LOC O"),
    ],
)
def test_an_orphan_tag_is_fixed(good, words, tags, becomes):
    data = rows(*good, (words, tags))
    last = len(good)
    assert set(found(data)) == {(last, "orphan tag", True)}
    problems = check(data)
    assert "writes" in problems[0].message
    fixed = repaired(data, problems, find_columns(data))
    assert fixed["ner_tags"][last] == becomes.split()
    assert check(fixed) == []


@pytest.mark.parametrize(
    ("good", "words", "tags"),
    [(IOB2, "New York", "B-LOC I-PER"), (IOBES, "Los Angeles", "B-LOC E-PER")],
)
def test_where_two_types_touch_nothing_is_guessed(good, words, tags):
    data = rows(*good, (words, tags))
    assert {(p, kind, fix) for p, kind, fix in found(data)} == {(len(good), "orphan tag", False)}
    fixed = repaired(data, check(data), find_columns(data))
    assert fixed[:] == data[:]
    assert remaining(check(data)) == check(data)


def test_lengths_and_missing_values():
    data = rows(*IOB2, ("Ann sat", "B-PER"), pos_tags=[["N", "N"]] * 6 + [["N"]])
    assert found(data) == [(6, "length", False), (6, "length", False)]
    data = Dataset.from_dict({"tokens": [["a"], None, ["b"]], "ner_tags": [["O"], ["O"], None]})
    assert found(data) == [(1, "missing", False), (2, "missing", False)]


def test_empty_tokens_are_removed_outside_mentions():
    data = rows(*IOB2, ("to||Oslo|now", "O O B-LOC O"), pos_tags=[["a", "b"]] * 6 + [list("abcd")])
    assert found(data) == [(6, "empty token", True)]
    fixed = repaired(data, check(data), find_columns(data))
    assert fixed[6] == {
        "tokens": ["to", "Oslo", "now"],
        "ner_tags": ["O", "B-LOC", "O"],
        "pos_tags": ["a", "c", "d"],
    }


def test_a_column_that_is_as_long_as_the_words_by_chance_is_not_cut():
    data = rows(*IOB2, ("to||Oslo|now", "O O B-LOC O"))
    data = data.add_column("topics", [["a"], ["b", "c"]] * 3 + [["a", "b", "c", "d"]])
    fixed = repaired(data, check(data), find_columns(data))
    assert fixed[6]["tokens"] == ["to", "Oslo", "now"]
    assert fixed[6]["topics"] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("head", [[2, 0]] * 6 + [[3, 3, 0, 3]]),
        (
            "ner",
            [[{"start_token": 1, "end_token": 2, "label": "LOC"}]] * 6
            + [[{"start_token": 2, "end_token": 3, "label": "LOC"}]],
        ),
        ("num_tokens", [2] * 6 + [4]),
        ("subject_index", [0] * 6 + [2]),
    ],
)
def test_no_token_is_removed_where_a_column_counts_tokens(name, values):
    data = rows(*IOB2, ("to||Oslo|now", "O O B-LOC O")).add_column(name, values)
    problems = [problem for problem in check(data) if problem.kind == "empty token"]
    assert [problem.fix for problem in problems] == [None]
    assert f"column '{name}' counts tokens" in problems[0].message
    assert repaired(data, problems, find_columns(data))[6] == data[6]


def test_no_token_is_removed_where_a_column_is_shorter():
    data = Dataset.from_dict({"tokens": [["to", "", "Oslo"]], "pos_tags": [["A", "B"]]})
    assert found(data) == [(0, "length", False), (0, "empty token", False)]


@pytest.mark.parametrize("tags", ["B-PER I-PER I-PER", "O B-PER O", "B-PER O B-PER"])
def test_an_empty_token_in_or_between_mentions_is_left(tags):
    data = rows(*IOB2, ("Bo| |Wu", tags))
    assert (6, "empty token", False) in found(data)


def test_a_token_of_two_words():
    assert found(rows(*IOB2, ("New York|is", "B-LOC O"))) == [(6, "blank in token", False)]


@pytest.mark.parametrize("tag", ["PER", "b-PER", "X-PER", "0"])
def test_unknown_tags(tag):
    assert found(rows(*IOB2, ("Bo", tag))) == [(6, "unknown tag", False)]


def test_numbers_without_a_name():
    data = rows(*IOB2, names=["O", "B-LOC", "B-PER", "I-PER"]).to_list()
    features = rows(*IOB2, names=["O", "B-LOC", "B-PER", "I-PER"]).features
    data[1]["ner_tags"] = [9, -1]
    table = Dataset.from_list(data).cast_column("ner_tags", List(Value("int64")))
    table = Dataset(table.data.table.replace_schema_metadata(None), info=None)
    assert found(table)[0][1] == "unknown tag"
    with pytest.raises(ValueError, match="9"):
        Dataset.from_list(data, features=features)


def test_blanks_around_a_tag_are_no_guess():
    columns = rows(*IOB2).to_dict()
    columns["ner_tags"][0] = ["O", " B-LOC"]
    data = Dataset.from_dict(columns)
    assert found(data) == [(0, "unknown tag", True)]
    assert repaired(data, check(data), find_columns(data))["ner_tags"][0] == ["O", "B-LOC"]


def test_one_row_of_another_scheme():
    data = rows(*IOBES, ("Bo", "S-PER"), ("Wu", "U-PER"))
    assert found(data) == [(3, "mixed schemes", False)]


def test_rows_that_stand_twice():
    data = rows(*IOB2, ("in Rome", "O B-LOC"), ("in Rome", "O O"))
    assert found(data) == [(6, "duplicate", True), (7, "contradiction", False)]
    fixed = repaired(data, check(data), find_columns(data))
    assert len(fixed) == 7 and fixed["tokens"][6] == ["in", "Rome"]


def test_rows_of_the_test_split():
    data, test = rows(*IOB2), rows(("Ann 3", "O O"))
    assert found(data, against=[test]) == [(4, "overlap", True)]
    fixed = repaired(data, check(data, [test]), find_columns(data))
    assert len(fixed) == 5 and check(fixed, [test]) == []


def test_the_test_split_is_read_in_the_same_column():
    renamed = {"tokens": "w", "ner_tags": "t"}
    data, test = rows(*IOB2).rename_columns(renamed), rows(("Ann 3", "O O"))
    columns = {"tokens_column": "w", "tags_column": "t"}
    for other in (test, test.rename_columns(renamed), test.rename_columns({"tokens": "w"})):
        assert found(data, against=[other], **columns) == [(4, "overlap", True)]
    # Two columns of words in the other split: the one of the same name counts.
    both = test.rename_columns(renamed).add_column("tokens", [["something", "else"]])
    assert found(data, against=[both], **columns) == [(4, "overlap", True)]


def test_text_cannot_be_compared_with_words():
    with pytest.raises(ValueError, match="cannot compare words in column 'tokens' with text"):
        check(rows(*IOB2), [Dataset.from_dict({"text": ["in Rome"]})])
    with pytest.raises(ValueError, match="cannot compare text in column 'text' with words"):
        check(Dataset.from_dict({"text": ["in Rome"]}), [rows(*IOB2)])


def test_a_mention_of_several_types():
    data = rows(*IOB2, ("Rome won", "B-ORG O"), ("to Rome", "O B-LOC"))
    assert found(data) == [(6, "several types", False)]
    assert "'Rome' is ORG here (in all rows: LOC ×2, ORG ×1)" in check(data)[0].message
    assert found(data, ignore=["several types"]) == []
    with pytest.raises(ValueError, match="'typo' is not a kind of problem"):
        check(data, ignore=["typo"])


def test_texts():
    features = Features({"text": Value("string"), "label": ClassLabel(names=["neg", "pos"])})
    data = Dataset.from_dict(
        {"text": ["Good.", " ", "Good.", "Good.", None], "label": [1, 0, 1, 0, 0]}, features
    )
    assert found(data) == [
        (1, "empty token", False),
        (2, "duplicate", True),
        (3, "contradiction", False),
        (4, "missing", False),
    ]


def test_parts_of_speech_have_no_mentions():
    data = Dataset.from_dict({"tokens": [["a", "b"]], "tags": [["DT", "NN"]]})
    assert found(data) == []


def test_columns_are_found_or_named():
    with pytest.raises(ValueError, match="cannot tell which column .*'x'"):
        check(Dataset.from_dict({"x": [1]}))
    with pytest.raises(ValueError, match="there is no column 'y'"):
        check(Dataset.from_dict({"x": [1]}), tokens_column="y")


def test_stale_offsets_that_others_made():
    rows = {
        "text": ["Ann saw Rome", "in Oslo", "of  Bonn", "at Cork"],
        "entities": [
            [{"start": 8, "end": 12, "label": "LOC", "text": "Rome"}],
            [{"start": 2, "end": 6, "label": "LOC", "text": "Oslo"}],
            [{"start": 2, "end": 4, "label": "LOC", "text": None}],
            [{"start": 3, "end": 8, "label": "LOC", "text": "Cork"}],
        ],
    }
    problems = check(Dataset.from_dict(rows))
    assert [(p.row, p.kind, p.fix) for p in problems] == [
        (i, "stale span", None) for i in (1, 2, 3)
    ]
    assert "entry 0 (2:6) covers ' Osl', but its text is 'Oslo'" in problems[0].message
    assert "covers no word" in problems[1].message
    assert "lies outside the 7 characters" in problems[2].message


def test_the_same_text_with_other_spans_is_a_contradiction():
    spans = [[{"start": 0, "end": 3, "label": label}] for label in ("PER", "LOC", "PER")]
    data = Dataset.from_dict({"text": ["Ann sat"] * 3, "entities": spans})
    assert found(data) == [(1, "contradiction", False), (2, "duplicate", True)]


@pytest.mark.parametrize("scheme", ["IOE2", "BMES", "BMEWO", "IOB2"])
def test_every_scheme_is_checked(scheme):
    spans = [Span(0, 1, "PER"), Span(2, 5, "LOC"), Span(5, 6, "LOC")]
    tags = from_spans(spans, 7, scheme)
    data = Dataset.from_dict({"tokens": [list("abcdefg")] * 2, "ner_tags": [tags, ["O"] * 7]})
    assert [p for p in found(data) if p[1] != "contradiction"] == []


@pytest.mark.parametrize("name", ["verdict", "intent_id", "label"])
def test_rows_with_other_labels_are_never_duplicates(name):
    data = Dataset.from_dict({"text": ["Good film .", "Good film ."], name: ["pos", "neg"]})
    assert found(data) == [(1, "contradiction", False)]
    numbers = Dataset.from_dict({"text": ["Good film .", "Good film ."], name: [3, 7]})
    assert found(numbers) == [(1, "contradiction", False)]


def test_a_label_with_a_usual_name_comes_before_others():
    data = Dataset.from_dict({"text": ["a"], "source": ["x"], "sentiment": ["pos"], "y": [1]})
    columns = find_columns(data)
    assert columns.tags == "sentiment" and columns.labels == ("source", "sentiment", "y")


BRIDGE = "Ada built the bridge in 1931."
TAGGED = {"tokens": [["Ann", "met", "Bob"]] * 2, "ner_tags": [["B-PER", "O", "B-PER"]] * 2}


@pytest.mark.parametrize(
    "rows",
    [
        {"sentence": [BRIDGE] * 2, "question": ["Who?", "How long?"], "label": ["no", "no"]},
        {"sentence": [BRIDGE] * 2, "question": ["Who?", "How long?"], "label": ["yes", "no"]},
        {"text": ["Good food, bad service."] * 2, "aspect": ["food", "service"],
         "polarity": ["positive", "negative"]},
        {"text": ["Good food, good staff."] * 2, "target": ["food", "staff"], "label": [1, 1]},
        {"context": [BRIDGE] * 2, "question": ["Who?", "When?"], "id": ["a", "b"],
         "answers": [{"text": ["Ada"], "answer_start": [0]},
                     {"text": ["1931"], "answer_start": [24]}]},
        TAGGED | {"obj_start": [0, 2], "relation": ["none", "none"]},
        TAGGED | {"predicate": [[0, 1, 0], [1, 0, 0]]},
        TAGGED | {"clusters": [[[0, 2]], []]},
        TAGGED | {"relations": [[{"head": 0, "tail": 1, "label": "met"}], []]},
        TAGGED | {"text": ["Ann met Bob", "Ann  met Bob"]},
        TAGGED | {"user_id": [1, 2]},
    ],
)  # fmt: skip
def test_rows_that_differ_in_more_than_labels_are_no_repeats(rows):
    data = Dataset.from_dict(rows)
    assert found(data) == []
    assert repaired(data, check(data), find_columns(data)).to_dict() == data.to_dict()


@pytest.mark.parametrize(
    "more",
    [
        {"id": [f"a{i}" for i in range(12)]},
        {"tweet_id": list(range(12))},
        {"__index_level_0__": list(range(12))},
        {"made_by": ["original", *["NoiseInjection"] * 11]},
        {"label_source": ["given"] * 6 + ["self-training"] * 6, "label_weight": [1.0, 0.5] * 6},
    ],
)
def test_identifiers_and_what_textaug_writes_do_not_tell_duplicates_apart(more):
    data = Dataset.from_dict({"text": [BRIDGE] * 12, "label": ["a"] * 12, **more})
    assert found(data) == [(row, "duplicate", True) for row in range(1, 12)]


def test_where_a_row_is_from_does_not_explain_another_label():
    rows = {"text": [BRIDGE] * 3, "label": ["a", "b", "b"], "url": ["x", "y", "z"]}
    assert found(Dataset.from_dict(rows)) == [(i, "contradiction", False) for i in (1, 2)]


def test_a_row_is_compared_with_all_earlier_rows():
    rows = {"text": [BRIDGE] * 4, "question": ["Who?", "When?"] * 2, "label": ["a", "b", "a", "c"]}
    problems = check(Dataset.from_dict(rows))
    assert [(p.row, p.kind) for p in problems] == [(2, "duplicate"), (3, "contradiction")]
    assert "row 0" in problems[0].message and "row 1" in problems[1].message


def in_text(text, *offsets):
    spans = [[{"start": start, "end": end, "label": "X"} for start, end in offsets]]
    return Dataset.from_dict({"text": [text], "entities": spans})


@pytest.mark.parametrize(
    ("text", "offsets", "message"),
    [
        ("Ann Lee left Rome", (1, 8), "covers 'nn Lee ' and begins inside the word 'Ann'"),
        ("Ann Lee left Rome", (0, 6), "covers 'Ann Le' and ends inside the word 'Lee'"),
        ("in 1931", (3, 6), "covers '193' and ends inside the word '1931'"),
        ("cafe\u0301 Wu", (0, 4), "ends inside the word"),
        ("в Москве", (2, 7), "covers 'Москв' and ends inside the word 'Москве'"),
    ],
)
def test_offsets_inside_a_word(text, offsets, message):
    (problem,) = check(in_text(text, offsets))
    assert (problem.row, problem.kind, problem.fix) == (0, "cut word", None)
    assert message in problem.message


@pytest.mark.parametrize(
    ("text", "offsets"),
    [
        ("a New York-based firm", (2, 10)),
        ("5kg of it", (0, 1)),
        ("the #NewYork tag", (5, 8)),
        ("Rome's mayor", (0, 4)),
        ("我爱北京", (2, 4)),
        ("서울에서", (0, 2)),
        (" Ann sat", (0, 4)),
    ],
)
def test_offsets_between_words_or_parts_of_them(text, offsets):
    assert found(in_text(text, offsets)) == []


def test_offsets_of_characters_beside_words():
    words = {"tokens": [["Ann", "Lee", "sat"]], "text": ["Ann Lee  sat"]}
    for offsets, kinds in (((0, 7), []), ((0, 6), ["cut word"]), ((8, 13), ["stale span"])):
        spans = [[{"start": offsets[0], "end": offsets[1], "label": "PER"}]]
        data = Dataset.from_dict({**words, "entities": spans})
        assert [problem.kind for problem in check(data)] == kinds
