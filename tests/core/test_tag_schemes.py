"""Tag schemes: read as seqeval reads them, written back as they came."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics.sequence_labeling import get_entities

from textaug.core.example import Span
from textaug.core.tag_schemes import detect, family, follow, from_spans, to_spans

SPAN_SCHEMES = ("IOB1", "IOB2", "IOBES", "BILOU")


@st.composite
def sentences(draw):
    """Mentions in a sentence: some adjacent, some alike."""
    spans, at = [], 0
    for _ in range(draw(st.integers(0, 5))):
        start = at + draw(st.integers(0, 2))
        end = start + draw(st.integers(1, 3))
        spans.append(Span(start, end, draw(st.sampled_from(["PER", "LOC", "B-side"]))))
        at = end
    return tuple(spans), at + draw(st.integers(0, 2))


@pytest.mark.parametrize("scheme", SPAN_SCHEMES)
@given(sentence=sentences())
def test_spans_survive_every_scheme(scheme, sentence):
    spans, length = sentence
    tags = from_spans(spans, length, scheme)
    assert len(tags) == length
    assert to_spans(tags) == spans


@given(tags=st.lists(st.sampled_from(["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]), max_size=12))
def test_damaged_iob_is_read_as_seqeval_reads_it(tags):
    assert [(s.label, s.start, s.end - 1) for s in to_spans(tags)] == get_entities(tags)


@given(
    tags=st.lists(
        st.sampled_from(["O", *(f"{p}-{t}" for p in "BIES" for t in ("PER", "LOC"))]), max_size=12
    )
)
def test_damaged_iobes_is_read_as_seqeval_reads_it(tags):
    assert [(s.label, s.start, s.end - 1) for s in to_spans(tags)] == get_entities(tags)


@given(sentence=sentences())
def test_bilou_is_iobes_with_other_letters(sentence):
    spans, length = sentence
    swap = {"S": "U", "E": "L"}
    iobes = from_spans(spans, length, "IOBES")
    assert from_spans(spans, length, "BILOU") == [swap.get(t[0], t[0]) + t[1:] for t in iobes]


@pytest.mark.parametrize(
    ("tags", "scheme"),
    [
        (["O", "O"], "open"),
        (["I-PER", "I-PER", "B-PER"], "IOB1"),
        (["B-PER", "I-PER", "B-PER"], "IOB2"),
        (["I-PER", "O", "B-LOC"], "IOB2"),  # damaged IOB2: IOB1 has no such B-
        (["S-PER", "O"], "IOBES"),
        (["U-PER", "O"], "BILOU"),
        (["NN", "VBZ"], "plain"),
    ],
)
def test_scheme_is_read_from_the_tags(tags, scheme):
    assert str(detect(tags)) == scheme


@pytest.mark.parametrize(
    ("scheme", "same", "other"),
    [("IOB1", ["I-PER", "B-PER"], ["I-PER", "I-LOC"]),
     ("IOE1", ["E-PER", "I-PER"], ["I-PER", "I-LOC"])],
)  # fmt: skip
def test_only_mentions_of_one_type_are_kept_apart(scheme, same, other):
    assert from_spans([Span(0, 1, "PER"), Span(1, 2, "PER")], 2, scheme) == same
    assert from_spans([Span(0, 1, "PER"), Span(1, 2, "LOC")], 2, scheme) == other


def test_names_of_two_schemes_are_an_error():
    with pytest.raises(ValueError, match=r"do not belong to one tag scheme.*L-PER"):
        family(("O", "B-PER", "S-PER", "L-PER"))
    with pytest.raises(ValueError, match="PER"):
        detect(["O", "B-LOC", "PER"])


def test_chunks_follow_their_words():
    chunks = ["B-NP", "I-NP", "I-NP", "B-VP", "O"]
    # The first word went, one was inserted, two changed places.
    assert follow(chunks, (1, None, 2, 4, 3), "IOB2") == ["B-NP", None, "I-NP", "O", "B-VP"]
    assert follow(["I-NP", "O", "I-NP"], (0, 2), "IOB1") == ["I-NP", "B-NP"]
    assert follow(["NN", "VB"], (1, None, 0), "plain") == ["VB", None, "NN"]
