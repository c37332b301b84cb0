#!/usr/bin/env bash
# One address for several vLLM servers, for `inspect eval --model vllm/NAME`: vllm-router before them.
# Linux x86-64. `runs/router.sh --help` says how to use it.
#
# The first run makes .venv-router (about 130 MB) from locks/router.txt.
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source=runs/_serve_common.sh
. "$ROOT/runs/_serve_common.sh"

usage() {
    cat <<'USAGE'
usage: runs/router.sh [options] URL URL... [-- ROUTER_ARGUMENT...]

One address at 127.0.0.1 for the vLLM servers at the URLs (http://host:port), until Ctrl-C. Each request goes to
the less busy of two servers; one that fails is left out until it answers again, and what it was asked is asked of
another. Writes VLLM_BASE_URL and VLLM_API_KEY into .env in the current directory once a token has come through.

Whoever reaches this address can add a server to it without a key (POST /add_worker), and would be sent questions
and the key: only on a machine that is yours alone, with no browser open on it.

All servers serve the same names and have the same key, or none; start each with it:
  VLLM_API_KEY=... runs/serve.sh MODEL -- --host 0.0.0.0

  --port PORT      port on 127.0.0.1                (default 8100)
  --timeout SEC    longest wait for the first token (default 300)
  --log FILE       the router's log                 (default a temporary file)
  --install-only   make the environment and stop
  -h, --help       this text

What follows -- goes to vllm-router, for example:
  -- --policy cache_aware

Environment:
  VLLM_API_KEY  key of the servers          (default: the one in .env)
  ROUTER_VENV   the router's environment    (default .venv-router in the repository)
  BASE_PYTHON   Python it is made from      (default python3; 3.11 or later)
USAGE
}

LOCK="$ROOT/locks/router.txt"
VENV="${ROUTER_VENV:-$ROOT/.venv-router}"
PYTHON="${BASE_PYTHON:-python3}"

install() {
    local mark="$VENV/router.lock"
    if [ -x "$VENV/bin/vllm-router" ] && cmp -s "$LOCK" "$mark"; then return; fi
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        die "'$PYTHON' is older than Python 3.11; name another with BASE_PYTHON"
    say "installing vllm-router into $VENV"
    [ -x "$VENV/bin/python" ] || "$PYTHON" -m venv "$VENV"
    "$VENV/bin/python" -m pip --disable-pip-version-check install --quiet --no-deps --require-hashes -r "$LOCK"
    cp "$LOCK" "$mark"
}

# Asks each server for its names; says what is wrong, and returns 1 where none answers or they are not alike.
# A server that is down may come later. Prints the first name that all have.
check_servers() {
    VLLM_API_KEY="${VLLM_API_KEY:-}" "$PYTHON" - "$@" <<'PY'
import json, os, sys, urllib.error, urllib.request
def fail(reason):
    sys.exit(f"router.sh: error: {reason}")
opener, names = urllib.request.build_opener(urllib.request.ProxyHandler({})), {}
for url in sys.argv[1:]:
    key = os.environ["VLLM_API_KEY"]
    request = urllib.request.Request(f"{url}/v1/models", headers={"Authorization": f"Bearer {key}"} if key else {})
    try:
        with opener.open(request, timeout=20) as response:
            names[url] = [entry["id"] for entry in json.load(response)["data"]]
    except urllib.error.HTTPError as ex:
        if ex.code in (401, 403):
            fail(f"{url} refuses the key (HTTP {ex.code}): VLLM_API_KEY, here or in .env, is not the server's")
        fail(f"{url} answers HTTP {ex.code}; is it a vLLM server?")
    except (OSError, ValueError, KeyError, TypeError) as ex:
        print(f"router.sh: warning: no server answers at {url}: {ex}", file=sys.stderr)
if not names:
    fail("none of the servers answers; start them first")
if len({frozenset(served) for served in names.values()}) > 1:
    fail("the servers serve different names: " + "; ".join(f"{url}: {', '.join(n)}" for url, n in names.items()))
print(next(iter(names.values()))[0])
PY
}

PORT="8100" TIMEOUT="300" LOG="" INSTALL_ONLY="" URLS=()
while [ $# -gt 0 ]; do
    case "$1" in
        --port) need_value "$1" $#; PORT="$2"; shift 2 ;;
        --timeout) need_value "$1" $#; TIMEOUT="$2"; shift 2 ;;
        --log) need_value "$1" $#; LOG="$2"; shift 2 ;;
        --install-only) INSTALL_ONLY=1; shift ;;
        -h | --help) usage; exit 0 ;;
        --) shift; break ;;
        -*) die "unknown option '$1' (see --help; the router's own go after --)" ;;
        *)
            [[ "$1" =~ ^https?://[^/]+(/v1)?/?$ ]] || die "'$1' is not a server's address, such as http://host:8000"
            url="${1%/}"
            URLS+=("${url%/v1}")
            shift
            ;;
    esac
done

if [ -z "$INSTALL_ONLY" ]; then
    [ "${#URLS[@]}" -ge 2 ] || { usage >&2; exit 2; }
    check_port
    if [ -z "${VLLM_API_KEY:-}" ] && [ -f .env ]; then
        VLLM_API_KEY="$(sed -nE 's/^[[:space:]]*(export[[:space:]]+)?VLLM_API_KEY=(.*)$/\2/p' .env | tail -n 1)"
    fi
    NAME="$(check_servers "${URLS[@]}")" || exit 1
fi
install
[ -z "$INSTALL_ONLY" ] || exit 0
LOG="${LOG:-$(mktemp -t router-XXXXXX.log)}"

# Not the router's own default, cache_aware: it has every server tokenize every question before it chooses, to find
# the one that has seen its beginning; a task's questions begin alike, and every server soon has.
# Metrics are on a port of their own: one that is free.
metrics="$("$PYTHON" -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')"
serve "$VENV/bin/vllm-router" --worker-urls "${URLS[@]}" \
    --host 127.0.0.1 --port "$PORT" --policy power_of_two --prometheus-port "$metrics" --log-level warning \
    --worker-startup-check-interval 1 --health-check-interval-secs 5 --cb-timeout-duration-secs 5 "$@"
