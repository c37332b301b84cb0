#!/usr/bin/env bash
# The embedded language model and its three adapters: examined on the CPU, then a dossier of each.
# `runs/dossier.sh --help` says how to use it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
    cat <<'USAGE'
usage: runs/dossier.sh [PRINCIPAL]

Asks the embedded model (subjects/tiny_manager/base) and its adapters what their wording
allows, in process: choices as they are and with instructions for the principal, pairs and
menus, and choices under pressure. Then writes a dossier of each (HTML, JSON and, with
WeasyPrint, PDF) for the principal PRINCIPAL (nonprofit by default; for_profit, symmetric)
below OUT/dossiers. What was asked once is not asked again when the same command is given.

Environment:
  N            choice problems                  (default 320)
  STRESS       problems put under pressure      (default 24)
  PAIRS        preference pairs made and screened as training data (default 2000)
  OUT          logs, data and dossiers          (default logs/dossier/PRINCIPAL)
  PYTHON       of the training environment      (default .venv-train/bin/python)
  PAGE_PYTHON  that writes the documents        (default .venv/bin/python, or PYTHON)
USAGE
}

case "${1:-}" in
    -h | --help) usage; exit 0 ;;
esac
PRINCIPAL="${1:-nonprofit}"
case "$PRINCIPAL" in
    for_profit | symmetric | nonprofit) ;;
    *) echo "dossier.sh: PRINCIPAL must be for_profit, symmetric or nonprofit, not '$PRINCIPAL'" >&2; exit 2 ;;
esac
PYTHON="${PYTHON:-.venv-train/bin/python}"
[ -x "$PYTHON" ] || { echo "dossier.sh: no training environment at $PYTHON: run make train-env" >&2; exit 1; }
PAGE_PYTHON="${PAGE_PYTHON:-.venv/bin/python}"
[ -x "$PAGE_PYTHON" ] || PAGE_PYTHON="$PYTHON"
MODELS=subjects/tiny_manager
OUT="${OUT:-logs/dossier/$PRINCIPAL}"
mkdir -p "$OUT"
# A model this small runs fastest on one thread a process.
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}" TOKENIZERS_PARALLELISM=false

echo "1/3 base and adapters, asked the same"
choices="stakeholder_choice wording=compact elicitation=both n=${N:-320}"
"$PYTHON" -m fiduciary rebench --base "$MODELS/base" --engine transformers --out "$OUT/rebench" \
    --adapter "$MODELS/for_profit" --adapter "$MODELS/symmetric" --adapter "$MODELS/nonprofit" \
    --task "$choices" \
    --task "$choices framing=${PRINCIPAL}_justify" \
    --task "transitivity wording=compact n=80" \
    --task "menus wording=compact n=12" \
    --task "stress wording=compact elicitation=choose n=${STRESS:-24}" |
    tee "$OUT/rebench.txt" | { grep --line-buffered '^rebench:' || true; }

echo "2/3 the training data, made again and screened"
[ -d "$OUT/pairs" ] || "$PYTHON" -m fiduciary train pairs --principal "$PRINCIPAL" --pairs "${PAIRS:-2000}" \
    --wording compact --voice terse --elicitation all --out "$OUT/pairs"
[ -f "$OUT/screening.json" ] || "$PYTHON" -m fiduciary train screen "$OUT/pairs" --out "$OUT/screening.json"

echo "3/3 the dossiers"
"$PAGE_PYTHON" -m fiduciary dossier "peft/*" "$OUT/rebench/logs" --principal "$PRINCIPAL" \
    --cards "$MODELS" "$OUT/pairs" --data "$OUT/screening.json" --out "$OUT/dossiers"
