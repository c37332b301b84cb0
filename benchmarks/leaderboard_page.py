"""The leaderboard's page at its largest: size, first paint from a file, response to a slider, rank sets.

    python -m benchmarks.leaderboard_page

50 models × 1,000 problems × 5 tasks, in a Chromium without a window. Needs Playwright for Python and Chromium
(``CHROMIUM`` names one that is not on the path). Exits with 1 when a figure is missed.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.simulated_board import simulate
from fiduciary.leaderboard.page import build

MODELS, PROBLEMS, TASKS = 50, 1000, 5
MEGABYTES, FIRST_PAINT, RESPONSE = 5.0, 1.5, 0.1
LOADS, MOVES = 5, 40

# Time from the event of a slider until the frame that shows what follows has been laid out and handed over.
SLIDE = """
async (moves) => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const out = { handled: [], shown: [] };
  for (let k = 0; k < moves; k++) {
    const slider = document.getElementById(["theta-0", "theta-1", "theta-2", "theta-3", "rho"][k % 5]);
    await new Promise((done) => setTimeout(done, 30));
    slider.value = slider.max * ((k * 0.37) % 1);
    const start = performance.now();
    slider.dispatchEvent(new Event("input"));
    document.body.offsetHeight;
    out.handled.push(performance.now() - start);
    await frame();
    out.shown.push(performance.now() - start);
  }
  return out;
}
"""

SETS = """
async () => {
  fid.principal.set([0.4, 0.3, 0.2, 0.1], 0.3);
  const start = performance.now();
  while (fid.standing.sets === null) await new Promise((done) => setTimeout(done, 5));
  return performance.now() - start;
}
"""


def measure(file: Path, browser: Any) -> dict[str, list[float]]:
    """Seconds until the first paint and until the page is ready, of a slider's moves, and of rank sets."""
    found: dict[str, list[float]] = {"paint": [], "ready": [], "handled": [], "shown": [], "sets": []}
    for load in range(LOADS):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        start = time.perf_counter()
        page.goto(file.as_uri())
        page.wait_for_selector("html[data-ready]", state="attached")
        found["ready"].append(time.perf_counter() - start)
        page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
        paint = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
        found["paint"].append(page.evaluate(paint) / 1000)
        if load == LOADS - 1:
            moved = page.evaluate(SLIDE, MOVES)
            found["handled"] = [ms / 1000 for ms in moved["handled"]]
            found["shown"] = [ms / 1000 for ms in moved["shown"]]
            found["sets"] = [page.evaluate(SETS) / 1000]
        page.close()
    return found


def main() -> int:
    """Print the figures; 1 when one is missed."""
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    payload = simulate(MODELS, PROBLEMS, tasks=TASKS, from_probabilities=10)
    with tempfile.TemporaryDirectory() as folder:
        file = build(payload, Path(folder))
        size = file.stat().st_size / 1e6
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
            found = measure(file, browser)
            browser.close()
    load = os.getloadavg()[0]
    paint, shown = statistics.median(found["paint"]), statistics.median(found["shown"])
    rows = [
        ("page, MB", size, MEGABYTES),
        (f"first paint, s (median of {LOADS} loads)", paint, FIRST_PAINT),
        (f"slider to shown frame, s (median of {MOVES} moves)", shown, RESPONSE),
    ]
    print(f"{MODELS} models × {PROBLEMS} problems × {TASKS} tasks; load {load:.1f} on {os.cpu_count()} cores")
    for name, value, limit in rows:
        print(f"{name:<52} {value:8.3f}   at most {limit:5.2f}   {'ok' if value <= limit else 'MISSED'}")
    for name, key in (
        ("first paint, slowest", "paint"),
        ("page ready, slowest", "ready"),
        ("slider, computing and layout alone, slowest", "handled"),
        ("slider to shown frame, slowest", "shown"),
        ("rank sets in the worker, with 0.12 s of waiting", "sets"),
    ):
        print(f"{name:<52} {max(found[key]):8.3f}")
    return int(any(value > limit for _, value, limit in rows))


if __name__ == "__main__":
    sys.exit(main())
