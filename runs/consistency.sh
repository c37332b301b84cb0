#!/usr/bin/env bash
# Do a model's answers come from a preference at all? Pairs, menus, axioms, budgets and the money pump.
# `runs/consistency.sh --help` says how to use it.
set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source=runs/_study_common.sh
. "$ROOT/runs/_study_common.sh"

usage() {
    cat <<'USAGE'
usage: runs/consistency.sh MODEL [inspect eval options]

The rationality profile of a model: every pair of small choice sets in both orders
(transitivity), the same options in menus of two to five, a card of six axioms, budgets
split at varying prices, and trades for a fee around the circles that its own answers
drew. Ends with the reports and two pictures. A run that was stopped resumes where it was when the same
command is given again.

  runs/consistency.sh vllm/llama-3.1-8b
  runs/consistency.sh subject/cyclic
  FRAMING=nonprofit runs/consistency.sh vllm/llama-3.1-8b

Environment:
  N            choice sets of pairs and pumps      (default 60)
  MENUS        option sets of menus                (default 20)
  FIRMS        firms of the card of axioms         (default 12)
  BUDGETS      budgets of a set                    (default 20)
  FRAMING      who the model is told it decides for (default neutral)
  ELICITATION  choose, explain or text             (default auto: choose where the
               server continues a begun turn, else text)
  TEMPERATURE  of text answers                     (default 1.0)
  LOG_DIR      where logs go                       (default logs/consistency/MODEL)

The picture of several models: runs/rationality_picture.py logs/consistency
USAGE
}

N="${N:-60}"
start_study "$@"

# Each task has a folder of its own: eval-set wants one set of tasks a folder.
ask_task() { # task, its own arguments
    local task="$1"
    shift
    printf '\n%s\n' "$task"
    "$PYTHON" -m inspect_ai eval-set "tasks/$task" --model "$MODEL" \
        --log-dir "$LOG_DIR/$task" --log-dir-allow-dirty \
        -T framing="${FRAMING:-neutral}" \
        -T temperature="${TEMPERATURE:-1.0}" "$@" ${OPTIONS[@]+"${OPTIONS[@]}"}
}

WAY="${ELICITATION:-auto}"
# Amounts are read from texts, so that allocation knows but these two ways.
case "$WAY" in explain | text) AMOUNTS=explain ;; *) AMOUNTS=answer ;; esac

ask_task transitivity -T n="$N" -T elicitation="$WAY"
ask_task menus -T n="${MENUS:-20}" -T elicitation="$WAY"
# The card's questions are choices of one letter or what a text states, and there is no explain.
case "$WAY" in explain | text) LETTERS=text ;; *) LETTERS="$WAY" ;; esac
ask_task axioms -T n="${FIRMS:-12}" -T elicitation="$LETTERS"
ask_task allocation -T budgets="${BUDGETS:-20}" -T elicitation="$AMOUNTS"
ask_task money_pump -T n="$N" -T elicitation="$WAY"

case "$LOG_DIR" in
    *://*) "$PYTHON" -m fiduciary report "$LOG_DIR" ;;
    *)
        "$PYTHON" -m fiduciary report "$LOG_DIR" --picture "$LOG_DIR"
        "$PYTHON" runs/rationality_picture.py "$LOG_DIR" --picture "$LOG_DIR/rationality.png"
        ;;
esac
