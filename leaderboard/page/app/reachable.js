// The reachable set: the weights that the same model's choices reveal under each context that it may be given.
"use strict";
(function (fid) {
  const KINDS = { plain: "square", stated_utility: "diamond" };

  function said({ withheld, spread }) {
    if (withheld) return `${withheld}, so no figure is shown`;
    if (!spread) return "too few contexts have an estimate to say how far they reach";
    return `contexts lie ${fid.format(spread.value, "0.000")} (${fid.format(spread.low, "0.000")} – ${fid.format(spread.high, "0.000")}) from their centre, noise taken out`;
  }

  fid.reachable = function () {
    const told = fid.data.figures?.reachable ?? [];
    if (!told.length) return false;
    const sets = told.filter((set) => set.contexts.length);
    const names = fid.data.stakeholders;
    const label = "Weights of each stakeholder under every context, by model, and the principal's weights";
    const all = sets.flatMap((set) => set.contexts.flatMap((context) => context.theta.map((theta, k) => ({ model: set.model, context: context.name, kind: context.kind, theta, k }))));
    let chosen = matchMedia("(max-width: 640px)").matches ? "0" : "all";
    const pick = fid.select("reachable-who", "Weights of", [["all", "all four"], ...names.map((name, k) => [String(k), name])], (value) => {
      chosen = value;
      figure.refresh();
    });
    pick.querySelector("select").value = chosen;

    function draw(width) {
      if (!sets.length) return "No model has a weight to show.";
      const narrow = width < 640;
      const groups = names.map((_, k) => k).filter((k) => chosen === "all" || k === Number(chosen));
      const kept = all.filter((d) => groups.includes(d.k));
      const facet = chosen === "all" ? { fx: "k" } : {};
      return Plot.plot(
        fid.style({
          width,
          height: 58 + 34 * sets.length,
          marginLeft: narrow ? 116 : 190,
          marginRight: 14,
          marginTop: 34,
          ariaLabel: label,
          x: { domain: [0, 1], label: null, ticks: chosen === "all" ? [0, 0.5, 1] : 5, tickFormat: (x) => String(x), grid: true },
          y: { domain: sets.map((set) => set.model), label: null, tickSize: 0, tickFormat: (id) => fid.clip(fid.nameOf(id), narrow ? 17 : 28) },
          fx: { label: null, domain: names.map((_, k) => k), tickFormat: (k) => `weight of ${names[k]} (θ)` },
          symbol: { type: "identity" },
          marks: [
            Plot.ruleX(groups.map((k) => ({ k, theta: fid.principal.theta[k] })), { x: "theta", ...facet, stroke: "var(--target)", strokeWidth: 2, strokeDasharray: "5 3" }),
            Plot.dot(kept.filter((d) => !(d.kind in KINDS)), { x: "theta", y: "model", ...facet, fill: "var(--accent)", fillOpacity: 0.55, r: 3.5 }),
            // Outlines on top: contexts that lie where the bare prompt does would hide it.
            Plot.dot(kept.filter((d) => d.kind in KINDS), { x: "theta", y: "model", ...facet, stroke: "var(--target)", strokeWidth: 2, r: 6, symbol: (d) => KINDS[d.kind] }),
            Plot.tip(kept, Plot.pointer({ x: "theta", y: "model", ...facet, title: (d) => `${fid.nameOf(d.model)}\n${d.context}\nweight of ${names[d.k]} (θ) ${fid.format(d.theta, "0.000")}` })),
          ],
        }),
      );
    }

    const numbers = () => ({
      caption: label,
      columns: ["Model", "Context", ...names.map((name) => `weight of ${name} (θ)`)],
      rows: sets.flatMap((set) => set.contexts.map((context) => [fid.nameOf(set.model), context.name, ...context.theta.map((theta) => fid.format(theta, "0.000"))])),
    });
    const figure = fid.figure({ place: "reachable-figure", label, draw, numbers, controls: sets.length ? [pick] : [] });
    document.getElementById("reachable-figure").append(
      fid.el("ul", { class: "hint" }, ...told.map((set) => fid.el("li", {}, fid.bdi(fid.nameOf(set.model)), `: ${said(set)}.`))),
    );
    fid.principal.heard(figure.refresh);
    return true;
  };
})(globalThis.fid);
