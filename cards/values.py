"""Which values of metadata say something: the Hub's own lists and forms."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from fiduciary.cards.substance import says_nothing

LICENCES = frozenset(
    """
    apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0
    bigcode-openrail-m afl-3.0 artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear
    c-uda cc cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0
    cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0
    cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0 cdla-permissive-2.0 wtfpl
    ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 eupl-1.2 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl lgpl-2.1
    lgpl-3.0 isc h-research intel-research lppl-1.3c ms-pl apple-ascl apple-amlr mpl-2.0 odc-by odbl
    openmdw-1.0 openrail++ osl-3.0 postgresql ofl-1.1 ncsa unlicense zlib pddl lgpl-lr
    deepfloyd-if-license fair-noncommercial-research-license llama2 llama3 llama3.1 llama3.2 llama3.3
    llama4 grok2-community gemma
    """.split()
)
"""Identifiers of https://huggingface.co/docs/hub/repositories-licenses, without ``unknown`` and ``other``."""

SIZES = tuple(
    "n<1K 1K<n<10K 10K<n<100K 100K<n<1M 1M<n<10M 10M<n<100M 100M<n<1B "
    "1B<n<10B 10B<n<100B 100B<n<1T n>1T".split()
)
"""Values of ``size_categories``, smallest first."""

_CREATORS = frozenset({"found", "crowdsourced", "expert-generated", "machine-generated", "no-annotation"})

_LANGUAGE = re.compile(r"^(?:[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}|multilingual|code)$")
_REPOSITORY = re.compile(r"^[A-Za-z0-9][\w.-]{0,95}(?:/[A-Za-z0-9][\w.-]{0,95})?$")
_TASK = re.compile(
    r"^[a-z0-9]+(?:-[a-z0-9]+)+$|^(?:other|summarization|translation|conversational|robotics)$"
)

Valid = Callable[[Any, Mapping[str, Any]], "str | None"]
"""A value and all metadata → what is wrong with the value, or None."""


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _each(form: Callable[[str], bool], what: str) -> Valid:
    def valid(value: Any, _: Mapping[str, Any]) -> str | None:
        entries = _listed(value)
        if not entries:
            return "the list is empty"
        for entry in entries:
            if isinstance(entry, bool):
                return (
                    f"{'no' if entry is False else 'yes'} without quotes is a truth value in YAML, not {what}"
                )
            if not isinstance(entry, str) or not form(entry.strip()):
                return f"{str(entry)[:60]!r} is not {what}"
        return None

    return valid


def licence(value: Any, front: Mapping[str, Any]) -> str | None:
    """A licence the Hub knows, or ``other`` with its name and a link."""
    for entry in _listed(value):
        if not isinstance(entry, str):
            return f"{str(entry)[:60]!r} is not a licence identifier"
        name = entry.strip().lower()
        if name == "other":
            lacking = [
                field
                for field in ("license_name", "license_link")
                if not isinstance(front.get(field), str) or says_nothing(str(front[field]))
            ]
            if lacking:
                return f"license: other without {' and '.join(lacking)}"
        elif name not in LICENCES:
            return f"{entry[:60]!r} is not a licence identifier of the Hub"
    return None if _listed(value) else "the list is empty"


def model_index(value: Any, _: Mapping[str, Any]) -> str | None:
    """Evaluation results in the form of the Hub: task, dataset and metrics with finite values."""
    if not isinstance(value, list) or not value:
        return "model-index is not a list of models"
    metrics_seen = 0
    for model in value:
        results = model.get("results") if isinstance(model, dict) else None
        if not isinstance(results, list):
            return "model-index has a model without results"
        for result in results:
            if not isinstance(result, dict):
                return "model-index has a result that is not a mapping"
            for part, field in (("task", "type"), ("dataset", "type"), ("dataset", "name")):
                own = result.get(part)
                if not isinstance(own, dict) or not str(own.get(field) or "").strip():
                    return f"model-index has a result without {part}.{field}"
            metrics = result.get("metrics")
            if not isinstance(metrics, list):
                return "model-index has a result without metrics"
            metrics_seen += sum(_has_value(metric) for metric in metrics)
    return None if metrics_seen else "model-index has no metric with a figure"


def _has_value(metric: Any) -> bool:
    if not isinstance(metric, dict) or not str(metric.get("type") or "").strip():
        return False
    value = metric.get("value")
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _any_text(value: Any, _: Mapping[str, Any]) -> str | None:
    entries = [str(entry) for entry in _listed(value) if entry is not None]
    return None if entries and not any(map(says_nothing, entries)) else "the field says nothing"


def _features(value: Any, _: Mapping[str, Any]) -> str | None:
    for config in _listed(value):
        features = config.get("features") if isinstance(config, dict) else None
        if not isinstance(features, list) or not features:
            return "dataset_info without features"
    return None


def _is_repository(text: str) -> bool:
    return _REPOSITORY.match(text) is not None and not says_nothing(text)


VALID: Mapping[str, Valid] = MappingProxyType(
    {
        "licence": licence,
        "language": _each(lambda text: _LANGUAGE.match(text) is not None, "a language code (ISO 639)"),
        "repository": _each(_is_repository, "a name of the Hub"),
        "task": _each(lambda text: _TASK.match(text) is not None, "a task of the Hub"),
        "size": _each(lambda text: text in SIZES, "a size category of the Hub"),
        "creators": _each(lambda text: text in _CREATORS, f"one of {', '.join(sorted(_CREATORS))}"),
        "model-index": model_index,
        "features": _features,
        "text": _any_text,
    }
)
"""Names that the checklist gives to these tests."""
