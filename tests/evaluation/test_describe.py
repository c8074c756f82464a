"""What new data are like."""

import pytest
from datasets import Dataset
from support.augmenters import tiny_tagger

from textaug import Example, MentionReplacement, NoiseInjection, describe, expand
from textaug.core.tag_schemes import from_spans
from textaug.models import tagger

ROWS = {
    "tokens": [["Ann", "sat", "."], ["Bo", "ran", "."], ["It", "rained", "."]],
    "ner_tags": [["B-PER", "O", "O"], ["B-PER", "O", "O"], ["O", "O", "O"]],
}


@pytest.fixture
def data():
    return Dataset.from_dict(ROWS)


def test_only_what_is_new_is_described(data):
    swap = MentionReplacement({"PER": ["Cy Lee"]}, p=1.0)
    found = describe(data, expand(data, swap))
    assert (found.before.sentences, found.after.sentences) == (3, 2)
    assert found.after.words == 8 and found.after.length == 4
    assert found.new_mentions == 1.0 and found.after.mentions == {"PER": 2}
    assert describe(data, data.map(swap, load_from_cache_file=False)) == found


def test_measures_by_hand(data):
    before = describe(data, data).before
    assert before.distinct_1 == 7 / 9 and before.distinct_2 == 6 / 6
    assert before.mentions == {"PER": 2}
    same = Dataset.from_dict({"text": ["the cat sat on the mat"] * 4})
    other = Dataset.from_dict({"text": ["one two three four five", "six seven eight nine ten"]})
    found = describe(other, same)
    assert found.after.self_bleu == pytest.approx(1.0)
    assert found.before.self_bleu < 0.1
    assert found.new_mentions is None


def test_nothing_new(data):
    found = describe(data, data, tiny_tagger())
    assert found.after.sentences == 0 and found.new_mentions is None and found.affinity is None
    assert "| sentences | 3 | 0 |" in str(found)


def test_the_teacher_is_asked_where_there_is_one(corpus):
    short = [words for words in corpus["tokens"] if len(words) < 15]
    found = tagger.load_tagger(tiny_tagger()).spans([Example(tuple(words)) for words in short])
    tags = [
        from_spans(spans, len(words), "IOB2") for spans, words in zip(found, short, strict=True)
    ]
    data = Dataset.from_dict({"tokens": short, "ner_tags": tags})
    bigger = expand(data, NoiseInjection(p=0.5, target="all"))
    figures = describe(data, bigger, tiny_tagger())
    assert figures.before.agreement == figures.before.teacher_f1 == 1.0
    assert figures.after.agreement < 1 and figures.affinity == figures.after.teacher_f1 < 1
    assert describe(data, bigger).affinity is None


def test_it_prints_as_a_table(corpus):
    found = describe(corpus, expand(corpus, NoiseInjection()), tiny_tagger())
    lines = str(found).splitlines()
    assert lines[:2] == ["| | before | new |", "|:--|--:|--:|"]
    assert {line.count("|") for line in lines} == {4}
    assert repr(found) == str(found) == found._repr_markdown_()
    for name in ("self-BLEU", "PER mentions", "new mentions", "teacher agrees", "affinity"):
        assert name in str(found)
