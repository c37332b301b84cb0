#!/usr/bin/env bash
# Resolve pyproject.toml again and write the locks. `make lock` calls this; UV names the uv to use.
#
# base.txt       what running needs          (any platform, Python 3.11 and later)
# dev.txt        base.txt and the dev extra  (the same versions)
# train.txt      base.txt and the train extra without torch (see its first lines)
# docs.txt       what makes the documents a site (mkdocs.yml)
# router.txt     the router before several servers (runs/router.sh), with base.txt's versions
# ../uv.lock     every extra, for those who use uv (`uv sync`, `uv run`): a resolution of its own
# serve-cpu.txt, docker/serve-gpu.txt  versions by hand, as their first lines say; their hashes are renewed
#
# All of them hold the hashes of everything that pip may take. Kept as they are: versions already in a lock,
# unless UPGRADE=1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

UV="${UV:-uv}"
TORCH=2.13.0 # what vLLM 0.32 and runs/serve_cpu.sh use, and what the training code was tried with
# One version a package on every Python, so that results are compared on equal terms.
compile=("$UV" pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest
    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock")
[ -z "${UPGRADE:-}" ] || compile+=(--upgrade)

# The build backend is locked too, so that installing the project needs nothing that is not.
build=$(mktemp)
train=$(mktemp)
trap 'rm -f "$build" "$train" "$train.in"' EXIT
sed -n 's/^requires = \["\(.*\)"\]$/\1/p' pyproject.toml >"$build"
[ -s "$build" ]

locked() { "${compile[@]}" "$@" pyproject.toml - <"$build"; }
locked --generate-hashes -o locks/base.txt >/dev/null
locked --generate-hashes --extra dev --constraint locks/base.txt --no-annotate -o locks/dev.txt >/dev/null

echo "vllm-router==0.1.17" |
    "${compile[@]}" --generate-hashes --constraint locks/base.txt --no-annotate -o locks/router.txt - >/dev/null

printf 'mkdocs-material>=9.7\nmkdocs-same-dir>=0.1\nmkdocstrings[python]>=1\n' |
    "${compile[@]}" --generate-hashes --no-annotate -o locks/docs.txt - >/dev/null

# torch comes first and separately: which build is right depends on the machine, and its CUDA
# packages are in no list that a machine without a GPU should install.
echo "torch==$TORCH" >"$train.in"
locked --generate-hashes --extra train --constraint locks/base.txt --constraint "$train.in" --no-header --no-annotate \
    -o "$train" >/dev/null
{
    cat <<HEADER
# Training: locks/base.txt and the train extra, made by \`make lock\`. Install torch first, in the build
# that suits the machine (CPU or CUDA), then the rest:
#
#     pip install torch==$TORCH
#     pip install --no-deps --require-hashes -r locks/train.txt
#
# torch, triton and the CUDA packages are left out: a build of torch differs by machine, and so do its hashes.
HEADER
    # The lines below an entry are its hashes.
    awk '/^[^ ]/ { kept = $0 !~ /^(torch|triton|nvidia-[a-z0-9-]+|cuda-[a-z0-9-]+)(\[[a-z0-9,-]+\])?==/ } kept' "$train"
} >locks/train.txt

"$UV" lock --quiet ${UPGRADE:+--upgrade}

# Which packages a server takes is decided by what was tried (see the lists' first lines); only hashes are new.
hashed() { # LIST PYTHON
    local found
    found=$(mktemp)
    grep '^#' "$1" >"$found.head"
    "$UV" pip compile --quiet --no-deps --generate-hashes --no-annotate --no-header --no-emit-index-url \
        --python-version "$2" --python-platform x86_64-manylinux_2_28 -o "$found" "$1" >/dev/null
    cat "$found.head" "$found" >"$1"
    rm -f "$found" "$found.head"
}
hashed locks/serve-cpu.txt 3.11
hashed docker/serve-gpu.txt 3.12
