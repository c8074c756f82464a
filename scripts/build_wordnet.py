"""Make the synonym list that ships inside ``textaug`` from Princeton's WordNet 3.0.

Run it from the repository's root on a machine with Debian's (or Ubuntu's) ``wordnet-base``::

    sudo apt-get install wordnet-base
    python scripts/build_wordnet.py

It writes ``textaug/data/wordnet.tsv.gz`` and, next to it, ``terms.txt.gz``, the entries of two
words that are not in that list, and WordNet's licence as ``WORDNET_LICENSE``. Same input, same
bytes: the output holds no clock and no set order.

The list is UTF-8 text, tab-separated, in two parts parted by one empty line:

1. *Synsets*, one per line: their lemmas in WordNet's own order, then a field such as ``@12 &34``
   with the numbers of related lines: ``@`` for a direct hypernym, ``&`` for a similar adjective.
   The number of a synset is its line number, from 0. A synset whose words are used in different
   ways, as WordNet's verb frames ("somebody ----s something") and adjective positions tell them
   apart, is cut into several lines: "crave" is not a replacement for "hunger", nor "unreachable"
   for "out of reach". Related verbs share a frame.
2. *Lemmas*, one per line in alphabetical order, all in lower case: the lemma, how many times it
   occurs in the text of WordNet's glosses (a measure of how familiar the word is), then for each
   part of speech one field such as ``n 1203:71 -:2``: ``n``, ``v``, ``a`` or ``r``, then the
   senses, most frequent first, each as ``SYNSET:COUNT``. COUNT is the sense's tag count in
   WordNet's semantic concordance. SYNSET is the number of the synset or

   - ``-`` for a sense whose lemmas are not fit to print or rare, kept for its count,
   - ``^`` for a sense in which the lemma is a proper name or abbreviation ("China").

   The last field of a lemma that has antonyms is ``!`` and the antonyms, separated by commas.
"""

from __future__ import annotations

import argparse
import gzip
import io
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

PARTS_OF_SPEECH = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
# The first digit of a sense key; 5 is a "satellite" adjective, an adjective like any other here.
POS_OF_SENSE_KEY = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}

# WordNet labels some synsets (or single words in them) by usage, with a pointer to the noun synset
# of the label: `;u`, then one of these. None of them is a neutral synonym of anything.
UNFIT_LABELS = frozenset(
    {
        "06693870",  # superlative: "nearest, nighest, closest" are inflections, no synonyms
        "06717170",  # disparagement
        "06718862",  # ethnic slur
        "06851742",  # trademark
        "06845599",  # trade name
        "07073447",  # archaism
        "07075172",  # colloquialism
        "07124340",  # obscenity
        "07157273",  # slang
    }
)
# Where the label is missing the gloss often says the same.
UNFIT_GLOSS = re.compile(
    r"\((slang|ethnic slur|archaic|offensive slang|informal|British informal|old-fashioned)\)"
    r"|\b(offensive|obscene|disparaging|derogatory|vulgar|slang|archaic|informal|humorous)"
    r" (but derogatory )?(terms?|names?|words?|expressions?|slang)\b"
)
# And some words nobody wants in a data set they did not bring themselves, in any sense.
_UNFIT_WORDS = """
ass asses arse arsehole asshole ballock balls bang bastard bitch blackamoor bollock boob
bonk bugger cock coolie coon crap cripple cuckold cum cunt dago damn damned darkey darkie darky
dick dike dyke eff fag faggot fagot fart fuck fucking goddam goddamn goddamned half-breed
half-caste harlot hell honkey honky hooker hump injun jap kike knocker lunatic midget mongoloid
moron mulatto negro negroid nigger nigga nip nooky octoroon oriental piss pissed poof pussy
puss queer quadroon redskin retard retarded savage screw screwing shag shit slut spade spastic
spic strumpet tart tit titty turd twat wank wetback whore whoreson wog wop yid
"""
UNFIT_WORDS = frozenset(_UNFIT_WORDS.split())
UNFIT = "unfit"  # the usage of a lemma that stands for no other and has no other stand for it
# Multi-word lemmas longer than this are not counted in the glosses (nor used: they are idioms).
LONGEST_COUNTED = 3
# A lemma that shares its synset with no other is written if it is so frequent in the glosses: its
# hypernyms may replace it.
FAMILIAR = 5
RELATIONS = {("n", "@"): "@", ("v", "@"): "@", ("a", "&"): "&"}  # of those in WordNet, by use
ANTONYM = "!"


@dataclass(frozen=True)
class Synset:
    """One line of a ``data.*`` file: what it says that synonyms need."""

    lemmas: tuple[str, ...]  # as written, markers stripped, spaces for underscores
    usages: tuple[str, ...]  # one for each lemma: lemmas of one usage can stand for each other
    gloss: str
    frames: tuple[frozenset[str], ...]  # of verbs, one set for each lemma
    # Symbol, part of speech and offset of another synset, and both numbers of lemmas, from 1; 0 if
    # all lemmas are meant.
    pointers: tuple[tuple[str, str, str, int, int], ...]


def read_lines(path: Path) -> Iterator[str]:
    """The lines of a WordNet file without the licence at its head, which is indented."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith(" "):
                yield line.rstrip("\n")


def parse_synset(line: str) -> Synset:
    """Read one line of a ``data.*`` file; the format is in the manual page ``wndb(5WN)``."""
    head, _, gloss = line.partition(" | ")
    fields = head.split()
    n_lemmas = int(fields[3], 16)
    raw = [word.replace("_", " ") for word in fields[4 : 4 + 2 * n_lemmas : 2]]
    lemmas = tuple(re.sub(r"\(\w+\)$", "", word) for word in raw)
    # The marker of an adjective that can stand only before a noun "(a)", only after a verb "(p)",
    # or only right after a noun "(ip)".
    usages = [word[len(lemma) :] for word, lemma in zip(raw, lemmas, strict=True)]

    n_pointers = int(fields[4 + 2 * n_lemmas])
    pointers = fields[5 + 2 * n_lemmas :][: 4 * n_pointers]
    # What follows the pointers is a verb's frames: a count, then "+ FRAME LEMMA" each. Lemmas
    # count from 1, in hexadecimal; 0 means all of them.
    frames = fields[6 + 2 * n_lemmas + 4 * n_pointers :]
    frames_of: list[set[str]] = [set() for _ in lemmas]
    for frame, lemma_number in zip(frames[1::3], frames[2::3], strict=True):
        if lemma_number != "00":
            usages[int(lemma_number, 16) - 1] += frame
        for i, of_lemma in enumerate(frames_of, 1):
            if lemma_number == "00" or int(lemma_number, 16) == i:
                of_lemma.add(frame)

    unfit = {i for i, lemma in enumerate(lemmas) if UNFIT_WORDS.intersection(lemma.split())}
    for symbol, offset, source_target in zip(
        pointers[::4], pointers[1::4], pointers[3::4], strict=True
    ):
        if symbol == ";u" and offset in UNFIT_LABELS:
            source = int(source_target[:2], 16)
            unfit.update(range(n_lemmas) if source == 0 else [source - 1])
    if UNFIT_GLOSS.search(gloss):
        unfit.update(range(n_lemmas))
    for i in unfit:
        usages[i] = UNFIT
    numbered = tuple(
        (symbol, "a" if pos == "s" else pos, offset, int(ends[:2], 16), int(ends[2:], 16))
        for symbol, offset, pos, ends in zip(
            pointers[::4], pointers[1::4], pointers[2::4], pointers[3::4], strict=True
        )
    )
    return Synset(lemmas, tuple(usages), gloss, tuple(map(frozenset, frames_of)), numbered)


def read_synsets(folder: Path) -> dict[tuple[str, str], Synset]:
    """Every synset by part of speech and offset, in file order."""
    return {
        (pos, line[:8]): parse_synset(line)
        for pos, name in PARTS_OF_SPEECH.items()
        for line in read_lines(folder / f"data.{name}")
    }


def read_senses(folder: Path) -> dict[str, dict[str, list[str]]]:
    """The synset offsets of every lemma (lower case, with spaces) by part of speech, in order."""
    senses: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for pos, name in PARTS_OF_SPEECH.items():
        for line in read_lines(folder / f"index.{name}"):
            fields = line.split()
            senses[fields[0].replace("_", " ")][pos] = fields[6 + int(fields[3]) :]
    return senses


def read_counts(folder: Path) -> dict[tuple[str, str, int], int]:
    """The tag count of every (lemma, part of speech, sense number from 1) that has one."""
    counts = {}
    for line in read_lines(folder / "cntlist.rev"):
        key, number, count = line.split()
        lemma, _, rest = key.partition("%")
        counts[lemma.replace("_", " "), POS_OF_SENSE_KEY[rest[0]], int(number)] = int(count)
    return counts


def count_in_glosses(synsets: dict[tuple[str, str], Synset], lemmas: set[str]) -> Counter[str]:
    """How often every lemma occurs, as it stands, in the definitions and examples."""
    counts: Counter[str] = Counter()
    for synset in synsets.values():
        words = re.findall(r"[a-z]+(?:-[a-z]+)*", synset.gloss.lower())
        for length in range(1, LONGEST_COUNTED + 1):
            for start in range(len(words) - length + 1):
                phrase = " ".join(words[start : start + length])
                if phrase in lemmas:
                    counts[phrase] += 1
    return counts


def is_common(lemma: str) -> bool:
    """Whether a lemma as written in a synset is neither a proper name nor an abbreviation."""
    return lemma == lemma.lower() and "." not in lemma and not any(map(str.isdigit, lemma))


@dataclass
class Group:
    """A line of the first part: lemmas of a synset that can stand for each other."""

    lemmas: list[str]
    frames: frozenset[str]


def make_groups(
    synsets: dict[tuple[str, str], Synset], is_known: Callable[[str], bool]
) -> tuple[list[Group], dict[tuple[str, str], list[int]]]:
    """All groups, and the numbers of those of each synset."""
    groups: list[Group] = []
    numbers: dict[tuple[str, str], list[int]] = {}
    for key, synset in synsets.items():
        by_usage: dict[str, list[int]] = defaultdict(list)
        for i, (lemma, usage) in enumerate(zip(synset.lemmas, synset.usages, strict=True)):
            if usage != UNFIT and is_common(lemma):
                by_usage[usage].append(i)
        for of_usage in by_usage.values():
            lemmas = [synset.lemmas[i] for i in of_usage]
            if len(lemmas) > 1 or is_known(lemmas[0]):
                numbers.setdefault(key, []).append(len(groups))
                groups.append(Group(lemmas, synset.frames[of_usage[0]]))
    return groups, numbers


def related(
    group: Group,
    key: tuple[str, str],
    synset: Synset,
    groups: list[Group],
    numbers: dict[tuple[str, str], list[int]],
) -> list[str]:
    """The related groups of one, each as its symbol and number."""
    return [
        f"{RELATIONS[pos, symbol]}{number}"
        for symbol, pos, offset, _, _ in synset.pointers
        if pos == key[0] and (pos, symbol) in RELATIONS
        for number in numbers.get((pos, offset), ())
        if pos != "v" or group.frames & groups[number].frames
    ]


def find_antonyms(synsets: dict[tuple[str, str], Synset]) -> dict[str, dict[str, None]]:
    """The antonyms of each lemma; an adjective also has those of the adjective it is similar to."""
    direct: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    antonyms: dict[str, dict[str, None]] = defaultdict(dict)
    for key, synset in synsets.items():
        for symbol, pos, offset, source, target in synset.pointers:
            if symbol == ANTONYM and source:
                opposite = synsets[pos, offset].lemmas[target - 1].lower()
                antonyms[synset.lemmas[source - 1].lower()][opposite] = None
                direct[key][opposite] = None
    for synset in synsets.values():
        for symbol, pos, offset, _, _ in synset.pointers:
            if symbol == "&":
                for lemma in synset.lemmas:
                    antonyms[lemma.lower()].update(direct[pos, offset])
    return antonyms


def build(folder: Path) -> tuple[str, str]:
    """The whole list as text: see the module's docstring for the format; and other terms."""
    synsets = read_synsets(folder)
    senses = read_senses(folder)
    counts = read_counts(folder)
    familiarity = count_in_glosses(synsets, set(senses))
    antonyms = find_antonyms(synsets)

    tagged = {lemma for (lemma, _, _), count in counts.items() if count}
    groups, numbers = make_groups(
        synsets, lambda lemma: familiarity[lemma] >= FAMILIAR or lemma in tagged
    )
    number_of = {
        (*key, lemma): number
        for key, of_synset in numbers.items()
        for number in of_synset
        for lemma in groups[number].lemmas
    }
    synset_lines = []
    for key, of_synset in numbers.items():
        for number in of_synset:
            links = related(groups[number], key, synsets[key], groups, numbers)
            fields = [*groups[number].lemmas, " ".join(links)] if links else groups[number].lemmas
            synset_lines.append("\t".join(fields))

    def sense_field(lemma: str, pos: str, offset: str, count: int) -> str:
        if (pos, offset, lemma) in number_of:
            return f"{number_of[pos, offset, lemma]}:{count}"
        is_name = lemma not in synsets[pos, offset].lemmas  # written otherwise than in lower case
        return f"^:{count}" if is_name else f"-:{count}"

    lemma_lines, terms = [], []
    for lemma in sorted(senses):
        fields = [
            " ".join(
                [pos]
                + [
                    sense_field(lemma, pos, offset, counts.get((lemma, pos, number), 0))
                    for number, offset in enumerate(offsets, 1)
                ]
            )
            for pos, offsets in senses[lemma].items()
        ]
        # A lemma with no synonyms and no counts can neither give one nor weigh in the choice
        # between two readings of a word.
        if any(re.search(r"\d:|:[1-9]", field) for field in fields):
            if lemma in antonyms:
                fields.append(ANTONYM + ",".join(antonyms[lemma]))
            lemma_lines.append("\t".join([lemma, str(familiarity[lemma]), *fields]))
        elif lemma.count(" ") == 1 and is_common(lemma):
            terms.append(lemma)
    return "\n".join([*synset_lines, "", *lemma_lines]) + "\n", "\n".join(terms) + "\n"


def compress(text: str) -> bytes:
    """Compress without a file name or time stamp, so that the same text gives the same bytes."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as file:
        file.write(text.encode("utf-8"))
    return buffer.getvalue()


def read_licence(copyright_file: Path) -> str:
    """The WordNet 3.0 licence out of Debian's machine-readable copyright file."""
    text = copyright_file.read_text(encoding="utf-8")
    match = re.search(r"^(Copyright: .+)\nLicense: WordNet3\.0\n((?: .*\n)+)", text, re.MULTILINE)
    if match is None:
        raise SystemExit(f"{copyright_file} holds no licence named 'WordNet3.0'")
    # In that format every line is indented by one space and a lone "." is an empty line.
    body = [line[1:] for line in match[2].splitlines()]
    lines = ["" if line == "." else line for line in body]
    return "\n".join(["WordNet 3.0", match[1], "", *lines]) + "\n"


def main() -> None:
    """Read the arguments, write the files."""
    parser = argparse.ArgumentParser(description="Build textaug's synonym list from WordNet 3.0.")
    parser.add_argument("--wordnet-dir", type=Path, default=Path("/usr/share/wordnet"))
    parser.add_argument(
        "--copyright", type=Path, default=Path("/usr/share/doc/wordnet-base/copyright")
    )
    parser.add_argument("--out", type=Path, default=Path("textaug/data/wordnet.tsv.gz"))
    args = parser.parse_args()

    words, terms = map(compress, build(args.wordnet_dir))
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_bytes(words)
    args.out.with_name("terms.txt.gz").write_bytes(terms)
    args.out.with_name("WORDNET_LICENSE").write_text(read_licence(args.copyright), encoding="utf-8")
    print(f"{args.out}: {len(words):,} bytes, and {len(terms):,} of terms")


if __name__ == "__main__":
    main()
