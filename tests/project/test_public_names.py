"""The public names are imported when they are used."""

import subprocess
import sys
from pathlib import Path

import textaug

ROOT = Path(textaug.__file__).parent


def test_the_list_of_names_is_that_of_the_stub():
    stub = (ROOT / "__init__.pyi").read_text()
    for name in textaug.__all__:
        assert f'    "{name}",' in stub
        assert getattr(textaug, name) is not None


def test_public_modules_are_there_without_an_import_of_their_own():
    code = "import textaug; print(textaug.offline.__name__, textaug.corpora.__name__, textaug.ray)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.startswith("textaug.offline textaug.corpora <module 'textaug.ray'")


def test_a_star_import_hides_no_package():
    assert not {"ray", "offline", "corpora"} & set(textaug.__all__)


def test_data_is_loaded_before_anything_else_was_imported():
    code = "from textaug import expand, NoiseInjection as N; print(len(expand(['A b c.'], N(), 2)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(said.stdout) >= 1
