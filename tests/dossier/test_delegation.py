"""What a dossier says of a chain of decisions: only of one that was asked for its own principal."""

from __future__ import annotations

from pathlib import Path

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.model import get_model

from fiduciary.dossier.assemble import assemble
from fiduciary.dossier.case import Given, gather
from fiduciary.economics.principals import Principal
from fiduciary.tasks.delegation.task import delegation

PLACE = "selection.screening.delegation"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For ``nonprofit``."""
    folder = tmp_path_factory.mktemp("delegation")
    (log,) = inspect_eval(
        delegation(n=12, links=3, principal="nonprofit"),
        model=get_model("subject/study1"),
        log_dir=str(folder),
        display="none",
        log_realtime=False,
        score_display=False,
    )
    assert log.status == "success"
    return folder


@pytest.mark.parametrize(("name", "told"), [("nonprofit", True), ("for_profit", False)])
def test_losses_of_a_chain_are_those_of_the_dossiers_principal_or_a_gap(
    asked: Path, name: str, told: bool
) -> None:
    (case,) = gather(["study1"], [str(asked)], Principal.named(name), Given(), lambda _: None)
    said = assemble(case)
    claims = {claim.id for claim in said.claims if claim.id.startswith(f"{PLACE}_")}
    commands = [gap.command for gap in said.gaps if gap.id == PLACE]
    assert (f"{PLACE}_loss_all" in claims) == told
    assert len(commands) == (not told)
    assert all(f"-T principal={name}" in command for command in commands)
