#!/usr/bin/env bash
# Serve a checkpoint with vLLM on the CPU, for `inspect eval --model vllm/NAME`.
# Linux x86-64. `runs/serve_cpu.sh --help` says how to use it.
#
# The first run makes .venv-vllm (about 3 GB) from locks/serve-cpu.txt. torch
# comes first, alone, as its CPU build 2.13.0+cpu: from wherever plain pip finds
# it, else from https://download.pytorch.org/whl/cpu, since PyPI has only the
# CUDA build for Linux. Set TORCH_INDEX_URL to use another index instead.
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source=runs/_serve_common.sh
. "$ROOT/runs/_serve_common.sh"

usage() {
    cat <<'USAGE'
usage: runs/serve_cpu.sh [options] MODEL_DIR [-- VLLM_ARGUMENT...]

Serve the checkpoint in MODEL_DIR (config.json, *.safetensors, tokenizer) on the
CPU, at 127.0.0.1 only, until Ctrl-C. Writes VLLM_BASE_URL and VLLM_API_KEY into
.env in the current directory once the model has generated a token.

  --name NAME      name the model is served under   (default that of MODEL_DIR, in small
                   letters; Llama-3.1-8B-Instruct is llama-3.1-8b)
  --port PORT      port on 127.0.0.1                (default 8000)
  --timeout SEC    longest wait for the first token (default 900)
  --log FILE       server log                       (default a temporary file)
  --install-only   make the environment and stop
  -h, --help       this text

What follows -- goes to vLLM, for example a shorter context or LoRA adapters:
  -- --max-model-len 4096
  -- --enable-lora --lora-modules my-adapter=/path/to/adapter

Environment:
  VLLM_API_KEY            key the server asks for (default: a random one, in .env)
  VLLM_CPU_KVCACHE_SPACE  GiB for the KV cache    (default 2)
  VLLM_VENV               the serving environment (default .venv-vllm in the repository)
  BASE_PYTHON             Python 3.11 or 3.12 it is made from (default python3)
  TORCH_INDEX_URL         package index for a CPU build of torch
USAGE
}

TORCH="torch==2.13.0+cpu"
TORCH_CPU_INDEX="https://download.pytorch.org/whl/cpu"
LOCK="$ROOT/locks/serve-cpu.txt"
VENV="${VLLM_VENV:-$ROOT/.venv-vllm}"

install() {
    local mark="$VENV/serve-cpu.lock" base="${BASE_PYTHON:-python3}" index="${TORCH_INDEX_URL:-}"
    if [ -x "$VENV/bin/python" ] && cmp -s "$LOCK" "$mark"; then return; fi

    "$base" -c 'import sys; sys.exit(sys.version_info[:2] not in {(3, 11), (3, 12)})' ||
        die "'$base' is not Python 3.11 or 3.12; name one with BASE_PYTHON"
    say "installing the serving environment into $VENV (some minutes)"
    [ -x "$VENV/bin/python" ] || "$base" -m venv "$VENV"
    local pip=("$VENV/bin/python" -m pip --disable-pip-version-check)
    if ! "$VENV/bin/python" -c 'import torch; assert torch.__version__ == "2.13.0+cpu"' 2>/dev/null; then
        # Without an index named, plain pip first: a local wheel may satisfy it.
        # 2.13.0+cpu cannot match the CUDA build.
        if [ -n "$index" ] || ! "${pip[@]}" install --quiet --no-deps "$TORCH" 2>/dev/null; then
            "${pip[@]}" install --quiet --no-deps \
                --extra-index-url "${index:-$TORCH_CPU_INDEX}" "$TORCH" ||
                die "no CPU build of torch; name an index that has $TORCH in TORCH_INDEX_URL"
        fi
    fi
    "${pip[@]}" install --quiet --no-deps --require-hashes -r "$LOCK"
    "$VENV/bin/python" -c 'import torch; assert torch.version.cuda is None' ||
        die "the torch in $VENV is not a CPU build; remove $VENV and try again"
    cp "$LOCK" "$mark"
}

NAME="" PORT="8000" TIMEOUT="900" LOG="" MODEL="" INSTALL_ONLY=""
while [ $# -gt 0 ]; do
    case "$1" in
        --name) need_value "$1" $#; NAME="$2"; shift 2 ;;
        --port) need_value "$1" $#; PORT="$2"; shift 2 ;;
        --timeout) need_value "$1" $#; TIMEOUT="$2"; shift 2 ;;
        --log) need_value "$1" $#; LOG="$2"; shift 2 ;;
        --install-only) INSTALL_ONLY=1; shift ;;
        -h | --help) usage; exit 0 ;;
        --) shift; break ;;
        -*) die "unknown option '$1' (see --help; vLLM's own go after --)" ;;
        *) [ -z "$MODEL" ] || die "more than one MODEL_DIR: '$MODEL' and '$1'"; MODEL="$1"; shift ;;
    esac
done

if [ -z "$INSTALL_ONLY" ]; then
    [ -n "$MODEL" ] || { usage >&2; exit 2; }
    check_model_dir "$MODEL"
    NAME="${NAME:-$(served_name "$MODEL")}"
    PYTHON="${BASE_PYTHON:-python3}"
    check_port
fi
install
[ -z "$INSTALL_ONLY" ] || exit 0

PYTHON="$VENV/bin/python"
LOG="${LOG:-$(mktemp -t serve-cpu-XXXXXX.log)}"
export VLLM_CPU_KVCACHE_SPACE="${VLLM_CPU_KVCACHE_SPACE:-2}"
export HF_HUB_OFFLINE="${HF_HUB_OFFLINE:-1}"
# Without this the first request for log-probabilities compiles a kernel, which
# takes a C++ compiler and many seconds.
export TORCH_COMPILE_DISABLE="${TORCH_COMPILE_DISABLE:-1}"

# The vllm-cpu package has no working `vllm` command, hence the module.
# --generation-config vllm: the sampling truncation that a checkpoint ships in
# generation_config.json is not applied (its end tokens still are).
# --no-enable-chunked-prefill: a request with a seed whose prompt is prefilled in parts crashes the
# engine of vLLM 0.32.0 on a CPU ("CPU Generator does not use offset").
serve "$PYTHON" -m vllm.entrypoints.openai.api_server \
    --model "$MODEL" --served-model-name "$NAME" \
    --host 127.0.0.1 --port "$PORT" \
    --generation-config vllm --enforce-eager --no-enable-chunked-prefill "$@"
