"""Split words have the sub-tokens that they have in running text."""

import pytest
from support.models import tiny_albert, tiny_bert, tiny_bpe_gpt2, tiny_roberta, tiny_xlm_roberta
from tokenizers import pre_tokenizers
from transformers import AutoTokenizer

from textaug.pipeline.word_tokenizer import word_tokenizer

WORDS = ["Ann", "prices", "fell", "don't", "(EU)"]


def split(tokenizer):
    return tokenizer(WORDS, is_split_into_words=True, add_special_tokens=False)["input_ids"]


def running(tokenizer):
    return tokenizer(" " + " ".join(WORDS), add_special_tokens=False)["input_ids"]


@pytest.mark.parametrize("make", [tiny_roberta, tiny_bpe_gpt2])
def test_byte_level_tokenizers_get_a_blank_before_each_word(tmp_path, make):
    tokenizer = AutoTokenizer.from_pretrained(make(tmp_path))
    plain = split(tokenizer)
    assert plain != running(tokenizer), "the fault"
    fixed = word_tokenizer(tokenizer)
    assert split(fixed) == running(tokenizer)
    assert split(tokenizer) == plain, "the one passed in is not changed"
    ids = fixed(WORDS, is_split_into_words=True, add_special_tokens=False).word_ids()
    assert sorted(set(ids)) == list(range(len(WORDS)))
    asked = AutoTokenizer.from_pretrained(tmp_path, add_prefix_space=True)
    assert word_tokenizer(asked) is asked and split(asked) == split(fixed)


@pytest.mark.parametrize("make", [tiny_bert, tiny_xlm_roberta, tiny_albert])
def test_others_stay_as_they_are(tmp_path, make):
    tokenizer = AutoTokenizer.from_pretrained(make(tmp_path))
    assert word_tokenizer(tokenizer) is tokenizer
    assert split(tokenizer) == running(tokenizer)


def test_a_pre_tokenizer_that_splits_before_the_byte_level(tmp_path):
    """As in Qwen and Llama 3, where a prefix blank would come before "'t" too."""
    tokenizer = AutoTokenizer.from_pretrained(tiny_bpe_gpt2(tmp_path))
    parts = [
        pre_tokenizers.Split(r" ?\w+|'\w|[^\w\s]", "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ]
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(parts)
    assert split(word_tokenizer(tokenizer)) == running(tokenizer)


def test_a_tokenizer_without_a_backend_is_refused():
    class Slow:
        name_or_path = "slow"

        def __call__(self, texts, is_split_into_words=False, add_special_tokens=True):
            return {"input_ids": [1, 2, 3] if is_split_into_words else [[4], [5]]}

    with pytest.raises(ValueError, match="'slow'.*add_prefix_space=True"):
        word_tokenizer(Slow())
