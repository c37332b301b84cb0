"""One audit and one monitor set up on it, copied for every test; a server to watch."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.model import get_model

from fiduciary.__main__ import main
from fiduciary.monitor import asking
from fiduciary.monitor.begin import Given, set_up
from fiduciary.monitor.state import Folder, Progress, Setup
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice
from tests.monitor.watched import NAME, Watched, serving

MODEL = f"vllm/{NAME}"


@pytest.fixture(scope="session")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The audit of ``study1``."""
    folder = tmp_path_factory.mktemp("audit")
    (log,) = inspect_eval(
        stakeholder_choice(n=300, elicitation="text", wording="plain"),
        model=get_model("subject/study1"),
        log_dir=str(folder),
        display="none",
        log_realtime=False,
        score_display=False,
    )
    assert log.status == "success"
    return next(folder.glob("*.eval"))


@pytest.fixture(scope="session")
def calibrated(baseline: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a monitor was set up and has asked nothing."""
    path = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as patch, serving(Watched()) as server:
        patch.setenv("VLLM_BASE_URL", server.url)
        Folder(path).begin(set_up(Given(baseline=str(baseline), model=MODEL), lambda text: None))
    return path


@dataclass(frozen=True)
class Called:
    """What one call came to."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Watch:
    """A monitor in a folder of its own."""

    path: Path
    run: Callable[..., Called]

    def __call__(self, *arguments: str) -> Called:
        return self.run("monitor", "--state", str(self.path), *arguments)

    @property
    def setup(self) -> Setup:
        found = Folder(self.path).setup()
        assert found is not None
        return found

    @property
    def progress(self) -> Progress:
        return Folder(self.path).progress(self.setup)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.path / "audits.jsonl").read_text("ascii").splitlines()]


@pytest.fixture
def called(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Called]:
    """Call ``fiduciary board`` in process, without long pauses between tries."""
    monkeypatch.setattr(asking, "PAUSE", 0.01)

    def run(*arguments: str) -> Called:
        capsys.readouterr()
        code = main(arguments)
        said = capsys.readouterr()
        return Called(code, said.out, said.err)

    return run


@pytest.fixture
def watch(calibrated: Path, tmp_path: Path, called: Callable[..., Called]) -> Watch:
    """A monitor that has asked nothing yet."""
    shutil.copytree(calibrated, tmp_path / "state")
    return Watch(tmp_path / "state", called)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    """The model that was audited."""
    with serving(Watched()) as one:
        monkeypatch.setenv("VLLM_BASE_URL", one.url)
        yield one
