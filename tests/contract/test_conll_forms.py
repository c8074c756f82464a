"""CoNLL-2003 in every form of annotation gives what IOB2 tags give, row by row.

The default run takes every tenth sentence; ``pytest --slow`` takes all 14,041.
"""

import pytest
from datasets import Dataset

from textaug import Compose, MentionReplacement, NoiseInjection, SegmentShuffle, expand
from textaug.core.tag_schemes import from_spans, scheme_named, to_spans
from textaug.corpora import load_conll

SPELT = {  # scheme: names in which it is told apart, and how a tag is spelt
    "IOB1": ("IOB1", lambda tag: tag),
    "IOE1": ("IOE1", lambda tag: tag),
    "IOE2": ("IOE2", lambda tag: tag),
    "IOBES": ("IOBES", lambda tag: tag),
    "BILOU": ("BILOU", lambda tag: tag),
    "BMES": ("BMES", lambda tag: tag),
    "BMEWO": ("BMEWO", lambda tag: tag),
    "type first": ("IOB2", lambda tag: "-".join(tag.split("-")[::-1])),
    "underscore": ("IOB2", lambda tag: tag.replace("-", "_")),
    "lower case": ("IOBES", lambda tag: tag[0].lower() + tag[1:] if tag != "O" else tag),
}


@pytest.fixture(scope="module")
def sentences(conll_files, request):
    data = load_conll(conll_files / "eng.train").select_columns(["tokens", "ner_tags"])
    if not request.config.getoption("--slow"):
        data = data.select(range(0, len(data), 10))
    names = data.features["ner_tags"].feature.names
    return [(row["tokens"], to_spans([names[tag] for tag in row["ner_tags"]])) for row in data]


def steps(pools):
    drop = NoiseInjection(operations=["drop", "swap_words", "swap"], p=0.2)
    return [drop, SegmentShuffle(p=0.3), MentionReplacement(pools, p=0.5)]


@pytest.fixture(scope="module")
def pools(sentences):
    found = {}
    for tokens, spans in sentences[:2000]:
        for start, end, label in spans:
            found.setdefault(label, {})[" ".join(tokens[start:end])] = None
    return {label: list(mentions) for label, mentions in found.items()}


def tagged(sentences, scheme, spelt=lambda tag: tag):
    return Dataset.from_dict(
        {
            "tokens": [tokens for tokens, _ in sentences],
            "ner_tags": [
                [spelt(tag) for tag in from_spans(spans, len(tokens), scheme)]
                for tokens, spans in sentences
            ],
        }
    )


@pytest.fixture(scope="module")
def expected(sentences, pools):
    data = expand(tagged(sentences, "IOB2"), Compose(steps(pools), seed=3), keep_original=False)
    return [(row["tokens"], [tuple(span) for span in to_spans(row["ner_tags"])]) for row in data]


@pytest.mark.parametrize("form", SPELT)
def test_every_scheme_and_spelling(sentences, pools, expected, form):
    scheme, spelt = SPELT[form]
    data = tagged(sentences, scheme, spelt)
    augmenter = Compose(steps(pools), seed=3)
    assert str(augmenter.schema(data).scheme) == scheme
    after = expand(data, augmenter, keep_original=False)
    assert after["tokens"][:] == [tokens for tokens, _ in expected]
    for tags, (tokens, spans) in zip(after["ner_tags"], expected, strict=True):
        assert tags == [spelt(tag) for tag in from_spans(_spans(spans), len(tokens), scheme)]


def _spans(spans):
    from textaug import Span

    return [Span(*span) for span in spans]


def test_rows_of_gliner(sentences, pools, expected):
    data = Dataset.from_dict(
        {
            "tokenized_text": [tokens for tokens, _ in sentences],
            "ner": [[[str(a), str(b - 1), k] for a, b, k in spans] for _, spans in sentences],
        }
    )
    after = expand(data, Compose(steps(pools), seed=3), keep_original=False)
    found = [
        (row["tokenized_text"], [(int(a), int(b) + 1, k) for a, b, k in row["ner"]])
        for row in after
    ]
    assert found == expected


def test_character_spans(sentences):
    """Words of a text are cut by other rules than CoNLL's: mentions are compared, not draws."""
    texts, entities = [], []
    for tokens, spans in sentences:
        starts = [0]
        for token in tokens:
            starts.append(starts[-1] + len(token) + 1)
        texts.append(" ".join(tokens))
        entities.append(
            [{"start": starts[a], "end": starts[b] - 1, "label": k} for a, b, k in spans]
        )
    data = Dataset.from_dict({"text": texts, "entities": entities})
    noise = Compose(
        [NoiseInjection(operations=["drop", "swap_words"], p=0.2), SegmentShuffle(p=0.3)], seed=3
    )
    after = data.map(noise, batched=True)
    changed = 0
    for row, (tokens, spans) in zip(after, sentences, strict=True):
        changed += row["text"] != " ".join(tokens)
        surfaces = [(e["label"], row["text"][e["start"] : e["end"]]) for e in row["entities"]]
        assert surfaces == [(k, " ".join(tokens[a:b])) for a, b, k in spans]
    assert changed > 0.8 * len(sentences)


def test_io_tags_are_read_once_they_are_named():
    rows = {"tokens": [["Ann", "Lee", "sat"]], "ner_tags": [["PER", "PER", "O"]]}
    with pytest.raises(ValueError, match="may be types of mentions.*scheme='IO'"):
        expand(Dataset.from_dict(rows), NoiseInjection())
    swap = MentionReplacement({"PER": ["Bob"]}, p=1.0, scheme="IO")
    after = expand(Dataset.from_dict(rows), swap, keep_original=False)
    assert after[0] == {"tokens": ["Bob", "sat"], "ner_tags": ["PER", "O"]}
    assert scheme_named("IO", ("O", "PER")).spelling.layout == "bare"
