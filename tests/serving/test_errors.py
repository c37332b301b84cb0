"""What engine and server write becomes one line that says what to do."""

from __future__ import annotations

import pytest

from fiduciary.serving.errors import ServingError, ended, from_engine, from_log, no_engine

HOOK = "OCI runtime create failed: container init caused: error running hook: exit status 1, stderr: "


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ('could not select device driver "" with capabilities: [[gpu]]', "NVIDIA Container Toolkit"),
        ("failed to discover GPU vendor from CDI: no known GPU vendor found", "NVIDIA Container Toolkit"),
        (
            HOOK
            + "nvidia-container-cli: requirement error: unsatisfied condition: cuda>=13.0, please update "
            "your driver to a newer version, or use an earlier cuda container: unknown",
            r"driver is too old for the image's CUDA \(13\.0 is needed\): install",
        ),
        (
            HOOK + "nvidia-container-cli: initialization error: nvml error: driver not loaded",
            "no GPU responds",
        ),
        (HOOK + "load library failed: libnvidia-ml.so.1: cannot open shared object file", "no GPU responds"),
        (HOOK + "nvidia-container-cli: device error: 3: unknown device: unknown", "no GPU 3"),
        ("driver failed programming external connectivity: port is already allocated", "port .* was taken"),
        ("listen tcp4 127.0.0.1:8000: bind: address already in use", "port .* was taken"),
        ("write /var/lib/docker/x: no space left on device", "disk is full"),
        ('invalid mount config for type "bind": bind source path does not exist: /a/b', "does not see /a/b:"),
        ("could not find an available, non-overlapping IPv4 address pool", "docker network prune"),
        ("('Connection aborted.', ConnectionRefusedError(111, 'Connection refused'))", "stopped responding"),
        ("something\nelse", "the Docker engine refused: something else"),
    ],
)
def test_the_engine_refuses(said, message):
    error = from_engine(RuntimeError(said))
    assert isinstance(error, ServingError)
    with pytest.raises(ServingError, match=message):
        raise error
    assert "\n" not in str(error)


def test_no_engine():
    refused = "('Connection aborted.', PermissionError(13, 'Permission denied'))"
    assert "group docker" in str(no_engine(RuntimeError(refused)))
    assert "start it" in str(no_engine(RuntimeError("FileNotFoundError(2, 'No such file or directory')")))


# As vLLM 0.32.0, torch 2.13 and CUDA word it.
@pytest.mark.parametrize(
    ("log", "message"),
    [
        (
            "(EngineCore pid=9) torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.",
            "out of GPU memory: take a smaller model",
        ),
        (
            "ValueError: Free memory on device cuda:0 (3.1/79.1 GiB) on startup is less than desired GPU "
            "memory utilization (0.92, 72.8 GiB). Decrease GPU memory utilization or reduce GPU memory used",
            "other programs leave 3.1 of 79.1 GiB; .*--gpu-memory-utilization",
        ),
        (
            "ValueError: To serve at least one request with the model's max seq len (131072), (16.0 GiB KV "
            "cache is needed, which is larger than the available KV cache memory (2.0 GiB). Based on the "
            "available memory, the estimated maximum model length is 16384. Try increasing",
            "'--max-model-len 16384'",
        ),
        (
            "ValueError: No available memory for the cache blocks. Try increasing",
            "none is left for the cache",
        ),
        (
            "ValueError: Available memory on node 0 (1/23 GiB) on startup is less than desired CPU memory "
            "utilization (0.92, 21 GiB).",
            "other programs hold it",
        ),
        (
            "RuntimeError: DefaultCPUAllocator: can't allocate memory: you tried to allocate",
            "out of main memory",
        ),
        (
            "ValueError: LoRA rank 64 is greater than max_lora_rank 16.",
            "rank 64, above the server's limit 16",
        ),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        (
            "RuntimeError: The NVIDIA driver on your system is too old (found version 12020).",
            "driver is too old for the image's CUDA: install",
        ),
        ("RuntimeError: No CUDA GPUs are available", "no GPU responds"),
        (
            "ValueError: World size (4) is larger than the number of available GPUs (1) in this node.",
            "asks for 4 GPUs and there are 1",
        ),
        (
            "ValueError: Total number of attention heads (4) must be divisible by tensor parallel size (3).",
            "--tensor-parallel 3 does not divide the model's 4",
        ),
        (
            "ValueError: Loading x requires to execute; set the option `trust_remote_code=True` to remove it",
            "never run",
        ),
        ("server.sh: error: no checkpoint: set MODEL_DIR", "no checkpoint: set MODEL_DIR"),
        (
            "(EngineCore pid=9) KeyError: 'layers.4'\n(APIServer pid=1) RuntimeError: Engine core "
            "initialization failed. See root cause above.",
            "'layers.4'",
        ),
    ],
)
def test_the_log_says_why(log, message):
    with pytest.raises(ServingError, match=rf"^the server ended \(status 1\): .*{message}"):
        raise ended(1, f"INFO loading, trust_remote_code=False\n{log}\nINFO end")


def test_the_log_does_not_say():
    assert from_log("INFO all is well, trust_remote_code=False\nINFO end") is None
    error = ended(137, "one\ntwo\n")
    assert error.tail == "one\ntwo"
    assert str(error) == "the server ended (status 137): its last lines are above"
    assert "out of main memory" in str(ended(137, "one", out_of_memory=True))
