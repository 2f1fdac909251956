// Numbers and instants as text, the colours, and a small way to make elements. Text enters the page as text nodes only.

const problems = [];
window.addEventListener("error", (event) => problems.push(String(event.message)));

const thin = "\u202f";

function grouped(value) {
  const text = String(Math.round(Math.abs(value)));
  const parts = [];
  for (let end = text.length; end > 0; end -= 3) parts.unshift(text.slice(Math.max(0, end - 3), end));
  return (value < 0 ? "\u2212" : "") + parts.join(thin);
}

// An instant in seconds with all nine decimals.
function instant(ns) {
  const rounded = Math.max(0, Math.round(ns));
  const fraction = String(rounded % 1e9).padStart(9, "0");
  const parts = [fraction.slice(0, 3), fraction.slice(3, 6), fraction.slice(6)];
  return `${Math.floor(rounded / 1e9)}.${parts.join(thin)} s`;
}

// A length of time in the unit that suits it, exact where it is whole nanoseconds.
function duration(ns) {
  const sign = ns < 0 ? "\u2212" : "";
  const size = Math.abs(ns);
  if (size < 1000) return `${sign}${size < 10 && size % 1 ? size.toFixed(1) : Math.round(size)} ns`;
  const [scale, unit] = size < 1e6 ? [1e3, "µs"] : size < 1e9 ? [1e6, "ms"] : [1e9, "s"];
  const digits = size / scale >= 100 ? 1 : size / scale >= 10 ? 2 : 3;
  return `${sign}${trimmed((size / scale).toFixed(digits))} ${unit}`;
}

function trimmed(text) { return text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text; }

function quantity(value, unit) {
  if (value === null) return "";
  return unit === "ns" ? duration(value) : unit ? `${grouped(value)} ${unit}` : grouped(value);
}

function percent(share) {
  const digits = share >= 0.1 ? 1 : share >= 0.001 || share === 0 ? 2 : 4;
  return `${(100 * share).toFixed(digits)} %`;
}

function bytesText(count) {
  return count < 10240 ? `${grouped(count)} B` : count < 1e7 ? `${(count / 1024).toFixed(1)} KiB`
    : `${(count / 1048576).toFixed(1)} MiB`;
}

// As the style sheet has them now.
function colours() {
  const style = getComputedStyle(document.documentElement);
  const get = (name) => style.getPropertyValue(name).trim();
  const partitions = [];
  for (let index = 0; index < 8; index += 1) partitions.push(get(`--p${index}`));
  return {
    partitions, ink: get("--ink"), soft: get("--soft"), faint: get("--faint"), line: get("--line"),
      paper: get("--paper"),
    raised: get("--raised"), pass: get("--pass"), fail: get("--fail"), unknown: get("--unknown"),
      accent: get("--accent"),
    idle: get("--idle"), font: get("--font") || "sans-serif",
  };
}

function element(tag, attributes, ...children) {
  const svg = ["svg", "rect", "line", "path", "text", "g", "title"].includes(tag);
  const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined) node.append(child);
  }
  return node;
}

const byId = (id) => document.getElementById(id);
