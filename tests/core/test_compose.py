"""Several augmenters as one: order, outcomes, and annotations through all steps."""

import numpy as np
import pytest

from textaug import (
    Augmenter,
    Compose,
    Edit,
    NoiseInjection,
    OneOf,
    Rejected,
    SegmentShuffle,
    SomeOf,
)


class Append(Augmenter):
    """Puts a word behind the sentence."""

    def __init__(self, word, **settings):
        self.word = word
        super().__init__(**settings)

    def edits(self, example, rng):
        end = len(example.tokens)
        return [Edit(end, end, (self.word,))]


class Careful(Append):
    """Reaches its result in a way that is counted by itself."""

    def transform(self, examples, rngs):
        results = super().transform(examples, rngs)
        return [result._replace(outcome="changed with care") for result in results]


class Never(Augmenter):
    def transform(self, examples, rngs):
        return [Rejected("never")] * len(examples)


def test_steps_come_in_their_order():
    steps = [Append("one"), Append("two"), Append("three")]
    assert Compose(steps)("so") == "so one two three"
    for seed in range(20):
        assert SomeOf(steps, k=3, seed=seed)("so") == "so one two three"
        made = SomeOf(steps, k=2, seed=seed)("so")
        assert made in ("so one two", "so one three", "so two three")
        assert OneOf(steps, seed=seed)("so") in ("so one", "so two", "so three")


def test_the_outcome_of_the_last_step_is_counted():
    both = Compose([Append("one"), Careful("two")])
    assert both("so") == "so one two" and both.counts == {"changed with care": 1}
    first = Compose([Careful("one"), NoiseInjection(p=0.0)])
    assert first("so") == "so one" and first.counts == {"changed with care": 1}


def test_what_one_step_rejects_is_rejected():
    both = Compose([Append("one"), Never(), Append("two")])
    assert both("so") == "so" and both.counts == {"rejected: never": 1}


def test_a_step_that_loses_a_result_is_an_error():
    class Loses(Augmenter):
        handles_nested = True

        def transform(self, examples, rngs):
            return []

    for both in (Compose([Append("one"), Loses()]), Loses()):
        with pytest.raises(ValueError, match="Loses.transform returned 0 results for 1 examples"):
            both("so")


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ([], "given 1 pairs and returned 0 values"),
        ([True, True], "given 1 pairs and returned 2 values"),
        (True, "returned True"),
        (None, "returned None"),
        ({0: True}, "returned {0: True}"),
        ([0.3], "compare a score with a threshold"),
        (["no"], "returned 'no'"),
        ([None], "returned None"),
    ],
)
def test_a_filter_must_say_true_or_false_for_each_pair(answer, problem):
    with pytest.raises(ValueError, match=f"the filter <lambda>.*{problem}"):
        Append("one").where(lambda *_: answer)("so")


def test_a_filter_may_answer_with_an_array():
    for answer in (np.array([True]), [np.True_], (True,)):
        assert Append("one").where(lambda *_, a=answer: a)("so") == "so one"
    assert Append("one").where(lambda *_: np.array([False]))("so") == "so"


MOVING = {
    "drop": NoiseInjection(p=0.3, operations=["drop"]),
    "swap": NoiseInjection(p=0.4, operations=["swap_words"]),
    "shuffle": SegmentShuffle(p=0.8),
    "append": Append("end"),
}


@pytest.mark.parametrize("first", MOVING)
@pytest.mark.parametrize("second", MOVING)
def test_every_column_follows_through_two_steps(first, second):
    """No two words are equal, so each one tells where it came from."""
    words = [
        "over",
        "there",
        "he",
        "met",
        "old",
        "Ann",
        "Lee",
        "again",
        "today",
        "near",
        "big",
        "Rome",
    ]
    tags = ["O"] * 12
    tags[5:7], tags[11] = ["B-PER", "I-PER"], "B-LOC"
    row = {
        "tokens": words,
        "ner_tags": tags,
        "pos_tags": list(range(12)),
        "lemmas": words,
        "head": [0, *[6] * 11],
        "entities": [
            {"start_token": 5, "end_token": 7, "label": "PER"},
            {"start_token": 4, "end_token": 7, "label": "PHRASE"},
        ],
        "id": 7,
    }
    roles = {"entities": "token_spans"}
    both = Compose([MOVING[first], MOVING[second]], roles=roles, scheme="IOB2", seed=2)
    made = both.expand(6, keep_original=False)({name: [value] for name, value in row.items()})
    assert first == second == "append" or len(made["tokens"]) > 1
    for i, tokens in enumerate(made["tokens"]):
        new = {name: column[i] for name, column in made.items()}
        origins = [words.index(token) if token in words else None for token in tokens]
        assert new["pos_tags"] == [-1 if o is None else o for o in origins]
        assert new["lemmas"] == [None if o is None else words[o] for o in origins]
        assert new["ner_tags"] == ["O" if o is None else tags[o] for o in origins]
        heads = {None: -1, 0: 0}
        assert new["head"] == [heads.get(o, tokens.index("Ann") + 1) for o in origins]
        found = [tokens[e["start_token"] : e["end_token"]] for e in new["entities"]]
        assert found == [["Ann", "Lee"], ["old", "Ann", "Lee"]]
        assert new["id"] == 7


def test_untraced_results_keep_the_first_step():
    first = Compose([Append("one"), NoiseInjection(p=0.0)], provenance_column="by")
    assert first({"tokens": ["so"], "by": "me"}) == {"tokens": ["so", "one"], "by": "Append"}


def test_copies_of_two_text_columns_stay_apart():
    rows = {"q": ["one two three four", "red green blue"], "a": ["cat dog cow hen", "oak elm ash"]}
    drop = NoiseInjection(p=0.5, operations=["drop"], text_column=["q", "a"], seed=1)
    for function in (drop.expand(3), drop.expand(lambda row: 3)):
        made = function(rows)
        assert len(made["q"]) > 4
        for q, a in zip(made["q"], made["a"], strict=True):
            row = next(i for i in (0, 1) if set(q.split()) <= set(rows["q"][i].split()))
            assert set(a.split()) <= set(rows["a"][row].split())
