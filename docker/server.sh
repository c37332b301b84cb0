#!/usr/bin/env bash
# What the serving containers run:
#   server.sh serve         vLLM on the checkpoint in /model, until it ends
#   server.sh healthy       the health check: one generated token, or the reason why there is none
#   server.sh fetch NAME    download a checkpoint from Hugging Face into /model
# Settings are environment variables; compose.yaml lists them.
set -euo pipefail

HERE="$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=runs/_serve_common.sh
. "$HERE/_serve_common.sh"

PYTHON=python3
NAME="${SERVED_NAME:-llama-3.1-8b}"
BASE_URL="http://127.0.0.1:8000/v1"
MODEL=/model
KEY_FILE=/run/secrets/api_key

# The server reads its key from its environment, which unlike an argument is in no list of processes.
read_key() {
    [ -s "$KEY_FILE" ] || die "no key in $KEY_FILE; docker/setup.sh makes one"
    VLLM_API_KEY="$(cat "$KEY_FILE")"
    export VLLM_API_KEY
}

# A link could show the server whatever else is in this container, its key among it.
check_links() { # folder, and where its links may lead
    local link
    while IFS= read -r -d '' link; do
        [[ "$(readlink -m "$link")" == "$(readlink -m "$2")"/* ]] || die "'$link' is a link that leads out of $2"
    done < <(find "$1" -type l -print0)
}

# Weights in other formats can run code as they load.
check_adapter() {
    [ -d "$1" ] || die "adapter '$1' does not exist; adapters lie below /adapters (ADAPTERS_DIR)"
    check_links "$1" "$(dirname "$1")"
    [ -f "$1/adapter_model.safetensors" ] || die "no adapter_model.safetensors in '$1'"
}

check_model() {
    [ -n "$(ls -A "$MODEL" 2>/dev/null)" ] ||
        die "no checkpoint: set MODEL_DIR to a folder that holds one, or fetch one: " \
            "docker compose run --rm fetch organisation/name"
    [ -r "$MODEL/config.json" ] || [ ! -e "$MODEL/config.json" ] ||
        die "MODEL_DIR is not readable for user $(id -u); chmod -R a+rX it"
    check_model_dir "$MODEL"
    check_links "$MODEL" "$MODEL"
}

start() {
    read_key
    check_model
    local arguments=() loras=() lora
    mapfile -d '' -t arguments < <("$PYTHON" "$HERE/vllm_arguments.py" SERVER_ARGS "${SERVER_ARGS:-}")
    wait "$!" || die "SERVER_ARGS cannot be used: the line above says why"
    read -r -a loras <<<"${LORA_MODULES:-}" || true
    for lora in "${loras[@]}"; do
        [[ "$lora" == ?*=/?* ]] || die "LORA_MODULES: '$lora' is not name=/adapters/folder"
        check_adapter "${lora#*=}"
    done
    [ ${#loras[@]} -eq 0 ] || arguments=(--enable-lora --lora-modules "${loras[@]}" "${arguments[@]}")
    [ "${TENSOR_PARALLEL:-1}" = 1 ] || arguments=(--tensor-parallel-size "$TENSOR_PARALLEL" "${arguments[@]}")
    [ "${DATA_PARALLEL:-1}" = 1 ] || arguments=(--data-parallel-size "$DATA_PARALLEL" "${arguments[@]}")
    if [ "${VARIANT:-gpu}" = cpu ]; then
        # As in runs/serve_cpu.sh: without the first two a first request waits for a compiler, and without the
        # third a request with a seed whose prompt is prefilled in parts crashes vLLM 0.32.0.
        export TORCH_COMPILE_DISABLE=1 VLLM_CPU_KVCACHE_SPACE="${VLLM_CPU_KVCACHE_SPACE:-2}"
        arguments=(--enforce-eager --no-enable-chunked-prefill "${arguments[@]}")
    fi
    # --generation-config vllm: the truncation of sampling that a checkpoint ships is not applied.
    exec "$PYTHON" -m vllm.entrypoints.openai.api_server \
        --model "$MODEL" --load-format safetensors --served-model-name "$NAME" \
        --host 0.0.0.0 --port 8000 --generation-config vllm "${arguments[@]}"
}

fetch() {
    [ $# -eq 1 ] && [[ "$1" == ?*/?* ]] || die "fetch needs one name, such as organisation/name"
    # One checkpoint at a time: another one's files would be taken for this one's.
    if [ "$(cat "$MODEL/.name" 2>/dev/null)" != "$1" ]; then
        find "$MODEL" -mindepth 1 -delete
        printf '%s\n' "$1" >"$MODEL/.name"
    fi
    HF_HUB_OFFLINE=0 hf download "$1" --local-dir "$MODEL" \
        --include '*.safetensors' --include '*.json' --include '*.jinja' --include 'tokenizer*' ||
        die "'$1' could not be downloaded (a gated model needs HF_TOKEN in the environment)"
    check_model_dir "$MODEL"
}

case "${1:-serve}" in
    serve) start ;;
    fetch) shift; fetch "$@" ;;
    healthy) exec timeout --signal=KILL 25 bash "${BASH_SOURCE[0]}" probe ;;
    probe) read_key; probe ;;
    *) die "serve, healthy or fetch, not '$1'" ;;
esac
