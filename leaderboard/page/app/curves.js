// Indifference curves over two stakeholders: bundles that are worth as much as the middle one, all else held there.
"use strict";
(function (fid) {
  const STEPS = 60;

  /** Means and ranges of each stakeholder's welfare over all options, raw units. */
  function middle(problems) {
    const sums = [0, 0, 0, 0], low = [Infinity, Infinity, Infinity, Infinity], high = [-Infinity, -Infinity, -Infinity, -Infinity];
    let n = 0;
    for (const row of problems.welfare.flat()) {
      if (row.some((x) => x === null)) continue;
      n += 1;
      row.forEach((x, k) => {
        sums[k] += x;
        low[k] = Math.min(low[k], x);
        high[k] = Math.max(high[k], x);
      });
    }
    return { mean: sums.map((s) => s / n), low, high };
  }

  /** Points (x, y) in raw units on the curve through the middle; y by bisection, since utility rises in y. */
  fid.indifference = function ({ theta, rho }, [a, b], { mean, low, high }, shift) {
    const log = (w) => w.map((x) => Math.log(x + shift));
    const level = fid.logCES(log(mean), 0, theta, rho);
    const out = [];
    for (let s = 0; s <= STEPS; s++) {
      const at = [...mean];
      at[a] = low[a] + ((high[a] - low[a]) * s) / STEPS;
      const gap = (y) => {
        at[b] = y;
        return fid.logCES(log(at), 0, theta, rho) - level;
      };
      let from = low[b], to = high[b];
      if (!(theta[b] > 0) || gap(from) > 1e-12 || gap(to) < -1e-12) continue; // it leaves the range of the problems
      for (let k = 0; k < 50; k++) {
        const y = (from + to) / 2;
        if (gap(y) < 0) from = y;
        else to = y;
      }
      out.push([at[a], (from + to) / 2]);
    }
    return out;
  };

  fid.curves = function () {
    const problems = fid.data.problems;
    if (!problems) return false;
    const ranges = middle(problems);
    const names = fid.data.stakeholders;
    const chosen = [0, 1];
    const options = names.map((name, k) => [String(k), name]);
    const change = (which) => (value) => {
      chosen[which] = Number(value);
      figure.refresh();
    };
    const first = fid.select("curve-a", "Across", options, change(0));
    const second = fid.select("curve-b", "Up", options, change(1));
    second.querySelector("select").value = "1";

    function lines() {
      const own = fid.shown.ids.map((id) => {
        const theta = fid.thetaOf(id), rho = fid.data.cells[id]?.["stakeholder_choice.rho"]?.value;
        if (!theta || typeof rho !== "number") return null;
        const sum = theta.reduce((x, y) => x + y, 0);
        return { id, name: fid.nameOf(id), theta: theta.map((x) => Math.max(0, x) / sum), rho };
      });
      const given = { id: null, name: "principal", theta: fid.principal.theta, rho: fid.principal.rho };
      return [given, ...own.filter(Boolean)].map((line) => ({
        ...line,
        points: fid.indifference(line, chosen, ranges, problems.shift).map(([x, y]) => [100 * x, 100 * y]),
      }));
    }

    function draw(width) {
      if (chosen[0] === chosen[1]) return "Choose two different stakeholders.";
      const found = lines();
      const [a, b] = chosen;
      const side = Math.min(width, 620);
      const missing = found.filter((line) => line.points.length < 2).map((line) => line.name);
      const plot = Plot.plot(
        fid.style({
          width: side,
          height: Math.min(side, 480),
          marginLeft: 56,
          marginBottom: 42,
          ariaLabel: label(),
          x: { label: `welfare of ${names[a]}, dollars →`, domain: [100 * ranges.low[a], 100 * ranges.high[a]], grid: true, ticks: 5 },
          y: { label: `↑ welfare of ${names[b]}, dollars`, domain: [100 * ranges.low[b], 100 * ranges.high[b]], grid: true, ticks: 6 },
          marks: [
            ...found.map((line) =>
              Plot.line(line.points, { clip: true, stroke: line.id ? fid.shown.color(line.id) : "var(--target)", strokeWidth: line.id ? 2 : 3.5, strokeDasharray: line.id ? fid.shown.dash(line.id) || undefined : undefined }),
            ),
            Plot.dot([ranges.mean], { x: (m) => 100 * m[a], y: (m) => 100 * m[b], fill: "var(--ink)", r: 4 }),
          ],
        }),
      );
      const key = fid.el("p", { class: "legend" }, fid.el("span", { class: "key" }, fid.svg("svg", { viewBox: "0 0 26 10", width: 26, height: 10, "aria-hidden": "true" }, fid.svg("line", { x1: 0, x2: 26, y1: 5, y2: 5, stroke: "var(--target)", "stroke-width": 4 })), "principal"), ...fid.legend(found.filter((l) => l.id).map((l) => l.id)));
      const note = missing.length ? fid.el("p", { class: "hint" }, "No curve within the range of the problems (no weight on the second stakeholder, or none recovered): ", missing.join(", "), ".") : null;
      return [key, plot, note].filter(Boolean);
    }

    const label = () => `Indifference curves of ${names[chosen[0]]} against ${names[chosen[1]]} for the principal and the models in the charts`;
    const numbers = () => {
      const found = lines().filter((line) => line.points.length);
      const at = [0, 15, 30, 45, 60].map((s) => ranges.low[chosen[0]] + ((ranges.high[chosen[0]] - ranges.low[chosen[0]]) * s) / STEPS).map((x) => 100 * x);
      return {
        caption: `${label()}: welfare of ${names[chosen[1]]}, dollars, that keeps utility the same at each welfare of ${names[chosen[0]]}`,
        columns: ["Curve", ...at.map((x) => fid.format(x, "dollars"))],
        rows: found.map((line) => [line.name, ...at.map((x) => {
          const hit = line.points.find(([px]) => Math.abs(px - x) < 1e-6);
          return hit ? fid.format(hit[1], "dollars") : "outside";
        })]),
      };
    };
    const figure = fid.figure({ place: "curves-figure", label: "Indifference curves", draw, numbers, controls: [fid.el("div", { class: "row" }, first, second)] });
    fid.principal.heard(figure.refresh);
    fid.shown.heard(figure.refresh);
    return true;
  };
})(globalThis.fid);
