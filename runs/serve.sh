#!/usr/bin/env bash
# Serve a checkpoint with vLLM on a GPU, for `inspect eval --model vllm/NAME`.
# Needs `pip install vllm==0.32.0`, best in an environment of its own, with its
# `vllm` command on PATH. `runs/serve.sh --help` says how to use it.
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source=runs/_serve_common.sh
. "$ROOT/runs/_serve_common.sh"

usage() {
    cat <<'USAGE'
usage: runs/serve.sh [options] MODEL [-- VLLM_ARGUMENT...]

Serve MODEL (a directory or a Hugging Face name) on the GPU, at 127.0.0.1 only,
until Ctrl-C. Writes VLLM_BASE_URL and VLLM_API_KEY into .env in the current
directory once the model has generated a token.

  --name NAME      name the model is served under   (default that of MODEL, in small
                   letters; Llama-3.1-8B-Instruct is llama-3.1-8b)
  --port PORT      port on 127.0.0.1                (default 8000)
  --timeout SEC    longest wait for the first token (default 1800)
  --log FILE       server log                       (default a temporary file)
  -h, --help       this text

What follows -- goes to `vllm serve`, for example:
  -- --max-model-len 8192 --seed 0
  -- --enable-lora --max-lora-rank 64 --lora-modules my-adapter=/path/to/adapter
An adapter is evaluated as `--model vllm/my-adapter`.

Environment:
  VLLM_API_KEY     key the server asks for (default: a random one, in .env)
USAGE
}

NAME="" PORT="8000" TIMEOUT="1800" LOG="" MODEL=""
while [ $# -gt 0 ]; do
    case "$1" in
        --name) need_value "$1" $#; NAME="$2"; shift 2 ;;
        --port) need_value "$1" $#; PORT="$2"; shift 2 ;;
        --timeout) need_value "$1" $#; TIMEOUT="$2"; shift 2 ;;
        --log) need_value "$1" $#; LOG="$2"; shift 2 ;;
        -h | --help) usage; exit 0 ;;
        --) shift; break ;;
        -*) die "unknown option '$1' (see --help; vLLM's own go after --)" ;;
        *) [ -z "$MODEL" ] || die "more than one MODEL: '$MODEL' and '$1'"; MODEL="$1"; shift ;;
    esac
done
[ -n "$MODEL" ] || { usage >&2; exit 2; }
NAME="${NAME:-$(served_name "$MODEL")}"

# A path, as opposed to a Hugging Face name such as organisation/model.
case "$MODEL" in
    /* | ./* | ../* | "~"*) check_model_dir "$MODEL" ;;
    *) [ ! -d "$MODEL" ] || check_model_dir "$MODEL" ;;
esac
command -v vllm >/dev/null || die "no vllm command on PATH: pip install vllm==0.32.0"
PYTHON="${PYTHON:-python3}"
check_port
LOG="${LOG:-$(mktemp -t serve-XXXXXX.log)}"

# --generation-config vllm: the sampling truncation that a checkpoint ships in
# generation_config.json is not applied (its end tokens still are).
serve vllm serve "$MODEL" --served-model-name "$NAME" \
    --host 127.0.0.1 --port "$PORT" --generation-config vllm "$@"
