"""What can go wrong, in one line each: from what the engine answers and from what the server writes."""

from __future__ import annotations

import re

from fiduciary.errors import OUTSIDE, UNUSABLE

SEE_ARGS = "VLLM_ARGS"  # environment variable with further arguments for vLLM


class ServingError(Exception):
    """The engine or the server failed.

    Args:
        message: one line: what is wrong and what to do.
        tail: last lines of the server's log, where they say more.

    Attributes:
        code: the exit code.
    """

    code = OUTSIDE

    def __init__(self, message: str, tail: str = "") -> None:
        super().__init__(" ".join(message.split()))
        self.tail = tail


class RefusedError(ServingError):
    """What was asked for cannot be served, and the user can put it right."""

    code = UNUSABLE


NO_TOOLKIT = (
    "Docker does not know a GPU: install the NVIDIA Container Toolkit and restart Docker, or serve a small "
    "model with --device cpu"
)
NO_GPU = "no GPU responds (nvidia-smi says why): install NVIDIA's driver, or use --device cpu"
OLD_DRIVER = (
    "the NVIDIA driver is too old for the image's CUDA{0}: install a newer driver (nvidia-smi shows it)"
)
DISK = "the disk is full: make room (docker system df shows what Docker holds) and try again"
MEMORY = (
    f"out of {{0}} memory: take a smaller model, a shorter context ({SEE_ARGS}='--max-model-len 4096'), "
    "fewer adapters, or more GPUs for one copy (--tensor-parallel)"
)

_ENGINE: tuple[tuple[str, str], ...] = (
    (r"no space left on device|disk quota exceeded", DISK),
    (r"unsatisfied condition: ?(?:cuda|driver) ?>= ?([\d.]+)", OLD_DRIVER.format(" ({0} is needed)")),
    (r"please update your driver", OLD_DRIVER.format("")),
    (r"could not select device driver|gpu vendor from cdi|unresolvable cdi devices", NO_TOOLKIT),
    (
        r"device error: ?(\S+): unknown device",
        "the machine has no GPU {0}: see CUDA_VISIBLE_DEVICES, nvidia-smi",
    ),
    (r"nvidia-container-(?:cli|runtime)|libnvidia-ml|nvml", NO_GPU),
    (
        r"port is already allocated|address already in use",
        "the port on 127.0.0.1 that the engine chose was taken at that moment: try again",
    ),
    (
        r"bind source path does not exist: (.+)",
        "the engine does not see {0}: it must run on this machine and may read that folder",
    ),
    (
        r"address pools have been fully subnetted|non-overlapping ipv4 address pool",
        "Docker has no network address left: docker network prune removes unused networks",
    ),
    (
        r"connection aborted|connection refused|timed out",
        "the Docker engine stopped responding: restart it (docker info); what is left in it "
        "is removed at the next start",
    ),
    (r"cannot allocate memory", "the machine has no memory left to start a container: end other programs"),
)

# Written by vLLM, torch, CUDA or the image's own entry point. The first that fits is reported.
_LOG: tuple[tuple[str, str], ...] = (
    (r"No space left on device|Disk quota exceeded", DISK),
    (r"server\.sh: error: (.+)", "{0}"),
    (
        r"estimated maximum model length is (\d+)",
        f"out of memory for one prompt of full length: lower it with {SEE_ARGS}='--max-model-len {{0}}'",
    ),
    (
        r"KV\s+cache is needed, which is larger|No available memory for the cache blocks",
        "out of memory: none is left for the cache after the weights; lower the context "
        f"({SEE_ARGS}='--max-model-len 4096'), use more GPUs (--tensor-parallel), or on a CPU raise "
        "VLLM_CPU_KVCACHE_SPACE (GiB)",
    ),
    (
        r"Free memory on device \S+ \(([\d.]+)/([\d.]+) GiB\)",
        "out of GPU memory: other programs leave {0} of {1} GiB; end them (nvidia-smi lists them) or lower "
        f"{SEE_ARGS}='--gpu-memory-utilization 0.5'",
    ),
    (
        r"less than desired CPU memory utilization",
        f"out of memory: other programs hold it; end them or lower {SEE_ARGS}='--gpu-memory-utilization 0.3'",
    ),
    (r"CUDA out of memory|OutOfMemoryError|CUDA error: out of memory", MEMORY.format("GPU")),
    (r"can't allocate memory|Cannot allocate memory|\bMemoryError\b|std::bad_alloc", MEMORY.format("main")),
    (
        r"driver on your system is too old|driver version is insufficient|unsupported display driver",
        OLD_DRIVER.format(""),
    ),
    (r"No CUDA GPUs are available|Found no NVIDIA driver|Failed to infer device type", NO_GPU),
)

# What somebody asked for and can put right, found out by the server alone.
_ARGUMENTS: tuple[tuple[str, str], ...] = (
    (
        r"LoRA rank (\d+) is greater than max_lora_rank:? (\d+)",
        "an adapter has rank {0}, above the server's limit {1}: raise --max-lora-rank",
    ),
    (
        r"World size \((\d+)\) is larger than the number of available GPUs \((\d+)\)",
        "--tensor-parallel asks for {0} GPUs and there are {1}: lower it",
    ),
    (
        r"attention heads \((\d+)\) must be divisible by tensor parallel size \((\d+)\)",
        "--tensor-parallel {1} does not divide the model's {0} attention heads: use another number",
    ),
    (
        r"[`(]?trust_remote_code=True|--trust-remote-code` flag|contains custom code which must be executed",
        "the model needs code of its own, which is never run: use a model that vLLM supports",
    ),
)

# The last one says what happened; these only say that something did.
_VAGUE = re.compile(r"Engine core initialization failed|See root cause above|Engine process failed")
_RAISED = re.compile(r"(?:^|\s)(?:\w+\.)*\w*(?:Error|Exception): +(\S.*)")


def _first(table: tuple[tuple[str, str], ...], text: str, flags: re.RegexFlag) -> str | None:
    for pattern, message in table:
        if found := re.search(pattern, text, flags):
            return message.format(*(part.strip(' ,."') for part in found.groups()))
    return None


def from_engine(error: BaseException) -> ServingError:
    """What the engine's refusal means.

    Args:
        error: raised by the Docker SDK; also an OSError, when the engine does not answer.
    """
    text = str(getattr(error, "explanation", None) or error)
    known = _first(_ENGINE, text, re.IGNORECASE)
    return ServingError(known or f"the Docker engine refused: {text}")


def no_engine(error: BaseException) -> ServingError:
    """Why no engine could be reached."""
    if "PermissionError" in str(error) or "Permission denied" in str(error):
        return ServingError(
            "you may not use the Docker engine: have your user added to the group docker, and log in again"
        )
    return ServingError(
        "no Docker engine answers: install Docker and start it ('docker info' must work); for one at an "
        "address of its own set DOCKER_HOST"
    )


def from_log(log: str) -> str | None:
    """Why the server ended, in one line, or None where its log does not say.

    Args:
        log: the log or its end.
    """
    if known := _first((*_LOG, *_ARGUMENTS), log, re.NOFLAG):
        return known
    raised = [found.group(1) for found in map(_RAISED.search, log.splitlines()) if found]
    telling = [text for text in raised if not _VAGUE.search(text)]
    return telling[-1].strip() if telling else None


def ended(status: int, log: str, out_of_memory: bool = False) -> ServingError:
    """The server has ended.

    Args:
        status: its exit status.
        log: the end of its log.
        out_of_memory: whether the system killed it for want of memory.
    """
    reason = MEMORY.format("main") if out_of_memory else from_log(log)
    tail = "\n".join(log.rstrip().splitlines()[-20:])
    if reason is None:
        reason = "its last lines are above" if tail else "it wrote nothing"
    asked = reason == _first(_ARGUMENTS, log, re.NOFLAG)
    return (RefusedError if asked else ServingError)(f"the server ended (status {status}): {reason}", tail)
