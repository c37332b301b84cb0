#!/usr/bin/env bash
# What the suite's containers run. `ready` waits for the server and says what to do next; anything else is a
# command, such as `inspect eval tasks/stakeholder_choice --model vllm/llama-3.1-8b`, which is given the
# server's address and key first and, where it asks a vllm/ model, waits until that model is really served.
set -euo pipefail

# shellcheck source=runs/_serve_common.sh
. "$(dirname "${BASH_SOURCE[0]}")/_serve_common.sh"

PYTHON=python3
NAME="${SERVED_NAME:-llama-3.1-8b}"
KEY_FILE=/run/secrets/api_key

# Waits until the server generates a token. There is nothing to wait for while no server is running: then its
# name is unknown on the network.
await_server() {
    local reason="" started=$SECONDS told=$SECONDS
    until reason="$(probe)"; do
        if ! getent hosts server >/dev/null && [ $((SECONDS - started)) -ge "${SERVER_GRACE:-20}" ]; then
            die "no server is running; start one with docker/up.sh cpu (or gpu), then ask again"
        fi
        [ $((SECONDS - started)) -lt "${SERVER_TIMEOUT:-1800}" ] ||
            die "the server gave no token in ${SERVER_TIMEOUT:-1800} s (last answer: $reason); see its log"
        [ $((SECONDS - told)) -lt 20 ] || { told=$SECONDS; say "waiting for the server ($((SECONDS - started)) s)"; }
        sleep 1
    done
}

# Names of the vllm/ models in a command, without the adapter that may follow a colon.
vllm_models() {
    local argument model
    for argument in "$@"; do
        for model in ${argument//,/ }; do
            model="${model#--model=}"
            [[ "$model" != vllm/?* ]] || { model="${model#vllm/}"; echo "${model%%:*}"; }
        done
    done
}

check_served() {
    "$PYTHON" - "$BASE_URL" "$@" <<'PY' || exit 1
import json, os, sys, urllib.request
base, *wanted = sys.argv[1:]
request = urllib.request.Request(
    f"{base}/models", headers={"Authorization": f"Bearer {os.environ['VLLM_API_KEY']}"}
)
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
with opener.open(request, timeout=60) as response:
    served = sorted(model["id"] for model in json.load(response)["data"])
for name in wanted:
    if name not in served:
        sys.exit(f"suite.sh: error: '{name}' is not served; ask for {' or '.join('vllm/' + s for s in served)}")
PY
}

# A health check: the address answers, with the server's key where there is one.
healthy() {
    VLLM_API_KEY="$(cat "$KEY_FILE" 2>/dev/null || true)" exec "$PYTHON" - "$1" <<'PY'
import os, sys, urllib.request
key = os.environ["VLLM_API_KEY"]
request = urllib.request.Request(sys.argv[1], headers={"Authorization": f"Bearer {key}"} if key else {})
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    with opener.open(request, timeout=10) as response:
        response.read(1)
except (OSError, ValueError) as ex:
    sys.exit(f"{sys.argv[1]}: {ex}")
PY
}

[ $# -gt 0 ] || set -- ready
[ "$1" != healthy ] || healthy "$2"
if [ -r "$KEY_FILE" ]; then
    BASE_URL="${VLLM_BASE_URL:=http://gateway:8000/v1}"
    VLLM_API_KEY="$(cat "$KEY_FILE")"
    export VLLM_BASE_URL VLLM_API_KEY
fi
if [ "$1" = ready ]; then
    [ -n "${BASE_URL:-}" ] || die "no server's key in $KEY_FILE; name a command, such as inspect --help"
    await_server
    say "ready: '$NAME' answers. In another terminal, in the same folder:"
    say "    docker compose run --rm suite inspect eval tasks/stakeholder_choice --model vllm/$NAME"
    exit 0
fi
mapfile -t models < <(vllm_models "$@")
if [ ${#models[@]} -gt 0 ] && [ -n "${BASE_URL:-}" ]; then
    await_server
    check_served "${models[@]}"
fi
exec "$@"
