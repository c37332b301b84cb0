# Shared by the scripts that reproduce a published study; to be sourced, not run.
# shellcheck shell=bash

die_of() { # what is wrong, by the name that the user gave it
    echo "$(basename "$0"): error: $1" >&2
    exit 2
}

start_study() { # MODEL, then options for inspect eval
    case "${1:-}" in
        -h | --help) usage; exit 0 ;;
        "" | -*) usage >&2; exit 2 ;;
    esac
    MODEL="$1"
    shift
    OPTIONS=("$@")
    PYTHON="${PYTHON:-$ROOT/.venv/bin/python}"
    [ -x "$PYTHON" ] || PYTHON="$(command -v python3)"
    N="${N:-1000}"
    [[ "$N" =~ ^[1-9][0-9]*$ ]] || die_of "N must be a whole number of at least 1, not '$N'"
    TEMPERATURES="${TEMPERATURES:-0.1}"
    LOG_DIR="${LOG_DIR:-logs/$(basename "$0" .sh)/${MODEL//\//-}}"
    case "$LOG_DIR" in /* | *://*) ;; *) LOG_DIR="$PWD/$LOG_DIR" ;; esac
    export LOG_DIR
    cd "$ROOT" # a task is found by its name relative to the checkout, and only so
}

# Ask under one framing. eval-set keeps a folder's finished samples: the same command resumes.
ask() { # framing, further options
    local framing="$1"
    shift
    local folder="$LOG_DIR"
    [ "$framing" = neutral ] || folder="$LOG_DIR/$framing"
    "$PYTHON" -m inspect_ai eval-set tasks/stakeholder_choice --model "$MODEL" \
        --log-dir "$folder" --log-dir-allow-dirty \
        -T n="$N" -T trade_offs=published -T framing="$framing" -T elicitation=text -T wording=plain \
        -T temperatures="$TEMPERATURES" "$@" ${OPTIONS[@]+"${OPTIONS[@]}"}
}
