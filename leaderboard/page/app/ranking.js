// The ranking: mean regret for the chosen principal at once, confidence sets of ranks as soon as they are computed.
"use strict";
(function (fid) {
  let worker = null, wanted = 0, laid = null, listed = [], rows = new Map(), idle = 0;

  /** Losses of every model, ranks of those that are ranked, and rank sets (null while they are computed). */
  fid.standing = { losses: new Map(), rank: new Map(), sets: null, critical: null };

  const isRanked = (model) => model.kind === "model" || model.kind === "subject";

  function startWorker() {
    try {
      const text = document.getElementById("script-ranksets").textContent;
      const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
      const policy = globalThis.trustedTypes?.createPolicy("fiduciary-worker", { createScriptURL: (own) => own });
      worker = new Worker(policy ? policy.createScriptURL(url) : url);
      worker.onmessage = (event) => finish(event.data);
      worker.onerror = () => {
        worker = null; // slices on the page do the same work
        compute();
      };
    } catch {
      worker = null;
    }
  }

  function finish({ id, low, high, critical }) {
    if (id !== wanted) return;
    const ids = rankedIds();
    fid.standing.sets = new Map(ids.map((model, k) => [model, [low[k], high[k]]]));
    fid.standing.critical = critical;
    paint();
    fid.tableChanged();
    announce();
  }

  const rankedIds = () => listed.filter((model) => isRanked(model)).map((model) => model.id);

  /** Rank sets: the table's own for the given principal, so that page and files agree; otherwise a bootstrap. */
  function compute() {
    const own = fid.data.ranking;
    if (fid.principal.given && own) {
      finish({
        id: wanted,
        low: rankedIds().map((id) => own.low[own.models.indexOf(id)] ?? null),
        high: rankedIds().map((id) => own.high[own.models.indexOf(id)] ?? null),
        critical: null,
      });
      return;
    }
    const ids = rankedIds();
    if (!ids.length) return;
    const request = {
      id: wanted,
      losses: ids.map((id) => fid.standing.losses.get(id).loss),
      codes: laid.codes,
      clusters: laid.clusters,
      level: own?.level ?? 0.95,
    };
    if (worker) {
      worker.postMessage(request);
      return;
    }
    const work = fid.rankSets(request);
    const slice = () => {
      if (request.id !== wanted) return;
      if (work.step(20)) finish({ id: request.id, ...work.result() });
      else idle = setTimeout(slice, 0);
    };
    clearTimeout(idle);
    slice();
  }

  const computeSoon = fid.debounce(compute, 120);

  /** Everything that follows from a new principal, in one pass. */
  function update() {
    if (!laid) return;
    wanted += 1;
    const losses = fid.losses(laid, fid.principal.theta, fid.principal.rho);
    const ids = rankedIds();
    const ranks = fid.ranks(ids.map((id) => losses.get(id).regret.value));
    fid.standing.losses = losses;
    fid.standing.rank = new Map(ids.map((id, k) => [id, ranks[k]]));
    fid.standing.sets = null;
    paint();
    if (fid.principal.given) compute();
    else computeSoon();
  }

  function makeRow(model) {
    const cell = (name) => fid.el("td", { class: name });
    const parts = { rank: cell("number"), regret: cell("number"), bar: cell("bar"), share: cell("number share"), right: cell("number"), n: cell("number answered") };
    const line = fid.svg("line", { y1: 8, y2: 8, class: "range" });
    const dot = fid.svg("line", { y1: 8, y2: 8, class: "dot" }); // round ends keep their shape in a stretched drawing
    parts.bar.append(fid.svg("svg", { viewBox: "0 0 200 16", "aria-hidden": "true", preserveAspectRatio: "none" }, line, dot));
    const row = fid.el("tr", { "data-model": model.id }, parts.rank, fid.nameCell(model), parts.regret, parts.bar, parts.right, parts.share, parts.n);
    const run = fid.runOf(model, "stakeholder_choice");
    return { model, row, parts, line, dot, address: fid.link(run), total: laid.n };
  }

  const interval = (low, high, format) => (low === null ? "no interval" : `${fid.format(low, format)} – ${fid.format(high, format)}`);

  function number(cell, text, below, address) {
    cell.replaceChildren(
      address ? fid.el("a", { href: address }, text) : text,
      below ? fid.el("small", {}, below) : "",
    );
  }

  function paint() {
    const { losses, rank, sets } = fid.standing;
    const value = (model) => losses.get(model.id).regret.value ?? Infinity;
    const order = [...listed].sort((a, b) => value(a) - value(b));
    const top = Math.max(1e-9, ...order.map((m) => losses.get(m.id).regret.high ?? losses.get(m.id).regret.value ?? 0));
    const shared = new Map();
    for (const r of rank.values()) shared.set(r, (shared.get(r) || 0) + 1);
    for (const model of listed) {
      const { parts, line, dot, row, address, total } = rows.get(model.id);
      const { regret, share, consistent, n } = losses.get(model.id);
      const place = rank.get(model.id);
      const set = sets?.get(model.id);
      if (!isRanked(model)) number(parts.rank, "—", "not ranked");
      else if (place === null || place === undefined) number(parts.rank, "—", "no rank");
      else number(parts.rank, `${place}${shared.get(place) > 1 ? "=" : ""}`, set ? (set[0] === set[1] ? "sure" : `${set[0]}–${set[1]}`) : "…");
      row.classList.toggle("leader", Boolean(set && set[0] === 1));
      if (regret.value === null) {
        number(parts.regret, "—", "all answers missing");
        for (const name of ["share", "right"]) number(parts[name], "—");
        dot.setAttribute("visibility", "hidden");
        line.setAttribute("visibility", "hidden");
      } else {
        number(parts.regret, fid.format(regret.value, "dollars"), interval(regret.low, regret.high, "dollars"), address);
        number(parts.share, fid.format(share.value, "percent"));
        number(parts.right, fid.format(consistent.value, "percent"), n < total ? `of ${fid.format(n, "integer")} answered` : "");
        const at = (x) => 4 + (192 * x) / top;
        for (const end of ["x1", "x2"]) dot.setAttribute(end, at(regret.value));
        line.setAttribute("x1", at(regret.low ?? regret.value));
        line.setAttribute("x2", at(regret.high ?? regret.value));
      }
      number(parts.n, fid.format(n, "integer"), n < total ? `of ${fid.format(total, "integer")}` : "");
    }
    const [ranked, others] = fid.rankingBodies;
    ranked.replaceChildren(...order.filter(isRanked).map((m) => rows.get(m.id).row));
    others.replaceChildren(...order.filter((m) => !isRanked(m)).map((m) => rows.get(m.id).row));
    headline(order.filter(isRanked));
    moved(order.filter(isRanked));
  }

  /** What the sliders have moved, against the ranking for the principal that the tables were made for. */
  function moved(order) {
    const own = fid.data.ranking?.models ?? [];
    const other = order.filter((model, place) => own[place] !== model.id).length;
    const place = document.getElementById("moved");
    place.hidden = fid.principal.given || !own.length;
    if (place.hidden) return;
    place.replaceChildren(
      `Against the principal that this page opens on${fid.data.principal.name ? `, ${fid.data.profiles[fid.data.principal.name]?.title ?? fid.data.principal.name}` : ""}: `,
      other ? `${other} of ${order.length} models have moved, and first is ` : "no model has moved, and first is still ",
      fid.bdi(order[0].name),
      ".",
    );
  }

  function headline(order) {
    const { losses, sets } = fid.standing;
    const place = document.getElementById("headline");
    const first = order[0];
    const loss = first && losses.get(first.id);
    if (!first || loss.regret.value === null) {
      place.textContent = "No model has answers that could be ranked.";
      return;
    }
    const equal = order.filter((m) => fid.standing.rank.get(m.id) === 1);
    const who = equal.length > 1 ? `${equal.length} models lose equally little, among them ` : "";
    const parts = [
      who,
      fid.el("strong", {}, fid.bdi(first.name)),
      equal.length > 1 ? ": " : " loses least: ",
      `${fid.format(loss.regret.value, "dollars")} a decision (${interval(loss.regret.low, loss.regret.high, "dollars")}), `,
      `${fid.format(loss.share.value, "percent")} of what was at stake. `,
    ];
    if (sets) {
      const best = order.filter((m) => sets.get(m.id)?.[0] === 1);
      parts.push(
        best.length === 1
          ? "No other model does as well, at 95 % confidence."
          : `${best.length} of ${order.length} models may be the best: at 95 % confidence, the data do not tell them apart.`,
      );
    } else parts.push("How sure the ranks are is being computed.");
    place.replaceChildren(...parts);
  }

  function announce() {
    fid.say(document.getElementById("headline").textContent);
  }

  /** Models that are not ranked, and why: they are not shown to read, or too little was measured of them. */
  function unranked() {
    const list = document.getElementById("unranked");
    const silent = fid.data.unranked ?? [];
    list.hidden = !silent.length;
    const named = (id) => fid.data.models.find((model) => model.id === id)?.name ?? id;
    list.replaceChildren(...silent.map(({ model, why }) => fid.el("li", {}, "Not ranked: ", fid.bdi(named(model)), `: ${why}.`)));
  }

  fid.ranking = function () {
    laid = fid.layOut(fid.data);
    unranked();
    const section = document.getElementById("ranking");
    if (!laid) {
      document.getElementById("headline").textContent = fid.data.unranked?.length
        ? "No model has answers that could be ranked."
        : "These logs hold no common set of stakeholder choices, so there is no ranking for a principal.";
      document.getElementById("principal").hidden = true;
      for (const part of section.querySelectorAll("#profiles, .scroll, .scroll ~ .hint")) part.hidden = true;
      return;
    }
    listed = fid.data.models.filter((model) => laid.answers[model.id]);
    fid.rankingBodies = section.querySelectorAll("tbody");
    for (const model of listed) rows.set(model.id, makeRow(model));
    startWorker();
    fid.principal.heard(update);
    fid.principal.heard(fid.debounce(() => fid.tableChanged(), 150));
  };
})(globalThis.fid);
