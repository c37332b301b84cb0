#!/usr/bin/env bash
# Study 2 of Foster & Rawski for any model: prompts that name a kind of firm, the published design.
# `runs/study2.sh --help` says how to use it.
set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source=runs/_study_common.sh
. "$ROOT/runs/_study_common.sh"

usage() {
    cat <<'USAGE'
usage: runs/study2.sh MODEL [inspect eval options]

The prompted study: for-profit, symmetric and non-profit firms, each problem with
an industry and a strategic objective, 1,000 problems of the published design at
temperature 0.1. The published prompts also order the model to justify what serves
the firm; FRAMINGS chooses between that order and the identity alone. Ends with the
estimates beside the published ones. A run that was stopped resumes where it was.

  runs/study2.sh vllm/llama-3.1-8b
  FRAMINGS="for_profit symmetric nonprofit" runs/study2.sh vllm/llama-3.1-8b

Environment:
  FRAMINGS   framings to ask under (default: for_profit_justify symmetric_justify
             nonprofit_justify, as published)
  N, TEMPERATURES, LOG_DIR  as in runs/study1.sh (LOG_DIR default logs/study2)
USAGE
}

start_study "$@"
for framing in ${FRAMINGS:-for_profit_justify symmetric_justify nonprofit_justify}; do
    case "${framing%_justify}" in
        for_profit | symmetric | nonprofit) ;;
        *) die_of "FRAMINGS holds for_profit, symmetric and nonprofit, each also with _justify, not '$framing'" ;;
    esac
done
for framing in ${FRAMINGS:-for_profit_justify symmetric_justify nonprofit_justify}; do
    ask "$framing" -T context=true
done
for framing in ${FRAMINGS:-for_profit_justify symmetric_justify nonprofit_justify}; do
    "$PYTHON" -m fiduciary report "$LOG_DIR/$framing" --principal "${framing%_justify}"
done
