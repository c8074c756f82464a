"""What every augmenter promises. A new one is added to ``AUGMENTERS``, or a test here fails."""

import importlib
import inspect
import os
import pickle
import pkgutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from datasets import ClassLabel, Dataset, Features, List, Value
from datasets.fingerprint import Hasher
from support.augmenters import (
    ADDS_MENTIONS,
    AUGMENTERS,
    DROPS_MENTIONS,
    KEEPS_MENTIONS,
    NEEDS_LABELS,
    NEEDS_MENTIONS,
    REPLACING,
    VARIANTS,
    types_fit,
)

import textaug
from textaug import Augmenter, Compose
from textaug.core.compose import _Composition
from textaug.core.example import Span
from textaug.core.tag_schemes import from_spans, to_spans

MAKERS = AUGMENTERS | REPLACING
ALL = pytest.mark.parametrize("name", MAKERS)
EXPANDING = pytest.mark.parametrize("name", AUGMENTERS)


def make(name, **settings):
    return MAKERS[name](**settings)


def mapped(dataset, augmenter, **options):
    return dataset.map(augmenter, load_from_cache_file=False, **options)[:]


def mentions(row):
    """Label and words of each mention, read from the columns alone."""
    return [(s.label, tuple(row["tokens"][s.start : s.end])) for s in to_spans(row["tags"])]


def as_strings(dataset):
    names = dataset.features["ner_tags"].feature.names
    return [
        {"tokens": row["tokens"], "tags": [names[tag] for tag in row["ner_tags"]]}
        for row in dataset
    ]


def test_every_augmenter_is_here():
    for module in pkgutil.iter_modules(textaug.__path__):
        importlib.import_module(f"textaug.{module.name}")

    def below(cls):
        return {cls}.union(*(below(sub) for sub in cls.__subclasses__()))

    ours = {cls.__name__ for cls in below(Augmenter) if cls.__module__.startswith("textaug.")}
    assert ours - {"Augmenter", _Composition.__name__} == set(MAKERS) - VARIANTS


@ALL
def test_labels_stay_aligned(name, corpus):
    before = as_strings(corpus)
    augmenter = make(name)
    after = as_strings(corpus.map(augmenter, batched=True, load_from_cache_file=False))
    assert (before != after) == (name not in NEEDS_LABELS), "nothing changed"
    for old, new in zip(before, after, strict=True):
        assert len(new["tokens"]) == len(new["tags"])
        assert " ".join(new["tokens"]).split() == new["tokens"]
        spans = to_spans(new["tags"])
        assert from_spans(spans, len(new["tags"]), "IOB2") == new["tags"], "not well-formed IOB2"
        if name in ADDS_MENTIONS:
            assert not Counter(mentions(old)) - Counter(mentions(new))
            continue
        if name in DROPS_MENTIONS:
            assert not Counter(mentions(new)) - Counter(mentions(old))
            continue
        assert [label for label, _ in mentions(new)] == [label for label, _ in mentions(old)] or (
            sorted(mentions(new)) == sorted(mentions(old))
        )
        if name in KEEPS_MENTIONS:
            assert sorted(mentions(new)) == sorted(mentions(old))


@ALL
@pytest.mark.parametrize("scheme", ["IOB1", "IOB2", "IOBES", "BILOU"])
def test_every_scheme_gives_the_same_mentions(name, scheme, corpus):
    rows = as_strings(corpus.select(range(20)))
    rewritten = [
        {"tokens": r["tokens"], "tags": from_spans(to_spans(r["tags"]), len(r["tags"]), scheme)}
        for r in rows
    ]
    # A row without a mention does not show its scheme.
    adds = name in ADDS_MENTIONS
    augmenter = make(name, scheme="IOB2") if adds else make(name)
    told = make(name, scheme=scheme) if adds else augmenter
    for old, new in zip(rows, rewritten, strict=True):
        expected, got = augmenter(old), told(new)
        assert got["tokens"] == expected["tokens"]
        assert to_spans(got["tags"]) == to_spans(expected["tags"])
        assert from_spans(to_spans(got["tags"]), len(got["tags"]), scheme) == got["tags"]


@EXPANDING
def test_other_columns_follow(name, corpus):
    tagged = corpus.select(range(20)).map(
        lambda row: {"pos_tags": list(range(len(row["tokens"]))), "id": row["tokens"][0]}
    )
    after = tagged.map(make(name), batched=True, load_from_cache_file=False)
    assert after["id"] == tagged["id"]
    same = known = 0
    for old, new in zip(tagged, after, strict=True):
        assert len(new["pos_tags"]) == len(new["tokens"])
        origins = [origin for origin in new["pos_tags"] if origin != -1]
        assert len(set(origins)) == len(origins) and set(origins) <= set(old["pos_tags"])
        pairs = list(zip(new["tokens"], new["pos_tags"], new["ner_tags"], strict=True))
        for token, origin, tag in pairs:
            if origin != -1:
                known += 1
                same += token.lower() == old["tokens"][origin].lower()
                if name in KEEPS_MENTIONS and tag:
                    assert token == old["tokens"][origin], "the value of another word"
        if name in KEEPS_MENTIONS:
            assert all(origin != -1 for _, origin, tag in pairs if tag)
    assert same > known / 2, "most words stay, and so most values are of the same word"


@EXPANDING
def test_nothing_to_do_is_the_identity(name, corpus):
    augmenter = make(name, p=0.0)
    if augmenter is None:
        pytest.skip("has no p: it rewrites the sentence or leaves it")
    assert mapped(corpus, augmenter, batched=True) == corpus[:]
    assert augmenter.counts == {"unchanged": len(corpus)}
    text = "  Two  spaces,\n\ta tab and – a dash… "
    assert augmenter(text) == text


@ALL
def test_same_output_whatever_the_batch_or_the_order(name, corpus):
    augmenter = make(name, provenance_column="by")
    expected = mapped(corpus, augmenter, batched=True, batch_size=1000)
    assert mapped(corpus, augmenter, batched=True, batch_size=7) == expected
    assert mapped(corpus, augmenter, batched=True, batch_size=1) == expected
    assert mapped(corpus, augmenter) == expected
    order = corpus.shuffle(seed=3)
    shuffled = order.map(augmenter, batched=True, load_from_cache_file=False)
    key = lambda row: (row["ner_tags"], row["tokens"])
    plain = Dataset.from_dict(expected)
    assert sorted(plain.to_list(), key=key) == sorted(shuffled.to_list(), key=key)


@ALL
def test_same_output_in_one_or_two_processes(name, corpus):
    some = corpus.select(range(12))
    expected = mapped(some, make(name), batched=True)
    assert mapped(some, make(name), batched=True, num_proc=2, with_rank=True) == expected


@ALL
def test_same_output_in_every_container_and_format(name, corpus):
    some = corpus.select(range(12))
    names = some.features["ner_tags"].feature.names
    augmenter = make(name, label_names=names)
    expected = mapped(some, augmenter, batched=True)
    stream = some.to_iterable_dataset().map(augmenter, batched=True, batch_size=5)
    assert [row["tokens"] for row in stream] == expected["tokens"]
    for kind in ("numpy", "torch"):
        after = some.with_format(kind).map(augmenter, batched=True, load_from_cache_file=False)
        assert after.with_format(None)[:] == expected
    assert [augmenter(row)["ner_tags"] for row in some] == expected["ner_tags"]


@EXPANDING
def test_expanding_adds_only_new_rows(name, corpus):
    some = corpus.select(range(15))
    augmenter = make(name, provenance_column="by")
    bigger = textaug.expand(some, augmenter, copies=3)
    originals = bigger.filter(lambda row: row["by"] == "original", load_from_cache_file=False)
    assert originals["tokens"] == some["tokens"]
    assert {f: bigger.features[f] for f in some.features} == dict(some.features)
    keys = [tuple(row["tokens"]) for row in bigger]
    assert len(set(keys)) == len(keys)
    made = len(bigger) - len(some)
    assert (made > 0) == (name not in NEEDS_LABELS)
    doubled = augmenter.counts.pop("left out: same as an earlier copy", 0)
    changed = sum(n for outcome, n in augmenter.counts.items() if outcome.startswith("changed"))
    assert augmenter.counts.total() == 3 * len(some)
    assert made == changed - doubled


_HASH = """
import pickle, sys
sys.path.insert(0, {tests!r})
from datasets.fingerprint import Hasher
for name, augmenter in pickle.load(open({path!r}, "rb")).items():
    print(name, Hasher.hash(augmenter), Hasher.hash(augmenter.expand(2)))
"""


@EXPANDING
def test_use_does_not_change_the_fingerprint_and_a_seed_does(name, corpus):
    augmenter = make(name)
    before = Hasher.hash(augmenter)
    corpus.select(range(3)).map(augmenter, batched=True, load_from_cache_file=False)
    assert Hasher.hash(augmenter) == before, "using it (and loading its model) changed its hash"
    assert Hasher.hash(make(name)) == before
    assert Hasher.hash(make(name, seed=5)) != before


def test_same_fingerprint_in_every_process(tmp_path):
    augmenters = {name: make(name) for name in AUGMENTERS}
    path = tmp_path / "augmenters.pickle"
    path.write_bytes(pickle.dumps(augmenters))
    code = _HASH.format(tests=str(Path(__file__).parents[1]), path=str(path))
    expected = [
        f"{name} {Hasher.hash(augmenter)} {Hasher.hash(augmenter.expand(2))}"
        for name, augmenter in augmenters.items()
    ]
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.splitlines() == expected


@ALL
def test_pickle_and_repr_give_the_same_augmenter(name, corpus):
    augmenter = make(name, seed=3, label_names=["O", "B-X", "I-X"])
    copy = pickle.loads(pickle.dumps(augmenter))
    assert copy == augmenter and repr(copy) == repr(augmenter)
    if "<function" not in repr(augmenter) and "…" not in repr(augmenter):
        assert eval(repr(augmenter), vars(textaug)) == augmenter
    some = corpus.select(range(5))
    settings = {"seed": 3}
    again = pickle.loads(pickle.dumps(make(name, **settings)))
    assert mapped(some, again, batched=True) == mapped(some, make(name, **settings), batched=True)


@ALL
def test_arguments_are_documented(name):
    cls = type(make(name))
    assert ">>>" in (cls.__doc__ or ""), "no example"
    for parameter in inspect.signature(cls.__init__).parameters:
        if parameter not in ("self", "settings"):
            assert f"{parameter}:" in cls.__doc__, f"{parameter} is not documented"


ODD = [
    [],
    ["."],
    ["a"],
    ["\u200b"],
    ["e\u0301", "नमस्ते", "👩‍👩‍👧", "שלום", "\u202e"],
    ["x" * 3000],
    ["\ud800", "surrogate"],
    ["1996-08-22", "3-1", "$", "%"],
    ["[MASK]", "<mask>", "</s>", "##ing", "▁", "Ġ"],
    ["the"] * 700,
]


@ALL
@pytest.mark.parametrize("tokens", ODD, ids=range(len(ODD)))
def test_odd_input(name, tokens):
    augmenter = make(name)
    middle = len(tokens) // 2
    spans = [Span(middle, middle + 1, "PER")] if tokens else []
    tags = from_spans(spans, len(tokens), "IOB2")
    row = {"tokens": tokens, "tags": tags}
    after = augmenter(dict(row))
    assert len(after["tokens"]) == len(after["tags"])
    assert " ".join(after["tokens"]).split() == after["tokens"]
    if name in KEEPS_MENTIONS:
        assert mentions(after) == mentions(row)
    text = " ".join(tokens)
    assert isinstance(augmenter(text), str)
    if not tokens:
        assert after == row and augmenter("") == ""


@ALL
def test_rows_that_are_all_mention(name):
    rows = {
        "tokens": [["New", "York"], ["Ann", "Bob"]],
        "tags": [["B-LOC", "I-LOC"], ["B-PER", "B-PER"]],
    }
    augmenter = make(name)
    after = augmenter(rows)
    for old_tags, new_tags, tokens in zip(
        rows["tags"], after["tags"], after["tokens"], strict=True
    ):
        assert len(tokens) == len(new_tags)
        old_kinds, new_kinds = ([s.label for s in to_spans(t)] for t in (old_tags, new_tags))
        assert types_fit(name, old_kinds, new_kinds)
    if name in KEEPS_MENTIONS:
        assert after == rows


@ALL
def test_plain_labels_are_kept_or_left_open(name, corpus):
    features = Features(
        {
            "tokens": List(Value("string")),
            "tags": List(ClassLabel(names=["CAPS", "low"])),
            "pos_tags": List(Value("int64")),
        }
    )
    rows = {
        "tokens": corpus["tokens"],
        "tags": [[int(t[:1].islower()) for t in tokens] for tokens in corpus["tokens"]],
        "pos_tags": [list(range(len(tokens))) for tokens in corpus["tokens"]],
    }
    data = Dataset.from_dict(rows, features=features)
    after = data.map(make(name), batched=True, load_from_cache_file=False)
    assert after.features == data.features
    for old, new in zip(data, after, strict=True):
        assert len(new["tokens"]) == len(new["tags"])
        assert new["tags"] == [-1 if o == -1 else old["tags"][o] for o in new["pos_tags"]]


@ALL
def test_text_columns(name):
    data = Dataset.from_dict(
        {
            "premise": ["The old man walked slowly to the big house .", ""],
            "hypothesis": ["The  doctors bought a big car in the street.", "He was happy."],
            "label": [1, 0],
        }
    )
    settings = {"text_column": ["premise", "hypothesis"]}
    mixes = name in ADDS_MENTIONS | {"LabelWiseReplacement"}
    # Rows with a label keep their words of sentiment, which a bare text does not.
    augmenter = make(name, **settings, **({} if mixes else {"roles": {"label": "keep"}}))
    after = data.map(augmenter, batched=True, load_from_cache_file=False)
    assert after["label"] == data["label"] and after.features == data.features
    assert after["premise"][1] == ""
    # What comes from sentences without labels does not go into labelled ones.
    if mixes:
        assert after["hypothesis"] == data["hypothesis"]
        return
    assert [augmenter(text) for text in data["hypothesis"]] == after["hypothesis"]
    if name not in NEEDS_MENTIONS | NEEDS_LABELS:
        assert after["hypothesis"] != data["hypothesis"]


def test_compositions_take_compositions(corpus):
    noise, words = make("NoiseInjection"), make("SynonymReplacement")
    both = Compose([Compose([words]), noise], seed=2)
    after = as_strings(corpus.map(both, batched=True, load_from_cache_file=False))
    for old, new in zip(as_strings(corpus), after, strict=True):
        assert mentions(old) == mentions(new)
