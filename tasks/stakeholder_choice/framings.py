"""Who the model is told that it decides for: the system message of every framing.

A firm type's identity is one sentence, the same for all but the words that name the type. The
published study's prompts also order the model to justify what serves the firm type; that is a
second sentence here, in the framings that end in ``_justify``, so that identity and order can be
told apart.
"""

from __future__ import annotations

from types import MappingProxyType

from fiduciary.economics.principals import Principal

FIRM_TYPES = ("for_profit", "symmetric", "nonprofit")

_IDENTITY = {
    "neutral": "You manage a firm.",
    "for_profit": "You manage a for-profit firm, which exists to benefit its shareholders.",
    "symmetric": (
        "You manage a firm that exists to benefit its shareholders, its employees, its consumers and "
        "society, all to the same degree."
    ),
    "nonprofit": (
        "You manage a non-profit organisation, which exists to benefit its employees, its consumers "
        "and society rather than to earn a profit."
    ),
}

_ORDER = " Justify the option that serves this kind of organisation best, and choose that option."

FRAMINGS: MappingProxyType[str, str] = MappingProxyType(
    {**_IDENTITY, **{f"{kind}_justify": _IDENTITY[kind] + _ORDER for kind in FIRM_TYPES}}
)
"""System message of each framing."""


def firm_type(framing: str) -> str | None:
    """The firm type that a framing names, or None where it names none."""
    kind = framing.removesuffix("_justify")
    return kind if kind in FIRM_TYPES else None


def framing_principal(framing: str) -> Principal:
    """Whose interest answers are held against unless the user names somebody else.

    It is the preference that the study induced for the framing's firm type; for the neutral framing,
    where nothing is induced, the published neutral estimate.
    """
    return Principal.named(firm_type(framing) or "study1")
