#!/usr/bin/env bash
# A real language model measured on the CPU, from its weights to the page. `runs/real.sh --help` says how to use it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
    cat <<'USAGE'
usage: runs/real.sh

Serves SmolLM2-135M-Instruct (runs/real_model.py) with vLLM on the CPU, asks it the choice
problems and a little of every other task, each as the task asks by default, and writes a
page. The server is taken down whatever happens. What was asked once is not asked again when
the same command is given. Some minutes on two cores once everything is installed.

A model this small reads badly: what the page says of it is that, and a proof that the whole
way works with a model that nobody wrote for this suite.

Environment:
  N             choice problems                   (default 200)
  PORT          of the server, on 127.0.0.1       (default 8000)
  LOG_DIR       where logs go                     (default logs/real)
  SITE          the page's folder                 (default site/real)
  PYTHON        that asks and writes the page     (default .venv/bin/python)
  TRAIN_PYTHON  that converts the model           (default .venv-train/bin/python)
  VLLM_VENV, BASE_PYTHON, TORCH_INDEX_URL         as in runs/serve_cpu.sh
USAGE
}

case "${1:-}" in
    "") ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
esac
die() { echo "real.sh: error: $*" >&2; exit 1; }

PYTHON="${PYTHON:-.venv/bin/python}" TRAIN_PYTHON="${TRAIN_PYTHON:-.venv-train/bin/python}"
[ -x "$PYTHON" ] || die "no environment at $PYTHON: run make install"
[ -x "$TRAIN_PYTHON" ] || die "no training environment at $TRAIN_PYTHON: run make train-env"
NAME=smollm2-135m PORT="${PORT:-8000}" SITE="${SITE:-site/real}"
LOG_DIR="${LOG_DIR:-logs/real}"
case "$LOG_DIR" in /*) ;; *) LOG_DIR="$PWD/$LOG_DIR" ;; esac

echo "1/4 the model"
MODEL="$("$TRAIN_PYTHON" runs/real_model.py)"

echo "2/4 the server"
runs/serve_cpu.sh --install-only
export VLLM_BASE_URL="http://127.0.0.1:$PORT/v1" VLLM_API_KEY="${VLLM_API_KEY:-$(od -An -tx1 -N24 /dev/urandom | tr -d ' \n')}"
SERVER_DIR="$LOG_DIR/server" # serve_cpu.sh writes .env where it runs, once it is ready; the user's own stays
mkdir -p "$SERVER_DIR"
rm -f "$SERVER_DIR/.env"
serve="$PWD/runs/serve_cpu.sh"
# vLLM binds a thread to every core but one, which is left to whoever asks; a number set here would crowd them.
(cd "$SERVER_DIR" && exec env -u OMP_NUM_THREADS "$serve" \
    "$MODEL" --name "$NAME" --port "$PORT" --log server.log) >"$SERVER_DIR/start.log" 2>&1 &
SERVER=$!
trap 'kill "$SERVER" 2>/dev/null || true; wait "$SERVER" || true' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
until [ -f "$SERVER_DIR/.env" ]; do
    kill -0 "$SERVER" 2>/dev/null || { cat "$SERVER_DIR/start.log" >&2; die "the server did not start"; }
    sleep 1
done

echo "3/4 the questions"
# Each task has a folder of its own: eval-set wants one set of tasks a folder.
ask() { # task, its own arguments
    local task="$1" arguments=()
    shift
    for argument in "$@"; do arguments+=(-T "$argument"); done
    printf '\n%s\n' "$task $*"
    "$PYTHON" -m inspect_ai eval-set "tasks/$task" --model "vllm/$NAME" --display "${INSPECT_DISPLAY:-plain}" \
        --log-dir "$LOG_DIR/$task" --log-dir-allow-dirty --retry-attempts 0 ${arguments[@]+"${arguments[@]}"}
}
ask stakeholder_choice n="${N:-200}"
ask transitivity n=8
ask menus n=2
ask allocation budgets=3
ask money_pump n=4
ask axioms n=2
ask reachable n=40 framings=policy
ask delegation n=3
ask stated n=40
ask instruments n=6
ask stress n=4 words=300
ask moral_dilemmas n=12 probe=6
ask economic_games games=all repeats=1
ask duopoly_pricing n=1 periods=3
ask hexaco100 wording=plain
ask dark_tetrad wording=plain

echo "4/4 the page"
"$PYTHON" -m fiduciary board "$LOG_DIR" --out "$SITE" --title "SmolLM2-135M-Instruct"
echo "Open $SITE/index.html. Prompts and answers: inspect view --log-dir $LOG_DIR"
