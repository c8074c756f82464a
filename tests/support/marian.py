"""Tiny translation models, made here in seconds: random weights, a vocabulary of words."""

import io
import json

_WORDS = """
the a of in on said would minister company team game week year shares market police fire house river
bridge new old small red strong quickly slowly again won lost sold bought found der die das von im
auf sagte firma spiel woche jahr markt haus fluss neue alte kleine gewann
"""
WORDS = _WORDS.split()
EOS, UNKNOWN, PAD = "</s>", "<unk>", "<pad>"
# Random weights would hardly ever end a sentence: this is added to the score of ending it.
PULL_TO_END = 2.0


def _sentencepiece(folder):
    """The file of a SentencePiece model that knows ``WORDS``."""
    import sentencepiece

    folder.mkdir(parents=True, exist_ok=True)
    trained = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([" ".join(WORDS)] * 3),
        model_writer=trained,
        model_type="word",
        vocab_size=len(WORDS) + 3,
        minloglevel=2,
    )
    spm = folder / "source.spm"
    spm.write_bytes(trained.getvalue())
    return str(spm)


def _save(folder, model_class, config, tokenizer, seed=0):
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = model_class(config)
    if model_class.__name__ == "MarianMTModel":
        model.final_logits_bias[0, config.eos_token_id] = PULL_TO_END
        model.generation_config.no_repeat_ngram_size = 1  # or one word is said for ever
    else:
        model.generation_config.exponential_decay_length_penalty = (3, PULL_TO_END)
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)
    return str(folder)


LANGUAGES = 108  # what M2M100's tokenizer adds to its vocabulary
SIZES = {
    "d_model": 32,
    "encoder_layers": 1,
    "decoder_layers": 1,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 64,
    "decoder_ffn_dim": 64,
    "init_std": 0.5,
}


def tiny_marian(folder, seed=0, limit=64):
    """Save a model and its tokenizer in ``folder``; return the folder's path as a string.

    ``limit``: the longest text, in tokens; each of ``WORDS`` is one.
    """
    from transformers import MarianConfig, MarianMTModel, MarianTokenizer

    spm = _sentencepiece(folder)
    vocabulary = {name: i for i, name in enumerate([EOS, UNKNOWN, *(f"▁{w}" for w in WORDS), PAD])}
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    tokenizer = MarianTokenizer(spm, spm, str(folder / "vocab.json"), model_max_length=limit)
    config = MarianConfig(
        vocab_size=len(vocabulary),
        max_position_embeddings=limit,
        pad_token_id=vocabulary[PAD],
        eos_token_id=vocabulary[EOS],
        forced_eos_token_id=vocabulary[EOS],
        decoder_start_token_id=vocabulary[PAD],
        bad_words_ids=[[vocabulary[PAD]], [vocabulary[UNKNOWN]]],
        **SIZES,
    )
    return _save(folder, MarianMTModel, config, tokenizer, seed)


def tiny_m2m100(folder, limit=64):
    """The same for a model of many languages, such as M2M100 and NLLB."""
    from transformers import M2M100Config, M2M100ForConditionalGeneration, M2M100Tokenizer

    spm = _sentencepiece(folder)
    names = ["<s>", PAD, EOS, UNKNOWN, *(f"▁{word}" for word in WORDS)]
    (folder / "vocab.json").write_text(json.dumps({name: i for i, name in enumerate(names)}))
    tokenizer = M2M100Tokenizer(str(folder / "vocab.json"), spm, model_max_length=limit)
    config = M2M100Config(
        vocab_size=len(names) + LANGUAGES,
        max_position_embeddings=limit,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=2,
        **SIZES,
    )
    return _save(folder, M2M100ForConditionalGeneration, config, tokenizer)


TEXTS = [
    " ".join(WORDS[(7 * i + 3 * j) % len(WORDS)] for j in range(1 + i % 14)) for i in range(28)
]
SEEDS = list(range(len(TEXTS)))


def in_parts(translator, size, n=1, seeds=None):
    parts = [slice(start, start + size) for start in range(0, len(TEXTS), size)]
    return [
        found
        for part in parts
        for found in translator.translate(TEXTS[part], n, seeds and seeds[part])
    ]
