#!/usr/bin/env bash
# Study 1 of Foster & Rawski for any model: neutral prompts, the published design.
# `runs/study1.sh --help` says how to use it.
set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source=runs/_study_common.sh
. "$ROOT/runs/_study_common.sh"

usage() {
    cat <<'USAGE'
usage: runs/study1.sh MODEL [inspect eval options]

The neutral study: 1,000 problems of the published design, an explanation and
then a choice, temperature 0.1. Ends with the estimate beside the published one.
A run that was stopped resumes where it was when the same command is given again.

  runs/study1.sh vllm/llama-3.1-8b
  runs/study1.sh subject/study1

Environment:
  N          problems                 (default 1000)
  TEMPERATURES  temperature, or several (default 0.1, as published; with one
             temperature γ is known only as γ/τ: 0.2,0.5,1,1.5 identifies it)
  LOG_DIR    where logs go            (default logs/study1)
USAGE
}

start_study "$@"
ask neutral
"$PYTHON" -m fiduciary report "$LOG_DIR" --principal study1
