"""The limits file: by which numbers an organisation judges, and what it does about a problem."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fiduciary.dossier.paths import shown_path
from fiduciary.dossier.provided import PROVIDED
from fiduciary.dossier.rules import SUBJECTS, THEN, Rule
from fiduciary.dossier.words import plain
from fiduciary.errors import UsageError
from fiduciary.parsing import parse_yaml, repeated_keys

DEFAULT = Path(__file__).with_name("limits.yaml")
AS_LOGGED = "as logged"
WAYS = ("choose", "explain", "text", AS_LOGGED)
"""How a model in use may be asked."""

_TEXTS = ("name", "owner")
_KEYS = (*_TEXTS, "elicitation", "problems", "required", "rules")
_MOST = 100_000


@dataclass(frozen=True)
class Limits:
    """What a dossier judges by.

    Attributes:
        name: what the file calls itself.
        file: where it lies; "" for the default.
        sha256: of the file.
        elicitation: how the model will be asked once it is in use, one of ``WAYS``.
        problems: choice problems below which nothing is good or bad.
        owner: who answers for the model's use, "" where nobody is named.
        required: evidence without which nothing is recommended.
        rules: name → rule.
    """

    name: str
    file: str
    sha256: str
    elicitation: str
    problems: int
    owner: str
    required: tuple[str, ...]
    rules: Mapping[str, Rule]

    @property
    def way(self) -> str | None:
        """The elicitation that figures must be of; None for the log's own."""
        return None if self.elicitation == AS_LOGGED else self.elicitation

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        rules = {r.name: {"in_order": r.good, "problem": r.bad, "then": r.then} for r in self.rules.values()}
        return vars(self) | {"required": list(self.required), "rules": rules}


def read_limits(file: str | None = None) -> Limits:
    """The limits of a file on top of the default ones.

    Raises:
        UsageError: a file that cannot be read, or all that is wrong in it, by name with what is allowed.
    """
    if file is None:
        return _default()
    try:
        raw = Path(file).read_bytes()
        text = raw.decode("utf-8")
        held = parse_yaml(text)
    except (OSError, ValueError) as error:
        raise UsageError(f"--limits {file} cannot be read: {error}") from error
    wrong = [f"{plain(key, 60)} is given more than once" for key in repeated_keys(text)]
    found = _checked({} if held is None else held, _default(), wrong)
    if wrong:
        raise UsageError(f"--limits {file}: {'; '.join(wrong)}")
    name = found["name"] if "name" in (held or {}) else Path(file).name
    return Limits(**(found | {"name": name}), file=shown_path(file), sha256=_digest(raw))


@cache
def _default() -> Limits:
    raw = DEFAULT.read_bytes()
    wrong: list[str] = []
    none = MappingProxyType({name: Rule(name, None, None, "risk") for name in SUBJECTS})
    start = Limits("", "", "", AS_LOGGED, 1, "", (), none)
    found = _checked(parse_yaml(raw.decode("utf-8")), start, wrong)
    assert not wrong, wrong
    return Limits(**found, file="", sha256=_digest(raw))


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _checked(held: Any, base: Limits, wrong: list[str]) -> dict[str, Any]:
    """The values of a file, those of ``base`` where it has none; what is wrong is added to the list."""
    out: dict[str, Any] = {key: getattr(base, key) for key in _KEYS}
    if not isinstance(held, Mapping):
        wrong.append(f"it holds {_said(held)}, not keys with values ({', '.join(_KEYS)})")
        return out
    for key, value in held.items():
        if key not in _KEYS:
            wrong.append(f"{_said(key)} is no key; known are {', '.join(_KEYS)}")
        elif key in _TEXTS:
            if isinstance(value, str):
                out[key] = plain(value, 120)
            else:
                wrong.append(f"{key} is {_said(value)}; text is wanted")
        elif key == "elicitation":
            _one_of(out, key, value, WAYS, key, wrong)
        elif key == "problems":
            if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _MOST:
                out[key] = value
            else:
                wrong.append(f"problems is {_said(value)}; a whole number from 1 to {_MOST:,} is wanted")
        elif key == "required":
            out[key] = _required(value, wrong)
        else:
            out[key] = _rules(value, base.rules, wrong)
    return out


def _required(value: Any, wrong: list[str]) -> tuple[str, ...]:
    if not isinstance(value, list):
        wrong.append(f"required is {_said(value)}; a list is wanted, of {', '.join(PROVIDED)}")
        return ()
    wrong += [
        f"required names {_said(name)}; known are {', '.join(PROVIDED)}"
        for name in value
        if not isinstance(name, str) or name not in PROVIDED
    ]
    return tuple(dict.fromkeys(name for name in value if isinstance(name, str)))


def _rules(value: Any, base: Mapping[str, Rule], wrong: list[str]) -> Mapping[str, Rule]:
    if not isinstance(value, Mapping):
        wrong.append(f"rules is {_said(value)}; rules by name are wanted: {', '.join(SUBJECTS)}")
        return base
    out = dict(base)
    for name, given in value.items():
        if name not in SUBJECTS:
            wrong.append(f"rules has {_said(name)}; known are {', '.join(SUBJECTS)}")
        elif not isinstance(given, Mapping):
            wrong.append(f"rules.{name} is {_said(given)}; in_order, problem and then are wanted")
        else:
            out[name] = _rule(out[name], given, wrong)
    return MappingProxyType(out)


def _rule(rule: Rule, given: Mapping[Any, Any], wrong: list[str]) -> Rule:
    before, place = len(wrong), f"rules.{rule.name}"
    numbers = ("in_order", "problem") if rule.about.limited else ()
    found: dict[str, Any] = {"in_order": rule.good, "problem": rule.bad, "then": rule.then}
    for key, value in given.items():
        if key == "then":
            _one_of(found, key, value, THEN, f"{place}.then", wrong)
        elif key not in numbers:
            wrong.append(f"{place} has {_said(key)}; known are {', '.join((*numbers, 'then'))}")
        else:
            most = rule.about.most
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if number and math.isfinite(value) and 0 <= value <= most:
                found[key] = float(value)
            else:
                wrong.append(f"{place}.{key} is {_said(value)}; a number from 0 to {most:g} is wanted")
    good, bad = found["in_order"], found["problem"]
    if len(wrong) == before and good is not None and bad is not None and rule.sign * (bad - good) < 0:
        order = "at most" if rule.sign > 0 else "at least"
        wrong.append(f"{place}.in_order is {good:g}; it must be {order} problem, which is {bad:g}")
    return Rule(rule.name, good, bad, found["then"])


def _one_of(
    out: dict[str, Any], key: str, value: Any, allowed: tuple[str, ...], place: str, wrong: list[str]
) -> None:
    if isinstance(value, str) and value in allowed:
        out[key] = value
    else:
        wrong.append(f"{place} is {_said(value)}; one of {', '.join(allowed)} is wanted")


def _said(value: Any) -> str:
    return plain(repr(value), 60)
