"""The promise as a table of tests: every annotation follows its words, or the copy is left out.

Each form of annotation is drawn at random (nested, overlapping, equal, touching, inside words,
around emoji and combining marks) and goes through every augmenter and some compositions. The judge
shares no code with the library: it reads offsets as people do, with slices.

    pytest tests/contract/test_annotations.py --hypothesis-profile=long -n 2
"""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.augmenters import (
    AUGMENTERS,
    DROPS_MENTIONS,
    KEEPS_MENTIONS,
    REWRITES,
    pools,
    sentences,
)
from support.fuzzing import share

import textaug

NAMES = sorted(AUGMENTERS)
PAIRS = {
    "joined and noisy": lambda **s: textaug.Compose(
        [textaug.SentenceJoining(sentences()), textaug.NoiseInjection(p=0.3)], **s
    ),
    "swapped, dropped and shuffled": lambda **s: textaug.Compose(
        [
            textaug.NoiseInjection(operations=["drop", "swap_words"], p=0.3),
            textaug.SegmentShuffle(p=0.5),
            textaug.MentionReplacement(pools(), p=0.5),
        ],
        **s,
    ),
}
MAKERS = {**AUGMENTERS, **PAIRS}
EVERY = pytest.mark.parametrize("name", [*NAMES, *PAIRS])


_WORDS = """
the old man walked slowly to big house . , ( ) " 's said new company won again 3-1 Ann Lee New York
EU U.S. don't well-known e\u0301te\u0301 👩\u200d👩\u200d👧 🔥 नमस्ते שלום 東京 @ann [id] {x} $5
"""
WORDS = _WORDS.split()
TARGETS = st.sampled_from(["context", "all"])
GAPS = ("", " ", " ", " ", "  ", "\n", "\t ")
TYPES = ("PER", "LOC", "ORG", "Spanish flu")


@st.composite
def texts(draw, alphabet=WORDS):
    """A text of words with white space of several kinds around them."""
    words = draw(st.lists(st.sampled_from(alphabet), min_size=1, max_size=9))
    gaps = [draw(st.sampled_from(GAPS)) for _ in words]
    return "".join(gap + word for gap, word in zip(gaps, words, strict=True)).strip() or "x"


@st.composite
def spans(draw, length, most=4):
    """Pairs of offsets, in any relation to each other."""
    ends = st.tuples(st.integers(0, length), st.integers(0, length))
    drawn = draw(st.lists(ends.map(sorted).filter(lambda p: p[0] < p[1]), max_size=most))
    return [tuple(pair) for pair in drawn]


def copies_of(name, rows, target=None, **given):
    """The copies of each row: pairs of its number and a dict."""
    if target is not None:
        given["target"] = target
    columns = {**rows, "row": list(range(len(next(iter(rows.values())))))}
    roles = (*given.pop("roles", {}).items(), ("row", "keep"))
    new = made_with(name, tuple(given.items()), roles).expand(2, keep_original=False)(columns)
    lengths = {len(column) for column in new.values()}
    assert len(lengths) == 1
    for i in range(lengths.pop()):
        yield new["row"][i], {key: column[i] for key, column in new.items()}


@cache
def made_with(name, given, roles):
    return MAKERS[name](seed=5, roles=dict(roles), **dict(given))


FORMS = {
    "dicts": lambda found, text: [
        {"id": i, "start": a, "end": b, "label": k, "text": text[a:b]}
        for i, (a, b, k) in enumerate(found)
    ],
    "other keys": lambda found, text: [
        {"id": i, "start_offset": a, "end_offset": b, "type": k}
        for i, (a, b, k) in enumerate(found)
    ],
    "length": lambda found, text: [
        {"id": i, "offset": a, "length": b - a, "category": k} for i, (a, b, k) in enumerate(found)
    ],
    "lists": lambda found, text: [[a, b, k, i] for i, (a, b, k) in enumerate(found)],
    "dict of lists": lambda found, text: {
        "id": list(range(len(found))),
        "start": [a for a, _, _ in found],
        "end": [b for _, b, _ in found],
        "label": [k for _, _, k in found],
    },
}


def read_back(form, value):
    """Number, start, end and type of each entry."""
    if form == "lists":
        return [(rest[0] if rest else None, a, b, k) for a, b, k, *rest in value]
    if form == "dict of lists":
        keys = ("id", "start", "end", "label")
        return list(zip(*(value.get(key, []) for key in keys), strict=True))
    if form == "other keys":
        return [(e["id"], e["start_offset"], e["end_offset"], e["type"]) for e in value]
    if form == "length":
        return [(e["id"], e["offset"], e["offset"] + e["length"], e["category"]) for e in value]
    for entry in value:
        assert entry["text"] is not None
    return [(e["id"], e["start"], e["end"], e["label"]) for e in value]


def squeezed(text):
    return " ".join(text.split())


@EVERY
@share(1.0)
@given(data=st.data(), form=st.sampled_from(sorted(FORMS)), target=TARGETS)
def test_character_spans(name, data, form, target, ran):
    ran.append(1)
    text = data.draw(texts())
    pairs = data.draw(spans(len(text)))
    found = [(a, b, data.draw(st.sampled_from(TYPES))) for a, b in pairs]
    rows = {"text": [text], "entities": [FORMS[form](found, text)]}
    if form == "lists" and not found:
        return
    keeps = name in KEEPS_MENTIONS and target == "context"
    # Most of these cut words, and would be taken for shifted ones.
    given = {"roles": {"entities": "spans"}} if found else {}
    for _, new in copies_of(name, rows, None if name in REWRITES else target, **given):
        entries = read_back(form, new["entities"])
        known = [entry for entry in entries if entry[0] is not None]
        numbers = [number for number, *_ in known]
        assert len(set(numbers)) == len(numbers)
        for number, start, end, label in entries:
            assert 0 <= start < end <= len(new["text"])
            if number is None:
                continue
            assert label == found[number][2]
            if keeps:
                old = text[found[number][0] : found[number][1]]
                assert squeezed(new["text"][start:end]) == squeezed(old)
        if keeps:
            assert numbers == list(range(len(found)))
        if form == "dicts":
            for entry in new["entities"]:
                assert entry["text"] == new["text"][entry["start"] : entry["end"]]
        if name not in DROPS_MENTIONS:
            check_nesting(found, {entry[0]: entry[1:3] for entry in known})


def check_nesting(old, new):
    """What lay in another mention still does, and what touched no other still touches none."""
    for i in new:
        for j in new:
            (a, b, _), (c, d, _) = old[i], old[j]
            if c <= a and b <= d and (a, b) != (c, d):
                assert new[j][0] <= new[i][0] and new[i][1] <= new[j][1]
            if b <= c:
                assert new[i][1] <= new[j][0]


@EVERY
@share(0.5)
@given(data=st.data(), target=TARGETS)
def test_token_spans_heads_and_relations(name, data, target, ran):
    ran.append(1)
    tokens = data.draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9))
    found = [(a, b) for a, b in data.draw(spans(len(tokens)))]
    head = [data.draw(st.integers(0, len(tokens))) for _ in tokens]
    pairs = []
    if found:
        ends = st.integers(0, len(found) - 1)
        pairs = data.draw(st.lists(st.tuples(ends, ends), max_size=3))
    row = {
        "tokenized_text": tokens,
        "ner": [[a, b - 1, "PER"] for a, b in found],
        "head": head,
        "pos": [f"P{i}" for i in range(len(tokens))],
        "relations": [{"head": a, "tail": b, "type": "knows"} for a, b in pairs],
    }
    rows = {key: [value] for key, value in row.items()}
    roles = {"ner": "token_spans_inclusive", "relations": "relations"}
    keeps = name in KEEPS_MENTIONS and target == "context"
    rewrites = name in REWRITES
    for _, new in copies_of(name, rows, None if rewrites else target, roles=roles):
        words = new["tokenized_text"]
        assert len(new["head"]) == len(new["pos"]) == len(words)
        if keeps:
            old = [tokens[a:b] for a, b in found]
            assert [words[a : b + 1] for a, b, _ in new["ner"]] == old
        for a, b, *_ in new["ner"]:
            assert 0 <= a <= b < len(words)
        place = {pos: i for i, pos in enumerate(new["pos"]) if pos is not None}
        for i, pos in enumerate(new["pos"]):
            if pos is None:
                assert new["head"][i] == -1
                continue
            before = head[int(pos[1:])]
            assert new["head"][i] == (place[f"P{before - 1}"] + 1 if before else 0)
        for (a, b), pair in zip(pairs, new["relations"], strict=True):
            if keeps:
                assert words[new["ner"][pair["head"]][0]] == tokens[found[a][0]]
                assert words[new["ner"][pair["tail"]][0]] == tokens[found[b][0]]


@EVERY
@share(0.5)
@given(data=st.data(), target=TARGETS)
def test_answers(name, data, target, ran):
    ran.append(1)
    text = data.draw(texts())
    found = [p for p in data.draw(spans(len(text), 2)) if text[p[0] : p[1]].strip()]
    answers = {"text": [text[a:b] for a, b in found], "answer_start": [a for a, _ in found]}
    rows = {"context": [text], "question": ["who?"], "answers": [answers]}
    for _, new in copies_of(name, rows, None if name in REWRITES else target):
        assert new["question"] == "who?"
        both = zip(new["answers"]["text"], new["answers"]["answer_start"], strict=True)
        shown = [(answer, new["context"][a : a + len(answer)]) for answer, a in both]
        assert all(answer == covered for answer, covered in shown)
        assert len(shown) == len(found)
        if name in KEEPS_MENTIONS and target == "context":
            old = [squeezed(answer) for answer in answers["text"]]
            assert [squeezed(answer) for answer, _ in shown] == old


@EVERY
@share(0.5)
@given(data=st.data())
def test_labels_of_the_sentence(name, data, ran):
    ran.append(1)
    found = [data.draw(texts()) for _ in range(3)]
    rows = {"text": found, "label": [0, 1, 1], "topics": [["a"], ["b", "a"], ["a", "b"]]}
    for number, new in copies_of(name, rows):
        assert new["label"] == rows["label"][number]
        assert new["topics"] == rows["topics"][number]


@EVERY
@share(0.5)
@given(data=st.data())
def test_text_beside_the_words(name, data, ran):
    ran.append(1)
    tokens = data.draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9))
    text = tokens[0]
    for token in tokens[1:]:
        text += data.draw(st.sampled_from(["", " ", "  "])) + token
    start = len(text) - len(tokens[-1])
    row = {"tokens": tokens, "text": text, "length": len(text), "tags": ["O"] * len(tokens),
           "entities": [{"start_char": start, "end_char": len(text), "label": "PER"}]}  # fmt: skip
    roles = {"entities": "spans"}
    for _, new in copies_of(name, {k: [v] for k, v in row.items()}, roles=roles, scheme="IOB2"):
        assert "".join(new["text"].split()) == "".join(new["tokens"])
        assert new["length"] is None
        if name in KEEPS_MENTIONS:
            (entity, *_) = new["entities"]
            assert new["text"][entity["start_char"] : entity["end_char"]] == tokens[-1]
