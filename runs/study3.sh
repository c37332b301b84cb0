#!/usr/bin/env bash
# Study 3 of Foster & Rawski for any base: a DPO adapter for each of three preferences, then all measured.
# `runs/study3.sh --help` says how to use it.
set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

usage() {
    cat <<'USAGE'
usage: runs/study3.sh BASE [options of `fiduciary rebench`]

The fine-tuned study: for each target 10,000 preference pairs of the published
design, DPO with the published hyperparameters, and then base and adapters on 1,000
other problems, temperature 0.1. Ends with the estimates beside
targets and base. Needs the training environment (make train-env). A run that was
stopped goes on where it was when the same command is given again.

  runs/study3.sh meta-llama/Llama-3.1-8B-Instruct
  RECIPE=training/recipes/tiny-dpo.yaml WORDING=compact VOICE=terse \
      runs/study3.sh subjects/tiny_manager/base

Environment:
  PRINCIPALS   targets                   (default "for_profit symmetric nonprofit")
  RECIPE     settings of the training  (default training/recipes/llama-3.1-8b-dpo.yaml)
  PAIRS      pairs for each target     (default 10000)
  TRADE_OFFS design of the pairs       (default published; "default" is half joint and
             also teaches the weights of a preference that ignores shareholders)
  N          problems asked            (default 1000)
  TEMPERATURES  at which               (default 0.1, as published)
  WORDING, VOICE  of the problems and of the responses (default plain, varied)
  OUT        adapters, logs, results   (default logs/study3)
  PYTHON     of the training environment (default .venv-train/bin/python)
USAGE
}

case "${1:-}" in
    -h | --help) usage; exit 0 ;;
    "" | -*) usage >&2; exit 2 ;;
esac
BASE="$1"
shift
cd "$ROOT"
PYTHON="${PYTHON:-$ROOT/.venv-train/bin/python}"
[ -x "$PYTHON" ] || { echo "study3.sh: no training environment at $PYTHON: run make train-env" >&2; exit 1; }
RECIPE="${RECIPE:-training/recipes/llama-3.1-8b-dpo.yaml}"
OUT="${OUT:-logs/study3}"
WORDING="${WORDING:-plain}"

adapters=()
for principal in ${PRINCIPALS:-for_profit symmetric nonprofit}; do
    data="$OUT/pairs/$principal" adapter="$OUT/adapters/$principal"
    mkdir -p "$OUT/pairs" "$OUT/adapters"
    [ -d "$data" ] || "$PYTHON" -m fiduciary train pairs --principal "$principal" --pairs "${PAIRS:-10000}" \
        --trade-offs "${TRADE_OFFS:-published}" --wording "$WORDING" --voice "${VOICE:-varied}" \
        --elicitation text --out "$data"
    if [ ! -d "$adapter" ]; then
        resume=()
        [ ! -d "$adapter.partial" ] || resume=(--resume)
        "$PYTHON" -m fiduciary train dpo --recipe "$RECIPE" --base "$BASE" --principal "$principal" --data "$data" \
            --out "$adapter" ${resume[@]+"${resume[@]}"}
    fi
    adapters+=(--adapter "$principal=$adapter")
done

"$PYTHON" -m fiduciary rebench --base "$BASE" "${adapters[@]}" --out "$OUT/rebench" --write-cards \
    --task "stakeholder_choice trade_offs=published n=${N:-1000} temperatures=${TEMPERATURES:-0.1} wording=$WORDING elicitation=text" \
    "$@"
"$PYTHON" - <<'PY'
from fiduciary.economics.published import PUBLISHED

print("Published, for Llama-3.1-8B-Instruct (K unknown: ρ is not comparable):")
for name, row in PUBLISHED.items():
    if name == "neutral" or name.endswith("fine-tune"):
        weights = " ".join(f"{weight:.3f}" for weight in row.theta)
        print(f"  {name:<22} θ {weights}  ρ {'–' if row.rho is None else row.rho}")
PY
