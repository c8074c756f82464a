#!/usr/bin/env bash
# Check and measure on a GPU, on a machine with only Python, torch and transformers.
#
#     scripts/gpu_wheels.sh                # once, with a network; then copy the checkout
#     scripts/gpu_check.sh [--device cuda|cpu] [--quick] [--steps "STEP ..."] [--out FOLDER]
#
# Steps: tests (those marked gpu), then masked-lm, translation and workers (benchmarks.throughput,
# which writes each figure at once); all four by default. Each step has its own time limit, and all
# together have eight minutes (four with --quick, ten on a CPU). A step that fails does not stop the
# others. Results, logs and status.json, which is written after every step, go into FOLDER (default:
# runs/gpu). WHEELS is the folder with the wheels (default: build/wheels; if it does not exist, the
# installed packages are used). CONLL_TRAIN is CoNLL-2003's eng.train (default: build/eng.train; if
# it does not exist, the built-in corpus is augmented). COMMIT names the commit for a checkout without
# git. `--device cpu --quick` tries all this without a GPU.
set -uo pipefail
cd "$(dirname "$0")/.."
device=cuda quick= out=runs/gpu steps_wanted="tests masked-lm translation workers"
while [ $# -gt 0 ]; do
    case $1 in
    --device) device=$2 && shift 2 ;;
    --quick) quick=--quick && shift ;;
    --steps) steps_wanted=$2 && shift 2 ;;
    --out) out=$2 && shift 2 ;;
    *) echo "unknown argument: $1" >&2 && exit 2 ;;
    esac
done
python=${PYTHON:-python3}
wheels=${WHEELS:-build/wheels}
total=470 # seconds
[ -z "$quick" ] || total=230
[ "$device" = cuda ] || total=600
end=$((SECONDS + total))
mkdir -p "$out"
export TQDM_DISABLE=1 CONLL_TRAIN=${CONLL_TRAIN:-$PWD/build/eng.train}
export PYTHONPATH="$PWD${PYTHONPATH:+:$PYTHONPATH}"
export HF_HUB_OFFLINE=1 TOKENIZERS_PARALLELISM=false PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
failed=0
steps=

wanted() { [[ " $steps_wanted " == *" $1 "* ]]; }

step() { # name, seconds at most, command...
    local name=$1 limit=$2 left=$((end - SECONDS)) start=$SECONDS code
    shift 2
    [ "$limit" -lt "$left" ] || limit=$left
    if [ "$limit" -lt 5 ]; then
        code=not_run
    else
        timeout --kill-after=5 "$limit" "$@" >"$out/$name.log" 2>&1
        code=$?
    fi
    [ "$code" = 0 ] || failed=1
    steps="$steps${steps:+,}
  {\"step\": \"$name\", \"exit\": \"$code\", \"seconds\": $((SECONDS - start)), \"limit\": $limit}"
    printf '{"device": "%s", "quick": %s, "steps": [%s\n]}\n' \
        "$device" "$([ -n "$quick" ] && echo true || echo false)" "$steps" >"$out/status.json"
    echo "== $name: exit $code, $((SECONDS - start)) s"
    [ "$code" = not_run ] || tail -n "${TAIL:-25}" "$out/$name.log"
}

if ls "$wheels"/*.whl >/dev/null 2>&1; then
    site=$(mktemp -d)
    trap 'rm -rf "$site"' EXIT
    step install 60 "$python" -m pip install -q --disable-pip-version-check --no-index --no-deps \
        --no-compile --no-cache-dir --target "$site" "$wheels"/*.whl
    export PYTHONPATH="$site:$PYTHONPATH"
fi
step versions 60 "$python" -c "
import platform, torch, transformers, datasets, pyarrow, huggingface_hub, textaug
print(platform.python_version(), *(f'{m.__name__} {m.__version__}' for m in
      (torch, transformers, datasets, pyarrow, huggingface_hub)))
print('CUDA devices:', torch.cuda.device_count())"
wanted tests && step tests 130 "$python" -m pytest tests/contract/test_gpu.py -m gpu --device "$device" -p no:cacheprovider \
    -q --durations=5 --junitxml="$out/tests.xml"
throughput=("$python" -m benchmarks.throughput --device "$device" $quick --rounds 3
    --output_dir "$out")
wanted masked-lm && step masked-lm 110 "${throughput[@]}" floor --part masked-lm
wanted translation && step translation 110 "${throughput[@]}" floor --part translation
wanted workers && step workers 90 "${throughput[@]}" workers
# Table and chart of the results so far, even if a step was stopped, and the tests' results as JSON.
if [ "$steps_wanted" != tests ]; then step report 60 "${throughput[@]}" --report; fi
wanted tests && step tests-json 10 "$python" - "$out" <<'PYTHON'
import json, sys
from pathlib import Path
from xml.etree import ElementTree

out = Path(sys.argv[1])
tests = [
    {
        "test": case.get("name"),
        "result": next((e.tag for e in case if e.tag in ("failure", "error", "skipped")), "passed"),
        **{each.get("name"): float(each.get("value")) for each in case.iter("property")},
    }
    for case in ElementTree.parse(out / "tests.xml").iter("testcase")
]
(out / "tests.json").write_text(json.dumps(tests, indent=1) + "\n")
PYTHON
exit $failed
