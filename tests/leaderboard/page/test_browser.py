"""The page in a real Chromium, opened from a file: it loads alone, sorts, filters and ranks anew."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.simulated_board import simulate
from fiduciary.economics.losses import losses
from fiduciary.economics.ranking import rank_sets
from fiduciary.economics.utility import CES
from fiduciary.leaderboard.page import build

HOSTILE = (
    "<script>window.broken=1</script>",
    '"><img src=x onerror="window.broken=1">',
    "\u202egnp.elbaliava\u202c right to left",
    "نموذج عربي",
    "{{payload}} ${1} </script>",
)


ROWS = "#measurements tbody:not(.apart) tr[data-model]:not([hidden])"


def names(page: Any, selector: str = ROWS) -> list[str]:
    return page.eval_on_selector_all(selector, "rows => rows.map(row => row.dataset.model)")


def test_loads_alone(watched: Any, site: Path) -> None:
    """No word on the console, and not one request besides the file and its own worker."""
    page = watched.go(site.as_uri())
    for section in ("forest", "curves", "dose", "prices", "inventories"):
        page.locator(f"#{section}").scroll_into_view_if_needed()
        page.wait_for_selector(f"#{section} svg.plot")
    page.locator("#theta-0").press("ArrowRight")
    page.wait_for_function("() => fid.standing.sets !== null")
    assert watched.said == []
    assert {address for address in watched.asked if not address.startswith("blob:")} == {site.as_uri()}


def test_policy_refuses_markup(watched: Any, site: Path) -> None:
    """A script of the page that tried to write markup would fail."""
    page = watched.go(site.as_uri())
    refused = page.evaluate(
        "() => { try { document.body.innerHTML = '<b>x</b>'; return false } catch { return true } }"
    )
    assert refused


def test_sorts_with_missing_values_last(watched: Any, site: Path, payload: dict[str, Any]) -> None:
    page = watched.go(site.as_uri())
    key = "stakeholder_choice.rho"
    values = {
        m["id"]: payload["cells"][m["id"]][key]["value"] for m in payload["models"] if m["kind"] == "subject"
    }
    there = {name: value for name, value in values.items() if value is not None}
    gone = [name for name, value in values.items() if value is None]
    assert gone, "the for-profit model's ρ is not identified"
    heading = page.locator(f'#measurements th[data-key="{key}"]')
    for direction, sign in (("ascending", 1), ("descending", -1)):
        heading.locator("button").click()
        assert heading.get_attribute("aria-sort") == direction
        assert names(page) == [*sorted(there, key=lambda name: sign * there[name]), *gone]
    assert page.locator("#measurements [aria-sort]").count() == 1


def test_better_comes_first(watched: Any, site: Path, payload: dict[str, Any]) -> None:
    page = watched.go(site.as_uri())
    key = "stakeholder_choice.consistent"
    page.locator(f'#measurements th[data-key="{key}"] button').press("Enter")
    found = [payload["cells"][name][key]["value"] for name in names(page)]
    assert found == sorted(found, reverse=True)


def test_filters(watched: Any, site: Path, payload: dict[str, Any]) -> None:
    page = watched.go(site.as_uri())
    page.fill("#search", "PROFIT")
    wanted = [m for m in payload["models"] if "profit" in m["name"].lower()]
    shown = "#measurements tbody tr[data-model]:not([hidden])"
    assert names(page, shown) == [m["id"] for m in wanted if m["kind"] == "subject"]
    page.locator(".fold button").click()
    assert sorted(names(page, shown)) == sorted(m["id"] for m in wanted)
    assert page.text_content("#count") == f"{len(wanted)} of {len(payload['models'])} rows shown"
    page.get_by_label("Recovered preference", exact=True).uncheck()
    assert page.locator('#measurements th[data-key="stakeholder_choice.rho"]').count() == 0


def test_references_are_marked_and_never_ranked(watched: Any, site: Path, payload: dict[str, Any]) -> None:
    page = watched.go(site.as_uri())
    references = [m["id"] for m in payload["models"] if m["kind"] == "reference"]
    assert references and not set(references) & set(names(page, "#board tbody:first-of-type tr"))
    assert names(page, "#measurements tbody.apart tr") == references
    assert page.locator("#measurements tbody.apart .mark").all_text_contents() == ["published"] * len(
        references
    )


def test_references_are_folded_until_they_are_asked_for(watched: Any, site: Path) -> None:
    page = watched.go(site.as_uri())
    rows, button = page.locator("#measurements tbody.apart tr"), page.locator(".fold button")
    assert not any(row.is_visible() for row in rows.all())
    assert button.get_attribute("aria-expanded") == "false"
    button.press("Enter")
    assert all(row.is_visible() for row in rows.all())
    assert button.get_attribute("aria-expanded") == "true"
    drawn = page.locator("#forest svg.plot")
    drawn.scroll_into_view_if_needed()
    assert "8B, " not in drawn.text_content()
    page.get_by_label("with published and human references").check()
    page.wait_for_function("() => document.querySelector('#forest svg.plot').textContent.includes('8B, ')")


def test_missing_values_say_why(watched: Any, site: Path) -> None:
    cell = (
        watched.go(site.as_uri())
        .locator('#measurements tr[data-model="m1"] td')
        .filter(has_text="not identified")
    )
    assert cell.first.text_content() == "—not identified"


@pytest.mark.parametrize(("slider", "press"), [("theta-1", "End"), ("theta-0", "End"), ("rho", "Home")])
def test_a_slider_changes_the_order_as_python_has_it(
    watched: Any, site: Path, payload: dict[str, Any], slider: str, press: str
) -> None:
    page = watched.go(site.as_uri())
    before = names(page, "#board tbody:first-of-type tr")
    page.locator(f"#{slider}").press(press)
    theta, rho = {
        "theta-1": ((0.0, 1.0, 0.0, 0.0), 0.75),
        "theta-0": ((1.0, 0.0, 0.0, 0.0), 0.75),
        "rho": ((0.25,) * 4, -np.inf),
    }[slider]
    options = payload["problems"]["welfare"]
    welfare = np.full((len(options), max(map(len, options)), 4), np.nan)
    for i, rows in enumerate(options):
        welfare[i, : len(rows)] = rows
    ids, columns = [], []
    for model in [m["id"] for m in payload["models"] if m["kind"] == "subject"]:
        shares = np.full(welfare.shape[:2], np.nan)
        for i in range(len(options)):
            if model in payload["choices"]:
                if payload["choices"][model][i] >= 0:
                    shares[i] = np.eye(welfare.shape[1])[payload["choices"][model][i]]
            elif payload["shares"][model][i] is not None:
                shares[i, : len(options[i])] = payload["shares"][model][i]
        ids.append(model)
        columns.append(losses(welfare, shares, CES(theta, rho)).regret)
    means = rank_sets(np.column_stack(columns)).mean
    after = names(page, "#board tbody:first-of-type tr")
    assert after == [ids[k] for k in np.argsort(means, kind="stable")]
    assert after != before
    shown = page.text_content(f'#board tr[data-model="{after[0]}"] td:nth-child(3) a')
    assert shown == f"${means.min():,.2f}"


def test_sliders_keep_the_sum_and_say_their_values(watched: Any, site: Path) -> None:
    page = watched.go(site.as_uri())
    page.locator("#theta-2").fill("0.4")
    texts = [page.locator(f"#theta-{k}").get_attribute("aria-valuetext") for k in range(4)]
    assert texts == ["shareholders 20 %", "employees 20 %", "consumers 40 %", "society 20 %"]
    page.locator("#rho").press("Home")
    assert "maximin" in page.locator("#rho").get_attribute("aria-valuetext")
    page.locator("#rho").fill("50")
    assert "Cobb–Douglas" in page.locator("#rho").get_attribute("aria-valuetext")
    page.wait_for_function("() => document.getElementById('live').textContent.includes('loses least')")


def test_profiles_and_links_to_a_principal(watched: Any, site: Path) -> None:
    page = watched.go(site.as_uri())
    button = page.get_by_role("button", name="nonprofit")
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    page.wait_for_function("() => location.hash.startsWith('#theta=')")
    address, order = page.url, names(page, "#board tbody:first-of-type tr")
    page.goto("about:blank")
    assert names(watched.go(address), "#board tbody:first-of-type tr") == order
    assert page.evaluate("fid.principal.theta.map((x) => +x.toFixed(9))") == [0, 0.4, 0.4, 0.2]


def test_columns_of_service_follow_the_principal(watched: Any, site: Path) -> None:
    """Both tables show the same regret, whoever the principal is."""
    page = watched.go(site.as_uri())
    page.get_by_role("button", name="for-profit").click()
    page.wait_for_function("() => fid.standing.sets !== null")
    for name in names(page):
        board = page.text_content(f'#board tr[data-model="{name}"] td:nth-child(3) a')
        assert page.text_content(f'#measurements tr[data-model="{name}"] td:nth-child(4) a') == board


def test_hostile_names_come_out_as_text(watched: Any, tmp_path: Path) -> None:
    payload = simulate(len(HOSTILE), 20, tasks=2, from_probabilities=1, names=HOSTILE, seed=2)
    for model in payload["models"]:
        for run in model["runs"]:
            run["log"] = "javascript:window.broken=1"
            run["viewer"] = "//example.org/x"
    payload["title"] = payload["models"][0]["note"] = HOSTILE[0]
    payload["troubles"] = [{"file": HOSTILE[1], "problem": HOSTILE[0]}]
    payload["columns"][0]["title"] = payload["columns"][0]["description"] = HOSTILE[1]
    for series in (*payload["figures"]["price_paths"], *payload["figures"]["inventories"]):
        series["label"] = series["instrument"] = HOSTILE[0]
    page = watched.go(build(payload, tmp_path).as_uri())
    for section in ("forest", "prices", "inventories"):
        page.locator(f"#{section}").scroll_into_view_if_needed()
        page.wait_for_selector(f"#{section} svg.plot")
    page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    assert page.evaluate("window.broken") is None
    assert page.locator("img").count() == 0
    assert page.title() == page.text_content("h1") == HOSTILE[0]
    for k, name in enumerate(HOSTILE):
        assert page.text_content(f'#board tr[data-model="m{k}"] bdi') == name
    assert page.text_content("#troubles-list li") == f"{HOSTILE[1]}: {HOSTILE[0]}"
    links = page.eval_on_selector_all("main a", "links => links.map((a) => a.getAttribute('href'))")
    assert all(link.startswith("#") for link in links), "addresses that leave the folder are no links"
    assert watched.said == []


def test_the_bare_prompt_and_the_stated_utility_lie_on_top_of_the_contexts(
    watched: Any, charted_site: Path
) -> None:
    page = watched.go(charted_site.as_uri())
    page.locator("#reachable").scroll_into_view_if_needed()
    page.wait_for_selector("#reachable svg.plot")
    filled = page.eval_on_selector_all(
        "#reachable svg.plot g g > :is(circle, path):not(g[aria-hidden] *)",
        "marks => marks.map((mark) => getComputedStyle(mark).fill !== 'none')",
    )
    assert any(filled) and not all(filled)


def test_a_page_without_choices(watched: Any, payload: dict[str, Any], tmp_path: Path) -> None:
    """Logs without a common set of choices still make a page: what has no data is not shown."""
    bare = payload | {"problems": None, "choices": {}, "shares": {}, "ranking": None, "figures": {}}
    page = watched.go(build(bare, tmp_path).as_uri())
    assert "no ranking" in page.text_content("#headline")
    assert names(page)
    assert page.locator("#prices").is_hidden() and page.locator('nav a[href="#prices"]').count() == 0
    assert watched.said == []


def test_a_model_without_answers(watched: Any, payload: dict[str, Any], tmp_path: Path) -> None:
    empty = json.loads(json.dumps(payload))
    empty["choices"]["m0"] = [-1] * len(empty["problems"]["ids"])
    page = watched.go(build(empty, tmp_path).as_uri())
    page.locator("#theta-3").fill("0.5")
    page.wait_for_function("() => fid.standing.sets !== null")
    assert names(page, "#board tbody:first-of-type tr")[-1] == "m0"
    row = page.text_content('#board tr[data-model="m0"]')
    assert "no rank" in row and "all answers missing" in row
    assert watched.said == []


def top(page: Any, selector: str) -> float:
    return float(page.locator(selector).first.bounding_box()["y"])


@pytest.mark.parametrize(
    "watched",
    [{"viewport": {"width": 390, "height": 844}}, {"viewport": {"width": 1280, "height": 900}}],
    indirect=True,
    ids=["phone", "desktop"],
)
def test_sentence_then_example_then_ranking_on_the_first_screen(
    watched: Any, site: Path, payload: dict[str, Any]
) -> None:
    page = watched.go(site.as_uri())
    assert top(page, "#what") < top(page, "#example-short p >> nth=1") < top(page, "#board tbody tr")
    best = page.locator("#board tbody tr").nth(1).bounding_box()
    assert best["y"] + best["height"] <= page.viewport_size["height"], "the two best are on the first screen"
    assert top(page, "#board") < top(page, "#theta-0") or page.viewport_size["width"] > 860


@pytest.mark.parametrize("watched", [{"viewport": {"width": 390, "height": 844}}], indirect=True)
def test_who_is_not_ranked_does_not_push_the_ranking_off_a_phones_screen(
    watched: Any, payload: dict[str, Any], tmp_path: Path
) -> None:
    silent = [{"model": "m5", "why": "not shown to read: its answers never vary, or are too few to tell"}]
    page = watched.go(build(payload | {"unranked": silent}, tmp_path).as_uri())
    best = page.locator("#board tbody tr").nth(1).bounding_box()
    assert best["y"] + best["height"] <= 844
    assert "not shown to read" in page.text_content("#unranked li")


def test_the_example_is_the_question_that_was_asked(
    watched: Any, site: Path, payload: dict[str, Any]
) -> None:
    page = watched.go(site.as_uri())
    asked = payload["example"]["messages"][1]["text"]
    short = page.text_content("#example-short")
    assert asked.split("\n")[0] in short and "Option A: " in short and "Which option do you choose?" in short
    assert "Option B:" not in short and page.locator("#example-whole").is_hidden()
    page.locator("#example summary").click()
    assert asked in page.locator("#example-whole").inner_text()


def test_a_page_without_an_example_shows_none(watched: Any, payload: dict[str, Any], tmp_path: Path) -> None:
    page = watched.go(build(payload | {"example": None}, tmp_path).as_uri())
    assert page.locator("#example").is_hidden() and page.locator("#board tbody tr").count()
    assert watched.said == []


def test_a_slider_says_what_it_moved(watched: Any, site: Path) -> None:
    page = watched.go(site.as_uri())
    assert page.locator("#moved").is_hidden()
    order = names(page, "#board tbody:first-of-type tr")
    page.locator("#theta-0").press("End")
    told, after = page.text_content("#moved"), names(page, "#board tbody:first-of-type tr")
    moved = sum(a != b for a, b in zip(order, after, strict=True))
    assert moved and f"{moved} of {len(order)} models have moved" in told
    assert page.text_content(f'#board tr[data-model="{after[0]}"] bdi') in told


def test_greek_letters_stand_behind_their_words(watched: Any, site: Path) -> None:
    """A letter of the theory is never the first that a reader meets."""
    page = watched.go(site.as_uri())
    page.locator("#forest").scroll_into_view_if_needed()
    page.wait_for_selector("#forest svg.plot")
    shown = page.eval_on_selector_all(
        "label, thead th, #forest svg.plot text", "parts => parts.map((part) => part.textContent)"
    )
    greek = [text for text in shown if re.search("[θργ]", text)]
    assert {"weight of employees (θ)how much a gain of employees counts"} <= set(greek)
    assert [text for text in greek if not re.match(r"[a-z]{2}[^θργ]*\(", text)] == []


@pytest.mark.parametrize("watched", [{"viewport": {"width": 360, "height": 740}}], indirect=True)
def test_fits_a_phone(watched: Any, charted_site: Path) -> None:
    page = watched.go(charted_site.as_uri())
    for section in ("forest", "reachable", "curves", "dose", "prices", "inventories"):
        page.locator(f"#{section}").scroll_into_view_if_needed()
        page.wait_for_selector(f"#{section} svg.plot")
        width = page.eval_on_selector(f"#{section} svg.plot", "svg => svg.getBoundingClientRect().right")
        assert width <= 361
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_prints(watched: Any, site: Path) -> None:
    """Paper gets every column, in tables of their own, and no controls."""
    page = watched.go(site.as_uri())
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    groups = page.locator("#print-tables caption").all_text_contents()
    assert {"Service to the principal", "Recovered preference", "HEXACO"} <= set(groups)
    assert page.locator("#print-tables").is_visible() and page.locator("svg.plot").count() >= 5
    for hidden in ("nav", "#theme", "#search", "#theta-0", "#measurements"):
        assert page.locator(hidden).is_hidden()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_without_a_ranking_its_explanation_goes_too(
    watched: Any, payload: dict[str, Any], tmp_path: Path
) -> None:
    silent = [{"model": "m0", "why": "not shown to read"}]
    bare = payload | {"problems": None, "choices": {}, "shares": {}, "ranking": None, "unranked": silent}
    page = watched.go(build(bare, tmp_path).as_uri())
    assert page.locator("#unranked").is_visible()
    assert page.locator("#ranking .hint").first.is_hidden() and page.locator("#board").is_hidden()
