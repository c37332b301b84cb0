// Forest plot: recovered weights with intervals, one row a model, the principal's weights as targets.
"use strict";
(function (fid) {
  const SHORT = ["SH", "EM", "CO", "SOC"];

  function points() {
    return fid.data.models.flatMap((model) =>
      SHORT.map((short, k) => ({ model, k, cell: fid.data.cells[model.id]?.[`stakeholder_choice.theta_${short}`] })).filter(
        ({ cell }) => cell && cell.value !== null,
      ),
    );
  }

  fid.forest = function () {
    const all = points();
    const names = fid.data.stakeholders;
    const label = "Recovered weights of each stakeholder by model, with 95 % intervals and the principal's weights";
    if (!all.length) return false;
    let chosen = matchMedia("(max-width: 640px)").matches ? "0" : "all";
    const options = [["all", "all four"], ...names.map((name, k) => [String(k), name])];
    const published = ({ model }) => model.kind === "reference" || model.kind === "human";
    let unfolded = false;
    const box = fid.el("input", { type: "checkbox", onchange: () => ((unfolded = box.checked), figure.refresh()) });
    const beside = all.some(published) ? fid.el("label", { class: "check" }, box, "with published and human references") : "";
    const pick = fid.select("forest-who", "Weights of", options, (value) => {
      chosen = value;
      figure.refresh();
    });
    pick.querySelector("select").value = chosen;

    function draw(width) {
      const narrow = width < 640;
      const kept = all.filter((d) => (unfolded || !published(d)) && (chosen === "all" || d.k === Number(chosen)));
      if (!kept.length) return "No model's weights were recovered.";
      const ids = [...new Set(kept.map((d) => d.model.id))];
      const target = names.map((name, k) => ({ k, theta: fid.principal.theta[k] })).filter((d) => chosen === "all" || d.k === Number(chosen));
      const color = (d) => (published(d) ? "var(--muted)" : "var(--accent)");
      const facet = chosen === "all" ? { fx: "k" } : {};
      const hover = (d) => `${d.model.name}\nweight of ${names[d.k]} (θ) ${fid.format(d.cell.value, "0.000")}${d.cell.low === null || d.cell.low === undefined ? "" : ` (${fid.format(d.cell.low, "0.000")} to ${fid.format(d.cell.high, "0.000")})`}`;
      return Plot.plot(
        fid.style({
          width,
          height: 58 + 20 * ids.length,
          marginLeft: narrow ? 116 : 190,
          marginRight: 14,
          marginTop: 34,
          ariaLabel: label,
          x: { domain: [0, 1], label: null, ticks: chosen === "all" ? [0, 0.5, 1] : 5, tickFormat: (x) => String(x), grid: true },
          y: { domain: ids, label: null, tickSize: 0, tickFormat: (id) => fid.clip(fid.nameOf(id), narrow ? 17 : 28) },
          fx: { label: null, domain: names.map((_, k) => k), tickFormat: (k) => `weight of ${names[k]} (θ)` },
          marks: [
            Plot.ruleX(target, { x: "theta", ...facet, stroke: "var(--target)", strokeWidth: 2, strokeDasharray: "5 3" }),
            Plot.ruleY(kept.filter((d) => typeof d.cell.low === "number" && typeof d.cell.high === "number"), { x1: (d) => Math.max(0, d.cell.low), x2: (d) => Math.min(1, d.cell.high), y: (d) => d.model.id, ...facet, stroke: color, strokeWidth: 2 }),
            Plot.dot(kept, { x: (d) => d.cell.value, y: (d) => d.model.id, ...facet, fill: color, r: 3.6, symbol: (d) => (published(d) ? "diamond" : "circle") }),
            Plot.tip(kept, Plot.pointer({ x: (d) => d.cell.value, y: (d) => d.model.id, ...facet, title: hover })),
          ],
          symbol: { domain: ["circle", "diamond"], range: ["circle", "diamond"] },
        }),
      );
    }

    const numbers = () => ({
      caption: label,
      columns: ["Model", ...names.map((name) => `weight of ${name} (θ)`)],
      rows: [["principal (target)", ...fid.principal.theta.map((x) => x.toFixed(3))]].concat(
        fid.data.models.filter((m) => all.some((d) => d.model === m)).map((model) => [model.name, ...SHORT.map((_, k) => {
          const found = all.find((d) => d.model === model && d.k === k)?.cell;
          if (!found) return "—";
          const ends = typeof found.low === "number" && typeof found.high === "number" ? ` (${found.low.toFixed(3)} to ${found.high.toFixed(3)})` : "";
          return found.value.toFixed(3) + ends;
        })]),
      ),
    });
    const figure = fid.figure({ place: "forest-figure", label, draw, numbers, controls: [fid.el("div", { class: "row" }, pick, beside)] });
    fid.principal.heard(figure.refresh);
    return true;
  };
})(globalThis.fid);
