#!/usr/bin/env bash
# The two exploratory tables of Foster & Rawski for any models: HEXACO-100 and dark tetrad, tuned against base.
# `runs/psychometrics.sh --help` says how to use it.
set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

usage() {
    cat <<'USAGE'
usage: runs/psychometrics.sh BASE ADAPTER... [-- inspect eval options]

Asks a base and its fine-tunes the HEXACO-100 and the dark tetrad, each statement in a
context of its own, in blocks of wording x direction of the scale x label style, and
prints for each fine-tune which items, facets and domains moved, by how much, and which
did not. Everything goes to OUT. A run that was stopped goes on where it was.

BASE and ADAPTER are Inspect's names of models, or (adapters) NAME=MODEL:

  runs/psychometrics.sh vllm/base profit=vllm/profit nonprofit=vllm/nonprofit
  runs/psychometrics.sh subject/trait_profile subject/constant

or BASE is a folder or name of weights and ADAPTER is NAME=DIR of a LoRA adapter; these
are served and proven to be applied by `fiduciary rebench`, in the training
environment (make train-env):

  runs/psychometrics.sh meta-llama/Llama-3.1-8B-Instruct profit=logs/study3/adapters/for_profit

Environment:
  TASKS        inventories      (default "hexaco100 dark_tetrad")
  INSTRUMENT   own or official  (default own; official: fiduciary inventory import hexaco100 FILE)
  ELICITATION  auto, choose, text or both (default auto: choose where the provider continues turns, else text)
  REPEATS      of every block, with text only (default 1)
  WORDING, LABELS  of the task  (default all, "numbers,letters")
  OUT          logs, table and pictures  (default logs/psychometrics)
  PYTHON       interpreter      (default .venv/bin/python, .venv-train/bin/python for adapters in folders)
USAGE
}

case "${1:-}" in
    -h | --help) usage; exit 0 ;;
    "" | -*) usage >&2; exit 2 ;;
esac
die() { echo "psychometrics.sh: error: $*" >&2; exit 2; }

BASE="$1"
shift
ADAPTERS=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    case "$1" in
        -*) die "options for inspect eval follow --, got '$1'" ;;
    esac
    ADAPTERS+=("$1")
    shift
done
[ $# -eq 0 ] || shift # --
OPTIONS=("$@")
[ ${#ADAPTERS[@]} -gt 0 ] || die "name at least one model to compare with $BASE (see --help)"

OUT="${OUT:-logs/psychometrics}"
case "$OUT" in /* | *://*) ;; *) OUT="$PWD/$OUT" ;; esac
TASKS="${TASKS:-hexaco100 dark_tetrad}"
ARGUMENTS=("instrument=${INSTRUMENT:-own}" "elicitation=${ELICITATION:-auto}" "wording=${WORDING:-all}"
    "labels=${LABELS:-numbers,letters}" "repeats=${REPEATS:-1}")

adapter_folders=0
for adapter in "${ADAPTERS[@]}"; do
    case "$adapter" in
        *=*) [ ! -f "${adapter#*=}/adapter_config.json" ] || adapter_folders=$((adapter_folders + 1)) ;;
    esac
done

if [ "$adapter_folders" -gt 0 ]; then
    [ "$adapter_folders" -eq ${#ADAPTERS[@]} ] || die "either all of the others are NAME=DIR of an adapter, or none"
    [ ${#OPTIONS[@]} -eq 0 ] || die "options for inspect eval cannot be given with adapters in folders"
    absolute=()
    for adapter in "${ADAPTERS[@]}"; do
        absolute+=(--adapter "${adapter%%=*}=$(cd "${adapter#*=}" && pwd)")
    done
    [ ! -d "$BASE" ] || BASE="$(cd "$BASE" && pwd)"
    cd "$ROOT"
    PYTHON="${PYTHON:-$ROOT/.venv-train/bin/python}"
    [ -x "$PYTHON" ] || die "no training environment at $PYTHON: run make train-env"
    tasks=()
    for task in $TASKS; do tasks+=(--task "$task ${ARGUMENTS[*]}"); done
    "$PYTHON" -m fiduciary rebench --base "$BASE" "${absolute[@]}" --out "$OUT/rebench" "${tasks[@]}"
    compared=("$OUT/rebench" --base base)
else
    cd "$ROOT" # a task is found by its name relative to the checkout, and only so
    PYTHON="${PYTHON:-$ROOT/.venv/bin/python}"
    [ -x "$PYTHON" ] || PYTHON="$(command -v python3)"
    compared=()
    # eval-set keeps a folder's finished samples: the same command resumes.
    for model in "$BASE" "${ADAPTERS[@]}"; do
        case "${model%%/*}" in # NAME=MODEL, where the = is no part of the model's own name
            *=*) name="${model%%=*}" model="${model#*=}" ;;
            *) name="${model//[^A-Za-z0-9._-]/-}" ;;
        esac
        for task in $TASKS; do
            arguments=()
            for argument in "${ARGUMENTS[@]}"; do arguments+=(-T "$argument"); done
            "$PYTHON" -m inspect_ai eval-set "tasks/$task" --model "$model" \
                --log-dir "$OUT/logs/$name/$task" --log-dir-allow-dirty \
                "${arguments[@]}" ${OPTIONS[@]+"${OPTIONS[@]}"}
        done
        compared+=("$name=$OUT/logs/$name")
    done
fi
"$PYTHON" -m fiduciary inventory compare "${compared[@]}" --picture "$OUT"
"$PYTHON" -m fiduciary inventory compare "${compared[@]}" --format csv --out "$OUT/inventories.csv"
"$PYTHON" -c 'from fiduciary.economics.psychometrics.published import describe; print(describe())'
