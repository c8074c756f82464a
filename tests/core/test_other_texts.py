"""What another column says of a name holds no longer where the name is replaced."""

import pytest
from datasets import Dataset

from textaug import (
    Compose,
    LabelWiseReplacement,
    MentionReplacement,
    NoiseInjection,
    SentenceJoining,
)

SWAP = MentionReplacement({"PER": ["Xavier"], "LOC": ["Graz"]}, p=1)
TAGGED = {"tokens": ["Ann", "saw", "Oslo"], "ner_tags": ["B-PER", "O", "B-LOC"]}
SPANS = {"text": "Where is Oslo?", "entities": [{"start": 9, "end": 13, "label": "LOC"}]}


def swapped(row, augmenter=SWAP):
    made = Dataset.from_list([row] * 2).map(augmenter, batched=True)[0]
    return {name: made[name] for name in row} != row


@pytest.mark.parametrize(
    ("row", "beside"),
    [
        (TAGGED, {"summary": "Ann was there."}),
        (TAGGED, {"hypothesis": "Someone saw Oslo", "label": 1}),
        (SPANS, {"de": "Wo liegt Oslo?"}),
        (SPANS, {"sql": "select land from towns where name = 'Oslo'"}),
        (SPANS, {"choices": ["Rome", "Oslo", "none"]}),
        (SPANS, {"meta": {"note": "of Oslo"}}),
        (SPANS, {"url": "https://example.org/Oslo"}),
    ],
)
def test_a_name_that_another_column_has_too_stays(row, beside):
    assert not swapped(row | beside)
    assert swapped(row)
    augmenter = MentionReplacement(SWAP.pools, p=1, roles=dict.fromkeys(beside, "keep"))
    assert swapped(row | beside, augmenter)


def test_the_reason_is_counted_and_told_once(caplog):
    augmenter = MentionReplacement(SWAP.pools, p=1)
    row = TAGGED | {"told_once": "Ann was there."}
    rows = augmenter.expand(3, keep_original=False)({k: [v] * 4 for k, v in row.items()})
    assert rows["tokens"] == []
    assert augmenter.counts["rejected: column 'told_once' has a name that was replaced"] == 12
    assert caplog.text.count("roles={'told_once': 'keep'}") == 1


@pytest.mark.parametrize(
    "augmenter",
    [
        Compose([NoiseInjection(), SWAP]),
        SWAP.where(lambda old, new: [True] * len(new)),
        LabelWiseReplacement({"PER first": {"Bo": 1}}, p=1, target="all"),
    ],
)
def test_compositions_and_words_of_other_rows_too(augmenter):
    assert swapped(TAGGED, augmenter)
    assert not swapped(TAGGED | {"summary": "Oslo was seen by Ann"}, augmenter)


def test_other_words_of_the_sentence_may_change():
    noise = NoiseInjection(p=1.0)
    assert swapped(TAGGED | {"summary": "Oslo was seen by Ann"}, noise)
    join = SentenceJoining([(("Bo", "ran"), ((0, 1, "PER"),))], p=1.0)
    assert swapped(TAGGED | {"summary": "Oslo was seen by Ann"}, join)
