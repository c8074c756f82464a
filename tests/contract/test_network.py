"""Without a network: what needs none runs, and what needs a hub says so at once."""

import json
import os
import shutil
import subprocess
import sys

import pytest

_SCRIPT = """
import json, socket

asked = []


def blocked(*arguments, **options):
    asked.append(repr(arguments))
    raise OSError("this test has no network")


for name in ("connect", "connect_ex", "sendto"):
    setattr(socket.socket, name, blocked)
socket.getaddrinfo = socket.create_connection = blocked

from textaug import *
from textaug import offline
from textaug.corpora import builtin_corpus

train = builtin_corpus()["train"].select(range(20))
ready = {
    "synonyms": SynonymReplacement(),
    "noise": NoiseInjection(),
    "mentions": MentionReplacement.from_dataset(train),
    "label-wise": LabelWiseReplacement.from_dataset(train),
    "shuffle": SegmentShuffle(),
    "back-translation": BackTranslation() if offline.has_translator() else NoiseInjection(),
    "all": SomeOf([SynonymReplacement(), NoiseInjection(), SegmentShuffle()], k=2),
}
made = {name: len(expand(train, augmenter, copies=2)) for name, augmenter in ready.items()}
offline_asked = len(asked)
errors = {}
for name, augmenter in {
    "masked-lm": MaskedLMSubstitution("bert-base-cased"),
    "back-translation": BackTranslation("de"),
}.items():
    before = len(asked)
    try:
        augmenter("the old man walked to the house")
    except OSError as error:
        errors[name] = [str(error), len(asked) - before]
print(json.dumps({"made": made, "asked": offline_asked, "errors": errors}))
"""


@pytest.fixture(scope="module")
def without_network(tmp_path_factory):
    # Python's sockets are blocked by the script; those of native code (hf-xet) where the system
    # lets us start a process that has no network at all.
    alone = ["unshare", "--map-root-user", "--net"]
    can = shutil.which("unshare") and subprocess.run([*alone, "true"], capture_output=True)
    prefix = alone if can and can.returncode == 0 else []
    done = subprocess.run(
        [*prefix, sys.executable, "-c", _SCRIPT],
        env={
            **os.environ,
            "HF_HUB_OFFLINE": "0",  # nobody has told it that there is no network
            "HF_HOME": str(tmp_path_factory.mktemp("home")),
        },
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_all_offline_methods_run(without_network):
    assert all(rows > 20 for rows in without_network["made"].values()), without_network["made"]
    assert without_network["asked"] == 0


@pytest.mark.parametrize("name", ["masked-lm", "back-translation"])
def test_what_needs_a_hub_says_so_without_asking_again_and_again(without_network, name):
    message, asked = without_network["errors"][name]
    assert "the model hub cannot be reached" in message and "hf download" in message
    assert asked <= 2  # the first time, `huggingface_hub` asks something for itself
