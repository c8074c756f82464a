"""An environment for the peer libraries, and their augmenters in separate processes."""

from __future__ import annotations

import json
import os
import subprocess
import venv
from pathlib import Path
from shutil import copyfile
from typing import Any

from .settings import WORK

# nlpaug's contextual words need transformers 4; the other versions are those used here.
PEERS_ENVIRONMENT = WORK / "peers-venv"

PEERS = {
    "nlpaug": "1.1.11",
    "augmenty": "1.4.4",
    "textattack": "0.3.11",
    "torch": "2.13.0",
    "transformers": "4.57.6",
    "nltk": "3.10.4",
    "sentencepiece": "0.2.3",
    "sacremoses": "0.1.1",
}

# The imports of TextAttack, except flair, which would install another transformers.
TEXTATTACK_NEEDS = (
    *("lru-dict", "terminaltables", "num2words", "word2number", "more-itertools", "editdistance"),
    *("lemminflect", "language-tool-python", "bert-score", "jieba", "pinyin", "OpenHowNet"),
    *("scipy", "datasets", "Levenshtein", "langdetect"),
)

WORDNET = Path("/usr/share/wordnet")  # Debian's wordnet-base and wordnet-sense-index

# The slowest methods of the peers get only the first sentences, this many.
FEW = {"textattack_keyboard": 32, "textattack_synonyms": 32, "nlpaug_contextual": 32}


def peers_python() -> Path:
    """Python of the peers' environment, made on first use."""
    python = PEERS_ENVIRONMENT / "bin" / "python"
    done = PEERS_ENVIRONMENT / ".ready"
    wanted = [f"{name}=={number}" for name, number in PEERS.items()]
    needed = "\n".join([*wanted, *TEXTATTACK_NEEDS])
    if done.exists() and done.read_text() == needed:
        return python
    print("Setting up the peers' environment; this takes a few minutes.", flush=True)
    venv.create(PEERS_ENVIRONMENT, with_pip=True)
    install = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    plain = [one for one in wanted if not one.startswith("textattack")]
    subprocess.run([*install, *plain], check=True)
    # Its own requirements pin versions of packages that it barely uses.
    subprocess.run([*install, "--no-deps", f"textattack=={PEERS['textattack']}"], check=True)
    subprocess.run([*install, *TEXTATTACK_NEEDS, *plain], check=True)
    done.write_text(needed)
    return python


# The names and parts of speech of WordNet's files, which Debian leaves out.
LEXNAMES = """
adj.all adj.pert adv.all noun.Tops noun.act noun.animal noun.artifact noun.attribute noun.body
noun.cognition noun.communication noun.event noun.feeling noun.food noun.group noun.location
noun.motive noun.object noun.person noun.phenomenon noun.plant noun.possession noun.process
noun.quantity noun.relation noun.shape noun.state noun.substance noun.time verb.body verb.change
verb.cognition verb.communication verb.competition verb.consumption verb.contact verb.creation
verb.emotion verb.motion verb.perception verb.possession verb.social verb.stative verb.weather
adj.ppl
"""


def nltk_data() -> Path | None:
    """Debian's WordNet in a folder for NLTK; ``None`` if it is not installed."""
    from textaug.language.word_lists import stop_words

    if not (WORDNET / "data.noun").exists() or not (WORDNET / "index.sense").exists():
        return None
    folder = WORK / "nltk_data" / "corpora" / "wordnet"
    folder.mkdir(parents=True, exist_ok=True)
    for path in WORDNET.iterdir():
        if path.is_file():  # NLTK does not follow links out of its folder
            copyfile(path, folder / path.name)
    listed = folder.parent / "stopwords" / "english"
    listed.parent.mkdir(exist_ok=True)
    listed.write_text("\n".join(sorted(stop_words())))
    numbers = {"noun": 1, "verb": 2, "adj": 3, "adv": 4}
    (folder / "lexnames").write_text(
        "".join(
            f"{i:02d}\t{name}\t{numbers[name.partition('.')[0]]}\n"
            for i, name in enumerate(LEXNAMES.split())
        )
    )
    return folder.parent.parent


class Peer:
    """A peer's augmenter in its own process; calling it augments once.

    Slow peers get only the first texts, and their time is scaled up.
    """

    def __init__(self, method: str, job: dict[str, Any]) -> None:
        texts = job["texts"][: FEW.get(method)]
        self.scale = len(job["texts"]) / len(texts)
        self.job = WORK / f"{method}.json"
        self.job.write_text(json.dumps(job | {"texts": texts}))
        data = nltk_data()
        self.errors = (WORK / f"{method}.log").open("w+")
        self.process = subprocess.Popen(
            [str(peers_python()), str(Path(__file__).with_name("peer_worker.py")), method,
             str(self.job)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True,
            env={**os.environ, "NLTK_DATA": str(data or "")},
        )  # fmt: skip
        self._answer()

    def _answer(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        if not line:
            self.errors.seek(0)
            last = self.errors.read().strip().splitlines()[-1:] or ["no message"]
            raise RuntimeError(last[0])
        return line

    def __call__(self) -> float:
        """Seconds for all sentences."""
        assert self.process.stdin is not None
        self.process.stdin.write("run\n")
        self.process.stdin.flush()
        return float(self._answer()) * self.scale

    def output(self) -> list[str]:
        """The last output; ends the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()
        new: list[str] = json.loads(self.job.with_suffix(".out.json").read_text())
        return new
