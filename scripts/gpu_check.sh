#!/usr/bin/env bash
# Check and measure on a GPU, on a machine with nothing but Python, torch and transformers.
#
#     scripts/gpu_wheels.sh                # once, where there is a network; then carry the checkout
#     scripts/gpu_check.sh [--device cuda|cpu] [--quick] [--out FOLDER]
#
# Runs the tests marked gpu, then benchmarks.throughput (floor, workers). Each step has its own
# time limit; the limit of all steps together is eight minutes (four with --quick, ten on a CPU). A
# step that fails does not stop the others. Results, logs and status.json, which is written after
# every step, go into FOLDER (default: runs/gpu). WHEELS is the folder with the wheels (default:
# build/wheels; without it, the installed packages are used). CONLL_TRAIN is CoNLL-2003's eng.train
# (default: build/eng.train; without it the built-in corpus is augmented). COMMIT names the commit
# for a checkout without its history. `--device cpu --quick` tries all this without a GPU.
set -uo pipefail
cd "$(dirname "$0")/.."
device=cuda quick= out=runs/gpu
while [ $# -gt 0 ]; do
    case $1 in
    --device) device=$2 && shift 2 ;;
    --quick) quick=--quick && shift ;;
    --out) out=$2 && shift 2 ;;
    *) echo "unknown argument: $1" >&2 && exit 2 ;;
    esac
done
python=${PYTHON:-python3}
wheels=${WHEELS:-build/wheels}
total=440 # seconds
[ -z "$quick" ] || total=230
[ "$device" = cuda ] || total=600
end=$((SECONDS + total))
mkdir -p "$out"
export TQDM_DISABLE=1 CONLL_TRAIN=${CONLL_TRAIN:-$PWD/build/eng.train}
export PYTHONPATH="$PWD${PYTHONPATH:+:$PYTHONPATH}"
export HF_HUB_OFFLINE=1 TOKENIZERS_PARALLELISM=false PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
failed=0
steps=

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
step tests 130 "$python" -m pytest tests/contract/test_gpu.py -m gpu --device "$device" -p no:cacheprovider \
    -q --durations=5 --junitxml="$out/tests.xml"
throughput=("$python" -m benchmarks.throughput --device "$device" $quick --output_dir "$out")
step masked-lm 120 "${throughput[@]}" floor --part masked-lm
step translation 140 "${throughput[@]}" floor --part translation --rounds 3
step workers 120 "${throughput[@]}" workers
exit $failed
