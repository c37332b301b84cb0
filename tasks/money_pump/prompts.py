"""What is said about a trade, before the pair of options that it is about."""

from __future__ import annotations

OFFER = (
    "The firm has committed itself to Option {held}. It may change to Option {offered} for a fee of "
    "${fee}, which is paid once and reduces the gain of the shareholders by that amount. It may also keep "
    "Option {held}, at no cost. Fees paid so far: ${paid}. The figures below leave all fees out, and the "
    "options are lettered anew for every decision."
)
"""Terms of an offer: letters of the option held and the one offered, the fee and the fees paid, dollars."""
