// Elements, numbers and links. All strings of the data reach the page as text nodes or attributes that hold no code.
"use strict";
globalThis.fid = globalThis.fid || {};
(function (fid) {
  const SVG = "http://www.w3.org/2000/svg";

  function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value === true ? "" : String(value));
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
    return node;
  }

  /** An element; children are elements or text, never markup. */
  fid.el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
  fid.svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

  const minus = (text) => text.replace("-", "−");
  const thousands = (x, digits) =>
    x.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });

  /** A number as its column writes it; null where there is none. */
  fid.format = function (x, format) {
    if (x === null || x === undefined) return null;
    if (format === "text" || typeof x !== "number") return String(x);
    if (!Number.isFinite(x)) return null;
    if (format === "percent") return minus(`${(100 * x).toFixed(1)} %`);
    if (format === "dollars") return `${x < 0 ? "−" : ""}$${thousands(Math.abs(x), 2)}`;
    if (format === "integer") return minus(thousands(x, 0));
    return minus(Math.abs(x) >= 1000 ? thousands(x, 1) : x.toFixed(3));
  };

  fid.rho = (rho) => (rho === -Infinity ? "−∞" : minus(rho.toFixed(2)));
  fid.percent = (x) => `${(100 * x).toFixed(0)} %`;

  /** A relative address within the page's own folder, or null: no scheme, no host, no way up, no control characters. */
  fid.address = function (text) {
    if (typeof text !== "string" || text === "") return null;
    const path = text.split("#")[0];
    if (/[\u0000-\u0020\\]/.test(text) || /^[/?]/.test(path) || path.includes(":")) return null;
    if (path.split("/").includes("..")) return null;
    return text;
  };

  /** Where a run can be read: the viewer when the page is served, the log's own file when opened from a disk. */
  fid.link = function (run) {
    if (!run) return null;
    const log = fid.address(run.log), viewer = fid.address(run.viewer);
    return location.protocol === "file:" ? log || viewer : viewer || log;
  };

  fid.debounce = function (f, wait) {
    let timer = 0;
    return (...given) => {
      clearTimeout(timer);
      timer = setTimeout(() => f(...given), wait);
    };
  };

  /** Speaks to screen readers; what it says replaces what was waiting. */
  fid.say = fid.debounce((text) => {
    document.getElementById("live").textContent = text;
  }, 700);
})(globalThis.fid);
