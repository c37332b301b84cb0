// 95 % intervals of means and of shares, as economics/inference has them: Student's, and Clopper & Pearson's.
"use strict";
globalThis.fid = globalThis.fid || {};
(function (fid) {
  const TAIL = 0.025;
  const Z = 1.959963984540054;
  const LANCZOS = [676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7];

  function logGamma(x) {
    if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
    const t = x + 6.5;
    const sum = LANCZOS.reduce((total, c, k) => total + c / (x + k), 0.99999999999980993);
    return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
  }

  /** I_x(a, b), the distribution function of Beta(a, b), by its continued fraction. */
  function beta(x, a, b) {
    if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
    if (x > (a + 1) / (a + b + 2)) return 1 - beta(1 - x, b, a);
    const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b)) / a;
    let c = 1, d = 1 / (1 - ((a + b) * x) / (a + 1)), f = d;
    for (let m = 1; m < 10000; m++) {
      const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
      const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
      const before = f;
      for (const step of [even, odd]) (d = 1 / (1 + step * d)), (c = 1 + step / c), (f *= c * d);
      if (Math.abs(f - before) < 1e-15 * Math.abs(f)) break;
    }
    return front * f;
  }

  function betaQuantile(p, a, b) {
    let low = 0, high = 1;
    for (let k = 0; k < 100; k++) {
      const middle = (low + high) / 2;
      if (beta(middle, a, b) < p) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  }

  /** Standard errors on either side of a mean with so many degrees of freedom. */
  function student(df) {
    const x = betaQuantile(2 * TAIL, df / 2, 0.5);
    return Math.sqrt((df * (1 - x)) / x);
  }

  /** Ends of a mean that cannot be below 0. */
  fid.meanEnds = function ({ value, stderr, units }) {
    if (stderr === null) return { low: null, high: null };
    const half = student(units - 1) * stderr;
    return { low: Math.max(0, value - half), high: value + half };
  };

  /** Ends of a share: least is (Σ n)²/Σ n² of its clusters, lowest and highest are the clusters' own shares. */
  fid.shareEnds = function ({ value: p, stderr, units, least, lowest, highest }) {
    if (p === null) return { low: null, high: null };
    if (stderr === null) {
      const q = TAIL ** (1 / units);
      return { low: p * q, high: 1 - (1 - p) * q };
    }
    const variance = stderr ** 2 + ((Z ** 2 / 2) * ((highest - p) ** 2 + (p - lowest) ** 2)) / units ** 2;
    const size = Math.max(least, ((p * (1 - p)) / variance) * (Z / student(units - 1)) ** 2);
    const k = p * size;
    return { low: betaQuantile(TAIL, k, size - k + 1), high: betaQuantile(1 - TAIL, k + 1, size - k) };
  };
})(globalThis.fid);
