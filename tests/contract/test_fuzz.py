"""Any input: no row is lost, no label moves, and what cannot be read is refused by row and column.

Two profiles of hypothesis (`conftest.py`): ``quick``, the default, and ``long``::

    pytest tests/contract/test_fuzz.py --hypothesis-profile=long

with more than 200,000 examples; the last lines of the output say how many there were. What comes
out is judged by a reader of tags that shares no code with the library (`judge.py`).
"""

import json
from functools import cache

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import marian
from support.augmenters import (
    ADDS_MENTIONS,
    AUGMENTERS,
    KEEPS_MENTIONS,
    REWRITES,
    model_folder,
    tiny_bert,
    types_fit,
)
from support.fuzzing import MANY, share
from support.judge import MARKS, mentions, names_of, surfaces, written

from textaug import AugmentingDataCollator, BackTranslation, Example
from textaug.translation.seq2seq import HFTranslator

ALL = pytest.mark.parametrize("name", AUGMENTERS)
REWRITE = {*REWRITES, "BackTranslation (Marian)"}  # mentions may change places
TYPES = ("PER", "LOC", "I-O", "人")
COLUMNS = {"tokens", "tags", "pos", "id"}
LONG = 10_000 if MANY > 1000 else 4_000


# Words and sentences

_WORDS = """
the a an of was old man walked slowly to big house The said new company won again und ein 3-1 1996
Ann New York EU U.S. . , ( ) " ' '' `` -LRB- $ % don't well-known http://x.y/z @ann #tag [MASK]
<s> </s> ##ing ▁ Ġ [UNK] =1+1 ../../etc/passwd <script> {source} \\N %s NaN null
e\u0301 \u0301 נמל\u05b0 שלום عربي \u202eabc \u2066x नमस्ते 한국어 \u1112\u1161\u11ab ไทย 東京 ﬁ ß ŉ
İ ı ǆ Σ ς 👩‍👩‍👧 🏳️‍🌈 👍🏽 🇵🇹 ❤️ \u200b \u200d \ufeff \u00ad \x00 \x07 \x7f \x1b[31m 
\ufffe \U0010ffff \u0600a \ud800 \udfff \ud83d
"""
WORDS = _WORDS.split()
# Not `st.text()` alone: it hardly ever hits what matters.
TOKENS = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(WORDS),
    st.text(min_size=1, max_size=5).map(lambda text: "".join(text.split()) or "x"),
    st.text(st.characters(), min_size=1, max_size=3).map(
        lambda text: "".join(text.split()) or "\ud800"
    ),
)


# How many words before a mention, how many in it, its type: often two of one type side by side.
PLACES = st.tuples(
    st.sampled_from((0, 0, 1, 3)), st.integers(1, 4), st.sampled_from(("PER", *TYPES))
)


@st.composite
def sentences(draw):
    """Tokens, and mentions that may touch, fill the sentence or be none."""
    tokens = draw(st.lists(TOKENS, max_size=9))
    found, at = [], 0
    for gap, length, kind in draw(st.lists(PLACES, max_size=3)):
        start, end = at + gap, min(at + gap + length, len(tokens))
        if start < end:
            found.append((kind, start, end))
            at = end
    if tokens and draw(st.integers(0, 9)) == 0:
        found = [(draw(st.sampled_from(TYPES)), 0, len(tokens))]
    return tokens, found


@cache
def augmenter(name, target, names=None, number=0):
    """One for each setting; another ``number``, another object."""
    settings = {"label_names": names, "tags_column": "tags", "aligned_columns": ["pos"], "seed": 5}
    if name in REWRITE:
        if name in REWRITES:
            return AUGMENTERS[name](**settings)
        pair = [marian.tiny_marian(model_folder() / f"marian-{n}", n) for n in (0, 1)]
        engine = [HFTranslator(folder) for folder in pair]
        return BackTranslation(engine=engine, **settings)
    return AUGMENTERS[name](target=target, **settings)


def readable(value):
    """Whether Arrow can hold it: all but lone surrogates, halves of characters."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def fits_arrow(column):
    return pa.array(column, pa.list_(pa.string())).to_pylist() == column


# The tests


def judged(name, target, rows, made, names, schemes):
    """What every output must be; ``made`` are pairs of the number of a row and a new row."""
    for i, new in made:
        old = {column: values[i] for column, values in rows.items()}
        assert set(new) == COLUMNS and new["id"] == old["id"]
        assert len(new["tokens"]) == len(new["tags"]) == len(new["pos"])
        assert all(token.split() == [token] for token in new["tokens"])
        known = [place for place in new["pos"] if place is not None and place != -1]
        assert len(set(known)) == len(known) and set(known) <= set(old["pos"])
        if readable(old["tokens"]):
            assert fits_arrow([new["tokens"]])
        tags = [[names[t] if names else t for t in row["tags"]] for row in (old, new)]
        before = surfaces(old["tokens"], tags[0], schemes[i])
        after = surfaces(new["tokens"], tags[1], schemes[i])
        if target == "context" and name in KEEPS_MENTIONS | REWRITE:
            order = sorted if name in REWRITE else list
            assert order(after) == order(before)
            # The values of each word of a mention are those that it had.
            pairs = zip((old, new), tags, strict=True)
            found = [(row["pos"], mentions(each, schemes[i])) for row, each in pairs]
            parts = [[(kind, pos[a:b]) for kind, a, b in each] for pos, each in found]
            assert order(parts[1]) == order(parts[0])
        else:
            assert types_fit(name, [kind for kind, _ in before], [kind for kind, _ in after])


def check_batch(name, data, ran):
    target = "context" if name in REWRITE else data.draw(st.sampled_from(("context", "all")))
    drawn = data.draw(st.lists(sentences(), min_size=1, max_size=3))
    scheme = data.draw(st.sampled_from(sorted(MARKS)))
    names = tuple(names_of(scheme, TYPES)) if data.draw(st.booleans()) else None
    # Without names every row may have a scheme of its own.
    schemes = [
        scheme if names else data.draw(st.sampled_from(sorted(MARKS))) for _ in range(len(drawn))
    ]
    if names is None:  # a row without mentions does not tell its scheme, and gets none
        pairs = zip(drawn, schemes, strict=True)
        schemes = ["IOB2" if not found else s for (_, found), s in pairs]
    tags = [written(found, len(t), s) for (t, found), s in zip(drawn, schemes, strict=True)]
    rows = {
        "tokens": [tokens for tokens, _ in drawn],
        "tags": [[names.index(t) for t in row] for row in tags] if names else tags,
        "pos": [list(range(len(tokens))) for tokens, _ in drawn],
        "id": list(range(len(drawn))),
    }
    copies = data.draw(st.integers(0, 2))
    ran.append(1)

    def run(columns, number):
        function = augmenter(name, target, names, number)
        return (function.expand(copies) if copies else function)(columns)

    whole = run(rows, 0)
    (length,) = {len(column) for column in whole.values()}
    made = [
        (whole["id"][n], {column: values[n] for column, values in whole.items()})
        for n in range(length)
    ]
    judged(name, target, rows, made, names, schemes)
    ids = [i for i, _ in made]
    assert sorted(ids) == ids and set(ids) == set(rows["id"])
    if copies:  # each row as it was, and then its copies
        firsts = [made[ids.index(i)][1] for i in rows["id"]]
        assert firsts == [{c: v[i] for c, v in rows.items()} for i in rows["id"]]
    else:
        assert len(made) == len(drawn)
    # The same once more, each row by itself, by another augmenter with the same settings.
    alone = [run({c: v[i : i + 1] for c, v in rows.items()}, 1) for i in rows["id"]]
    assert {c: [v for part in alone for v in part[c]] for c in whole} == whole


@ALL
@share(0.75)
@given(data=st.data())
def test_no_row_is_lost_and_no_label_moves(name, data, ran):
    check_batch(name, data, ran)


@share(0.05)
@given(data=st.data())
def test_nor_with_a_real_translation_model(data, ran):
    check_batch("BackTranslation (Marian)", data, ran)


@ALL
@share(0.25)
@given(text=st.one_of(st.text(max_size=40), st.lists(TOKENS, max_size=9).map(" ".join)))
def test_any_text(name, text, ran):
    ran.append(1)
    example = Example.from_text(text)
    assert example.text == text
    assert all(token.split() == [token] for token in example.tokens)
    new = augmenter_of_texts(name)(text)
    assert isinstance(new, str) and (readable(new) or not readable(text))
    assert augmenter_of_texts(name, 1)({"text": ["", text]})["text"] == ["", new]


@cache
def augmenter_of_texts(name, number=0):
    return AUGMENTERS[name](seed=3)


@cache
def untouched(name):
    return AUGMENTERS[name](p=0.0)


@share(0.5)
@given(text=st.text(max_size=60))
def test_without_an_edit_a_text_stays_byte_for_byte(text, ran):
    ran.append(1)
    assert untouched("NoiseInjection")(text) == text


# Tokens that are none: empty, white space of every kind, no strings.
NO_TOKENS = st.sampled_from(
    ["", " ", "\t", "\n", "\u3000", "\xa0", "\x85", "\x1c", "\x1f", "\u2028", "a b", "x\n", None, 7]
)


@share(1.0)
@given(
    drawn=st.lists(sentences(), min_size=1, max_size=4),
    where=st.integers(0, 99),
    fault=st.sampled_from(["token", "short", "long", "tag", "none", "number", "mixed"]),
    token=NO_TOKENS,
)
def test_damaged_rows_are_refused_by_row_and_column(drawn, where, fault, token, ran):
    rows = {
        "tokens": [list(tokens) for tokens, _ in drawn],
        "tags": [written(found, len(tokens), "IOB2") for tokens, found in drawn],
    }
    bad = where % len(drawn)
    tokens, tags = rows["tokens"][bad], rows["tags"][bad]
    names = tuple(names_of("IOB2", TYPES))
    column = "tags"
    if fault == "none":
        column = ("tokens", "tags")[where % 2]
        rows[column][bad] = None
    elif fault == "short" and tags:
        tags.pop()
    elif fault == "token" and tokens:
        tokens[where % len(tokens)] = token
        column = "tokens"
    elif fault == "tag" and tags:
        tags[where % len(tags)] = ("B-XYZ", "PER", "")[where % 3]
    elif fault == "number" and tags:
        tags[where % len(tags)] = (-1, len(names))[where % 2]
    elif fault == "mixed":
        tokens += ["a", "b"]
        tags += ["S-PER", "U-PER"]
        names = None
    else:
        tags.append("O")
    ran.append(1)
    for function in (augmenter_by_names(names), augmenter_by_names(names).expand(2)):
        with pytest.raises(ValueError, match=rf"^row {bad} of this batch, column '{column}'"):
            function(rows)


@cache
def augmenter_by_names(names):
    return AUGMENTERS["NoiseInjection"](label_names=names)


@share(0.5)
@given(
    tokens=st.lists(TOKENS, min_size=1, max_size=9),
    data=st.data(),
    scheme=st.sampled_from(["IOB2", "IOBES"]),
)
def test_broken_sequences_are_read_as_they_are_scored(tokens, data, scheme, ran):
    get_entities = pytest.importorskip("seqeval.metrics.sequence_labeling").get_entities
    kinds = [name for name in names_of(scheme, TYPES) if "I-O" not in name]
    tags = data.draw(st.lists(st.sampled_from(kinds), min_size=len(tokens), max_size=len(tokens)))
    ran.append(1)
    # With a scheme, so that an orphan "I-" at the start does not read as IOB1.
    new = augmenter_in_scheme(scheme)({"tokens": tokens, "tags": tags})
    assert get_entities(new["tags"]) == get_entities(tags)
    # Tags that did not move stay as they were written, damaged or not.
    assert new["tags"] == tags or mentions(new["tags"], scheme) is not None


@cache
def augmenter_in_scheme(scheme):
    return AUGMENTERS["NoiseInjection"](scheme=scheme, label_names=names_of(scheme, TYPES))


@cache
def collator(name):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny_bert())
    return AugmentingDataCollator(
        tokenizer, AUGMENTERS[name](), tags_column="tags", label_names=names_of("IOB2", TYPES)
    )


@share(1.0)
@given(
    drawn=st.lists(sentences(), min_size=1, max_size=4),
    name=st.sampled_from(sorted(AUGMENTERS)),
    seed=st.integers(0, 9),
)
def test_the_collator_takes_any_words(drawn, name, seed, ran):
    import torch

    names = names_of("IOB2", TYPES)
    rows = [
        {"tokens": tokens, "tags": [names.index(t) for t in written(found, len(tokens), "IOB2")]}
        for tokens, found in drawn
    ]
    ran.append(1)
    torch.manual_seed(seed)
    damaged = [i for i, row in enumerate(rows) if not readable(row["tokens"])]
    if damaged:
        with pytest.raises(ValueError, match=rf"^row {damaged[0]} of this batch, column 'tokens'"):
            collator(name)(rows)
        return
    batch = collator(name)(rows)
    assert batch["input_ids"].shape == batch["labels"].shape == batch["attention_mask"].shape
    assert len(batch["labels"]) == len(rows)
    for row, labels in zip(rows, batch["labels"].tolist(), strict=True):
        starts = [i for i in labels if i > 0 and names[i].startswith("B-")]
        if name in ADDS_MENTIONS:  # those of the sentence that was joined
            continue
        # Words of which the tokenizer makes nothing have no label; none is doubled.
        wanted = [i for i in row["tags"] if names[i].startswith("B-")]
        assert len(starts) <= len(wanted)
        if all(token.isascii() and token.isprintable() for token in row["tokens"]):
            assert starts == wanted
    torch.manual_seed(seed)
    again = collator(name)(rows)
    assert all(torch.equal(batch[key], again[key]) for key in batch)


# Very long ones

LONG_CASES = {
    "one long token": lambda word: ([word * LONG], [("PER", 0, 1)]),
    "a long token among others": lambda word: (["the", word * LONG, "was"], [("LOC", 0, 1)]),
    "many tokens": lambda word: ([word, "the"] * (LONG // 2), [("PER", 3, 5)]),
    "one long mention": lambda word: ([word] * LONG, [("PER", 0, LONG)]),
    "many mentions": lambda word: ([word] * LONG, [("PER", i, i + 1) for i in range(LONG)]),
}
LONG_WORDS = ["house", "e\u0301", "👩‍👩‍👧", "\u200b", "."] if MANY > 1000 else ["house"]


@ALL
@pytest.mark.parametrize("case", LONG_CASES)
@pytest.mark.parametrize("word", LONG_WORDS, ids=ascii)
def test_very_long_rows(name, case, word, ran):
    ran.append(1)
    tokens, found = LONG_CASES[case](word)
    row = {"tokens": tokens, "tags": written(found, len(tokens), "IOB2")}
    row |= {"pos": list(range(len(tokens))), "id": 0}
    rows = {column: [value] for column, value in row.items()}
    new = augmenter(name, "context")(dict(row))
    judged(name, "context", rows, [(0, new)], None, ["IOB2"])
    assert new == augmenter(name, "context", number=1)(dict(row))


@pytest.mark.parametrize("case", LONG_CASES)
def test_very_long_rows_in_the_collator(case, ran):
    ran.append(1)
    tokens, found = LONG_CASES[case]("house")
    names = names_of("IOB2", TYPES)
    tags = [names.index(tag) for tag in written(found, len(tokens), "IOB2")]
    batch = collator("NoiseInjection")([{"tokens": tokens, "tags": tags}] * 2)
    limit = collator("NoiseInjection").tokenizer.model_max_length
    assert batch["input_ids"].shape == batch["labels"].shape
    assert batch["labels"].shape[0] == 2 and batch["labels"].shape[1] <= limit
