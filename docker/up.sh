#!/usr/bin/env bash
# Start the server, the suite and the page of logs, wait until the server generates, and take all down again at
# the end, on Ctrl-C and on failure. `docker/up.sh --help` says how to use it.
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source=runs/_serve_common.sh
. "$ROOT/runs/_serve_common.sh"

usage() {
    cat <<'USAGE'
usage: docker/up.sh [--detach] cpu|gpu [MODEL_DIR]

Serve the checkpoint in MODEL_DIR (config.json, *.safetensors, tokenizer), until Ctrl-C.
Without MODEL_DIR: the one named the last time, or fetched by `docker compose run --rm fetch`.

  --detach      leave it running; `docker compose --profile cpu down` ends it
  -h, --help    this text

Environment, besides what docker/compose.yaml lists:
  SERVER_TIMEOUT    seconds to wait for the first token (default 1800)
USAGE
}

PROFILE="" MODEL="" DETACH=""
while [ $# -gt 0 ]; do
    case "$1" in
        --detach) DETACH=1; shift ;;
        -h | --help) usage; exit 0 ;;
        -*) die "unknown option '$1' (see --help)" ;;
        *)
            if [ -z "$PROFILE" ]; then PROFILE="$1"
            elif [ -z "$MODEL" ]; then MODEL="$1"
            else die "more than one MODEL_DIR: '$MODEL' and '$1'"; fi
            shift ;;
    esac
done
case "$PROFILE" in
    cpu | gpu) ;;
    "") usage >&2; exit 2 ;;
    *) die "cpu or gpu, not '$PROFILE'" ;;
esac

# Nothing is started before all of this is in order.
command -v docker >/dev/null || die "no docker command: install Docker (Debian: apt-get install docker.io)"
docker info >/dev/null 2>&1 || die "no Docker engine answers ('docker info' says why); start it and try again"
if docker compose version >/dev/null 2>&1; then COMPOSE=(docker compose)
elif command -v docker-compose >/dev/null; then COMPOSE=(docker-compose)
else die "no compose: install Docker's compose plugin (Debian: apt-get install docker-compose)"; fi
if [ "$PROFILE" = gpu ]; then
    GPUS="$(nvidia-smi --query-gpu=driver_version --format=csv,noheader 2>/dev/null || true)"
    [ -n "$GPUS" ] || die "no NVIDIA GPU found (nvidia-smi names none); serve a small model with docker/up.sh cpu"
    [ "${GPUS%%.*}" -ge 580 ] || die "NVIDIA driver ${GPUS%%$'\n'*} is too old for CUDA 13.0; install 580 or later"
    docker info --format '{{json .Runtimes}}{{json .}}' | grep -q nvidia ||
        die "Docker does not know the GPU; install the NVIDIA Container Toolkit and restart Docker"
fi
[ -z "$MODEL" ] || [[ "$MODEL" = /* ]] || MODEL="$PWD/$MODEL"
"$ROOT/docker/setup.sh" ${MODEL:+"$MODEL"}
cd "$ROOT"
PYTHON=python3
for variable in SERVER_PORT=8000 PAGE_PORT=7575; do
    name="${variable%=*}"
    PORT="${!name:-$(sed -n "s/^$name=//p" .env)}"
    PORT="${PORT:-${variable#*=}}"
    (check_port 2>/dev/null) || die "port $PORT on 127.0.0.1 is taken; choose another: $name=… docker/up.sh $PROFILE"
done
missing=()
for image in suite "serve-$PROFILE"; do
    docker image inspect "fiduciary-$image:${FIDUCIARY_TAG:-local}" >/dev/null 2>&1 || missing+=("$image")
done
[ ${#missing[@]} -eq 0 ] || docker/build.sh "${missing[@]}"

SERVER="server-$PROFILE"
compose() { "${COMPOSE[@]}" --profile "$PROFILE" "$@"; }
# shellcheck disable=SC2329 # the traps call it
down() { compose down --timeout 20 >/dev/null 2>&1 || say "could not take everything down: see docker ps"; }
trap down EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# The log's last lines are what says why.
fail() {
    docker logs --tail 40 "$container" >&2 2>&1 || true
    die "$*"
}
state() { docker inspect --format "{{$1}}" "$container"; }

compose up --detach || die "the containers did not start; the lines above say why"
container="$(compose ps -q "$SERVER" | head -n 1)"
[ -n "$container" ] || die "the server's container is not there"
say "waiting for the first token; docker logs -f ${container:0:12} shows what the server does"
until [ "$(state .State.Health.Status)" = healthy ]; do
    # Started again once, it ended by itself; it will not do better.
    [ "$(state .RestartCount)" = 0 ] && [ "$(state .State.Running)" = true ] ||
        fail "the server ended before it generated a token; its last lines are above"
    [ "$SECONDS" -lt "${SERVER_TIMEOUT:-1800}" ] || fail "no token after $SECONDS s; see SERVER_TIMEOUT"
    sleep 1
done
NAME="${SERVED_NAME:-$(sed -n 's/^SERVED_NAME=//p' .env)}"
say "ready after $SECONDS s. From $ROOT, in another terminal, one of:"
printf '\n    %s run --rm suite inspect eval TASK --model vllm/%s\n    inspect eval TASK --model vllm/%s\n\n' \
    "${COMPOSE[*]}" "${NAME:-llama-3.1-8b}" "${NAME:-llama-3.1-8b}"
if [ -n "$DETACH" ]; then
    trap - EXIT
    say "${COMPOSE[*]} --profile $PROFILE down ends it"
    exit 0
fi
say "Ctrl-C stops it"
while [ "$(state .State.Running)" = true ] || [ "$(state .State.Restarting)" = true ]; do sleep 1; done
fail "the server ended (status $(state .State.ExitCode)); its last lines are above"
