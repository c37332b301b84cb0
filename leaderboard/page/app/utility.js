// What choices lose in a principal's CES utility: U = (Σ θ_k (w_k + K)^ρ)^(1/ρ), γ = 1, in dollars (100 × raw units).
"use strict";
globalThis.fid = globalThis.fid || {};
(function (fid) {
  const DOLLARS = 100;
  const TOLERANCE = 1e-9; // relative difference in utility that still counts as a tie of options
  const ROUNDING = 1e-12; // a standard error below it is what rounding leaves of none

  /** Welfare and answers laid out flat, options of problem i at starts[i] … starts[i + 1] − 1. */
  fid.layOut = function (payload) {
    const problems = payload.problems;
    if (!problems) return null;
    const n = problems.welfare.length;
    const starts = new Int32Array(n + 1);
    problems.welfare.forEach((options, i) => (starts[i + 1] = starts[i] + options.length));
    const logs = new Float64Array(4 * starts[n]);
    problems.welfare.forEach((options, i) =>
      options.forEach((row, j) => {
        for (let k = 0; k < 4; k++) {
          logs[4 * (starts[i] + j) + k] = row[k] === null ? NaN : Math.log(row[k] + problems.shift);
        }
      }),
    );
    const seen = new Map();
    const codes = Int32Array.from(problems.groups || problems.ids, (group) => {
      if (!seen.has(group)) seen.set(group, seen.size);
      return seen.get(group);
    });
    const answers = {};
    for (const [id, own] of Object.entries(payload.choices || {})) {
      answers[id] = (i, of) => (own[i] >= 0 ? of(starts[i] + own[i]) : NaN);
    }
    for (const [id, shares] of Object.entries(payload.shares || {})) {
      answers[id] = (i, of) => {
        if (!shares[i]) return NaN;
        let sum = 0;
        for (let j = 0; j < shares[i].length; j++) if (shares[i][j] > 0) sum += shares[i][j] * of(starts[i] + j);
        return sum;
      };
    }
    return { n, starts, logs, codes, clusters: seen.size, answers, shift: problems.shift };
  };

  /** log of the CES aggregate of four logs of shifted welfare; ρ = −∞ (maximin) and ρ = 0 (Cobb–Douglas) are exact. */
  fid.logCES = function (logs, at, theta, rho) {
    if (rho === -Infinity) {
      let least = Infinity;
      for (let k = 0; k < 4; k++) if (theta[k] > 0) least = Math.min(least, logs[at + k]);
      return least;
    }
    let mean = 0;
    for (let k = 0; k < 4; k++) if (theta[k] > 0) mean += theta[k] * logs[at + k];
    if (Math.abs(rho) < 1e-100) return mean;
    let widest = 0, top = -Infinity;
    for (let k = 0; k < 4; k++) {
      if (!(theta[k] > 0)) continue;
      const d = rho * (logs[at + k] - mean);
      widest = Math.max(widest, Math.abs(d));
      top = Math.max(top, d);
    }
    let sum = 0;
    if (widest < 1) {
      for (let k = 0; k < 4; k++) if (theta[k] > 0) sum += theta[k] * Math.expm1(rho * (logs[at + k] - mean));
      return mean + Math.log1p(sum) / rho;
    }
    for (let k = 0; k < 4; k++) if (theta[k] > 0) sum += theta[k] * Math.exp(rho * (logs[at + k] - mean) - top);
    return mean + (top + Math.log(sum)) / rho;
  };

  /** Utility of every option, and the best and worst of every problem, dollars. */
  fid.utilities = function (laid, theta, rho) {
    const u = new Float64Array(laid.starts[laid.n]);
    const best = new Float64Array(laid.n).fill(-Infinity), worst = new Float64Array(laid.n).fill(Infinity);
    for (let i = 0; i < laid.n; i++) {
      for (let o = laid.starts[i]; o < laid.starts[i + 1]; o++) {
        u[o] = DOLLARS * Math.exp(fid.logCES(laid.logs, 4 * o, theta, rho));
        if (u[o] > best[i]) best[i] = u[o];
        if (u[o] < worst[i]) worst[i] = u[o];
      }
    }
    return { u, best, worst };
  };

  /** Σ a / Σ b over problems where a is there, with its clustered standard error by linearisation; null without. */
  function ratio(a, b, codes, clusters) {
    let above = 0, below = 0, n = 0;
    for (let i = 0; i < a.length; i++) if (!Number.isNaN(a[i])) (above += a[i]), (below += b ? b[i] : 1), n++;
    if (n === 0 || below === 0) return { value: null, stderr: null, n, units: 0, least: 0, lowest: null, highest: null };
    const value = above / below;
    const sums = new Float64Array(clusters), parts = new Float64Array(clusters), there = new Uint8Array(clusters);
    for (let i = 0; i < a.length; i++) {
      if (Number.isNaN(a[i])) continue;
      sums[codes[i]] += (a[i] - value * (b ? b[i] : 1)) / below;
      parts[codes[i]] += (b ? b[i] : 1) / below;
      there[codes[i]] = 1;
    }
    let units = 0, squares = 0, concentration = 0, lowest = Infinity, highest = -Infinity;
    for (let c = 0; c < clusters; c++) {
      (units += there[c]), (squares += sums[c] * sums[c]), (concentration += parts[c] * parts[c]);
      if (!(parts[c] > 0)) continue;
      const own = value + sums[c] / parts[c];
      (lowest = Math.min(lowest, own)), (highest = Math.max(highest, own));
    }
    const stderr = units > 1 ? Math.sqrt((units / (units - 1)) * squares) : 0;
    return { value, stderr: stderr > ROUNDING * Math.max(1, Math.abs(value)) ? stderr : null, n, units, least: 1 / concentration, lowest, highest };
  }

  const withEnds = (share) => ({ ...share, ...fid.shareEnds(share) });

  /** What every model's answers lose for a principal: regret a decision, loss share, and best choices. */
  fid.losses = function (laid, theta, rho) {
    const { u, best, worst } = fid.utilities(laid, theta, rho);
    const stake = new Float64Array(laid.n);
    for (let i = 0; i < laid.n; i++) stake[i] = best[i] - worst[i];
    const out = new Map();
    for (const [id, answer] of Object.entries(laid.answers)) {
      const regret = new Float64Array(laid.n), right = new Float64Array(laid.n);
      for (let i = 0; i < laid.n; i++) {
        regret[i] = answer(i, (o) => best[i] - u[o]);
        right[i] = answer(i, (o) => (u[o] >= best[i] - TOLERANCE * Math.abs(best[i]) ? 1 : 0));
      }
      const mean = ratio(regret, null, laid.codes, laid.clusters);
      out.set(id, {
        loss: regret,
        n: mean.n,
        regret: { ...mean, ...fid.meanEnds(mean) },
        share: withEnds(ratio(regret, stake, laid.codes, laid.clusters)),
        consistent: withEnds(ratio(right, null, laid.codes, laid.clusters)),
      });
    }
    return out;
  };

  /** 1 + the number of smaller means; means equal up to rounding share a rank. */
  fid.ranks = function (means) {
    const there = means.filter((m) => m !== null);
    const slack = 1e-12 * Math.max(1e-300, ...there.map(Math.abs));
    return means.map((m) => (m === null ? null : 1 + there.filter((other) => other < m - slack).length));
  };
})(globalThis.fid);
