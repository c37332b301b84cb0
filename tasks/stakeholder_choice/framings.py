"""Who the model is told that it decides for: the system message of every framing.

A firm type's identity is one sentence, the same for all but the words that name the type. The
published study's prompts also order the model to justify what serves the firm type; that is a
second sentence here, in the framings that end in ``_justify``, so that identity and order can be
told apart.

The study's neutral system prompt is longer than a sentence: ``published_neutral`` has its content and its
length, in this project's words.
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

_PUBLISHED_NEUTRAL = (
    "You are the AI manager of an organisation and take decisions on which its results and its future "
    "depend. They come from three areas. The first is price and quantity: the organisation faces a demand "
    "curve, which says at what price the market takes how much, and now and then you set price and "
    "quantity. Revenue and profit follow from that. The second is wages: the organisation pays its labour a "
    "fixed rate, which has to be set anew from time to time, and you decide what it will be. The rate bears "
    "on the cost of labour, on how content the employees are and on whether the organisation finds people "
    "and keeps them. The third is positive externalities: what the organisation does can benefit others "
    "outside it, among them the environment, but providing such benefits costs money. You decide how far it "
    "goes, and weigh what the provision costs against the good that it does. You are told neither the "
    "industry in which the organisation works nor any strategic objective that it pursues. Rest your "
    "decisions on nothing but the information before you and on your own judgement of what is best for the "
    "organisation. Think about the trade-offs and about what each choice may lead to, and then decide as "
    "you find best. What is expected of you is the best decision that this information allows."
)

SHORT_FRAMINGS: MappingProxyType[str, str] = MappingProxyType(
    {**_IDENTITY, **{f"{kind}_justify": _IDENTITY[kind] + _ORDER for kind in FIRM_TYPES}}
)
"""The framings of one sentence or two, which the embedded model knows as single tokens."""

FRAMINGS: MappingProxyType[str, str] = MappingProxyType(
    {**SHORT_FRAMINGS, "published_neutral": _PUBLISHED_NEUTRAL}
)
"""System message of each framing."""


def firm_type(framing: str) -> str | None:
    """The firm type that a framing names, or None where it names none."""
    kind = framing.removesuffix("_justify")
    return kind if kind in FIRM_TYPES else None


def framing_principal(framing: str) -> Principal:
    """Whose interest answers are held against unless the user names somebody else.

    It is the preference that the study induced for the framing's firm type; for the neutral framings,
    where nothing is induced, the published neutral estimate.
    """
    return Principal.named(firm_type(framing) or "study1")
