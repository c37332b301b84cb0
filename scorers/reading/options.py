"""How a text names an option: ``Option B``, ``(B)``, ``B``, ``'b'``, and what is no name of one."""

from __future__ import annotations

import re

_OPEN = r"[\"'“‘«(\[{<⟦]{0,3}"
_CLOSE = r"[\"'”“’»)\]}>⟧]{0,3}"
_NOUN = (
    r"(?i:(?:the )?(?:(?:option|choice|alternative|letter|answer)\b ?(?:letter |labell?ed |marked "
    r"|number )?[:#-]?\s?))"
)

# A word that can follow a lone "A" or "a", which otherwise is an article.
_AFTER = (
    r"(?i:because|as|since|for|over|which|here|rather|instead|due|and|or|not|in|on|to|is|would|with|if"
    r"|over|but"
    r"|given|considering|only|even|unless|therefore|was|my|our)\b"
)
_ENDS = rf"(?={_CLOSE}(?:$|[\s,.;:!?/&|…—–=)}}\]]))(?!\.\w)"
_ARTICLE_ENDS = rf"(?={_CLOSE}(?:$|\n|[,.;:!?/&|…—–)}}\]]| [/&|+—–=(-]| {_AFTER}))(?!\.\w)"

OPTION = re.compile(
    rf"(?:{_OPEN}{_NOUN}{_OPEN}(?P<named>[B-HJ-Zb-hj-z]{_ENDS}|A{_ENDS}|a{_ARTICLE_ENDS}|[Ii](?={_CLOSE}(?:$"
    rf"|[.,;)\]\n])))"
    rf"|{_OPEN}(?<!\w)(?<!\w\.)(?P<bare>[B-HJ-Z]{_ENDS}|A{_ARTICLE_ENDS}|[b-hj-z](?={_CLOSE}(?:$|[,.;!)\]]"
    rf"| {_AFTER}))"
    rf"|(?<=[\"'“‘(\[⟦])[a-zI](?=[\"'”’)\]⟧])|a(?=[.;!)])(?!\.\w)))"
    rf"{_CLOSE}"
)
"""An option by its letter. A lone "a" or "I" counts only where it cannot be a word."""

BLANK = re.compile(
    rf"{_NOUN}?(?:[\[<{{][^\[\]<>{{}}()\n]{{1,40}}[\]>}}]|\((?:your|the|insert|letter|X)\b[^()\n]{{0,40}}\)"
    rf"|…|\.{{3}})"
    r"|Option\b(?=\s*(?:$|[.…\n]))"
)
"""A template's blank in the place of an option: ``[letter]``, ``Option …``."""


def letter_of(match: re.Match[str]) -> str:
    """The capital letter that a match of ``OPTION`` names."""
    return str(match["named"] or match["bare"]).upper()
