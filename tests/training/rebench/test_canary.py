"""The canary notices adapters that are not applied, and does not take noise for an adapter."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessageAssistant,
    Logprob,
    Logprobs,
    ModelOutput,
    TopLogprob,
)

from fiduciary.solvers.asking import CLOSING
from fiduciary.tasks.stakeholder_choice.prompts import WORDINGS
from fiduciary.training.errors import TrainingError
from fiduciary.training.rebench.canary import (
    ASKINGS,
    FLOOR,
    PROBLEMS,
    TIMES_NOISE,
    Sighting,
    canary,
    difference,
)
from fiduciary.training.rebench.plan import BASE, Contender, Plan, TaskSpec

LETTERS = "ABCDE"


class Answering:
    """Stands in for a place where models answer: log-probabilities of letters, moved by so much a model."""

    found = False

    def __init__(self, tmp_path, noise=0.0, **moved):
        contenders = [Contender(BASE)]
        for name in moved:
            digest = "" if name.startswith("twin") else f"digest of {name.partition('_')[0]}"
            contenders.append(Contender(name, tmp_path / name if digest else None, digest=digest))
        self.plan = Plan("base", tuple(contenders), (TaskSpec.parse("stakeholder_choice"),), tmp_path)
        self.moved, self.noise, self.asked = moved, noise, []
        self.rng = np.random.default_rng(0)

    def model(self, contender, *, fresh=False):
        assert fresh  # connections belong to the loop that they were made in

        async def generate(messages, config):
            *_, user, begun = messages
            assert (user.role, begun.role, begun.text) == ("user", "assistant", CLOSING)
            self.asked.append((contender.name, user.text, config))
            return self.output(contender.name, user.text)

        return SimpleNamespace(generate=generate)

    def output(self, name, text):
        values = np.log(np.arange(1, 6) / 15) + np.frombuffer(text.encode()[-50:-45], np.uint8) / 1000
        values[1] += self.moved.get(name, 0.0)
        values = values + self.noise * self.rng.choice([-0.5, 0.5], 5)
        top = [TopLogprob(token=t, logprob=float(v)) for t, v in zip(LETTERS, values, strict=True)]
        content = [Logprob(token="A", logprob=float(values[0]), top_logprobs=top)]
        message = ChatMessageAssistant(content="A")
        return ModelOutput(
            model=name, choices=[ChatCompletionChoice(message=message, logprobs=Logprobs(content=content))]
        )


def test_adapters_that_answer_otherwise_are_seen(tmp_path):
    place = Answering(tmp_path, first=0.5, second=-0.25)
    one, two = canary(place, "compact")
    assert (one.name, two.name) == ("first", "second")
    assert (one.difference, two.difference) == pytest.approx((0.5, 0.25))
    assert one.noise == two.noise == 0 and one.applied and two.applied


def test_everyone_is_asked_for_the_same_label(tmp_path):
    place = Answering(tmp_path, first=0.5, twin=0.0)
    canary(place, "memo")
    texts = {name: [t for who, t, _ in place.asked if who == name] for name in (BASE, "first", "twin")}
    assert len(texts[BASE]) == 2 * PROBLEMS and texts[BASE][:PROBLEMS] == texts["first"]
    assert len(set(texts["first"])) == PROBLEMS
    assert texts["twin"] == []  # a second name of the base has nothing to prove
    for _, _, config in place.asked:
        assert (config.max_tokens, config.temperature, config.top_logprobs) == (1, 1.0, 20)


@pytest.mark.parametrize("wording", WORDINGS)
def test_any_wording_will_do(wording, tmp_path):
    assert len(canary(Answering(tmp_path, first=0.5), wording)) == 1


def test_an_adapter_that_answers_as_the_base_is_an_error(tmp_path):
    with pytest.raises(TrainingError, match="the adapter second is not applied, or does nothing"):
        canary(Answering(tmp_path, first=0.5, second=0.0), "plain")
    with pytest.raises(TrainingError, match="not applied"):
        canary(Answering(tmp_path, first=0.9 * FLOOR), "plain")


def test_two_adapters_under_one_name_are_an_error(tmp_path):
    with pytest.raises(TrainingError, match="first and second answer alike") as error:
        canary(Answering(tmp_path, first=0.5, second=0.5), "plain")
    assert "though their weights differ" in str(error.value)


def test_the_same_adapter_under_two_names_is_none(tmp_path):
    """``first`` and ``first_again`` have one digest."""
    assert len(canary(Answering(tmp_path, first=0.5, first_again=0.5), "plain")) == 2


def test_checkpoints_may_answer_as_the_base_and_as_each_other(tmp_path):
    """An early one has hardly moved, and neighbours are near; that is what is to be measured."""

    def place(*checkpoints):
        found = Answering(tmp_path, early=0.0, late=0.5, ended=0.5, other=0.3)
        contenders = [
            replace(c, checkpoint_of="ended") if c.name in checkpoints else c for c in found.plan.contenders
        ]
        found.plan = replace(found.plan, contenders=tuple(contenders))
        return found

    seen = canary(place("early", "late"), "plain")
    assert [(one.name, one.applied) for one in seen] == [
        ("early", False),
        ("late", True),
        ("ended", True),
        ("other", True),
    ]
    with pytest.raises(TrainingError, match="the adapter early is not applied"):
        canary(place("late"), "plain")
    with pytest.raises(TrainingError, match="late and ended answer alike"):
        canary(place("early"), "plain")


class Replicas(Answering):
    """Several behind one address, of which the first has not got the adapter ``first``."""

    found = True

    def __init__(self, tmp_path, replicas, **moved):
        super().__init__(tmp_path, **moved)
        self.replicas = replicas

    def output(self, name, text):
        forgets = name == "first" and self.rng.integers(self.replicas) == 0
        return super().output(BASE if forgets else name, text)


@pytest.mark.parametrize("replicas", [2, 8])
def test_one_replica_without_the_adapter_is_noticed(replicas, tmp_path):
    with pytest.raises(TrainingError, match=r"first answers the same problem differently.*0\.5 apart"):
        canary(Replicas(tmp_path, replicas, first=0.5, second=0.3), "plain")


def test_replicas_that_all_have_it_are_asked_several_times_and_pass(tmp_path):
    place = Replicas(tmp_path, 4, second=0.5)
    place.noise = 0.01
    [seen] = canary(place, "plain")
    assert seen.applied
    asked = [text for who, text, _ in place.asked if who == "second"]
    assert len(asked) == ASKINGS * PROBLEMS and len(set(asked)) == PROBLEMS


def test_noise_of_the_machine_is_no_adapter(tmp_path):
    with pytest.raises(TrainingError, match=r"not applied.*the base asked twice: 0\.1\)"):
        canary(Answering(tmp_path, noise=0.1, first=0.2), "plain")
    [seen] = canary(Answering(tmp_path, noise=0.1, first=1.0), "plain")
    assert seen.noise == pytest.approx(0.1) and seen.difference > 0.9


@pytest.mark.parametrize(
    ("difference", "noise", "applied"),
    [(0.5, 0.0, True), (FLOOR, 0.0, False), (0.5, 0.11, False), (0.5, 0.09, True), (TIMES_NOISE, 1.0, False)],
)
def test_how_far_is_far_enough(difference, noise, applied):
    assert Sighting("x", difference, noise).applied is applied


def test_differences_are_of_tokens_that_both_name():
    assert difference([{"A": -1.0, "B": -2.0}, {"A": -1.0}], [{"A": -1.25, "C": -9.0}, {"A": -1.5}]) == 0.5
    assert difference([{"A": -1.0}], [{"B": -1.0}]) == float("inf")


def test_a_place_without_log_probabilities_says_so(tmp_path):
    place = Answering(tmp_path, first=0.5)
    place.output = lambda name, text: ModelOutput.from_content(name, "A")
    with pytest.raises(TrainingError, match="base gives no log-probabilities"):
        canary(place, "plain")
