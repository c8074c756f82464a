"""A tiny Marian translation model, made here: random weights, vocabulary trained in the test."""

import io
import json

WORDS = (
    "the a of in on said would minister company team game week year shares market police fire "
    "house river bridge new old small red strong quickly slowly again won lost sold bought found "
    "der die das von im auf sagte Firma Spiel Woche Jahr Markt Haus Fluss neue alte kleine gewann"
).split()


def build(folder, dimension=32, seed=0, limit=128):
    """Save a model and its tokenizer in ``folder`` and return the folder's path as a string."""
    import sentencepiece
    import torch
    from transformers import MarianConfig, MarianMTModel, MarianTokenizer

    folder.mkdir(parents=True, exist_ok=True)
    sentences = (
        " ".join(WORDS[(i * j + i) % len(WORDS)] for j in range(1, 9)) + "." for i in range(400)
    )
    trained = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=sentences,
        model_writer=trained,
        vocab_size=150,
        hard_vocab_limit=False,
        character_coverage=1.0,
        minloglevel=2,
    )
    pieces = sentencepiece.SentencePieceProcessor(model_proto=trained.getvalue())
    names = [pieces.id_to_piece(i) for i in range(pieces.get_piece_size())]
    names = ["</s>", "<unk>", *(n for n in names if n not in ("<s>", "</s>", "<unk>")), "<pad>"]
    for name in ("source.spm", "target.spm"):
        (folder / name).write_bytes(trained.getvalue())
    (folder / "vocab.json").write_text(json.dumps({name: i for i, name in enumerate(names)}))
    tokenizer = MarianTokenizer(
        str(folder / "source.spm"),
        str(folder / "target.spm"),
        str(folder / "vocab.json"),
        model_max_length=limit,
    )
    pad = len(names) - 1
    config = MarianConfig(
        vocab_size=len(names),
        d_model=dimension,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=2 * dimension,
        decoder_ffn_dim=2 * dimension,
        max_position_embeddings=limit,
        max_length=limit,
        pad_token_id=pad,
        eos_token_id=0,
        forced_eos_token_id=0,
        decoder_start_token_id=pad,
        bad_words_ids=[[pad]],
        init_std=0.5,
    )
    torch.manual_seed(seed)
    model = MarianMTModel(config)
    model.final_logits_bias[0, 0] = 2.5  # or sentences would hardly ever end
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)
    return str(folder)
