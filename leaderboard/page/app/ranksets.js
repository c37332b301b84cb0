// Confidence sets for ranks by simultaneous tests of all pairwise differences (Mogstad, Romano, Shaikh & Wilhelm 2024).
// The same text runs in a worker, or in slices where a browser starts none.
"use strict";
globalThis.fid = globalThis.fid || {};
(function (fid) {
  /** Standard normal draws, xoshiro128** and the polar method: the same seed gives the same sets. */
  function normals(count, seed) {
    const s = new Uint32Array(4);
    let x = seed >>> 0;
    for (let k = 0; k < 4; k++) {
      x = (x + 0x9e3779b9) >>> 0;
      let z = x;
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      s[k] = (z ^ (z >>> 16)) >>> 0;
    }
    const rotl = (v, k) => ((v << k) | (v >>> (32 - k))) >>> 0;
    function uniform() {
      const result = Math.imul(rotl(Math.imul(s[1], 5) >>> 0, 7), 9) >>> 0;
      const t = s[1] << 9;
      s[2] ^= s[0];
      s[3] ^= s[1];
      s[1] ^= s[2];
      s[0] ^= s[3];
      s[2] ^= t;
      s[3] = rotl(s[3], 11);
      return (result + 0.5) / 4294967296;
    }
    const out = new Float64Array(count);
    for (let k = 0; k < count; k += 2) {
      let a, b, r;
      do {
        a = 2 * uniform() - 1;
        b = 2 * uniform() - 1;
        r = a * a + b * b;
      } while (r >= 1 || r === 0);
      const f = Math.sqrt((-2 * Math.log(r)) / r);
      out[k] = a * f;
      if (k + 1 < count) out[k + 1] = b * f;
    }
    return out;
  }

  let kept = { key: "", draws: null, scales: null };

  /**
   * The work in steps. losses: one Float64Array of n a model, NaN where an answer is missing; codes: cluster of each row.
   * step(k) makes k more bootstrap draws and says whether all are made; result() gives rank sets.
   */
  fid.rankSets = function ({ losses, codes, clusters, level, seed = 0, draws = 2000 }) {
    const p = losses.length, n = codes.length;
    const filled = losses.map((loss) => loss.map((x) => (Number.isNaN(x) ? 0 : x)));
    const missing = losses.map((loss) => {
      const rows = [];
      loss.forEach((x, i) => Number.isNaN(x) && rows.push(i));
      return rows;
    });
    const gone = losses.map((loss) => Uint8Array.from(loss, (x) => (Number.isNaN(x) ? 1 : 0)));
    let scale = 1e-300;
    for (const column of filled) for (const x of column) scale = Math.max(scale, Math.abs(x));

    const pairs = [];
    const sums = new Float64Array(clusters), there = new Uint8Array(clusters);
    for (let i = 0; i < p; i++) {
      for (let j = i + 1; j < p; j++) {
        const a = filled[i], b = filled[j];
        let count = 0, total = 0;
        for (let r = 0; r < n; r++) if (!gone[i][r] && !gone[j][r]) (count += 1), (total += a[r] - b[r]);
        if (count === 0) continue;
        const mean = total / count;
        sums.fill(0);
        there.fill(0);
        for (let r = 0; r < n; r++) {
          if (gone[i][r] || gone[j][r]) continue;
          sums[codes[r]] += (a[r] - b[r] - mean) / count;
          there[codes[r]] = 1;
        }
        let g = 0, squares = 0;
        for (let c = 0; c < clusters; c++) (g += there[c]), (squares += sums[c] * sums[c]);
        if (g < 2) continue; // one cluster says nothing about spread
        const factor = Math.sqrt(g / (g - 1));
        pairs.push({ i, j, mean, se: factor * Math.sqrt(squares), factor: factor / count });
      }
    }
    const df = clusters - 1; // few clusters: a multivariate t, as in Python
    const used = pairs.filter((pair) => pair.se > 0);
    const key = `${clusters} ${seed} ${draws}`;
    if (kept.key !== key) {
      const chi = df > 0 && df < 200 ? normals(df * draws, seed + 1) : null;
      const scales = Float64Array.from({ length: draws }, (_, d) => {
        if (!chi) return 1;
        let sum = 0;
        for (let k = 0; k < df; k++) sum += chi[d * df + k] ** 2;
        return Math.sqrt(df / sum);
      });
      kept = { key, draws: normals(clusters * draws, seed), scales };
    }
    const largest = [];
    const weighted = new Float64Array(p), lost = new Float64Array(p), e = new Float64Array(n);

    function draw(d) {
      let all = 0;
      for (let r = 0; r < n; r++) all += e[r] = kept.draws[d * clusters + codes[r]];
      for (let i = 0; i < p; i++) {
        const f = filled[i];
        let sum = 0, out = 0;
        for (let r = 0; r < n; r++) sum += e[r] * f[r];
        for (const r of missing[i]) out += e[r];
        weighted[i] = sum;
        lost[i] = out;
      }
      let top = 0;
      for (const { i, j, mean, se, factor } of used) {
        // Σ e (a − b − mean) over rows that both answered, from each one's own sum less the rows that the other lacks.
        let sum = weighted[i] - weighted[j], rest = all - lost[i] - lost[j];
        for (const r of missing[j]) {
          sum -= e[r] * filled[i][r];
          if (gone[i][r]) rest += e[r];
        }
        for (const r of missing[i]) sum += e[r] * filled[j][r];
        top = Math.max(top, Math.abs(sum - mean * rest) * (factor / se));
      }
      return top * kept.scales[d];
    }

    return {
      step(k) {
        for (let made = 0; made < k && used.length && largest.length < draws; made++) largest.push(draw(largest.length));
        return !used.length || largest.length >= draws;
      },
      result() {
        const sorted = Float64Array.from(largest).sort();
        const critical = sorted.length ? sorted[Math.ceil(level * (sorted.length - 1))] : 0;
        const answered = missing.map((rows) => rows.length < n);
        const ranked = answered.filter(Boolean).length;
        const low = answered.map((yes) => (yes ? 1 : null)), high = answered.map((yes) => (yes ? ranked : null));
        for (const { i, j, mean, se } of pairs) {
          if (!(Math.abs(mean) > 1e-12 * scale && Math.abs(mean) > critical * se)) continue;
          const [better, worse] = mean < 0 ? [i, j] : [j, i];
          low[worse] += 1;
          high[better] -= 1;
        }
        return { low, high, critical };
      },
    };
  };

  if (typeof WorkerGlobalScope !== "undefined") {
    globalThis.onmessage = (event) => {
      const work = fid.rankSets(event.data);
      work.step(Infinity);
      globalThis.postMessage({ id: event.data.id, ...work.result() });
    };
  }
})(globalThis.fid);
