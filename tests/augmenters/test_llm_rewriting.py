"""A rewritten sentence has every mention where its slot was, or it is rejected and counted."""

import json
import pickle

import pytest
from datasets import Dataset
from datasets.fingerprint import Hasher
from support.chat_server import OF_TEXTS, ChatServer, rewritten
from support.round_trips import marked, row

from textaug import Compose, Example, LLMRewriting, NoiseInjection, Span, expand
from textaug.core.reading import read_examples
from textaug.llm.base import CallableEngine
from textaug.llm.endpoint import URL_VARIABLE, OpenAIEndpoint
from textaug.llm.prompts import STYLES
from textaug.specs import build, outline

SENTENCE = "the head of [ORG Nord Bank] praised [PER Ann Lee] on 3 May"
SENT = "the head of [ORG1] praised [PER1] on 3 May"


def sent(prompt):
    return prompt.split("\n\n")[-1]


def answering(*answers, **settings):
    """An augmenter whose model gives these answers, one after the other."""
    waiting = list(answers)
    engine = lambda prompts: [waiting.pop(0) if waiting else answers[-1] for _ in prompts]
    return LLMRewriting(engine=engine, **{"tries": 1, **settings})


def tried(answer, sentence=SENTENCE, **settings):
    """The sentence for an answer, and what was counted."""
    augment = answering(answer, **settings)
    after = augment(row(sentence))
    (outcome,) = augment.counts
    return marked(after), outcome


def test_slots_go_out_and_mentions_come_back():
    seen = []
    engine = lambda prompts: [
        seen.append(p) or "on 3 May, [PER1] was praised by the head of [ORG1]" for p in prompts
    ]
    after = LLMRewriting(engine=engine)(row(SENTENCE))
    assert sent(seen[0]) == SENT and "Nord" not in seen[0] and "Ann" not in seen[0]
    assert marked(after) == "on 3 May , [PER Ann Lee] was praised by the head of [ORG Nord Bank]"


@pytest.mark.parametrize("broken", ["\ud800", "\udfff", "\0", "\x1c", "\x85", "\ufffd"])
@pytest.mark.parametrize("n", [1, 2])
def test_broken_characters_reach_no_data_set(n, broken):
    text = f"on 3 May, [PER1] was praised {broken}by the head of [ORG1]"
    answer = text if n == 1 else json.dumps({"sentences": [text, text]})
    augment = answering(answer, n=n)
    data = Dataset.from_list([row(SENTENCE)])
    assert len(expand(data, augment, copies=1)) == 1
    assert augment.counts == {"rejected: broken characters": 1}


def test_characters_that_the_sentence_has_are_not_broken():
    after = LLMRewriting(engine=lambda prompts: ["on 3 May the \ufffd went away from [PER1]"])(
        row("the \ufffd left [PER Ann Lee] on 3 May")
    )
    assert marked(after) == "on 3 May the \ufffd went away from [PER Ann Lee]"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("[PER1] was praised on 3 May by the boss", "slot lost"),
        ("[PER1] was praised on 3 May by [ORG1], by [ORG1]", "slot doubled"),
        ("PER1 was praised on 3 May by [ORG1] [PER1]", "slot written as a word"),
        ("[PER1] was praised on 3 May by [ORG1] in [LOC1]", "slot invented"),
        ("[PER1] of Nord Bank was praised on 3 May by [ORG1]", "name outside its slot"),
        ("on 3 May [PER1] was praised by Lee of [ORG1]", "new name"),
        ("[PER1] was praised in Berlin on 3 May by [ORG1]", "new name"),
        ("Berlin says [PER1] was praised on 3 May by [ORG1]", "new name"),
        ("[PER1] was praised on 3 May by pro-[ORG1] people", "mention inside a word"),
        ("[PER1] was praised on 3 May by [ORG1]ers", "mention inside a word"),
        ("[PER1] was praised on 4 May by [ORG1]", "number changed"),
        ("[PER1] was praised by two of [ORG1] on 3 May", "number changed"),
        ("[ORG1] [PER1] 3 May", "length ratio"),
        ("[ORG1] praised [PER1] on 3 May " + "and everybody was as glad as can be " * 3,
         "length ratio"),
        ("I'm sorry, but I can't rewrite [ORG1] and [PER1] on 3 May", "refusal"),
        ("Sure, here it is: [ORG1] praised [PER1] on 3 May", "prose around the answer"),
        ("[ORG1] praised [PER1] on 3 May\n\nI hope this helps", "prose around the answer"),
        ("**[ORG1] praised [PER1] on 3 May**", "prose around the answer"),
        ("the sentence with [ORG1] and [PER1] of 3 May was rewritten", "prose around the answer"),
        ("  \n", "empty answer"),
        ("...", "empty answer"),
    ],
)  # fmt: skip
def test_what_is_not_certain_is_rejected_with_its_reason(answer, reason):
    after, outcome = tried(answer)
    assert outcome == f"rejected: {reason}" and after == SENTENCE


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ('"[ORG1] praised [PER1] on 3 May"', "[ORG Nord Bank] praised [PER Ann Lee] on 3 May"),
        ("<think>Hm [PER1]</think>\n[ORG1] praised [PER1] on 3 May",
         "[ORG Nord Bank] praised [PER Ann Lee] on 3 May"),
        ("[org1] praised [ PER1 ] on 3 May", "[ORG Nord Bank] praised [PER Ann Lee] on 3 May"),
        ("[ORG1]'s head praised [PER1] on 3 May.",
         "[ORG Nord Bank] 's head praised [PER Ann Lee] on 3 May"),
    ],
)  # fmt: skip
def test_what_a_model_adds_around_is_taken_off(answer, expected):
    assert tried(answer) == (expected, "changed")


def test_it_is_asked_again_until_it_is_right():
    good = "[ORG1] praised [PER1] on 3 May"
    augment = answering("no", "no", good, tries=3)
    assert marked(augment(row(SENTENCE))).startswith("[ORG Nord Bank] praised")
    assert augment.counts == {"changed at try 3": 1} and augment.usage.calls == 3
    assert tried("no", tries=2)[1] == "rejected: slot lost"


def test_the_same_sentence_again_is_no_change():
    assert tried(SENT, tries=2) == (SENTENCE, "unchanged")


def test_what_is_hardly_words_is_not_sent():
    augment = LLMRewriting(engine=lambda prompts: pytest.fail("was asked"))
    assert augment("NORD BANK WINS") == "NORD BANK WINS"
    assert augment(row("1. [PER Ann Lee] 2:27:41"))["tokens"][0] == "1."
    assert augment("") == "" and augment([]) == []


def test_a_surface_may_have_two_labels():
    """Which back-translation must leave alone: here every slot is known."""
    after, outcome = tried(
        "people of [ORG1] came from [LOC1] last week",
        "last week the people of [ORG Rome] left [LOC Rome] for good",
    )
    assert after == "people of [ORG Rome] came from [LOC Rome] last week" and outcome == "changed"


def test_nested_mentions_are_one_slot():
    tokens = ("he", "studied", "at", "University", "of", "York", "for", "years")
    example = Example(tokens, (Span(3, 6, "ORG"), Span(5, 6, "LOC")))
    augment = answering("for years [ORG1] was where he studied")
    (result,) = augment.run([example], [0])
    assert result.example.tokens[2:5] == ("University", "of", "York")
    assert result.example.spans == (Span(2, 5, "ORG"), Span(4, 5, "LOC"))


def test_protected_words_are_slots():
    augment = answering("please see [KEEP1] for the whole report again")
    text = "the whole report is at https://a.example/b for you"
    assert augment(text) == "please see https://a.example/b for the whole report again"


def test_other_signs_where_the_text_has_brackets():
    text = "then [sic] the bank praised Ann [again] with words"
    example = Example.from_text(text)
    assert example.tokens[7] == "Ann"
    example = example._replace(spans=(Span(7, 8, "PER"),))
    augment = answering("then [sic] the bank praised {PER1} [again] in words", protect=False)
    (result,) = augment.run([example], [0])
    assert result.example.text == "then [sic] the bank praised Ann [again] in words"
    assert result.example.tokens[result.example.spans[0].start] == "Ann"


def test_a_text_with_all_signs_is_rejected():
    augment = answering("x", protect=False)
    text = "the old [a] {b} <c> ⟦d⟧ went home with her"
    assert augment(text) == text
    assert augment.counts == {"rejected: the text holds all signs of slots": 1}


def test_the_white_space_around_a_text_stays():
    augment = answering("it was sold, the old house")
    assert augment("  the old house was sold\n") == "  it was sold, the old house\n"


@pytest.mark.parametrize("style", STYLES)
def test_every_style_asks_for_something_else(style):
    seen = []
    LLMRewriting(engine=lambda p: seen.extend(p) or p, style=style, tries=1)(row(SENTENCE))
    assert STYLES[style] in seen[0] and sent(seen[0]) == SENT
    assert seen[0].count("[PER1]") == 3  # shown before and after, sent


def test_one_of_several_styles_is_drawn_for_each_copy():
    seen = []
    augment = LLMRewriting(engine=lambda p: seen.extend(p) or p, style=["formal", "tweet"], tries=1)
    augment([f"the old house number {i} was sold" for i in range(20)])
    assert {style for style in STYLES if any(STYLES[style] in p for p in seen)} == {
        "formal",
        "tweet",
    }


def test_own_words_examples_and_labels_of_the_sentence_are_in_the_prompt():
    seen = []
    augment = LLMRewriting(
        engine=lambda p: seen.extend(p) or p,
        instruction="Write it as a pirate.",
        examples=["Ahoy there."],
        roles={"mood": "label"},
    )
    data = Dataset.from_dict({"text": ["the film was a delight to watch"], "mood": ["positive"]})
    data.map(augment)
    assert "Write it as a pirate." in seen[0] and "Ahoy there." in seen[0]
    assert "labelled 'positive'" in seen[0]


def test_a_style_that_changes_what_is_said_is_not_for_labelled_sentences():
    augment = LLMRewriting(engine=lambda p: pytest.fail("was asked"), style="negated")
    data = Dataset.from_dict({"text": ["the film was a delight to watch"], "label": ["positive"]})
    made = data.map(augment, load_from_cache_file=False)
    assert made["text"] == data["text"]


def test_several_sentences_in_one_call():
    seen = []

    def engine(prompts):
        seen.extend(prompts)
        return ["1. the house was old\n2. an old house it was\n3. Berlin was a house"] * len(
            prompts
        )

    augment = LLMRewriting(engine=engine, n=3)
    rows = Dataset.from_dict({"text": ["that was quite an old house"]})
    made = expand(rows, augment, copies=8)
    assert set(made["text"][1:]) == {"the house was old", "an old house it was"}
    assert len(seen) == 1 and "Give 3 different sentences" in seen[0]


def test_examples_of_a_data_set_have_slots():
    rows = Dataset.from_list([row(SENTENCE), row("BONN"), row("the [ORG Nord Bank] fell and rose")])
    engine = CallableEngine(lambda prompts: prompts, name="x")
    augment = LLMRewriting.from_dataset(rows, shots=9, engine=engine)
    assert sorted(augment.examples) == ["the [ORG1] fell and rose", SENT]
    with pytest.raises(ValueError, match="shots=0: must be at least 1"):
        LLMRewriting.from_dataset(rows, shots=0, engine=engine)


# Through a server


@pytest.fixture(scope="module")
def server():
    pytest.importorskip("urllib3", reason="servers need the extra 'llm'")
    with ChatServer(OF_TEXTS, share=0.7).serving() as server:
        yield server


def test_batches_order_and_cache_change_nothing(server, corpus, tmp_path):
    examples = read_examples(corpus, "train", {})
    engine = OpenAIEndpoint("tests", base_url=server.url)
    fresh = lambda **more: LLMRewriting(engine=engine, **{"cache": False, **more})
    expected = fresh().run(examples, [0] * len(examples))
    one_by_one = [fresh().run([example], [0])[0] for example in reversed(examples)]
    assert one_by_one[::-1] == expected
    for _ in range(2):
        kept = fresh(cache=str(tmp_path))
        assert kept.run(examples, [0] * len(examples)) == expected
    assert kept.usage.calls == 0 and kept.usage.cached > len(examples) // 2
    again = fresh().run(examples, [1] * len(examples))
    assert sum(a != b for a, b in zip(again, expected, strict=True)) > len(examples) // 4


def test_what_it_would_cost_and_what_it_cost(server, corpus, tmp_path):
    engine = OpenAIEndpoint("tests", base_url=server.url, prices=(1.0, 2.0))
    augment = LLMRewriting(engine=engine, cache=str(tmp_path), tries=1)
    before, asked = augment.estimate(corpus, copies=2), sum(server.received.values())
    assert before.calls > len(corpus) and before.cost > 0 and before.cached == 0
    expand(corpus, augment, copies=2)
    assert sum(server.received.values()) - asked == augment.usage.calls == before.calls
    spent = augment.usage
    assert spent.cost == (50 * 1.0 + 10 * 2.0) * spent.calls / 1e6
    assert augment.estimate(corpus, copies=2).cached == before.calls


def test_it_is_an_augmenter_like_the_others(server, monkeypatch, tmp_path):
    monkeypatch.setenv(URL_VARIABLE, server.url)
    augment = build(f"llm:model=a-model,style=news,cache={tmp_path}", None, seed=3)
    assert augment == LLMRewriting("a-model", engine="openai", style="news", cache=str(tmp_path),
                                   seed=3)  # fmt: skip
    assert repr(pickle.loads(pickle.dumps(augment))) == repr(augment)
    both = Compose([augment, NoiseInjection(p=0.2)], provenance_column="by")
    made = expand(Dataset.from_list([row(SENTENCE)] * 3), both, copies=2)
    assert set(made["by"]) <= {"original", "LLMRewriting+NoiseInjection", "NoiseInjection"}
    texts = Dataset.from_dict({"text": ["the old house was sold again"]})
    assert len(expand(texts, augment.where(lambda a, b: [False] * len(b)))) == 1


# State and arguments


def test_the_card_shows_neither_examples_nor_instruction():
    augment = LLMRewriting("m", engine="openai", examples=["Ann Lee left."], instruction="As Ann.")
    assert outline(augment) == (
        "LLMRewriting(model='m', engine='openai', instruction=…, examples=…)"
    )


def test_a_changed_model_changes_the_fingerprint(tmp_path):
    (tmp_path / "a.gguf").write_bytes(b"one")
    for model in (tmp_path, tmp_path / "a.gguf"):
        before = Hasher.hash(LLMRewriting(str(model)))
        assert before == Hasher.hash(LLMRewriting(str(model)))
        (tmp_path / "a.gguf").write_bytes(b"another one" + before.encode())
        assert before != Hasher.hash(LLMRewriting(str(model)))


def test_the_engine_is_chosen_once(monkeypatch, tmp_path):
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    assert LLMRewriting("m").engine == "transformers"
    monkeypatch.setenv(URL_VARIABLE, "http://localhost:1/v1")
    assert LLMRewriting("m").engine == "openai" and "'openai'" in repr(LLMRewriting("m"))
    assert LLMRewriting(str(tmp_path)).engine == "transformers"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "give model=, the name of a language model"),
        ({"model": "m", "engine": print}, "but not both"),
        ({"model": "m", "engine": "gpt"}, "engine='gpt': must be one of auto, transformers, op"),
        ({"model": "m", "tries": 0}, "tries=0: must be at least 1"),
        ({"model": "m", "n": 0}, "n=0: must be at least 1"),
        ({"model": "m", "temperature": -1}, "temperature=-1: must be at least 0"),
        ({"model": "m", "top_p": 0}, "top_p=0: must be above 0"),
        ({"model": "m", "style": "rude"}, "style='rude': choose from paraphrase"),
        ({"model": "m", "style": []}, r"style=\[\]: choose from paraphrase"),
        ({"model": "m", "instruction": " "}, "instruction is empty"),
        ({"model": "m", "examples": "It fell."}, "examples='It fell.': must be a list"),
        ({"model": "m", "target": "all"}, "only 'context' is possible"),
        ({"model": "m", "engine": "openai", "options": {"speed": 9}}, "options=.*speed"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        LLMRewriting(**arguments)


def test_a_label_that_is_a_word_is_a_slot_only_with_its_signs():
    sentence = "he saw the [Head Nord Bank] head office of the old town"
    assert tried("he saw the head of HEAD1 office in the old town", sentence)[1] == (
        "rejected: slot written as a word"
    )
    assert tried("the old town has a head office of [HEAD1]", sentence)[1] == "changed"


def test_a_rewriting_of_the_server_is_accepted():
    assert tried(rewritten(SENT))[1] == "changed"
