#!/usr/bin/env bash
# Moral dilemmas for any model, beside human reference rows. `runs/dilemmas.sh --help` says how to use it.
set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

usage() {
    cat <<'USAGE'
usage: runs/dilemmas.sh MODEL [inspect eval options]

Self-driving cars that sacrifice or protect their passenger (every case in every order
and wording) and $10,000 of profit against two employees. Ends with ratings, choices
and the gap between judgement and purchase beside human figures (unverified), and a
picture. A run that was stopped resumes when the same command is given again.

  runs/dilemmas.sh vllm/llama-3.1-8b
  runs/dilemmas.sh subject/torn

Environment:
  N            vehicle cases        (default 288)
  PROBE        repetitions of the probe (default 20)
  ELICITATION  of choices: auto, choose, explain or text (default auto)
  TEMPERATURE  of texts             (default 1.0)
  LOG_DIR      where logs and the picture go (default logs/dilemmas/MODEL)
USAGE
}

case "${1:-}" in
    -h | --help) usage; exit 0 ;;
    "" | -*) usage >&2; exit 2 ;;
esac
MODEL="$1"
shift
PYTHON="${PYTHON:-$ROOT/.venv/bin/python}"
[ -x "$PYTHON" ] || PYTHON="$(command -v python3)"
LOG_DIR="${LOG_DIR:-logs/dilemmas/${MODEL//\//-}}"
case "$LOG_DIR" in /* | *://*) ;; *) LOG_DIR="$PWD/$LOG_DIR" ;; esac
cd "$ROOT" # a task is found by its name relative to the checkout, and only so

"$PYTHON" -m inspect_ai eval-set tasks/moral_dilemmas --model "$MODEL" \
    --log-dir "$LOG_DIR" --log-dir-allow-dirty \
    -T n="${N:-288}" -T probe="${PROBE:-20}" -T elicitation="${ELICITATION:-auto}" \
    -T temperature="${TEMPERATURE:-1.0}" "$@"
"$PYTHON" -m fiduciary report "$LOG_DIR" --picture "$LOG_DIR"
