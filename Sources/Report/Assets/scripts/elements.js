// Small parts of the page: elements, buttons, downloads, and the tooltip.

/** An element; `tip` says what its tooltip shows, `on…` are listeners, `null` children are skipped. */
function h(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for a part of a drawing. */
function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "tip") node.tip = value;
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined));
  return node;
}

const button = (text, label, onclick, attributes = {}) =>
  h("button", { type: "button", "aria-label": label, onclick, ...attributes }, text);

function download(name, type, text) {
  const link = h("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const fileName = text => text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");

/** A group of radio buttons that look like one switch. */
function choice(label, options, chosen, onchange) {
  const name = `choice-${fileName(label)}`;
  return h("fieldset", { class: "choice" }, h("legend", {}, label), options.map(([value, text]) =>
    h("label", {}, h("input", { type: "radio", name, value, checked: value === chosen,
      onchange: () => onchange(value) }), h("span", {}, text))));
}

/** A drop-down list: options are `[value, text]`, or `[group, [options]]`. */
function select(label, options, chosen, onchange) {
  const option = ([value, text]) => Array.isArray(text)
    ? h("optgroup", { label: value }, text.map(option))
    : h("option", { value, selected: value === chosen }, text);
  return h("label", { class: "field" }, h("span", {}, label),
    h("select", { onchange: event => onchange(event.target.value) }, options.map(option)));
}

/** A box in which wide content scrolls, with the keyboard too, while the page keeps its width. */
const scrollBox = (label, ...children) =>
  h("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": label }, ...children);

// MARK: Tooltip

/** One box for the whole page: of tables, drawings and charts, for the pointer and the keyboard. */
const tooltip = h("div", { id: "tooltip", role: "tooltip", hidden: true });
document.body.append(tooltip);

/** Shows `{title, lines}` beside a rectangle of the window. */
function showTooltip(tip, box) {
  tooltip.replaceChildren(
    ...(tip.title ? [h("strong", {}, tip.title)] : []),
    h("dl", {}, tip.lines.map(([name, text]) => [h("dt", {}, name), h("dd", {}, text)])));
  tooltip.hidden = false;
  const margin = 10;
  const { width, height } = tooltip.getBoundingClientRect();
  const room = document.documentElement.clientWidth - width - margin;
  const below = box.bottom + margin + height < window.innerHeight;
  tooltip.style.left = `${Math.max(margin, Math.min(room, box.left + margin))}px`;
  tooltip.style.top =
    `${Math.max(margin, below ? box.bottom + margin : box.top - margin - height)}px`;
}

const hideTooltip = () => { tooltip.hidden = true; };

function tooltipOf(event) {
  let node = event.target instanceof Element ? event.target : null;
  while (node && !node.tip) node = node.parentElement;
  // Charts show and hide theirs themselves.
  if (!node) return event.target.closest?.(".plot") ? undefined : hideTooltip();
  const tip = typeof node.tip === "function" ? node.tip() : node.tip;
  const pointer = event.type === "pointerover";
  showTooltip(tip, pointer && !node.closest("td, th")
    ? new DOMRect(event.clientX, event.clientY, 0, 0) : node.getBoundingClientRect());
}

document.addEventListener("pointerover", tooltipOf);
document.addEventListener("focusin", tooltipOf);
document.addEventListener("focusout", hideTooltip);
document.addEventListener("keydown", event => { if (event.key === "Escape") hideTooltip(); });
window.addEventListener("scroll", hideTooltip, { passive: true });
