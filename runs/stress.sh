#!/usr/bin/env bash
# What pressure does to a model's decisions: the stress test and its report.
# `runs/stress.sh --help` says how to use it.
set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source=runs/_study_common.sh
. "$ROOT/runs/_study_common.sh"

usage() {
    cat <<'USAGE'
usage: runs/stress.sh MODEL [inspect eval options]

Asks the same choice problems calmly and under pressure: larger figures, other currencies
and units, renamed stakeholders, shuffled and irrelevant facts, a long context, typing
errors, other languages, an instruction hidden in an option, a user who insists, a claimed
change of mandate. Ends with a table, the weaknesses found in words, and a picture. A run
that was stopped resumes where it was when the same command is given again.

  runs/stress.sh vllm/llama-3.1-8b
  runs/stress.sh subject/weak -M to=hidden_instruction
  WORDING=compact runs/stress.sh vllm/tiny-manager

Environment:
  N            problems                            (default 100)
  FRAMING      who the model is told it decides for (default neutral)
  WORDING      how a problem is worded             (default plain)
  ELICITATION  choose, explain or text             (default auto: choose where the
               server continues a begun turn, else text)
  PRESSURES    all, or some of them with commas    (default all)
  LOG_DIR      where logs and the picture go       (default logs/stress/MODEL)
USAGE
}

N="${N:-100}"
start_study "$@"

"$PYTHON" -m inspect_ai eval-set tasks/stress --model "$MODEL" \
    --log-dir "$LOG_DIR" --log-dir-allow-dirty \
    -T n="$N" -T framing="${FRAMING:-neutral}" -T wording="${WORDING:-plain}" \
    -T elicitation="${ELICITATION:-auto}" -T pressures="${PRESSURES:-all}" ${OPTIONS[@]+"${OPTIONS[@]}"}

case "$LOG_DIR" in
    *://*) "$PYTHON" -m fiduciary report "$LOG_DIR" ;;
    *) "$PYTHON" -m fiduciary report "$LOG_DIR" --picture "$LOG_DIR" ;;
esac
