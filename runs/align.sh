#!/usr/bin/env bash
# The whole loop on the embedded language model, in minutes: pairs, DPO, measured beside the base.
# `make align` makes the environment first and runs this.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
    cat <<'USAGE'
usage: runs/align.sh [PRINCIPAL]

Trains a small DPO adapter of the embedded model (subjects/tiny_manager/base) towards
a preference (for_profit by default; symmetric, nonprofit), and measures base and
adapter on the same problems. Ends in a page, OUT/site/index.html. Everything goes to
OUT (default logs/align/PRINCIPAL).

Environment:
  PAIRS   preference pairs (default 800)
  N       problems asked of each (default 400)
  OUT     adapter, logs, results; a run that was stopped goes on
  PYTHON  of the training environment (default .venv-train/bin/python)
USAGE
}

case "${1:-}" in
    -h | --help) usage; exit 0 ;;
esac
PRINCIPAL="${1:-for_profit}"
case "$PRINCIPAL" in
    for_profit | symmetric | nonprofit) ;;
    *) echo "align.sh: PRINCIPAL must be for_profit, symmetric or nonprofit, not '$PRINCIPAL'" >&2; exit 2 ;;
esac
PYTHON="${PYTHON:-.venv-train/bin/python}"
[ -x "$PYTHON" ] || { echo "align.sh: no training environment at $PYTHON: run make train-env" >&2; exit 1; }
BASE=subjects/tiny_manager/base
OUT="${OUT:-logs/align/$PRINCIPAL}"
mkdir -p "$OUT"
# A model this small runs fastest on one thread a process.
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}" TOKENIZERS_PARALLELISM=false

echo "1/4 preference pairs"
[ -d "$OUT/pairs" ] || "$PYTHON" -m fiduciary train pairs --principal "$PRINCIPAL" --pairs "${PAIRS:-800}" \
    --wording compact --voice terse --elicitation all --out "$OUT/pairs"

echo "2/4 DPO"
if [ ! -d "$OUT/adapter" ]; then
    resume=()
    [ ! -d "$OUT/adapter.partial" ] || resume=(--resume)
    "$PYTHON" -m fiduciary train dpo --recipe training/recipes/tiny-dpo.yaml --base "$BASE" --principal "$PRINCIPAL" \
        --data "$OUT/pairs" --out "$OUT/adapter" --logging_steps 5 ${resume[@]+"${resume[@]}"}
fi

echo "3/4 base and adapter on the same problems"
"$PYTHON" -m fiduciary rebench --base "$BASE" --adapter "$PRINCIPAL=$OUT/adapter" --engine transformers \
    --task "stakeholder_choice wording=compact elicitation=both trade_offs=joint n=${N:-400}" \
    --out "$OUT/rebench" --write-cards

echo "4/4 the page"
"$PYTHON" -m fiduciary board "$OUT/rebench/logs" --out "$OUT/site" --principal "$PRINCIPAL" \
    --title "Embedded model and its adapter towards $PRINCIPAL"
echo "The comparison: $OUT/rebench/comparison.md and .png; the adapter's card: $OUT/adapter/README.md"
