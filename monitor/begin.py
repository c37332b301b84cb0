"""The first call, and whether later ones mean the same monitor."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from inspect_ai.model import Model, get_model

# "As Inspect does": the same file of settings is found.
from fiduciary._inspect import init_dotenv, parse_cli_args
from fiduciary.economics.monitoring import build_detector, calibrate
from fiduciary.economics.monitoring.calibration import HIGHEST, LOWEST, Calibration
from fiduciary.economics.monitoring.detector import Detector
from fiduciary.economics.utility import CES
from fiduciary.errors import UsageError
from fiduciary.leaderboard.log_files import Say
from fiduciary.monitor import clock
from fiduciary.monitor.asking import presentable
from fiduciary.monitor.baseline import Baseline, digest_of, read
from fiduciary.monitor.canaries import choose
from fiduciary.monitor.state import Setup
from fiduciary.serving.endpoint import endpoint, served

QUESTIONS, FALSE_ALARMS, ENROL, SEED = 12, 1 / 1000, 0, 0
_FEWEST, _MOST = 5, 200
_MOST_ENROLLED = 1_000
_WIDEST = 2.0  # spread of shared noise: one audit in three more than 7 times sharper or vaguer


@dataclass(frozen=True)
class Given:
    """What the command line says about the monitor; None where it says nothing.

    Attributes:
        baseline: path of the log.
        model: Inspect's name.
        model_args: its arguments.
        questions: of one audit.
        false_alarms: rate an audit.
        shared_noise: spread of the noise that the answers of one audit share.
        enrol: rounds.
        seed: of all draws.
    """

    baseline: str | None = None
    model: str | None = None
    model_args: Mapping[str, Any] | None = None
    questions: int | None = None
    false_alarms: float | None = None
    shared_noise: float | None = None
    enrol: int | None = None
    seed: int | None = None

    @classmethod
    def of(cls, options: argparse.Namespace) -> Given:
        """Read and check the arguments.

        Raises:
            UsageError: a value that is not allowed.
        """
        if options.model is not None and not all(options.model.partition("/")):
            raise UsageError(f"--model must be provider/name, such as vllm/assistant, got {options.model!r}")
        return cls(
            options.baseline,
            options.model,
            _model_args(options.model_args),
            _whole("--questions", options.questions, _FEWEST, _MOST),
            _rate(options.false_alarms),
            _spread(options.shared_noise),
            _whole("--enrol", options.enrol, 0, _MOST_ENROLLED),
            _whole("--seed", options.seed, 0, 2**31 - 1),
        )


def set_up(given: Given, say: Say) -> Setup:
    """Choose the questions and calibrate the alarm.

    Raises:
        UsageError: no baseline or model, or one that cannot be used.
    """
    if given.baseline is None or given.model is None:
        missing = "--baseline" if given.baseline is None else "--model"
        raise UsageError(f"the first call needs {missing}: there is no monitor in this folder yet")
    check_served(given.model, given.model_args or {}, say)
    baseline = read(given.baseline)
    say(_about(baseline))
    size, seed = given.questions or QUESTIONS, given.seed or SEED
    rate = FALSE_ALARMS if given.false_alarms is None else given.false_alarms
    shared = given.shared_noise or 0.0
    begun = time.monotonic()
    try:
        canary = choose(baseline, size, seed)
        say(
            f"{size} questions chosen: standard errors of the weights are {canary.gain:.1f} times smaller "
            f"than with as many random problems ({time.monotonic() - begun:.0f} s)"
        )
        begun = time.monotonic()
        detector = build_detector(
            baseline.audited,
            canary.problems,
            baseline.temperature,
            decimals=canary.decimals,
            offset=canary.offset,
        )
        calibration = calibrate(detector, rate=rate, seed=seed, shared_noise=shared)
        later = _later(detector, calibration, seed) if shared else 0.0
    except ValueError as error:
        raise UsageError(f"--baseline cannot be watched: {error}") from None
    cost = f", allowing for shared noise of {shared:g}: alarms come {later:.0%} later" if shared else ""
    say(f"Alarm calibrated to 1 false one in {1 / rate:,.0f} audits{cost} ({time.monotonic() - begun:.0f} s)")
    return Setup(
        created=clock.now().stamp,
        baseline=baseline.about(),
        model=given.model,
        model_args=dict(given.model_args or {}),
        seed=seed,
        false_alarms=rate,
        shared_noise=shared,
        later=later,
        enrol=ENROL if given.enrol is None else given.enrol,
        elicitation=baseline.elicitation,
        config=baseline.config,
        questions=canary.questions,
        gain=canary.gain,
        detector=detector.with_threshold(calibration.threshold),
    )


def _later(detector: Detector, found: Calibration, seed: int) -> float:
    """By what share a change is found later than without an allowance for noise that an audit shares.

    The delay grows with the logarithm of the threshold (Pollak 1987).
    """
    without = calibrate(detector, rate=found.rate, seed=seed)
    return float(np.log(found.threshold) / np.log(without.threshold) - 1)


def agreed(given: Given, setup: Setup, folder: Path) -> None:
    """Check that a later call means the monitor that is there.

    Raises:
        UsageError: an argument that says something else.
    """

    def differs(argument: str, said: object, there: object) -> UsageError:
        return UsageError(
            f"{argument} {said} is not what the monitor in {folder} was set up with ({there}); leave it out, "
            "or name another --state"
        )

    if given.baseline is not None and digest_of(given.baseline) != setup.baseline["sha256"]:
        raise differs("--baseline", given.baseline, f"another log, {setup.baseline['file']}")
    for argument, said, there in (
        ("--model", given.model, setup.model),
        ("-M", given.model_args, dict(setup.model_args)),
        ("--questions", given.questions, len(setup.questions)),
        ("--false-alarms", given.false_alarms, setup.false_alarms),
        ("--shared-noise", given.shared_noise, setup.shared_noise),
        ("--enrol", given.enrol, setup.enrol),
        ("--seed", given.seed, setup.seed),
    ):
        if said is not None and said != there:
            raise differs(argument, said, there)


def model_of(name: str, arguments: Mapping[str, Any]) -> Model:
    """Inspect's model.

    Raises:
        UsageError: no such model, or none that can be asked from here; says why.
    """
    init_dotenv()
    if name.startswith("vllm/") and not _address(arguments) and importlib.util.find_spec("vllm") is None:
        raise UsageError(f"--model {name}: VLLM_BASE_URL is not set, here or in a file .env")
    try:
        return get_model(name, memoize=False, **dict(arguments))
    except Exception as error:  # whatever a provider raises where it cannot be made
        raise UsageError(f"--model {name}: {presentable(str(error))}") from None


def check_served(name: str, arguments: Mapping[str, Any], say: Say) -> None:
    """Check, before anything is set up, that the model can be made and that its server knows its name.

    A server that does not answer passes: that is an outage, and the audit finds it.

    Raises:
        UsageError: no such model.
    """
    model_of(name, arguments)
    if not name.startswith("vllm/"):
        return
    address = _address(arguments)
    if not address:
        return
    try:
        names = [one.name for one in served(endpoint(address))]
    except UsageError as error:
        # What follows is advice for the chat, which finds servers by other arguments.
        say(f"The endpoint does not list its models: {presentable(str(error).partition(';')[0])}")
        return
    wanted = name.removeprefix("vllm/")
    if wanted not in names and wanted.rpartition(":")[2] not in names:
        raise UsageError(
            f"--model {name} is not served there; ask for {' or '.join(f'vllm/{one}' for one in names)}"
        )


def _address(arguments: Mapping[str, Any]) -> str:
    return str(arguments.get("base_url") or os.environ.get("VLLM_BASE_URL") or "")


def _about(baseline: Baseline) -> str:
    preference: CES = baseline.audited.utility
    weights = ", ".join(f"{weight:.2f}" for weight in preference.theta)
    return (
        f"Baseline {baseline.file}: {baseline.model}, {baseline.audited.n} answers and "
        f"{baseline.audited.n_missing} missing; weights {weights} (shareholders, employees, consumers, "
        f"society), ρ {preference.rho:.2f}; asked at temperature {baseline.temperature:g}"
    )


def _model_args(given: list[str] | None) -> dict[str, Any] | None:
    if given is None:
        return None
    for argument in given:
        if "=" not in argument:
            raise UsageError(f"-M must be name=value, got {argument!r}")
    read = parse_cli_args(tuple(given))
    try:
        return dict(json.loads(json.dumps(read)))  # as the state will hold them
    except (TypeError, ValueError):
        raise UsageError(f"-M must be numbers or text, got {' '.join(given)!r}") from None


def _whole(argument: str, given: str | None, least: int, most: int) -> int | None:
    if given is None:
        return None
    if not given.isdecimal() or not least <= int(given) <= most:
        raise UsageError(f"{argument} must be a whole number from {least} to {most}, got {given!r}")
    return int(given)


def _spread(given: str | None) -> float | None:
    if given is None:
        return None
    try:
        spread = float(given)
    except ValueError:
        spread = float("nan")
    if not 0 <= spread <= _WIDEST:
        raise UsageError(f"--shared-noise must be a number from 0 to {_WIDEST:g}, got {given!r}")
    return spread


def _rate(given: str | None) -> float | None:
    if given is None:
        return None
    above, slash, below = given.partition("/")
    try:
        rate = float(above) / float(below) if slash else float(above)
    except (ValueError, ZeroDivisionError):
        rate = float("nan")
    if not LOWEST <= rate <= HIGHEST:
        allowed = f"from 1/{1 / LOWEST:.0f} to 1/{1 / HIGHEST:.0f}, such as 1/1000 or .001"
        raise UsageError(f"--false-alarms must be a rate {allowed}, got {given!r}")
    return rate
