#!/usr/bin/env bash
# Build images, with a list of what is in each (SBOM, CycloneDX) in dist/sbom/, and print their sizes.
# `docker/build.sh --help` says how to use it.
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source=runs/_serve_common.sh
. "$ROOT/runs/_serve_common.sh"
cd "$ROOT"

usage() {
    cat <<'USAGE'
usage: docker/build.sh [options] IMAGE...

IMAGE is suite, serve-cpu, serve-gpu or train; each becomes fiduciary-IMAGE:local.

  --base IMAGE      base image, in place of the pinned one
  --pip-conf FILE   pip's settings during the build, for example an index of your own
  --ca FILE         certificates of authorities, where pip's settings say cert = /run/secrets/ca
  --network NAME    network of the build               (default: the engine's own)
  --tag TAG         tag of the images                  (default local)
  -h, --help        this text

Neither file is left in an image: both are secret mounts.
USAGE
}

BASE="" NETWORK="" TAG="${FIDUCIARY_TAG:-local}"
secrets=() images=()
while [ $# -gt 0 ]; do
    case "$1" in
        --base) need_value "$1" $#; BASE="$2"; shift 2 ;;
        --pip-conf) need_value "$1" $#; secrets+=(--secret "id=pip.conf,src=$2"); shift 2 ;;
        --ca) need_value "$1" $#; secrets+=(--secret "id=ca,src=$2"); shift 2 ;;
        --network) need_value "$1" $#; NETWORK="$2"; shift 2 ;;
        --tag) need_value "$1" $#; TAG="$2"; shift 2 ;;
        -h | --help) usage; exit 0 ;;
        suite | serve-cpu | serve-gpu | train) images+=("$1"); shift ;;
        *) die "unknown image or option '$1' (see --help)" ;;
    esac
done
[ ${#images[@]} -gt 0 ] || { usage >&2; exit 2; }

# A client that has BuildKit: any with the buildx plugin, and those before version 23, which bring it.
find_docker() {
    local client
    while read -r client; do
        if "$client" buildx version >/dev/null 2>&1 ||
            [ "$("$client" version --format '{{.Client.Version}}' 2>/dev/null | cut -d. -f1)" -lt 23 ] 2>/dev/null; then
            echo "$client"
            return
        fi
    done < <(type -ap docker)
    return 1
}
command -v docker >/dev/null || die "no docker command: install Docker (Debian: apt-get install docker.io)"
docker info >/dev/null 2>&1 || die "no Docker engine answers ('docker info' says why); start it and try again"
DOCKER="$(find_docker)" || die "this docker command cannot use BuildKit; install its buildx plugin"
export DOCKER_BUILDKIT=1

VERSION="$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml)"
REVISION="$(git rev-parse HEAD 2>/dev/null || echo unknown)"
[ -z "$(git status --porcelain 2>/dev/null)" ] || REVISION="$REVISION-modified"
# Whatever stands before an @ in an address may be a password.
SOURCE="$(git config --get remote.origin.url 2>/dev/null | sed -E 's#^(https?://)[^@/]*@#\1#' || true)"
CREATED="$(git log -1 --format=%cI 2>/dev/null || echo unknown)"

mkdir -p dist/sbom
for image in "${images[@]}"; do
    name="fiduciary-$image:$TAG" file="docker/${image%-[cg]pu}.Dockerfile" base="$BASE" arguments=()
    # The serving image's default base is the GPU's.
    [ "$image" != serve-cpu ] || base="${base:-$(sed -n 's/^ARG BASE_IMAGE=//p' docker/suite.Dockerfile)}"
    [[ "$image" != serve-* ]] || arguments+=(--build-arg "VARIANT=${image#serve-}")
    [ -z "$base" ] || arguments+=(--build-arg "BASE_IMAGE=$base")
    [ -z "$NETWORK" ] || arguments+=(--network "$NETWORK")
    say "building $name"
    "$DOCKER" build "${secrets[@]}" "${arguments[@]}" \
        --build-arg "VERSION=$VERSION" --build-arg "REVISION=$REVISION" \
        --build-arg "SOURCE=${SOURCE:-unknown}" --build-arg "CREATED=$CREATED" \
        --file "$file" --tag "$name" . || die "$name was not built; the lines above say why"
    sbom="dist/sbom/$image.cdx.json"
    "$DOCKER" run --rm --interactive --network none --read-only --entrypoint /venv/bin/python "$name" \
        - "fiduciary-$image" "$VERSION" <docker/sbom.py >"$sbom"
    bytes="$("$DOCKER" image inspect --format '{{.Size}}' "$name")"
    say "$name: $((bytes / 1000000)) MB; $(grep -c '"type": "library"' "$sbom") packages in $sbom"
done
