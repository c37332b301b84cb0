# The suite: Inspect, the tasks and what scores them. No torch, no compiler, no pip.
#
# docker/build.sh suite builds it, with BuildKit, from the top of the checkout.

# Any image with Python 3.11 or later, venv and bash. Pinned by its digest; the tag is for people.
ARG BASE_IMAGE=python:3.12.12-slim-bookworm@sha256:593bd06efe90efa80dc4eee3948be7c0fde4134606dd40d8dd8dbcade98e669c

FROM ${BASE_IMAGE} AS builder
ENV PIP_CACHE_DIR=/var/cache/pip PIP_CONFIG_FILE=/run/secrets/pip.conf PIP_DISABLE_PIP_VERSION_CHECK=1
# pip stays in an environment of its own: the one that is shipped holds only what the lock names.
RUN python3 -m venv /pip && python3 -m venv --without-pip /venv
COPY locks/base.txt /src/locks/base.txt
# The packages' own tests are 95 MB that nothing here imports, Inspect's tools for sandboxes 28 MB (no task here
# has a sandbox), and the debugger that an editor may attach 14 MB. --no-compile: see below.
RUN --mount=type=cache,target=/var/cache/pip --mount=type=secret,id=pip.conf --mount=type=secret,id=ca \
    /pip/bin/pip --python /venv/bin/python install --no-compile --require-hashes -r /src/locks/base.txt \
    && find /venv -type d -name tests \( -path '*/numpy/*' -o -path '*/pandas/*' -o -path '*/scipy/*' \
        -o -path '*/matplotlib/*' -o -path '*/mpl_toolkits/*' \) -prune -exec rm -rf {} + \
    && rm -rf /venv/lib/python3*/site-packages/inspect_ai/binaries \
        /venv/lib/python3*/site-packages/debugpy/_vendored
COPY . /src
# An ordinary installation: its tasks are found from any directory. What built it is not needed any longer.
RUN /pip/bin/pip --python /venv/bin/python install --no-compile --no-deps --no-build-isolation /src \
    && /pip/bin/pip --python /venv/bin/python uninstall --yes setuptools \
    && /pip/bin/pip --python /venv/bin/python check
# A short run proves the installation, and Python leaves compiled what a run imports, and only that: compiling
# everything would add 70 MB, and nothing can be compiled later where the root file system is read-only.
WORKDIR /tmp/run
RUN PATH=/venv/bin:$PATH && export INSPECT_DISPLAY=plain HOME=/tmp/run \
    && inspect eval fiduciary/stakeholder_choice --model subject/study1 -T n=20 -T elicitation=both \
    && fiduciary report logs/ \
    && python -c 'import openai.types.chat, inspect_ai.model._providers.vllm, inspect_ai._view.fastapi_server'

FROM ${BASE_IMAGE}
# What lays out a dossier as PDF, and a font for it. Versions are those of the base image's own release.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-liberation libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
RUN groupadd --gid 10001 fiduciary \
    && useradd --uid 10001 --gid 10001 --no-log-init --home-dir /tmp --no-create-home fiduciary \
    && install -d -o fiduciary -g fiduciary /app /app/logs
COPY --from=builder /venv /venv
# The tasks' folder, so that the command of a checkout works here word for word.
RUN ln -s "$(/venv/bin/python -c 'import fiduciary.tasks as t; print(*t.__path__)')" /app/tasks
# The scripts that the documents name; they take the python3 that comes first.
COPY runs /app/runs
COPY docker/relay.py docker/suite.sh runs/_serve_common.sh /usr/local/lib/fiduciary/
# The root file system may be read-only: what Inspect keeps for a session goes to /tmp.
ENV PATH=/venv/bin:$PATH HOME=/tmp USER=fiduciary PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /app
USER 10001:10001
ENTRYPOINT ["/bin/bash", "/usr/local/lib/fiduciary/suite.sh"]
CMD ["ready"]

# Last, so that another commit does not build everything again.
ARG VERSION=0 REVISION=unknown SOURCE=unknown CREATED=unknown BASE_IMAGE
LABEL org.opencontainers.image.title="fiduciary-suite" \
      org.opencontainers.image.description="What language models want when they decide for others: tasks and scorers" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.base.name="${BASE_IMAGE}"
