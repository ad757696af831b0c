// Draws Vega-Lite specifications, in the colours of the theme, with a download of data and picture.

/** Charts are drawn one after the other, so that what is above can be used while others wait. */
let drawings = Promise.resolve();

const specifications = JSON.parse(document.getElementById("charts").textContent);

/** The specification `name` with every string `$key` replaced by the value of that key. */
function specification(name, values) {
  const replaced = node => {
    if (Array.isArray(node)) return node.map(replaced);
    if (node && typeof node === "object") {
      return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, replaced(value)]));
    }
    if (typeof node !== "string" || !node.startsWith("$")) return node;
    const key = node.slice(1);
    if (!(key in values)) throw new Error(`chart ${name}: no value for ${node}`);
    return values[key];
  };
  const { $schema, ...rest } = specifications[name];
  const chart = replaced(rest);
  // A layer without rows has no extent, about which the library complains.
  if (chart.layer) chart.layer = chart.layer.filter(({ data }) => data?.values?.length !== 0);
  return { $schema, ...chart };
}

/** Text and lines in the colours of the page. */
const chartConfig = {
  // The figure has a label, and a table the numbers; a label on each mark would only cost time.
  aria: false,
  background: "transparent", font: "system-ui, sans-serif", view: { stroke: null },
  axis: {
    labelColor: "var(--quiet)", titleColor: "var(--text)", titleFontWeight: 400,
    gridColor: "var(--line)", domainColor: "var(--line)", tickColor: "var(--line)",
    labelFontSize: 11, titleFontSize: 12, titlePadding: 8,
  },
  legend: {
    labelColor: "var(--text)", titleColor: "var(--quiet)", titleFontWeight: 400, labelFontSize: 11,
    titleFontSize: 11, orient: "top", symbolType: "square", labelLimit: 220, offset: 8,
    symbolOpacity: 1, symbolStrokeWidth: 0,
  },
};

/** A file of its own knows no style sheet: the colours that `var(--name)` has now. */
function resolveColors(text) {
  const probe = h("span");
  document.body.append(probe);
  const resolved = text.replace(/var\(--([\w-]+)\)/g, (_, name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return resolved;
}

/**
 * A figure with its chart. `rows` are what a download holds, `spec` is called at every drawing;
 * `tip` gives the
 * tooltip of what a mark has in its field `tip`; `onView` gets the view; `controls` stand above.
 */
function figure({ title, note, rows, spec, tip, onView, label, controls }) {
  const plot = h("div", { class: "plot", role: "img",
    "aria-label": label ?? `${title}. The table holds the same numbers.` });
  const chart = { plot, spec, tip, onView, view: null };
  const save = fileName(`${page.title}-${title}`);
  const node = h("figure", {},
    h("figcaption", {},
      h("span", {}, title, note ? h("small", {}, note) : null),
      button("CSV", `${title}: data as CSV`, () =>
        download(`${save}.csv`, "text/csv", csv(typeof rows === "function" ? rows() : rows))),
      button("SVG", `${title}: picture as SVG`, async () =>
        download(`${save}.svg`, "image/svg+xml", resolveColors(await chart.view.toSVG())))),
    controls, plot);
  // The width is known once the figure is in the page.
  queueMicrotask(() => {
    drawings = drawings.then(() => plot.isConnected && draw(chart))
      .then(() => new Promise(resolve => setTimeout(resolve)));
  });
  node.redraw = () => draw(chart);
  return node;
}

async function draw(chart) {
  const { plot } = chart;
  const columns = plot.clientWidth < 420 ? 2 : plot.clientWidth < 640 ? 3 : 4;
  const spec = {
    ...chart.spec(), width: "container", autosize: { type: "fit-x", contains: "padding" },
    config: { ...chartConfig, legend: { ...chartConfig.legend, columns } },
  };
  const { view } = await vegaEmbed(plot, spec, {
    mode: "vega-lite", renderer: "svg", actions: false, tooltip: (_, event, item, value) => {
      if (value === null || value === undefined) return hideTooltip();
      showTooltip(chart.tip(value), new DOMRect(event.clientX, event.clientY, 0, 0));
    },
  });
  chart.view?.finalize();
  chart.view = view;
  plot.onpointerleave = hideTooltip;
  chart.onView?.(view);
}

// MARK: Theme

function setTheme(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  // Some browsers keep nothing for pages that come from a file.
  try { localStorage.setItem("setun-theme", theme); } catch {}
}

function storedTheme() {
  try { return localStorage.getItem("setun-theme") ?? "auto"; } catch { return "auto"; }
}
