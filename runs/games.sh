#!/usr/bin/env bash
# The economic games of Lu, Chen & Hansen for any model: 18 games, plans and beliefs.
# `runs/games.sh --help` says how to use it.
set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source=runs/_study_common.sh
. "$ROOT/runs/_study_common.sh"

usage() {
    cat <<'USAGE'
usage: runs/games.sh MODEL [inspect eval options]

Prisoner's dilemma, trust and ultimatum games with six payoff sets each, both roles
and beliefs, and the dictator, public goods, stag hunt and beauty contest games. Ends
with the report and a picture of cooperation against incentives. A run that was
stopped resumes where it was when the same command is given again.

  runs/games.sh vllm/llama-3.1-8b
  runs/games.sh subject/moralis

Environment:
  GAMES        what is played                     (default all)
  REPEATS      samples of each game               (default 20)
  ELICITATION  auto, choose or text               (default auto)
  BELIEFS      before, none or, as texts, after   (default before)
  LABELS       neutral or labelled                (default neutral)
  LOG_DIR      where logs go                      (default logs/games/MODEL)

The picture of several models: runs/games_picture.py logs/games
USAGE
}

start_study "$@"
"$PYTHON" -m inspect_ai eval-set tasks/economic_games --model "$MODEL" \
    --log-dir "$LOG_DIR" --log-dir-allow-dirty \
    -T games="${GAMES:-all}" -T repeats="${REPEATS:-20}" -T beliefs="${BELIEFS:-before}" \
    -T labels="${LABELS:-neutral}" -T elicitation="${ELICITATION:-auto}" ${OPTIONS[@]+"${OPTIONS[@]}"}
"$PYTHON" -m fiduciary report "$LOG_DIR"
case "$LOG_DIR" in
    *://*) ;;
    *) "$PYTHON" runs/games_picture.py "$LOG_DIR" --picture "$LOG_DIR/cooperation.png" ;;
esac
