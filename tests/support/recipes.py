"""Arguments of the recipes, for a tiny random BERT and two steps."""

import json

from recipes.classification.arguments import Arguments as TextArguments
from recipes.ner.arguments import Arguments
from support.models import tiny_bert_encoder


def ner(folder, **more):
    return Arguments(
        **{"train_size": [8, 16], "seeds": [1, 2], "augment": ["noise", "mentions|noise:p=0.3"]}
        | more,
        model=tiny_bert_encoder(folder / "model"),
        copies=2,
        max_steps=2,
        batch_size=4,
        eval_split="validation",
        output_dir=str(folder / "out"),
    )


def classification(folder):
    """With twelve texts of two classes to train on, and six to test on."""
    for name, number in (("train", 12), ("test", 6)):
        rows = [
            {
                "text": f"Ann works in {'Rome' if i % 2 else 'big Rome'} {i // 6}",
                "label": ["no", "yes"][i % 2],
            }
            for i in range(number)
        ]
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
    return TextArguments(
        train_file=str(folder / "train.jsonl"),
        test_file=str(folder / "test.jsonl"),
        train_size=[4, 8],
        seeds=[1, 2],
        model=tiny_bert_encoder(folder / "model"),
        augment=["noise", "joining"],
        max_steps=2,
        batch_size=4,
        output_dir=str(folder / "out"),
    )
