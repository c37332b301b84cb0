#!/usr/bin/env bash
# Repeated pricing for any model: against itself in several tones, against fixed strategies, and after a
# forced deviation. `runs/duopoly.sh --help` says how to use it.
set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

usage() {
    cat <<'USAGE'
usage: runs/duopoly.sh MODEL [inspect eval options]

Repeated price competition: MODEL against itself under each objective, against each
fixed strategy, and against itself with a forced deviation near the end. Ends with
every run's prices, profits and gain index beside Nash and joint monopoly. A run that
was stopped goes on with its next period when the same command is given again.

  runs/duopoly.sh vllm/llama-3.1-8b
  runs/duopoly.sh vllm/llama-3.1-8b --model-role opponent=vllm/another-model

Environment:
  N           runs of each condition          (default 3: one for each of α = 1, 3.2, 10)
  PERIODS     periods of a run                (default 300)
  OBJECTIVES  tones of the objective          (default "plain emphatic")
  OPPONENTS   fixed strategies                (default "nash undercut tit_for_tat")
  LOG_DIR     where logs and pictures go      (default logs/duopoly/MODEL)
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
PERIODS="${PERIODS:-300}"
LOG_DIR="${LOG_DIR:-logs/duopoly/${MODEL//\//-}}"
case "$LOG_DIR" in /* | *://*) ;; *) LOG_DIR="$PWD/$LOG_DIR" ;; esac
cd "$ROOT" # a task is found by its name relative to the checkout, and only so

# eval-set keeps finished samples and, by the journals beside the log, finished periods.
play() { # folder, then options
    local folder="$LOG_DIR/$1"
    shift
    "$PYTHON" -m inspect_ai eval-set tasks/duopoly_pricing --model "$MODEL" \
        --log-dir "$folder" --log-dir-allow-dirty -T n="${N:-3}" -T periods="$PERIODS" "$@"
}

for objective in ${OBJECTIVES:-plain emphatic}; do
    play "self-$objective" -T objective="$objective" "$@"
done
play self-deviation -T deviation_at="$((PERIODS - PERIODS / 15))" "$@"
for opponent in ${OPPONENTS:-nash undercut tit_for_tat}; do
    play "against-$opponent" -T opponent="$opponent" "$@"
done
"$PYTHON" -m fiduciary report "$LOG_DIR"
