"""``augmenter.where(filter, …)``: results that a filter rejects are resampled."""

import logging

import pytest

import textaug
from textaug import (
    Augmenter,
    Edit,
    Example,
    NoiseInjection,
    Novelty,
    Rejected,
)
from textaug.core.filter import Filter


class Count(Augmenter):
    """Puts a number before the sentence, another one at each try."""

    def edits(self, example, rng):
        return [Edit(0, 0, (str(int(100 * rng.random())),))]


class Even:
    """Keeps even numbers; remembers what it was asked."""

    def __init__(self):
        self.asked = []

    def __call__(self, before, after):
        self.asked.append(len(after))
        assert all(
            len(new.tokens) == len(old.tokens) + 1 for old, new in zip(before, after, strict=True)
        )
        return [int(new.tokens[0]) % 2 == 0 for new in after]


def nothing(before, after):
    return [False] * len(after)


def sentences(n=40):
    return [Example(("sentence", str(i))) for i in range(n)]


def test_what_a_filter_rejects_is_resampled():
    keep = Even()
    augment = Count(seed=1).where(keep, tries=3)
    results = augment.run(sentences(), [0] * 40)
    good = [r for r in results if not isinstance(r, Rejected)]
    assert all(int(r.example.tokens[0]) % 2 == 0 for r in good)
    assert keep.asked[0] == 40 > keep.asked[1] > keep.asked[2], "those that wait go together"
    assert augment.counts.total() == 40
    assert set(augment.counts) == {
        "changed",
        "changed at try 2",
        "changed at try 3",
        "rejected: filtered out by Even",
    }
    assert augment.counts["changed"] == 40 - keep.asked[1]


def test_more_tries_change_nothing_that_had_passed():
    once = Count().where(Even(), tries=1).run(sentences(), [0] * 40)
    often = Count().where(Even(), tries=5).run(sentences(), [0] * 40)
    for one, other in zip(once, often, strict=True):
        assert isinstance(one, Rejected) or one == other
    assert sum(isinstance(r, Rejected) for r in often) < sum(isinstance(r, Rejected) for r in once)


def test_filters_follow_one_another():
    keep = Even()

    def small(before, after):
        return [int(new.tokens[0]) < 50 for new in after]

    augment = Count().where(small, keep)
    results = augment.run(sentences(), [0] * 40)
    numbers = [int(r.example.tokens[0]) for r in results if not isinstance(r, Rejected)]
    assert numbers and all(n % 2 == 0 and n < 50 for n in numbers)
    assert keep.asked[0] < 40, "asked about small ones only"
    assert augment.counts["rejected: filtered out by small"]
    assert augment.counts["rejected: filtered out by Even"]
    assert augment.counts.total() == 40


def test_what_the_augmenter_rejects_or_leaves_is_not_tried_again():
    class Picky(Count):
        def transform(self, examples, rngs):
            return [
                Rejected("odd length") if len(e.tokens) % 2 else r
                for e, r in zip(examples, super().transform(examples, rngs), strict=True)
            ]

        def edits(self, example, rng):
            return [] if "stay" in example.tokens else super().edits(example, rng)

    augment = Picky().where(nothing)
    augment.run([Example(("a",)), Example(("stay", "here")), Example(("a", "b"))], [0, 0, 0])
    assert augment.counts == {
        "rejected: odd length": 1,
        "unchanged": 1,
        "rejected: filtered out by nothing": 1,
    }


def test_where_all_is_filtered_out_the_rows_stay_and_it_is_said(corpus, caplog):
    augment = NoiseInjection(seed=2, provenance_column="by").where(nothing)
    with caplog.at_level(logging.WARNING, logger="textaug"):
        bigger = textaug.expand(corpus, augment, copies=2)
    assert bigger["tokens"] == corpus["tokens"] and set(bigger["by"]) == {"original"}
    assert "Filtered: 120 of 120 copies left out" in caplog.text
    assert "rejected: filtered out by nothing" in caplog.text


def test_where_keeps_the_settings():
    noise = NoiseInjection(seed=3, text_column="headline", provenance_column="by")
    augment = noise.where(Novelty())
    assert (augment.seed, augment.text_column, augment.provenance_column) == (3, "headline", "by")
    after = augment({"headline": "Shares fell sharply on Friday."})
    assert after["by"] == "NoiseInjection"


def test_tries_and_filters_are_checked():
    with pytest.raises(ValueError, match="tries=0: must be at least 1"):
        NoiseInjection().where(nothing, tries=0)
    with pytest.raises(ValueError, match="filters is empty: give at least one"):
        NoiseInjection().where(tries=3)


def test_nested_mentions_are_filtered_too():
    row = {
        "text": "Ann left the New York Times building quickly",
        "entities": [
            {"start": 13, "end": 21, "label": "LOC"},
            {"start": 13, "end": 27, "label": "ORG"},
        ],
    }
    noise = NoiseInjection(p=0.5, target="all", seed=2)
    seen = []

    def keep(before, after):
        seen.extend(example.is_nested for example in before)
        return [True] * len(after)

    assert noise.where(keep)(row) != row
    assert seen == [True], "both mentions are there"


def test_workers_are_told_to_augmenter_and_filters():
    class Asked(Filter):
        def __call__(self, before, after):
            return [True] * len(after)

    asked = Asked()
    augment = NoiseInjection().where(asked, nothing)
    augment.use_rank(3)
    assert (augment.rank, augment.augmenter.rank, asked.rank) == (3, 3, 3)
    both = textaug.Compose([NoiseInjection(), textaug.OneOf([NoiseInjection()])])
    both.expand(2)({"text": ["so it is"]}, 2)
    assert [both.rank, both.augmenters[0].rank, both.augmenters[1].augmenters[0].rank] == [2] * 3
    both({"text": "so it is"}, 1)
    assert both.augmenters[0].rank == 1
    both({"text": "so it is"})
    assert both.augmenters[0].rank == 1
