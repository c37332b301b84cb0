#!/usr/bin/env bash
# Models that set prices against each other, in all pairs and both orders. `runs/pricing_pairs.sh --help` says
# how to use it.
set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

usage() {
    cat <<'USAGE'
usage: runs/pricing_pairs.sh MODEL MODEL... [-- inspect eval options]

Repeated price competition of every model against itself and, in both orders, against
every other one: base and adapters of one server, or different models. Ends with prices,
profits and gains of each pair beside Nash and joint monopoly. A run that was stopped
goes on with its next period when the same command is given again.

  runs/pricing_pairs.sh vllm/economicus vllm/moralis vllm/cooperator
  runs/pricing_pairs.sh vllm/llama-3.1-8b vllm/qwen3-8b -- -T objective=terse

Environment:
  N        runs of each pair in each order (default 3: one for each of α = 1, 3.2, 10)
  PERIODS  periods of a run                (default 300)
  LOG_DIR  where logs and pictures go      (default logs/pricing_pairs)
USAGE
}

case "${1:-}" in
    -h | --help) usage; exit 0 ;;
    "" | -*) usage >&2; exit 2 ;;
esac
MODELS=()
while [ $# -gt 0 ] && [ "$1" != "--" ]; do
    MODELS+=("$1")
    shift
done
[ "${1:-}" != "--" ] || shift
if [ "${#MODELS[@]}" -lt 2 ]; then
    echo "error: pairs need at least two models" >&2
    usage >&2
    exit 2
fi
PYTHON="${PYTHON:-$ROOT/.venv/bin/python}"
[ -x "$PYTHON" ] || PYTHON="$(command -v python3)"
LOG_DIR="${LOG_DIR:-logs/pricing_pairs}"
case "$LOG_DIR" in /* | *://*) ;; *) LOG_DIR="$PWD/$LOG_DIR" ;; esac
cd "$ROOT" # a task is found by its name relative to the checkout, and only so

# eval-set keeps finished samples and, by the journals beside the log, finished periods.
for first in "${MODELS[@]}"; do
    for second in "${MODELS[@]}"; do
        "$PYTHON" -m inspect_ai eval-set tasks/duopoly_pricing --model "$first" --model-role opponent="$second" \
            --log-dir "$LOG_DIR/${first//\//-}-${second//\//-}" --log-dir-allow-dirty \
            -T n="${N:-3}" -T periods="${PERIODS:-300}" "$@"
    done
done
"$PYTHON" -m fiduciary report "$LOG_DIR"
