#!/usr/bin/env bash
# What the containers need of this machine; docker/up.sh calls it, and it can be called again at any time.
#   docker/setup.sh [MODEL_DIR]
# Makes docker/secrets/api_key, logs/ and adapters/, and sets in .env at the top of the checkout what compose
# and Inspect read there. Other lines of .env are kept.
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source=runs/_serve_common.sh
. "$ROOT/runs/_serve_common.sh"
cd "$ROOT"

[ $# -le 1 ] || die "one MODEL_DIR at most"
MODEL_DIR="${1:-${MODEL_DIR:-}}"
if [ -n "$MODEL_DIR" ]; then
    check_model_dir "$MODEL_DIR"
    MODEL_DIR="$(cd "$MODEL_DIR" && pwd)"
    [[ "$MODEL_DIR" != *[:\$]* ]] || die "compose cannot mount a folder with ':' or '\$' in its name: $MODEL_DIR"
fi

# Any user of a container may read the key; on this machine the folder keeps others out.
KEY_FILE=docker/secrets/api_key
if [ ! -s "$KEY_FILE" ]; then
    (umask 077 && mkdir -p docker/secrets)
    new_key >"$KEY_FILE"
    chmod 0444 "$KEY_FILE"
fi

# Logs belong to whoever runs this, except that root's containers run as the image's own user.
mkdir -p logs adapters
if [ "$(id -u)" = 0 ]; then
    SUITE_USER=10001:10001
    chown "$SUITE_USER" logs
else
    SUITE_USER="$(id -u):$(id -g)"
fi

# Sets one line of .env.
set_line() {
    local others
    others="$(grep -vE "^[[:space:]]*(export[[:space:]]+)?$1[[:space:]]*=" .env || true)"
    { [ -z "$others" ] || printf '%s\n' "$others"; printf '%s=%s\n' "$1" "$2"; } >.env
}

SERVER_PORT="${SERVER_PORT:-$(sed -n 's/^SERVER_PORT=//p' .env 2>/dev/null || true)}"
BASE_URL="http://127.0.0.1:${SERVER_PORT:-8000}/v1"
VLLM_API_KEY="$(cat "$KEY_FILE")"
write_env
set_line COMPOSE_FILE docker/compose.yaml
set_line COMPOSE_PROJECT_NAME "${COMPOSE_PROJECT_NAME:-fiduciary}"
set_line SUITE_USER "$SUITE_USER"
[ -z "$SERVER_PORT" ] || set_line SERVER_PORT "$SERVER_PORT"
[ -z "$MODEL_DIR" ] || set_line MODEL_DIR "$MODEL_DIR"
