"""Tiny masked language models for tests: real architectures and tokenizers, random weights.

Each function builds one in seconds into a folder, as ``save_pretrained`` would, and returns the
folder's path. ``WORDS`` are whole words to all of them; other words fall into pieces.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

_WORDS = """
shares fell rose sharply quickly slowly on at in the a an and to of big huge old enormous ugly good
bad market markets price prices house team coach player players game match city country minister
president officials said told reported official news week month year day bank company oil trade
deal talks government police people man woman world best new early late strong weak open closed
european apple orange hour honest umbrella university he she it was has had won lost played work
lives works left right white black green long short high low first second final round point points
"""
WORDS = _WORDS.split()
NAMES = ["EU", "Ann", "Rome", "Germany", "China", "London", "Smith", "Reuters", "Brown", "NATO"]
CAPITALISED = ["Shares", "Officials", "Markets", "The", "He", "Police", "Oil", "Trade", "Prices"]
PIECES = ["##s", "##ed", "##ing", "##ly", "##er", "##ness", "un", "re", "ph", "##en", "##om"]
SIGNS = list(".,;:!?'\"-()%$&/0123456789")
LETTERS = "abcdefghijklmnopqrstuvwxyz"

# Random weights this large make the predictions differ from place to place.
SPREAD = 0.3
SIZES = {"num_hidden_layers": 2, "num_attention_heads": 2, "hidden_size": 32}
SIZES |= {"intermediate_size": 48, "initializer_range": SPREAD}


def _vocabulary(cased: bool) -> dict[str, int]:
    # As in a real vocabulary, the more frequent spelling comes first: "shares" before "Shares",
    # "Brown" before "brown".
    names = [*NAMES, "brown"] if cased else [name.lower() for name in NAMES]
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *SIGNS, *LETTERS]
    tokens += [*(LETTERS.upper() if cased else ""), *(f"##{letter}" for letter in LETTERS)]
    tokens += [*WORDS, *names, *(CAPITALISED if cased else ()), *PIECES]
    return {token: i for i, token in enumerate(dict.fromkeys(tokens))}


def _save(folder: Path, model_class: str, config: Any, tokenizer: Any, seed: int = 0) -> str:
    import torch
    import transformers

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = getattr(transformers, model_class)(config)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


def _bert_tokenizer(cased: bool = True) -> Any:
    from transformers import BertTokenizer

    return BertTokenizer(vocab=_vocabulary(cased), do_lower_case=not cased, model_max_length=64)


def tiny_bert(folder: Path, cased: bool = True) -> str:
    """BERT with WordPiece; its window is 64 pieces."""
    from transformers import BertConfig

    tokenizer = _bert_tokenizer(cased)
    config = BertConfig(vocab_size=len(tokenizer), max_position_embeddings=64, **SIZES)
    return _save(folder, "BertForMaskedLM", config, tokenizer)


def tiny_bert_encoder(folder: Path) -> str:
    """The same without a head for predictions, like a sentence encoder."""
    from transformers import BertConfig

    tokenizer = _bert_tokenizer()
    return _save(folder, "BertModel", BertConfig(vocab_size=len(tokenizer), **SIZES), tokenizer)


def tiny_tagger(folder: Path, labels: list[str]) -> str:
    """BERT that gives every word a label, at random but always the same."""
    from transformers import BertConfig

    tokenizer = _bert_tokenizer()
    config = BertConfig(
        vocab_size=len(tokenizer), max_position_embeddings=64, id2label=dict(enumerate(labels)),
        label2id={label: i for i, label in enumerate(labels)}, **SIZES,
    )  # fmt: skip
    return _save(folder, "BertForTokenClassification", config, tokenizer)


def tiny_classifier(folder: Path, labels: list[str]) -> str:
    """BERT that gives every sentence a label, at random but always the same."""
    from transformers import BertConfig

    tokenizer = _bert_tokenizer()
    config = BertConfig(vocab_size=len(tokenizer), id2label=dict(enumerate(labels)), **SIZES)
    return _save(folder, "BertForSequenceClassification", config, tokenizer)


def tiny_distilbert(folder: Path) -> str:
    """DistilBERT, uncased."""
    from transformers import DistilBertConfig

    tokenizer = _bert_tokenizer(cased=False)
    config = DistilBertConfig(
        vocab_size=len(tokenizer), n_layers=2, n_heads=2, dim=32, hidden_dim=48,
        initializer_range=SPREAD,
    )  # fmt: skip
    return _save(folder, "DistilBertForMaskedLM", config, tokenizer)


def tiny_electra(folder: Path) -> str:
    """ELECTRA's generator, whose head is narrower than its layers."""
    from transformers import ElectraConfig

    tokenizer = _bert_tokenizer(cased=False)
    config = ElectraConfig(vocab_size=len(tokenizer), embedding_size=16, **SIZES)
    return _save(folder, "ElectraForMaskedLM", config, tokenizer)


def tiny_roberta(folder: Path) -> str:
    """RoBERTa with a byte-level BPE learned here; its window is 64 pieces."""
    from transformers import RobertaConfig, RobertaTokenizer

    folder.mkdir(parents=True, exist_ok=True)
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    _learned_bpe(special).save_model(str(folder))
    tokenizer = RobertaTokenizer.from_pretrained(str(folder), model_max_length=64)
    config = RobertaConfig(
        vocab_size=len(tokenizer), max_position_embeddings=66, pad_token_id=1, **SIZES
    )
    return _save(folder, "RobertaForMaskedLM", config, tokenizer)


def tiny_xlm_roberta(folder: Path) -> str:
    """XLM-RoBERTa with a unigram model of SentencePiece's kind."""
    from transformers import XLMRobertaConfig, XLMRobertaTokenizer

    special = ["<s>", "<pad>", "</s>", "<unk>"]
    tokenizer = XLMRobertaTokenizer(vocab=[*_unigrams(special), ("<mask>", 0.0)])
    config = XLMRobertaConfig(
        vocab_size=len(tokenizer), max_position_embeddings=130, pad_token_id=1, **SIZES
    )
    return _save(folder, "XLMRobertaForMaskedLM", config, tokenizer)


def tiny_albert(folder: Path) -> str:
    """ALBERT: shared layers, small embeddings, a unigram tokenizer."""
    from transformers import AlbertConfig, AlbertTokenizer

    tokenizer = AlbertTokenizer(vocab=_unigrams(["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"]))
    config = AlbertConfig(vocab_size=len(tokenizer), embedding_size=16, **SIZES)
    return _save(folder, "AlbertForMaskedLM", config, tokenizer)


def tiny_gpt2(folder: Path) -> str:
    """A causal language model, which cannot fill in masks."""
    from transformers import GPT2Config

    tokenizer = _bert_tokenizer()
    config = GPT2Config(vocab_size=len(tokenizer), n_layer=1, n_head=2, n_embd=32)
    return _save(folder, "GPT2LMHeadModel", config, tokenizer)


def tiny_bpe_gpt2(folder: Path) -> str:
    """A causal language model with a byte-level BPE learned here, as GPT-2 has it."""
    from transformers import GPT2Config, GPT2Tokenizer

    folder.mkdir(parents=True, exist_ok=True)
    _learned_bpe(["<|endoftext|>"]).save_model(str(folder))
    tokenizer = GPT2Tokenizer.from_pretrained(str(folder))
    config = GPT2Config(
        vocab_size=len(tokenizer), n_layer=1, n_head=2, n_embd=32, n_positions=128,
        bos_token_id=0, eos_token_id=0,
    )  # fmt: skip
    return _save(folder, "GPT2LMHeadModel", config, tokenizer)


def _learned_bpe(special: list[str], add_prefix_space: bool = True) -> Any:
    from tokenizers import ByteLevelBPETokenizer

    learned = ByteLevelBPETokenizer(add_prefix_space=add_prefix_space)
    learned.train_from_iterator(
        _text(), vocab_size=900, min_frequency=1, special_tokens=special, show_progress=False
    )
    return learned


def _text() -> list[str]:
    # Twice each, so that no word is a rare one to the trainer; names and capitals once more.
    return [" ".join([*WORDS, *NAMES, *CAPITALISED, *SIGNS])] * 2


def _unigrams(special: list[str]) -> list[tuple[str, float]]:
    words = [f"▁{word}" for word in [*WORDS, *NAMES, *CAPITALISED]]
    letters = ["▁", *LETTERS, *LETTERS.upper(), *SIGNS, "ing", "ed"]
    scored = [(word, -5.0 - i / 100) for i, word in enumerate(words)]
    return [(token, 0.0) for token in special] + scored + [(letter, -12.0) for letter in letters]


CHAT_TEMPLATE = (
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}<|endoftext|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def tiny_chat_llama(folder: Path, template: str | None = CHAT_TEMPLATE, window: int = 2048) -> str:
    """A causal language model with a chat template and a byte-level BPE learned here."""
    from transformers import LlamaConfig, PreTrainedTokenizerFast

    # With a space before each text, llguidance would put one into the middle of a slot.
    learned = _learned_bpe(["<|endoftext|>"], add_prefix_space=False)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=learned, eos_token="<|endoftext|>")
    tokenizer.chat_template = template
    config = LlamaConfig(
        vocab_size=len(tokenizer), max_position_embeddings=window, num_key_value_heads=2,
        bos_token_id=0, eos_token_id=0, **SIZES,
    )  # fmt: skip
    return _save(folder, "LlamaForCausalLM", config, tokenizer)
