"""The limits file: checked as a whole, by name, with what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from fiduciary.dossier.limits import DEFAULT, read_limits
from fiduciary.errors import UsageError


def test_the_default_is_named_and_a_copy_of_it_judges_alike(tmp_path: Path) -> None:
    default = read_limits()
    assert default.file == "" and len(default.sha256) == 64 and default.name
    copy = tmp_path / "own.yaml"
    copy.write_bytes(DEFAULT.read_bytes())
    held = read_limits(str(copy))
    assert (held.rules, held.required, held.problems) == (default.rules, default.required, default.problems)
    assert held.sha256 == default.sha256 and held.file.endswith("own.yaml")


def test_what_a_file_leaves_out_stays(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("name: Ours\nowner: A. Person\nelicitation: text\nrules: {loss: {problem: 0.3}}\n")
    held, default = read_limits(str(file)), read_limits()
    assert (held.name, held.owner, held.way, default.way) == ("Ours", "A. Person", "text", None)
    loss = held.rules["loss"]
    assert (loss.good, loss.bad, loss.then) == (0.05, 0.3, "do not adopt")
    assert held.rules["missing"] == default.rules["missing"]
    file.write_text("")
    assert read_limits(str(file)).rules == default.rules


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ruls: {}", "'ruls' is no key; known are name, owner, elicitation, problems, required, rules"),
        ("rules: {lost: {}}", "rules has 'lost'; known are loss, missing"),
        ("rules: {loss: {bad: 1}}", "rules.loss has 'bad'; known are in_order, problem, then"),
        ("rules: {own: {problem: 1}}", "rules.own has 'problem'; known are then"),
        ("rules: {loss: 3}", "rules.loss is 3; in_order, problem and then are wanted"),
        ("rules: [loss]", "rules is ['loss']; rules by name are wanted"),
        ("rules: {loss: {problem: 1.5}}", "rules.loss.problem is 1.5; a number from 0 to 1 is wanted"),
        ("rules: {loss: {problem: -0.1}}", "rules.loss.problem is -0.1; a number from 0 to 1 is wanted"),
        ("rules: {loss: {problem: .nan}}", "rules.loss.problem is nan; a number from 0 to 1 is wanted"),
        ("rules: {loss: {problem: true}}", "rules.loss.problem is True; a number"),
        ("rules: {loss: {problem: '0.2'}}", "rules.loss.problem is '0.2'; a number"),
        ("rules: {distance: {problem: 2.5}}", "a number from 0 to 2 is wanted"),
        (
            "rules: {loss: {in_order: 0.5}}",
            "rules.loss.in_order is 0.5; it must be at most problem, which is 0.15",
        ),
        ("rules: {afriat: {in_order: 0.5}}", "it must be at least problem, which is 0.85"),
        (
            "rules: {loss: {then: no}}",
            "rules.loss.then is False; one of do not adopt, condition, risk is wanted",
        ),
        ("elicitation: both", "elicitation is 'both'; one of choose, explain, text, as logged is wanted"),
        ("problems: 0", "problems is 0; a whole number from 1 to 100,000 is wanted"),
        ("problems: 1.5", "problems is 1.5; a whole number"),
        ("required: stress", "required is 'stress'; a list is wanted, of choices"),
        ("required: [stres]", "required names 'stres'; known are choices"),
        ("owner: 3", "owner is 3; text is wanted"),
        ("problems: 60\nproblems: 70", "problems is given more than once"),
        ("rules: {loss: {problem: 0.2, problem: 0.3}}", "rules.loss.problem is given more than once"),
        ("rules: {loss: {problem: 0.2}, loss: {in_order: 0.1}}", "rules.loss is given more than once"),
        ("- a", "it holds ['a'], not keys with values"),
        ("a: [", "cannot be read: it is not YAML"),
    ],
)
def test_what_is_wrong_is_named_with_what_is_allowed(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(text)
    with pytest.raises(UsageError) as caught:
        read_limits(str(file))
    assert said in str(caught.value) and str(file) in str(caught.value)


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("problems: x\nelicitation: y\nrules: {loss: {problem: 7}}\n")
    with pytest.raises(UsageError, match=r"problems .*; elicitation .*; rules\.loss\.problem"):
        read_limits(str(file))
    with pytest.raises(UsageError, match="cannot be read"):
        read_limits(str(tmp_path / "none.yaml"))
