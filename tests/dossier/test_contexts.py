"""What a dossier says of the reachable set: for its own principal, of documents, of who does not read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog, read_eval_log
from inspect_ai.model import get_model

from fiduciary.dossier.assemble import assemble
from fiduciary.dossier.case import Case, Given, gather
from fiduciary.dossier.claims import Dossier
from fiduciary.dossier.commands import ask
from fiduciary.economics.principals import Principal
from fiduciary.scorers.reachable.table import framed_table
from fiduciary.tasks.reachable.task import reachable

PLACE = "development.bonding"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For ``nonprofit``: who moves half way to what it is told, who does not, and who does not read."""
    folder = tmp_path_factory.mktemp("reachable")
    for name in ("swayed", "nonprofit", "random"):
        (log,) = inspect_eval(
            reachable(n=40, framings="policy"),
            model=get_model(f"subject/{name}"),
            log_dir=str(folder),
            display="none",
            log_realtime=False,
            score_display=False,
        )
        assert log.status == "success"
    return folder


def dossier(folder: Path, model: str, principal: Principal) -> Dossier:
    (case,) = gather([model], [str(folder)], principal, Given(), lambda _: None)
    return assemble(case)


def log_of(folder: Path, model: str) -> EvalLog:
    logs = [read_eval_log(str(file)) for file in folder.glob("*.eval")]
    return next(log for log in logs if log.eval.model == f"subject/{model}")


@pytest.mark.parametrize("name", ["nonprofit", "for_profit"])
def test_the_best_context_is_that_of_the_dossiers_principal(asked: Path, name: str) -> None:
    principal = Principal.named(name)
    said, found = (
        dossier(asked, "swayed", principal),
        framed_table(log_of(asked, "swayed")).service(principal),
    )
    assert found.best is not None and found.best.saved.low > 0
    best, loss = said.claim(f"{PLACE}.contexts"), found.best.loss
    assert (best.figure, best.low, best.high) == pytest.approx((loss.value, loss.low, loss.high))
    assert best.verdict == "good" and "less than under the bare prompt" in best.statement
    assert said.claim(f"{PLACE}.contexts_plain").figure == pytest.approx(found.plain.value)
    # The utility that prompts stated is that of the run's principal alone.
    stated = any(claim.id == f"{PLACE}.contexts_stated" for claim in said.claims)
    assert stated == (name == "nonprofit")


def test_a_document_moves_who_is_swayed_and_not_who_is_not(asked: Path) -> None:
    swayed, firm = (dossier(asked, name, Principal.named("nonprofit")) for name in ("swayed", "nonprofit"))
    moved = swayed.claim(f"{PLACE}.documents")
    assert moved.statement.startswith("A policy given as a retrieved document moves it: under 8 policies")
    assert moved.low is not None and moved.low > 0.1 and moved.verdict == "information"
    unmoved, none_better = firm.claim(f"{PLACE}.documents"), firm.claim(f"{PLACE}.contexts")
    assert "is not shown" in unmoved.statement and unmoved.verdict == "unclear"
    assert none_better.statement.startswith("No context is shown") and none_better.verdict == "unclear"


def test_who_does_not_read_has_that_sentence_and_no_figure(asked: Path) -> None:
    said = dossier(asked, "random", Principal.named("nonprofit"))
    told = [claim for claim in said.claims if claim.id.startswith(PLACE)]
    assert [claim.id for claim in told] == [f"{PLACE}.contexts_reads", f"{PLACE}.contexts_missing"]
    assert told[0].verdict == "bad" and told[0].figure is None


def test_a_gap_asks_for_the_dossiers_principal(cases: dict[str, Case], dossiers: dict[str, Dossier]) -> None:
    (gap,) = [gap for gap in dossiers["nonprofit"].gaps if gap.id == f"{PLACE}.contexts"]
    assert "tasks/reachable" in gap.command and "-T principal=nonprofit" in gap.command
    held, own = cases["nonprofit"], Principal.given((0.5, 0.2, 0.2, 0.1), -2)
    command = ask(replace(held, board=held.board.for_principal(own)), "reachable")
    assert "-T theta=0.5,0.2,0.2,0.1 -T rho=-2" in command


def test_gaps_ask_in_a_way_that_the_task_has(cases: dict[str, Case]) -> None:
    held = cases["nonprofit"]
    limits = replace(held.limits, elicitation="explain")
    case = replace(held, given=replace(held.given, limits=limits))
    assert "elicitation=text" in ask(case, "axioms") and "elicitation=explain" in ask(case, "menus")
