# shellcheck shell=bash
# Shared by serve.sh and serve_cpu.sh, which source it. Not run by itself.
#
# The caller sets PYTHON (any Python 3), NAME, PORT, TIMEOUT and LOG, and calls
#     check_port
#     serve COMMAND...
# serve starts the server, waits until it has generated one token (a server can
# report itself healthy while its engine hangs), writes .env and stays in the
# foreground until the server ends or this script is interrupted.

SERVER_PID=""

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "error: $*"; exit 1; }

need_value() { [ "$2" -ge 2 ] || die "$1 needs a value (see --help)"; }

# Each of these is a condition: 0 yes, 1 no.
is_port() { [[ "$1" =~ ^[0-9]{1,5}$ ]] && [ "$1" -ge 1 ] && [ "$1" -le 65535 ]; }

check_port() {
    is_port "$PORT" || die "--port must be a number from 1 to 65535, not '$PORT'"
    "$PYTHON" - "$PORT" <<'PY' || die "port $PORT on 127.0.0.1 is taken; choose another with --port"
import socket, sys
with socket.socket() as s:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        s.bind(("127.0.0.1", int(sys.argv[1])))
    except OSError:
        sys.exit(1)
PY
}

# The name that a model is served under, unless --name says otherwise: that of its folder or repository, in small
# letters. The model of the documents' commands keeps the short name that they use; its base is told apart.
served_name() {
    local name="${1%/}"
    # A download of the Hugging Face Hub: models--organisation--name/snapshots/commit.
    if [[ "$name" =~ models--[^/]*--([^/]+)/snapshots/[^/]+$ ]]; then name="${BASH_REMATCH[1]}"; fi
    name="$(LC_ALL=C; name="${name##*/}"; printf '%s' "${name,,}" | tr -c 'a-z0-9._-' '-' | sed -E 's/^[-._]+//')"
    case "$name" in
        llama-3.1-8b-instruct | meta-llama-3.1-8b-instruct) name="llama-3.1-8b" ;;
        llama-3.1-8b | meta-llama-3.1-8b) name="llama-3.1-8b-base" ;;
    esac
    printf '%s' "${name:-model}"
}

check_model_dir() {
    [ -d "$1" ] || die "model directory '$1' does not exist"
    compgen -G "$1/*.safetensors" >/dev/null || die "no *.safetensors file in '$1'"
    [ -f "$1/config.json" ] || die "no config.json in '$1'; is it a Hugging Face checkpoint?"
}

# Asks for one token with its log-probability, which a server may have to compile
# code for; prints the reason and returns 1 while there is none.
probe() {
    "$PYTHON" - "$BASE_URL" "$NAME" <<'PY'
import json, os, sys, urllib.error, urllib.request
base, name = sys.argv[1:]
request = urllib.request.Request(
    f"{base}/completions",
    data=json.dumps({"model": name, "prompt": "Hello", "max_tokens": 1, "logprobs": 1}).encode(),
    headers={
        "Content-Type": "application/json",
        "Authorization": f"Bearer {os.environ['VLLM_API_KEY']}",
    },
)
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    with opener.open(request, timeout=120) as response:
        tokens = json.load(response)["usage"]["completion_tokens"]
except urllib.error.HTTPError as ex:
    sys.exit(print(f"HTTP {ex.code}: {ex.read(500).decode(errors='replace')}") or 1)
except (OSError, ValueError, KeyError) as ex:
    sys.exit(print(f"{type(ex).__name__}: {ex}") or 1)
sys.exit(0 if tokens == 1 else print(f"{tokens} tokens generated") or 1)
PY
}

# A key is not written to wherever somebody else may have pointed.
refuse_link() {
    [ ! -L .env ] && return
    say "error: $PWD/.env is a symbolic link, through which no key is written: put a file in its place, or start in another folder"
    exit 2
}

# Sets the two lines in ./.env and keeps the others.
write_env() {
    refuse_link
    local others=""
    if [ -f .env ]; then
        local ours='^[[:space:]]*(export[[:space:]]+)?(VLLM_BASE_URL|VLLM_API_KEY)[[:space:]]*='
        others="$(grep -vE "$ours" .env || true)"
    else
        (umask 077 && : >.env)
    fi
    {
        [ -z "$others" ] || printf '%s\n' "$others"
        printf 'VLLM_BASE_URL=%s\nVLLM_API_KEY=%s\n' "$BASE_URL" "$VLLM_API_KEY"
    } >.env
}

# 24 random bytes in hexadecimal digits.
new_key() { head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n'; }

# The key that is given, else the one that an earlier start at this address made: whoever asks while a server is
# started again goes on. Else a new one.
choose_key() {
    local before=""
    if [ -f .env ] && grep -qxF "VLLM_BASE_URL=$BASE_URL" .env; then
        before="$(sed -nE 's/^VLLM_API_KEY=([0-9a-f]{48})$/\1/p' .env | tail -n 1)"
    fi
    VLLM_API_KEY="${VLLM_API_KEY:-${before:-$(new_key)}}"
}

stop_server() {
    local pid="$SERVER_PID"
    SERVER_PID=""
    [ -n "$pid" ] || return 0
    # The server leads its own process group: its engine goes with it.
    kill -TERM -- "-$pid" 2>/dev/null || return 0
    for _ in $(seq 1 60); do
        kill -0 -- "-$pid" 2>/dev/null || return 0
        sleep 0.5
    done
    say "the server did not stop in 30 s; killing it"
    kill -KILL -- "-$pid" 2>/dev/null || true
}

server_died() {
    local status=0
    wait "$SERVER_PID" || status=$?
    say "error: the server ended (status $status). The end of $LOG:"
    tail -n 40 "$LOG" >&2
    exit 1
}

serve() {
    local started=$SECONDS reason="" given_url="${VLLM_BASE_URL:-}"
    refuse_link
    BASE_URL="http://127.0.0.1:$PORT/v1"
    choose_key
    # The server reads its key from the environment too, which unlike an
    # argument is not in the list of processes.
    export VLLM_API_KEY
    export VLLM_NO_USAGE_STATS="${VLLM_NO_USAGE_STATS:-1}"

    trap stop_server EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM

    say "starting '$NAME' on $BASE_URL; log: $LOG"
    set -m
    "$@" >"$LOG" 2>&1 </dev/null &
    SERVER_PID=$!
    set +m

    until reason="$(probe)"; do
        kill -0 "$SERVER_PID" 2>/dev/null || server_died
        if [ $((SECONDS - started)) -ge "$TIMEOUT" ]; then
            tail -n 20 "$LOG" >&2
            die "no token after $TIMEOUT s (last answer: $reason); see --timeout"
        fi
        sleep 1
    done
    kill -0 "$SERVER_PID" 2>/dev/null || server_died

    write_env
    say "ready after $((SECONDS - started)) s; VLLM_BASE_URL and VLLM_API_KEY are in $PWD/.env"
    if [ -n "$given_url" ] && [ "$given_url" != "$BASE_URL" ]; then
        say "warning: VLLM_BASE_URL=$given_url is set in this environment and outranks .env"
    fi
    say "from $PWD, in another terminal:"
    printf '\n    inspect eval TASK --model vllm/%s\n\n' "$NAME"
    say "from elsewhere on this machine, first: set -a; . '$PWD/.env'; set +a"
    say "Ctrl-C stops the server"

    wait "$SERVER_PID" || true
    server_died
}
