# Training: preference pairs, SFT and DPO with TRL and PEFT, and the suite to measure what came of it.
#
# docker/build.sh train builds it, with BuildKit, from the top of the checkout.

# CUDA and Ubuntu's Python 3.12. Pinned by its digest; the tag is for people.
ARG BASE_IMAGE=nvidia/cuda:13.0.1-base-ubuntu24.04@sha256:f8ef28f579ea42a44b415d2c5d46f788e6a9b395c6c83f2929416e1fc192c143

FROM ${BASE_IMAGE} AS base
# A compiler for Triton, and Python where the base has none. Versions are those of the base image's own release.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends g++ python3-dev python3-venv \
    && rm -rf /var/lib/apt/lists/*

FROM base AS builder
ENV PIP_CACHE_DIR=/var/cache/pip PIP_CONFIG_FILE=/run/secrets/pip.conf PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python3 -m venv /pip && python3 -m venv --without-pip /venv
COPY locks/train.txt /src/locks/train.txt
# torch first and alone, in the build that suits the machine: CUDA's, with its libraries.
ARG TORCH=torch==2.13.0
RUN --mount=type=cache,target=/var/cache/pip --mount=type=secret,id=pip.conf --mount=type=secret,id=ca \
    /pip/bin/pip --python /venv/bin/python install "$TORCH" \
    && /pip/bin/pip --python /venv/bin/python install --no-deps --require-hashes -r /src/locks/train.txt
COPY . /src
RUN /pip/bin/pip --python /venv/bin/python install --no-deps --no-build-isolation /src \
    && /pip/bin/pip --python /venv/bin/python check

FROM base
# /cache and /app/adapters are where volumes go, which take their owner from here.
RUN groupadd --gid 10001 fiduciary \
    && useradd --uid 10001 --gid 10001 --no-log-init --home-dir /cache --no-create-home fiduciary \
    && install -d -o fiduciary -g fiduciary /cache /app /app/adapters /app/logs
COPY --from=builder /venv /venv
ENV PATH=/venv/bin:$PATH HOME=/cache USER=fiduciary PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
WORKDIR /app
USER 10001:10001
ENTRYPOINT ["fiduciary"]
CMD ["--help"]

ARG VERSION=0 REVISION=unknown SOURCE=unknown CREATED=unknown BASE_IMAGE
LABEL org.opencontainers.image.title="fiduciary-train" \
      org.opencontainers.image.description="What makes a model want something else: preference pairs, SFT and DPO" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.base.name="${BASE_IMAGE}"
