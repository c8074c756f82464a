#!/usr/bin/env bash
# Many training runs at once on one GPU, on a machine as described in gpu_check.sh.
#
#     scripts/gpu_grid.sh FOLDER OUT SECONDS
#
# FOLDER has a file NAME.args for each benchmark or recipe to run: its module in the first line, and
# each argument in a line of its own (for example benchmarks.label_efficiency, --train_file, …).
# All run at the same time, in FOLDER, and write into OUT/NAME; they stop after SECONDS, and the same
# call with the same OUT goes on. WHEELS is the folder with the wheels (default: build/wheels).
set -uo pipefail
cd "$(dirname "$0")/.."
folder=$(realpath "$1") out=$(realpath -m "$2") seconds=$3
wheels=${WHEELS:-build/wheels}
python=$(command -v "${PYTHON:-python3}")
if ls "$wheels"/*.whl >/dev/null 2>&1; then
    site=$(mktemp -d)
    "$python" -m pip install -q --disable-pip-version-check --no-index --no-deps --no-compile \
        --no-cache-dir --target "$site" "$wheels"/*.whl
    export PYTHONPATH="$site${PYTHONPATH:+:$PYTHONPATH}"
fi
export PYTHONPATH="$PWD${PYTHONPATH:+:$PYTHONPATH}" HF_HUB_OFFLINE=1 TOKENIZERS_PARALLELISM=false
export PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1 TQDM_DISABLE=1
# With MPS the processes share the GPU instead of taking turns; without it, all still works.
if [ -n "${MPS:-}" ] && command -v nvidia-cuda-mps-control >/dev/null; then
    CUDA_MPS_PIPE_DIRECTORY=$(mktemp -d) CUDA_MPS_LOG_DIRECTORY=$(mktemp -d)
    export CUDA_MPS_PIPE_DIRECTORY CUDA_MPS_LOG_DIRECTORY
    nvidia-cuda-mps-control -d
    trap 'echo quit | nvidia-cuda-mps-control' EXIT
    if timeout 30 "$python" -c "import torch; torch.ones(2, device='cuda').sum().item()"; then
        echo "with MPS"
    else
        echo quit | nvidia-cuda-mps-control
        unset CUDA_MPS_PIPE_DIRECTORY CUDA_MPS_LOG_DIRECTORY
        trap - EXIT
    fi
fi
cd "$folder"
for file in *.args; do
    mkdir -p "$out/${file%.args}"
    mapfile -t arguments <"$file"
    timeout --kill-after=5 "$seconds" "$python" -m "${arguments[@]}" \
        --output_dir "$out/${file%.args}" >"$out/${file%.args}/log.txt" 2>&1 &
done
wait $(jobs -p)
for file in *.args; do
    echo "== ${file%.args}: $(grep -c '^\[' "$out/${file%.args}/log.txt") runs"
    tail -n "${TAIL:-2}" "$out/${file%.args}/log.txt" | cut -c1-300
done
