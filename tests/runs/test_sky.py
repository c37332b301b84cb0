"""One task for SkyPilot: SkyPilot takes the file with its arguments, and what it runs serves, asks and stops.

`make test-sky` makes SkyPilot's environment and runs this.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from inspect_ai.log import list_eval_logs, read_eval_log

from tests.conftest import ROOT

FILE = ROOT / "runs" / "sky.yaml"
SKY = Path(os.environ.get("VENV_SKY", ROOT / ".venv-sky")) / "bin" / "python"
needs_sky = pytest.mark.skipif(not SKY.exists(), reason="needs SkyPilot: make test-sky")

# What `sky launch FILE --env … --gpus … --infra …` does with its arguments before it asks any cloud.
LOAD = """
import json, sys
from sky.utils import dag_utils, registry
path, envs, override = json.loads(sys.argv[1])
(task,) = dag_utils.load_chain_dag_from_yaml(path, env_overrides=list(envs.items())).tasks
if override:
    override["cloud"] = registry.CLOUD_REGISTRY.from_str(override["cloud"])
    task.set_resources_override(override)
task.validate()
print("TASK " + json.dumps(task.to_yaml_config()))
"""
GPUS = ("A100", "A100-80GB", "H100", "H200", "L40S")


def load(
    home: Path, path: Path = FILE, envs: dict[str, str] | None = None, **override: str
) -> tuple[dict[str, Any] | None, str]:
    """The task as SkyPilot understands it, or None, and what it said."""
    # SkyPilot downloads its list of GPUs where it has none that is new.
    catalogue = home / ".sky" / "catalogs" / "v8" / "common" / "accelerators.csv"
    catalogue.parent.mkdir(parents=True, exist_ok=True)
    catalogue.write_text("AcceleratorName,Clouds\n" + "".join(f"{gpu},\"['AWS']\"\n" for gpu in GPUS))
    done = subprocess.run(
        [SKY, "-c", LOAD, json.dumps([str(path), envs or {}, override])],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "SKYPILOT_DISABLE_USAGE_COLLECTION": "1"},
        capture_output=True,
        text=True,
    )
    said = done.stdout + done.stderr
    found = re.search(r"^TASK (.*)$", done.stdout, re.M)
    assert (done.returncode == 0) == (found is not None), said
    return (json.loads(found[1]) if found else None), said


@needs_sky
def test_sky_takes_the_file_and_asks_for_one_gpu(tmp_path: Path) -> None:
    task, said = load(tmp_path)
    assert task is not None, said
    assert task["envs"]["MODEL"] == "meta-llama/Llama-3.1-8B-Instruct"
    assert task["envs"]["SERVED_NAME"] == "llama-3.1-8b"
    offered = [choice["accelerators"] for choice in task["resources"]["any_of"]]
    assert {gpu for choice in offered for gpu in choice} == set(GPUS)
    assert all(list(choice.values()) == [1] for choice in offered)


@needs_sky
@pytest.mark.parametrize("cloud", ["slurm", "kubernetes", "aws"])
def test_place_accelerators_and_settings_are_arguments(tmp_path: Path, cloud: str) -> None:
    envs = {"MODEL": "organisation/other", "TASK_ARGS": "-T elicitation=text", "RESULTS": "s3://bucket/a"}
    task, said = load(tmp_path, envs=envs, cloud=cloud, accelerators="H100:2")
    assert task is not None, said
    for choice in task["resources"]["any_of"]:  # each of the file's, overridden
        assert (choice["infra"].lower(), choice["accelerators"]) == (cloud, {"H100": 2})
    assert envs.items() <= task["envs"].items()


@needs_sky
def test_sky_refuses_a_key_that_it_does_not_know(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(FILE.read_text("utf-8").replace("\nworkdir: .", "\nworkfolder: ."), "utf-8")
    task, said = load(tmp_path, wrong)
    assert task is None
    assert "workfolder" in said


def run(folder: Path, vllm: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The task's run section, with its own settings but for those given, and ``vllm`` as the server."""
    script = folder / "bin" / "vllm"
    script.parent.mkdir(exist_ok=True)
    script.write_text(f"#!/bin/sh\n{vllm}\n")
    script.chmod(0o755)
    for name in ("runs", "tasks"):
        if not (folder / name).exists():
            (folder / name).symlink_to(ROOT / name, target_is_directory=True)
    task = yaml.safe_load(FILE.read_text("utf-8"))
    ours = ("VLLM_", "INSPECT_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment |= task["envs"] | task["secrets"] | settings
    environment |= {
        "PATH": f"{script.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.run(
        ["bash", "-c", task["run"]], cwd=folder, env=environment, capture_output=True, text=True, timeout=600
    )


@pytest.mark.slow
def test_the_task_serves_asks_stops_and_asks_nothing_twice(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    vllm = f'echo $$ >{pid}; exec {sys.executable} -m tests.serving.vllm_stand_in "$@"'
    for _ in range(2):
        done = run(tmp_path, vllm, RESULTS="board", TASK_ARGS="-T n=12 --limit 3")
        assert done.returncode == 0, done.stdout + done.stderr
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid.read_text()), 0)
        (log,) = [read_eval_log(info) for info in list_eval_logs(str(tmp_path / "board" / "llama-3.1-8b"))]
        assert (log.status, log.eval.model) == ("success", "vllm/llama-3.1-8b")
        assert log.results is not None and log.results.completed_samples == 3
    assert not (tmp_path / ".env").exists(), "another task of the same folder would ask this one's server"


def test_a_server_that_ends_ends_the_task_with_its_reason(tmp_path: Path) -> None:
    done = run(tmp_path, "echo out of memory; exit 3")
    assert done.returncode == 1
    assert "out of memory" in done.stderr
    assert "the server did not start" in done.stderr
    assert not (tmp_path / "logs").exists()


def test_the_server_is_the_version_that_the_project_serves_with() -> None:
    setup = yaml.safe_load(FILE.read_text("utf-8"))["setup"]
    (lock,) = re.findall(r"(\S*serve\S*\.txt)", setup)
    assert re.search(r"^vllm==0\.32\.0 ", (ROOT / lock).read_text("utf-8"), re.M)
    assert subprocess.run(["bash", "-n"], input=setup, text=True).returncode == 0
