#!/usr/bin/env bash
# Many label-efficiency runs at once on one GPU, on a machine as described in gpu_check.sh.
#
#     scripts/gpu_grid.sh DATA OUT SECONDS JOBS NAME... -- [options of benchmarks.label_efficiency]
#
# For each NAME, trains on DATA/NAME.train.conll and evaluates on DATA/NAME.test.conll, all names at
# the same time with JOBS processes each, and writes into OUT/NAME. It stops after SECONDS; the same
# call with the same OUT goes on. WHEELS is the folder with the wheels (default: build/wheels).
set -uo pipefail
cd "$(dirname "$0")/.."
data=$1 out=$2 seconds=$3 jobs=$4
shift 4
names=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do names+=("$1") && shift; done
[ $# -eq 0 ] || shift
wheels=${WHEELS:-build/wheels}
python=${PYTHON:-python3}
if ls "$wheels"/*.whl >/dev/null 2>&1; then
    site=$(mktemp -d)
    "$python" -m pip install -q --disable-pip-version-check --no-index --no-deps --no-compile \
        --no-cache-dir --target "$site" "$wheels"/*.whl
    export PYTHONPATH="$site${PYTHONPATH:+:$PYTHONPATH}"
fi
export PYTHONPATH="$PWD${PYTHONPATH:+:$PYTHONPATH}" HF_HUB_OFFLINE=1 TOKENIZERS_PARALLELISM=false
export PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1 TQDM_DISABLE=1
for name in "${names[@]}"; do
    mkdir -p "$out/$name"
    timeout --kill-after=5 "$seconds" "$python" -m benchmarks.label_efficiency \
        --train_file "$data/$name.train.conll" --test_file "$data/$name.test.conll" \
        --output_dir "$out/$name" --jobs "$jobs" "$@" >"$out/$name/log.txt" 2>&1 &
done
wait
for name in "${names[@]}"; do
    echo "== $name" && grep -c '^\[' "$out/$name/log.txt"
    tail -n "${TAIL:-3}" "$out/$name/log.txt" | cut -c1-300
done
