#!/usr/bin/env bash
# Everything that is proven, one target after the other. `runs/nightly.sh --help` says how to use it.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

TARGETS=(lint test test-slow test-train test-train-slow test-vllm test-chat test-sky test-router test-export test-docker demo align real documents faults audit bench)

usage() {
    cat <<USAGE
usage: runs/nightly.sh [TARGET...]

Runs make's targets one after the other, also after one that failed, each with a log of its
own, and ends with a table: target, outcome, minutes, and what it said last. Ends with 1 where one
of them failed. Some hours on two cores; as root on Debian, it installs Chromium and a
Docker engine where they are not there.

All of them: ${TARGETS[*]}

Environment:
  OUT   folder of the logs and of summary.md  (default logs/nightly)
USAGE
}

case "${1:-}" in
    -h | --help) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
esac
[ $# -eq 0 ] || TARGETS=("$@")
OUT="${OUT:-logs/nightly}"
mkdir -p "$OUT"

export CI=true INSPECT_DISPLAY=plain
unset INSPECT_EVAL_MODEL INSPECT_LOG_DIR

rows=() status=0
for target in "${TARGETS[@]}"; do
    echo "nightly: make $target (log in $OUT/$target.log)"
    start=$SECONDS outcome=passed
    make "$target" >"$OUT/$target.log" 2>&1 </dev/null || { outcome=FAILED; status=1; }
    # The last line that says something; a | would end the table's cell.
    said="$(grep -v '^[[:space:]]*$' "$OUT/$target.log" | tail -n 1 | tr -d '\033' | tr '|' '/' | cut -c1-100)"
    rows+=("$(printf '| %s | %s | %d:%02d | %s |' "$target" "$outcome" $(((SECONDS - start) / 60)) $(((SECONDS - start) % 60)) "$said")")
done
{
    echo "| target | outcome | minutes | last line |"
    echo "|---|---|---|---|"
    printf '%s\n' "${rows[@]}"
} | tee "$OUT/summary.md"
exit "$status"
