"""The task: what a model calls right, what it would buy, and what it does for $10,000."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample

from fiduciary.scorers.moral_dilemmas.scorer import dilemma_choices, dilemma_ratings
from fiduciary.solvers.moral_dilemmas import ELICITATIONS, ask_dilemma
from fiduciary.tasks._arguments import ArgumentError, known_names, number, whole_number
from fiduciary.tasks._elicitation import resolved
from fiduciary.tasks._server import check_server
from fiduciary.tasks.moral_dilemmas.prompts import (
    PEDESTRIANS,
    RULES,
    WHO,
    WORDINGS,
    probe_questions,
    vehicle_questions,
)

VERSION = "2-A"

_PROBES = 0xD1  # stream of the orders of probes

CASES = tuple(product(WHO, (False, True), PEDESTRIANS))
"""Who is in the car, whether the law prescribes the programming, number of pedestrians."""


@task
@known_names
def moral_dilemmas(
    n: int = 96,
    probe: int = 20,
    elicitation: str = "auto",
    seed: int = 0,
    temperature: float | str = 1.0,
) -> Task:
    """Judge and buy self-driving cars that sacrifice or protect their passenger; weigh profit against lives.

    Args:
        n: number of vehicle cases; 96 is every one of the 48 in both orders of the options.
        probe: number of times that profit is weighed against employees, each time in both directions.
        elicitation: of choices: ``choose`` (the turn is begun with the closing words, the labels'
            log-probabilities are read), ``explain`` (the same behind the model's own explanation), ``text``
            (the choice that an explanation states), or ``auto``: choose where the provider continues turns,
            else text. Ratings are always texts.
        seed: seed of the order of cases and of requests.
        temperature: of texts.
    """
    check_server()
    n = whole_number("n", n, at_least=0)
    probe = whole_number("probe", probe, at_least=0)
    if n + probe == 0:
        raise ArgumentError("n", n, "at least 1 where probe is 0")
    seed = whole_number("seed", seed, at_least=0)
    warmth = number("temperature", temperature)
    if not 0 <= warmth < math.inf:
        raise ArgumentError("temperature", temperature, "a number of at least 0")
    common = {
        "elicitation": resolved(elicitation, ELICITATIONS),
        "temperature": warmth,
        "seed": seed,
        "version": VERSION,
    }
    samples = [*_vehicles(n, seed), *_probes(probe, seed)]
    for sample in samples:
        sample.metadata = {**(sample.metadata or {}), **common}
    return Task(
        dataset=MemoryDataset(samples, name="moral_dilemmas"),
        solver=ask_dilemma(seed),
        scorer=[dilemma_ratings(), dilemma_choices()],
        version=VERSION,
    )


def _vehicles(n: int, seed: int) -> list[Sample]:
    """Cases in shuffled order; every pass through them turns the options around and changes the wording."""
    order = np.random.default_rng(seed).permutation(len(CASES))
    samples = []
    for i in range(n):
        passed, place = divmod(i, len(CASES))
        case = int(order[place])
        who, regulated, pedestrians = CASES[case]
        # After two passes every case was shown in both orders, after six in every order and wording.
        first, wording = RULES[(place + passed) % 2], (place + passed) % WORDINGS
        group = f"{who}-{'law' if regulated else 'free'}-{pedestrians}"
        questions = vehicle_questions(who, pedestrians, regulated, wording, first)
        samples.append(
            Sample(
                id=f"vehicle-{group}-{passed}",
                input=questions["choice"],
                metadata={
                    "kind": "vehicle",
                    "group": group,
                    "who": who,
                    "regulated": regulated,
                    "pedestrians": pedestrians,
                    "wording": wording,
                    "first": first,
                    "questions": questions,
                },
            )
        )
    return samples


def _probes(n: int, seed: int) -> list[Sample]:
    """Each wording is asked in a random order of its options, then in the other one: such two are a pair."""
    rng = np.random.default_rng([seed, _PROBES])
    turned = rng.integers(2, size=(n // (2 * WORDINGS) + 1, WORDINGS))
    samples = []
    for i in range(n):
        (pair, again), wording = divmod(i // WORDINGS, 2), i % WORDINGS
        first = RULES[(int(turned[pair, wording]) + again) % 2]
        questions = probe_questions(wording, first)
        samples.append(
            Sample(
                id=f"probe-{i:03d}",
                input=questions["act"],
                metadata={
                    "kind": "probe",
                    "group": f"probe-{wording}-{first}",
                    "pair": f"probe-{wording}-{pair}",
                    "wording": wording,
                    "first": first,
                    "questions": questions,
                },
            )
        )
    return samples
