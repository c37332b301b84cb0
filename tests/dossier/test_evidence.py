"""What dossiers say about subjects whose preferences are known."""

from __future__ import annotations

import inspect
import json
import math
import re
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from inspect_ai.log import EvalLog

from fiduciary import _registry
from fiduciary.__main__ import find
from fiduciary.dossier.assemble import assemble
from fiduciary.dossier.case import Case, Given, gather, named
from fiduciary.dossier.claims import Dossier
from fiduciary.dossier.command import _parser as dossier_parser
from fiduciary.dossier.evidence import bonding, stress
from fiduciary.economics.inference import holm
from fiduciary.economics.losses import losses
from fiduciary.economics.principals import LOGGED_METHOD, Principal
from fiduciary.economics.utility import PROFILES
from fiduciary.errors import UsageError
from fiduciary.leaderboard.cells import UNREAD, Cell
from fiduciary.leaderboard.columns import CHOICE
from fiduciary.monitor.command import _parser as monitor_parser

PLACE = "selection.screening"


def test_the_faithful_serves_and_the_others_do_not(dossiers: dict[str, Dossier]) -> None:
    words = {name: dossier.front[0] for name, dossier in dossiers.items()}
    assert (words["nonprofit"].verdict, words["nonprofit"].word) == ("good", "Yes")
    assert (words["for_profit"].verdict, words["for_profit"].word) == ("bad", "No")
    assert words["study1"].verdict != "good"
    costs = {name: d.claim(f"{PLACE}.cost").figure or 0.0 for name, d in dossiers.items()}
    assert costs["nonprofit"] < costs["study1"] < costs["for_profit"]


def test_figures_are_those_of_the_answers(cases: dict[str, Case], dossiers: dict[str, Dossier]) -> None:
    answers = cases["for_profit"].answers
    assert answers is not None
    lost = losses(answers.data.welfare, answers.shares, PROFILES["nonprofit"])
    there = np.isfinite(lost.regret)
    said = dossiers["for_profit"]
    assert said.claim(f"{PLACE}.best").figure == pytest.approx(np.nanmean(lost.best))
    assert said.claim(f"{PLACE}.cost").figure == pytest.approx(np.nanmean(lost.regret))
    assert said.claim(f"{PLACE}.loss").figure == pytest.approx(
        lost.regret[there].sum() / lost.stake[there].sum()
    )
    by_kind = [c for c in said.claims if c.id.startswith(f"{PLACE}.loss_")]
    assert {c.id.rpartition("loss_")[2] for c in by_kind} == set(answers.data.trade_off.tolist())
    counts = {kind: int((answers.data.trade_off == kind).sum()) for kind in answers.data.trade_off}
    few = [c for c in by_kind if counts[c.id.rpartition("loss_")[2]] < 50]
    assert few and all(c.verdict == "unclear" for c in few)
    gains = [said.claim(f"{PLACE}.gain_{who}").figure or 0.0 for who in ("shareholders", "employees")]
    assert gains[0] > 0 > gains[1]


def test_rank_counts_all_candidates(dossiers: dict[str, Dossier]) -> None:
    rank = dossiers["nonprofit"].claim(f"{PLACE}.rank")
    assert rank.figure == 1 and rank.verdict == "good" and "of 4 candidates" in rank.statement
    assert len(rank.sources) == 4


def test_techniques_are_tested_together(cases: dict[str, Case], dossiers: dict[str, Dossier]) -> None:
    found = list(bonding.techniques(cases["nonprofit"]))
    assert [one.kind for one in found] == ["none", "instructed", "trained"]
    said = dossiers["nonprofit"]
    trained = said.claim("development.bonding.trained")
    assert trained.verdict == "good" and "less than without" in trained.statement
    raw = [bonding._loss_change(cases["nonprofit"], found[0].row, one.row) for one in found[1:]]
    adjusted = holm([change.p_value for change in raw if change is not None])
    p = float(re.findall(r"p [<=] (\.\d+)", said.claim("development.bonding.instructed").statement)[0])
    assert p == pytest.approx(adjusted[0], abs=0.001)
    # The log of the profit-seeking model says that it was not trained for this principal.
    assert not any("for_profit" in one.row.name for one in bonding.techniques(cases["study1"]))
    assert "no stated principal" not in trained.note


def test_whom_a_model_was_trained_for_is_not_read_off_its_name(
    logs: Path, renamed: Callable[[str, Callable[[EvalLog], None]], Path], tmp_path: Path
) -> None:
    def change(log: EvalLog) -> None:
        log.eval.model, log.eval.metadata = "subject/my_for_profit", None

    folder, principal = renamed("for_profit", change), Principal.named("nonprofit")
    for model, target in (("study1", None), ("my_for_profit", "for_profit")):
        (tmp_path / model).mkdir()
        facts = {"method": "dpo"} | ({} if target is None else {"target": Principal.named(target).facts()})
        (tmp_path / model / "training.json").write_text(json.dumps(facts))

    def tried(given: Given) -> list[bonding.Technique]:
        (case,) = gather(["study1"], [str(logs), str(folder)], principal, given, lambda _: None, "study1")
        return [one for one in bonding.techniques(case) if one.row.name == "subject/my_for_profit"]

    # Where nothing states it, it is shown, and its claim says so. Where its card states another, it is not.
    assert [one.kind for one in tried(Given())] == ["trained"]
    assert tried(Given(cards=(str(tmp_path),))) == []
    (case,) = gather(["study1"], [str(logs), str(folder)], principal, Given(), lambda _: None, "study1")
    said = [claim.note for claim in assemble(case).claims if "my_for_profit" in claim.statement]
    assert any("no stated principal" in note for note in said)


@pytest.mark.parametrize(
    ("stated", "kind"), [(None, "trained"), ({LOGGED_METHOD: {"subject/my-sft": "DPO"}}, "dpo")]
)
def test_how_a_model_was_trained_is_read_in_its_log_and_not_off_its_name(
    stated: dict[str, Any] | None,
    kind: str,
    logs: Path,
    renamed: Callable[[str, Callable[[EvalLog], None]], Path],
) -> None:
    name = "subject/my-sft"

    def change(log: EvalLog) -> None:
        log.eval.model, log.eval.metadata = name, stated

    places = [str(logs), str(renamed("nonprofit", change))]
    (case,) = gather(["study1"], places, Principal.named("nonprofit"), Given(), lambda _: None, "study1")
    assert [one.kind for one in bonding.techniques(case) if one.row.name == name] == [kind]


def test_what_changed_besides_the_target_leaves_the_target_out(dossiers: dict[str, Dossier]) -> None:
    said = dossiers["nonprofit"]
    changed = said.claim("development.screening.changed")
    assert changed.figure == 0 and changed.verdict == "good"
    assert not any(
        "theta" in c.id or "regret" in c.id for c in said.claims if c.id.startswith("development.screening")
    )
    gaps = {gap.id for gap in said.gaps}
    assert {"development.screening.moral_dilemmas", "development.screening.stress"} <= gaps


def test_a_base_has_no_training_to_look_at(dossiers: dict[str, Dossier]) -> None:
    answer = dossiers["study1"].front[3]
    assert answer.word == "Nothing was trained" and answer.claims == ("development.screening.base",)


def test_stress_findings_become_claims(cases: dict[str, Case], dossiers: dict[str, Dossier]) -> None:
    run = cases["nonprofit"].run("stress")
    assert run is not None
    pressed = cases["nonprofit"].pressed[run.file]
    assert not isinstance(pressed, str)
    said = dossiers["nonprofit"]
    for one in pressed.findings:
        claim = said.claim(f"{PLACE}.stress_{one.pressure}")
        assert claim.statement.startswith(one.named[:60])
        assert claim.verdict == "bad" or not one.found
        assert one.found or claim.verdict in ("unclear", "good")
        # Not cut off at none: an interval that ends there would claim what was not measured.
        size = stress.size_of(one, cases["nonprofit"].limits.rules["pressure"])
        assert claim.figure is None or (claim.figure, claim.low) == (size.value, size.low)


def test_a_weakness_is_bad_and_told_on_the_front(cases: dict[str, Case]) -> None:
    run = cases["nonprofit"].run("stress")
    assert run is not None
    pressed = cases["nonprofit"].pressed[run.file]
    assert not isinstance(pressed, str)
    first, *rest = pressed.findings
    weak = replace(first, weaknesses=("choices",), named="When it rains, it changes its mind.")
    pressed = replace(pressed, findings=(weak, *rest))
    said = assemble(replace(cases["nonprofit"], pressed={run.file: pressed}))
    assert said.claim(f"{PLACE}.stress_summary").verdict == "bad"
    answer = said.front[2]
    assert answer.verdict == "bad" and answer.word == "In one respect"
    assert said.claim(answer.claims[1]).statement.startswith("When it rains, it changes its mind. It costs")


def test_every_gaps_command_is_valid(dossiers: dict[str, Dossier], root: Path) -> None:
    """Tasks and commands exist and take the arguments; the model is named; no subject is to be trained."""
    seen = set()
    for dossier in dossiers.values():
        for gap in dossier.gaps:
            # Nothing stands for a name that somebody must fill in.
            assert not re.search(r"\b[A-Z]{3,}\b", re.sub(r"\S*/\S*", "", gap.command))
            if not gap.command:
                continue
            program, *words = shlex.split(gap.command)
            seen.add(program)
            if program == "inspect":
                assert words[0] == "eval" and (root / words[1]).is_dir()
                assert words[words.index("--model") + 1].startswith("subject/")
                task = getattr(_registry, words[1].rpartition("/")[2])
                known = inspect.signature(task).parameters
                given = [words[k + 1] for k, word in enumerate(words) if word == "-T"]
                assert all(argument.partition("=")[0] in known for argument in given)
            elif program == "fiduciary":
                command, rest = find(words)
                parser = {"dossier": dossier_parser, "monitor": monitor_parser}.get(command)
                if parser is not None:
                    parser().parse_args(rest)
    assert seen == {"inspect", "fiduciary"}


def test_gaps_of_a_model_asked_one_task_only(cases: dict[str, Case], dossiers: dict[str, Dossier]) -> None:
    gaps = {gap.id for gap in dossiers["for_profit"].gaps}
    for task in (
        "transitivity",
        "money_pump",
        "menus",
        "allocation",
        "duopoly_pricing",
        "hexaco100",
        "stress",
    ):
        assert f"{PLACE}.{task}" in gaps
    assert dossiers["for_profit"].front[-1].word == f"{len(gaps)} gaps"


def test_a_task_that_it_is_not_shown_to_read_is_told_first(cases: dict[str, Case]) -> None:
    held = cases["nonprofit"]
    cells = held.board.cells[held.model]
    blank = {key: Cell(None, note=UNREAD) for key in cells if key == "transitivity.zeta"}
    assert blank
    board = replace(held.board, cells={**held.board.cells, held.model: {**cells, **blank}})
    said = assemble(replace(held, board=board))
    told = [claim for claim in said.claims if claim.id.startswith(f"{PLACE}.transitivity_")]
    assert told[0].verdict == "bad"
    assert told[0].statement.startswith("In transitivity it is not shown to read:")
    assert f"{PLACE}.transitivity_zeta" not in {claim.id for claim in told}


def test_few_answers_are_called_unclear(cases: dict[str, Case]) -> None:
    held = cases["nonprofit"]
    answers = held.answers
    assert answers is not None
    keep = np.arange(answers.data.n) < 20
    data = replace(
        answers.data,
        **{
            name: getattr(answers.data, name)[keep]
            for name in (
                "welfare",
                "chosen",
                "temperature",
                "position",
                "label",
                "probabilities",
                "mass_outside",
                "groups",
                "trade_off",
                "wording",
            )
        },
        reason=answers.data.reason[:20],
    )
    few = replace(answers, data=data, shares=answers.shares[keep])
    board = replace(held.board, answers={**held.board.answers, held.model: few})
    board = board.for_principal(held.principal)
    said = assemble(replace(held, board=board))
    assert said.claim(f"{PLACE}.loss").verdict == "unclear"
    assert said.front[0].verdict == "unclear" and said.front[0].word == "Not certain"


def test_all_answers_missing(renamed: Callable[[str, Callable[[EvalLog], None]], Path], logs: Path) -> None:
    def silent(log: EvalLog) -> None:
        log.eval.model = "subject/silent"
        for sample in log.samples or []:
            score = (sample.scores or {})["chosen_option"]
            score.value, score.metadata = 0.0, (score.metadata or {}) | {"chosen": -1, "reason": "refusal"}

    folder = renamed("nonprofit", silent)
    (case,) = gather(
        ["silent"], [str(folder), str(logs)], Principal.named("nonprofit"), Given(), lambda _: None
    )
    said = assemble(case)
    assert said.front[0].word == "Not known" and said.front[0].verdict == "unclear"
    assert said.claim(f"{PLACE}.missing").verdict == "bad" and said.claim(f"{PLACE}.missing").figure == 1
    assert f"{PLACE}.choices" in {gap.id for gap in said.gaps}


def test_names_of_models() -> None:
    names = ["vllm/a", "vllm/b", "hf/b"]
    assert named("vllm/a", names, "MODEL") == named("a", names, "MODEL") == "vllm/a"
    for wrong, said in (("b", "several"), ("c", "none of")):
        with pytest.raises(UsageError, match=rf"MODEL '{wrong}'.*{said}.*vllm/a, vllm/b, hf/b"):
            named(wrong, names, "MODEL")


def test_json_has_no_number_that_json_lacks(dossiers: dict[str, Dossier]) -> None:
    for dossier in dossiers.values():
        text = json.dumps(dossier.as_json(), allow_nan=False)
        assert math.isfinite(json.loads(text)["level"]) and CHOICE in text


def test_doses_are_told_in_their_order(
    renamed: Callable[[str, Callable[[EvalLog], None]], Path],
) -> None:
    """A model at several strengths of its training has one claim a strength, and no gap asks for them."""

    def called(name: str) -> Callable[[EvalLog], None]:
        def change(log: EvalLog) -> None:
            log.eval.model = name

        return change

    for subject, name in (
        ("study1", "peft/base"),
        ("for_profit", "peft/dose-0.5"),
        ("nonprofit", "peft/dose-1"),
    ):
        folder = renamed(subject, called(name))
    (case,) = gather(("peft/dose-1",), [str(folder)], Principal.named("nonprofit"), Given(), lambda _: None)
    found = assemble(case)
    doses = [claim for claim in found.claims if ".dose_" in claim.id]
    assert [claim.title for claim in doses] == ["Strength 0.5", "Strength 1"]
    half, full = (claim.figure for claim in doses)
    assert half is not None and full is not None and half > full
    assert not any(gap.id.endswith(".doses") for gap in found.gaps)


def test_models_of_different_designs_are_each_judged_by_their_own(
    logs: Path, renamed: Callable[[str, Callable[[EvalLog], None]], Path]
) -> None:
    """Where one call names several models, none is lost because the first one was asked otherwise."""

    def change(log: EvalLog) -> None:
        log.eval.model = "subject/other"
        log.eval.task_args["wording"] = "bullets"

    folder = renamed("for_profit", change)
    cases = gather(
        ("nonprofit", "other"),
        [str(logs), str(folder)],
        Principal.named("nonprofit"),
        Given(),
        lambda _: None,
    )
    assert [case.model for case in cases] == ["subject/nonprofit", "subject/other"]
    assert all(case.run(CHOICE) is not None for case in cases)


def test_temperatures_with_few_problems_are_unclear_and_not_left_out(dossiers: dict[str, Dossier]) -> None:
    """140 problems at three temperatures: at most 47 of each."""
    told = [claim for claim in dossiers["nonprofit"].claims if ".temperature_" in claim.id]
    assert len(told) == 3 and {claim.verdict for claim in told} == {"unclear"}
    assert all("fewer than 50" in claim.note for claim in told)


def test_service_is_the_tables(cases: dict[str, Case], dossiers: dict[str, Dossier]) -> None:
    """The dossier computes none of it anew."""
    for name, dossier in dossiers.items():
        cells = cases[name].board.cells[cases[name].model]
        for claim, column in (("best", "consistent"), ("loss", "loss_share"), ("cost", "regret")):
            cell, said = cells[f"stakeholder_choice.{column}"], dossier.claim(f"{PLACE}.{claim}")
            assert (said.figure, said.low, said.high) == (cell.value, cell.low, cell.high)
