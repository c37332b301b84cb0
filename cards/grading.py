"""From a card to its grade: a pure function."""

from __future__ import annotations

from dataclasses import dataclass

from fiduciary.cards.card import Card
from fiduciary.cards.checklist import Item, checklist
from fiduciary.cards.claims import Claim, claims
from fiduciary.cards.recognise import Evidence, evidence

STATED, PARTLY, NOT_STATED, CONTRADICTED = "stated", "partly", "not stated", "contradicted"

POINTS = {STATED: 1.0, PARTLY: 0.5, NOT_STATED: 0.0, CONTRADICTED: 0.0}
"""What an item gives. A claim that a file contradicts gives nothing, however well it is worded."""


@dataclass(frozen=True)
class ItemGrade:
    """How a card answers one item.

    Attributes:
        item: what was asked.
        status: one of ``POINTS``.
        found: where its elements are stated.
        lacking: elements that are not, each with what is wrong with a field that should state it.
    """

    item: Item
    status: str
    found: tuple[Evidence, ...]
    lacking: tuple[str, ...]

    @property
    def points(self) -> float:
        """1, ½ or 0."""
        return POINTS[self.status]


@dataclass(frozen=True)
class GroupGrade:
    """A group's items together.

    Attributes:
        group: its key.
        title: its title.
        verdict: ``contradicted`` where a claim of it is; ``stated`` or ``not stated`` where all items are;
            else ``partly``.
        points: of its items.
        of: their number.
    """

    group: str
    title: str
    verdict: str
    points: float
    of: int


@dataclass(frozen=True)
class Graded:
    """A card's grade.

    Attributes:
        card: what was graded.
        items: every item that applies to the kind of card.
        groups: every group with such items, in the checklist's order.
        claims: what could be held against files beside the card.
    """

    card: Card
    items: tuple[ItemGrade, ...]
    groups: tuple[GroupGrade, ...]
    claims: tuple[Claim, ...]

    @property
    def points(self) -> float:
        """Sum of the items' points."""
        return sum(grade.points for grade in self.items)

    @property
    def of(self) -> int:
        """Number of items that apply."""
        return len(self.items)

    @property
    def score(self) -> float:
        """Share of the points, 0 to 1."""
        return self.points / self.of

    @property
    def contradicted(self) -> tuple[Claim, ...]:
        """Claims that a file contradicts."""
        return tuple(claim for claim in self.claims if not claim.holds)

    @property
    def missing(self) -> tuple[ItemGrade, ...]:
        """Items that are not wholly stated."""
        return tuple(grade for grade in self.items if grade.status != STATED)

    @property
    def sentence(self) -> str:
        """The grade for a reader."""
        text = f"The {self.card.kind} card states {self.points:g} of {self.of} items of the checklist"
        held = sum(claim.holds for claim in self.claims)
        if self.claims:
            text += f"; files beside it confirm {held} of {len(self.claims)} claims that could be looked up"
        return text + "."


def grade(card: Card) -> Graded:
    """Grade a card by the checklist's items for its kind. Equal cards get equal grades."""
    checked = claims(card)
    false = {claim.item for claim in checked if not claim.holds}
    whole = checklist()
    items = tuple(_item(card, item, item.id in false) for item in whole.of(card.kind))
    groups = []
    for key, title in whole.groups.items():
        own = [one for one in items if one.item.group == key]
        if own:
            groups.append(GroupGrade(key, title, _verdict(own), sum(one.points for one in own), len(own)))
    return Graded(card, items, tuple(groups), checked)


def _item(card: Card, item: Item, contradicted: bool) -> ItemGrade:
    found, lacking = [], []
    for element in item.elements:
        where, wrong = evidence(card, element)
        if where is not None:
            found.append(where)
        else:
            lacking.append(element.name + (f" ({wrong})" if wrong else ""))
    status = STATED if not lacking else PARTLY if found else NOT_STATED
    return ItemGrade(item, CONTRADICTED if contradicted else status, tuple(found), tuple(lacking))


def _verdict(own: list[ItemGrade]) -> str:
    statuses = {one.status for one in own}
    if CONTRADICTED in statuses:
        return CONTRADICTED
    return statuses.pop() if len(statuses) == 1 else PARTLY
