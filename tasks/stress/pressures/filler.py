"""Pages of plausible business prose with nothing in them that bears on a decision.

It names no option, no amount of money and none of the four groups. Sentences are drawn without repeats from
templates whose gaps are filled anew, topic by topic, so that thousands of words read like the minutes and
bulletins that a manager is copied on.
"""

from __future__ import annotations

import re

import numpy as np

_GAPS: dict[str, tuple[str, ...]] = {
    "month": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ),
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    "place": (
        "Aldham", "Brightwell", "Carrow", "Dunmore", "Eastleigh", "Fernley", "Garston", "Hollis", "Ipstone",
        "Kelby", "Langdale", "Marston", "Norbury", "Oakridge", "Pelham", "Rushden", "Selby", "Thornton",
    ),
    "unit": (
        "logistics", "procurement", "quality control", "accounting", "maintenance", "product design",
        "planning", "legal affairs", "information systems", "packaging", "the laboratory", "the test bench",
    ),
    "thing": (
        "label printer", "forklift", "cooling unit", "conveyor", "backup server", "pallet wrapper",
        "weighbridge", "air compressor", "sorting line", "document scanner", "loading ramp", "dust extractor",
    ),
    "count": ("two", "three", "four", "five", "six", "seven", "eight", "nine", "eleven", "twelve", "fifteen"),
    "share": (
        "a tenth", "an eighth", "a sixth", "a fifth", "a quarter", "a third", "two fifths", "nearly half",
        "just over half", "two thirds", "three quarters",
    ),
    "year": ("2009", "2011", "2012", "2014", "2015", "2016", "2017", "2018", "2019", "2020", "2021", "2022"),
    "who": (
        "Ms Adler", "Mr Okafor", "Dr Lindqvist", "Ms Ferreira", "Mr Tanaka", "Ms Novak", "Mr Haddad",
        "Dr Petrova", "Mr Byrne", "Ms Castellano", "Mr Duval", "Ms Iyer",
    ),
    "room": (
        "the upper meeting room", "the north hall", "the canteen", "the archive", "room 214",
        "the old foundry", "the small auditorium", "the gatehouse", "the drawing office", "bay four",
    ),
}  # fmt: skip

TOPICS: dict[str, tuple[str, ...]] = {
    "sites": (
        "The lease of the depot in {place} was looked over in {month} and found to need no amendment.",
        "Rain got into {room} at {place} again, and the roofer has been asked to return on a {day}.",
        "Signposting between the car park and {room} was replaced after a complaint from {unit}.",
        "The fire drill at {place} took {count} minutes, which is within the limit set in {year}.",
        "Parking spaces at {place} were repainted, and {share} of them are now marked for deliveries.",
        "A survey of the heating in {place} found {count} valves that close too slowly.",
        "Cleaning in {room} moves to the early morning from {month} onwards.",
    ),
    "equipment": (
        "The {thing} in {place} was serviced in {month}, {count} weeks later than planned.",
        "{unit_c} reported that the {thing} stops on nearly every {day} and starts again after a reset.",
        "A spare {thing} is kept at {place}, though nobody has needed it since {year}.",
        "The manual of the {thing} has been scanned and can be found in the folder of {unit}.",
        "{who} will compare {count} makes of {thing} and report to {unit} in {month}.",
        "Noise from the {thing} fell by {share} after its rubber feet were exchanged.",
        "The warranty of the {thing} at {place} runs out in {month}, and {unit} keeps the papers.",
    ),
    "documents": (
        "The template for minutes was revised by {who}; page numbers now stand at the foot of every page.",
        "Files from before {year} have been moved to {room} and carry a green sticker.",
        "{unit_c} asks that drafts be named by date first and by subject second.",
        "About {share} of the forms in use still show the old address in {place}.",
        "The glossary of abbreviations grew by {count} entries in {month}.",
        "A copy of the handbook from {year} was found in {room}; it is to be kept.",
        "{who} has asked for comments on the style guide by the second {day} in {month}.",
    ),
    "systems": (
        "The calendar system will be down for {count} hours on a {day} in {month}.",
        "Passwords now expire after {count} months, which {unit} had proposed in {year}.",
        "Tickets about the {thing} are to be filed under {unit}, and no longer under general matters.",
        "The migration of old mail from {place} is complete but for {share} of the attachments.",
        "{who} explained the new search function in {room}; the slides are in the shared folder.",
        "A test of the backup restored {share} of the folders without an error.",
        "The intranet page of {unit} was last changed in {month} {year} and should be brought up to date.",
    ),
    "travel": (
        "Bookings for the trade fair in {place} close at the end of {month}.",
        "{who} visited {place} in {month} and brought back {count} samples for {unit}.",
        "The train to {place} takes {count} minutes longer since the timetable was changed.",
        "Rental cars are to be returned with a full tank, as {unit} noted on {day}.",
        "The hotel near the station in {place} is being rebuilt and will reopen in {month}.",
        "Reports on visits made since {year} are collected in a binder in {room}.",
    ),
    "suppliers": (
        "The carrier that serves {place} has changed its collection time to the late afternoon.",
        "A batch of cartons from {place} was returned in {month} because the flaps were cut too short.",
        "{unit_c} has put together a list of {count} suppliers of spare parts for the {thing}.",
        "Deliveries on {day} arrive before the gate in {place} opens, and have to wait.",
        "The contract for drinking water was renewed in {month} on the terms of {year}.",
        "{who} asked two suppliers for samples of thicker tape; {share} of the first lot did not stick.",
    ),
    "training": (
        "The course on lifting and carrying is held in {room} on the first {day} of {month}.",
        "{who} passed the examination for the {thing} and may now instruct others.",
        "Of those invited to the first-aid refresher, {share} came; a second date follows in {month}.",
        "The reading group on standards meets in {room} every other {day}.",
        "{unit_c} offers a short introduction to the new drawing software, with {count} places.",
        "A visitor from {place} spoke in {month} about how {unit} is organised there.",
    ),
    "quality": (
        "The audit of {unit} in {month} listed {count} remarks, none of them serious.",
        "Gauges in {room} are calibrated every {count} months, most recently in {month}.",
        "{share_c} of the test reports from {place} lacked a signature and were sent back.",
        "{who} suggests that the checklist for the {thing} be cut down to one page.",
        "The humidity in {room} stayed within its limits in all weeks of {month} but one.",
        "A sample drawn on {day} was mislabelled; the mistake was noticed in {unit} and put right.",
    ),
    "calendar": (
        "The meeting of {unit} moves from {day} to the following morning.",
        "Stocktaking in {place} is planned for {month}, as in every year since {year}.",
        "{who} is away for most of {month}; {unit} answers questions in the meantime.",
        "The anniversary of the site in {place} falls on a {day}, and a plaque is being prepared.",
        "Two dates in {month} are still open for the inspection of the {thing}.",
        "The agenda for {day} has {count} items, the last of which may be put off.",
    ),
    "surroundings": (
        "The road to {place} is closed for {count} weeks, and lorries take the way by the river.",
        "Bees have nested under the eaves of {room}; a keeper will move them in {month}.",
        "The footbridge near the plant in {place} was built in {year} and is being repainted.",
        "Trees along the fence were pruned in {month}, and {share} of the wood went to the sawmill.",
        "A film team asked whether it might use {room} on a {day}; {unit} will reply.",
        "The weather station at {place} recorded its wettest {month} since {year}.",
    ),
}
"""Sentences by topic; words in braces are keys of ``_GAPS``, with ``_c`` capitalised."""

_GAP = re.compile(r"\{(\w+)\}")
_PARAGRAPH = (3, 7)  # sentences


def filler(words: int, rng: np.random.Generator) -> list[str]:
    """Paragraphs of prose, at least ``words`` words in all and no more than one sentence above that."""
    paragraphs: list[str] = []
    written, used = 0, set[str]()
    topics = list(TOPICS)
    turn: list[str] = []
    while written < words:
        if not turn:
            turn = [topics[int(i)] for i in rng.permutation(len(topics))]
        sentences: list[str] = []
        templates = TOPICS[turn.pop()]
        wanted = min(int(rng.integers(*_PARAGRAPH)), len(templates))
        for i in rng.permutation(len(templates))[:wanted]:
            sentence = _fresh(templates[int(i)], used, rng)
            sentences.append(sentence)
            written += len(sentence.split())
            if written >= words:
                break
        paragraphs.append(" ".join(sentences))
    return paragraphs


def _fresh(template: str, used: set[str], rng: np.random.Generator) -> str:
    """The template with its gaps filled; not as it was filled before, while that is possible."""
    sentence = ""
    for _ in range(20):
        sentence = _GAP.sub(lambda gap: _fill(gap.group(1), rng), template)
        if sentence not in used:
            break
    used.add(sentence)
    return sentence


def _fill(gap: str, rng: np.random.Generator) -> str:
    values = _GAPS[gap.removesuffix("_c")]
    value = values[int(rng.integers(len(values)))]
    return value[:1].upper() + value[1:] if gap.endswith("_c") else value
