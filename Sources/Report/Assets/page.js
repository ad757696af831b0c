// Charts, sorting and downloads of the run report. Every number comes from the JSON in the page.
const report = JSON.parse(document.getElementById("report").textContent);

// MARK: Values

const prefixes = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""], [1e-3, "m"], [1e-6, "µ"],
  [1e-9, "n"], [1e-12, "p"], [1e-15, "f"]];

/** The unit prefix that leaves the largest value between 1 and 1000. */
function scaleFor(values, unit) {
  const largest = Math.max(...values, 0);
  const [size, prefix] = prefixes.find(([size]) => largest >= size) ?? [1, ""];
  return { size, unit: prefix + unit };
}

const digits = value => Number(value.toPrecision(4)).toLocaleString("en");

/** An estimate as one line for a tooltip. */
function describe(estimate) {
  if (!estimate) return "–";
  const { size, unit } = scaleFor([estimate.typical], estimate.unit);
  const range = estimate.low === estimate.high
    ? "" : ` (${digits(estimate.low / size)}–${digits(estimate.high / size)})`;
  return `${digits(estimate.typical / size)} ${unit}${range}, ${estimate.provenance}: ${estimate.source}`;
}

const words = name => name.replaceAll("_", " ");
const shortName = name =>
  name.replace(/^.*?layers\.(\d+)\.(?:.*\.)?(\w+?)(?:\.weight)?$/, "$1 $2");

const componentColors = {
  array: "array", weight_buffer: "weights", activation_buffer: "activations",
  accumulators: "accumulators", output: "output", control: "control", external_memory: "memory",
  leakage: "leakage",
};
const cycleColors = {
  busy: "array", stall_weight: "weights", stall_activation: "activations", stall_output: "output",
  stall_setup: "leakage", stall_drain: "memory",
};
const color = name => `var(--${name})`;

// MARK: Charts

/** Bars of one row per layer, divided by `part`. */
function stackedBars(rows, colors, title) {
  const parts = Object.keys(colors).filter(part => rows.some(row => row.part === words(part)));
  return {
    height: layersHeight(rows),
    mark: { type: "bar", height: { band: 0.78 } },
    encoding: {
      y: layerAxis,
      x: { field: "value", type: "quantitative", title, axis: { tickCount: 5 } },
      color: {
        field: "part", type: "nominal", title: null,
        scale: { domain: parts.map(words), range: parts.map(part => color(colors[part])) },
      },
      order: { field: "order", type: "quantitative" },
      tooltip: [{ field: "layer", type: "nominal" }, { field: "part", type: "nominal" },
        { field: "label", type: "nominal", title: "value" }],
    },
  };
}

/** Accelerator and CPU on a logarithmic axis, a row per layer, with their ranges. */
function comparison(rows, title) {
  const tooltip = [{ field: "layer", type: "nominal" }, { field: "part", type: "nominal" },
    { field: "label", type: "nominal", title: "value" }];
  const scale = { type: "log", nice: true };
  const domain = ["accelerator", "CPU"];
  const who = {
    field: "part", type: "nominal", title: null,
    scale: { domain, range: [color("array"), color("weights")] },
  };
  return {
    height: layersHeight(rows),
    encoding: { y: layerAxis, color: who, tooltip },
    layer: [
      {
        mark: { type: "rule", strokeWidth: 3, opacity: 0.4 },
        encoding: {
          x: { field: "low", type: "quantitative", scale, title, axis: { tickCount: 5 } },
          x2: { field: "high" },
        },
      },
      {
        mark: { type: "point", filled: true, size: 45, opacity: 1 },
        encoding: {
          x: { field: "value", type: "quantitative", scale, title },
          shape: { ...who, scale: { domain, range: ["circle", "diamond"] } },
        },
      },
    ],
  };
}

const layerAxis = {
  field: "layer", type: "nominal", sort: null, title: null,
  axis: { ticks: false, domain: false, labelLimit: 140, labelPadding: 6 },
};

/** Pixels for all layers; large models get thinner bars, and then not every name. */
function layersHeight(rows) {
  const count = new Set(rows.map(row => row.layer)).size;
  return count * Math.max(5, Math.min(17, 1200 / count));
}

function energyChart(phase) {
  const parts = phase.layers.flatMap(layer => Object.keys(componentColors)
    .filter(part => layer.energy[part])
    .map(part => ({ layer, part, estimate: layer.energy[part] })));
  const { size, unit } = scaleFor(phase.layers.map(layer => layer.energy.total.typical), "J");
  const order = Object.keys(componentColors);
  const rows = parts.map(({ layer, part, estimate }) => ({
    layer: shortName(layer.name), part: words(part), value: estimate.typical / size, unit,
    low: estimate.low / size, high: estimate.high / size, provenance: estimate.provenance,
    source: estimate.source, order: order.indexOf(part), label: describe(estimate),
  }));
  return {
    title: "Energy by component", rows, spec: stackedBars(rows, componentColors, `energy, ${unit}`),
  };
}

function cycleChart(phase) {
  const order = Object.keys(cycleColors);
  const rows = phase.layers.flatMap(layer => order.map(part => ({
    layer: shortName(layer.name), part: words(part), value: layer.counts[part], unit: "cycles",
    provenance: "counted", order: order.indexOf(part),
    label: `${layer.counts[part].toLocaleString("en")} of ${
      layer.counts.cycles.toLocaleString("en")} cycles, counted`,
  })));
  return { title: "Cycles: busy, and stalls by reason", rows, spec: stackedBars(rows, cycleColors, "cycles") };
}

function comparisonChart(phase, key, title, unit) {
  const pairs = phase.layers.flatMap(layer => {
    const own = key === "time" ? layer.time : layer.energy.total;
    return [[layer, "accelerator", own], [layer, "CPU", layer[`cpu_${key}`]]];
  }).filter(([, , estimate]) => estimate.low > 0);
  const { size, unit: scaled } = scaleFor(pairs.map(([, , estimate]) => estimate.typical), unit);
  const rows = pairs.map(([layer, part, estimate]) => ({
    layer: shortName(layer.name), part, value: estimate.typical / size, low: estimate.low / size,
    high: estimate.high / size, unit: scaled, provenance: estimate.provenance,
    source: estimate.source, label: describe(estimate),
  }));
  return { title, rows, spec: comparison(rows, `${key}, ${scaled}`) };
}

function rooflineChart() {
  const peak = report.architecture.peak_throughput, bandwidth = report.architecture.peak_bandwidth;
  const rows = report.phases.flatMap(phase => phase.layers.map(layer => {
    const { weight_bytes_read, activation_bytes_read, output_bytes_written } = layer.counts;
    const bytes = weight_bytes_read + activation_bytes_read + output_bytes_written;
    return {
      layer: shortName(layer.name), part: phase.name, intensity: layer.macs / bytes,
      value: layer.macs / layer.time.typical / 1e9, unit: "GMAC/s", bound: layer.bound,
      provenance: layer.time.provenance,
    };
  })).filter(row => Number.isFinite(row.intensity) && row.intensity > 0 && row.value > 0);
  if (!rows.length || !(peak.typical > 0 && bandwidth.typical > 0)) return null;
  const ridge = peak.typical / bandwidth.typical;
  const low = Math.min(...rows.map(row => row.intensity), ridge) / 2;
  const high = Math.max(...rows.map(row => row.intensity), ridge) * 2;
  const roof = [low, ridge, high].map(intensity => ({
    intensity, value: Math.min(peak.typical, bandwidth.typical * intensity) / 1e9,
  }));
  const x = { field: "intensity", type: "quantitative", scale: { type: "log", nice: false }, title: "MAC per byte over the bus" };
  const y = { field: "value", type: "quantitative", scale: { type: "log" }, title: "GMAC/s" };
  return {
    title: "Throughput against arithmetic intensity",
    note: "The line is the bandwidth of the memory, then the peak of the array.",
    rows,
    spec: {
      height: 320,
      layer: [
        {
          data: { values: roof }, mark: { type: "line", color: color("quiet"), strokeWidth: 1.5 },
          encoding: { x, y },
        },
        {
          mark: { type: "point", filled: true, size: 60, opacity: 0.75 },
          encoding: {
            x, y,
            color: { field: "part", type: "nominal", title: null, scale: { range: [color("weights"), color("array")] } },
            shape: { field: "part", type: "nominal", title: null },
            tooltip: ["part", "layer", "bound"].map(field => ({ field, type: "nominal", title: field === "part" ? "phase" : field }))
              .concat([{ field: "intensity", type: "quantitative", format: ".3s", title: "MAC/byte" },
                { field: "value", type: "quantitative", format: ".4~g", title: "GMAC/s" }]),
          },
        },
      ],
    },
  };
}

function areaChart() {
  const blocks = Object.entries(report.areas).filter(([block, area]) => block !== "total" && area);
  if (!blocks.length) return null;
  const isLarge = blocks.some(([, area]) => area.typical >= 1e6);
  const [size, unit] = isLarge ? [1e6, "mm²"] : [1, "µm²"];
  const rows = blocks.map(([block, area]) => ({
    block: words(block), value: area.typical / size, low: area.low / size, high: area.high / size,
    unit, provenance: area.provenance, source: area.source,
    label: `${digits(area.typical)} µm² (${digits(area.low)}–${digits(area.high)}), ${area.provenance}: ${area.source}`,
  }));
  return {
    title: "Area by block, with its range", rows,
    spec: {
      height: 22 * rows.length,
      encoding: {
        y: { field: "block", type: "nominal", sort: null, title: null, axis: { ticks: false, domain: false, labelPadding: 6 } },
        tooltip: [{ field: "block", type: "nominal" }, { field: "label", type: "nominal", title: "area" }],
      },
      layer: [
        {
          mark: { type: "bar", color: color("array"), height: { band: 0.7 } },
          encoding: { x: { field: "value", type: "quantitative", title: `area, ${unit}`, axis: { tickCount: 5 } } },
        },
        {
          mark: { type: "rule", color: "currentColor", strokeWidth: 1.5 },
          encoding: { x: { field: "low", type: "quantitative" }, x2: { field: "high" } },
        },
      ],
    },
  };
}

/** Text and lines in the colours of the page, which change with its theme. */
const config = {
  background: "transparent", font: "system-ui, sans-serif", view: { stroke: null },
  axis: {
    labelColor: "currentColor", titleColor: "currentColor", titleFontWeight: 400, gridColor: color("line"),
    domainColor: color("line"), tickColor: color("line"), labelFontSize: 11, titleFontSize: 11,
  },
  axisY: { grid: false },
  legend: { labelColor: "currentColor", labelFontSize: 11, orient: "top", columns: 4, symbolType: "square", labelLimit: 200, offset: 6, symbolOpacity: 1 },
};

async function draw(container, chart) {
  if (!chart) return;
  const figure = element("figure");
  const caption = element("figcaption");
  const title = element("span", chart.title);
  if (chart.note) title.append(element("small", chart.note));
  const plot = element("div");
  plot.className = "plot";
  plot.setAttribute("role", "img");
  plot.setAttribute("aria-label", `${chart.title}. The table holds the same numbers.`);
  caption.append(title);
  figure.append(caption, plot);
  container.append(figure);
  const narrow = plot.clientWidth < 420;
  const spec = {
    ...chart.spec, data: { values: chart.rows }, width: "container",
    autosize: { type: "fit-x", contains: "padding" },
    config: { ...config, legend: { ...config.legend, columns: narrow ? 2 : 4 } },
  };
  const { view } = await vegaEmbed(plot, spec, { mode: "vega-lite", renderer: "svg", actions: false });
  const name = `${container.dataset.name ?? "report"}-${chart.title}`.toLowerCase().replace(/\W+/g, "-");
  caption.append(
    button("CSV", `${chart.title}: data as CSV`, () => download(`${name}.csv`, "text/csv", csv(chart.rows))),
    button("SVG", `${chart.title}: picture as SVG`, async () =>
      download(`${name}.svg`, "image/svg+xml", resolveColors(await view.toSVG()))));
}

// MARK: Page

function element(name, text) {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  return node;
}

function button(text, label, action) {
  const node = element("button", text);
  node.type = "button";
  node.setAttribute("aria-label", label);
  node.addEventListener("click", action);
  return node;
}

function download(name, type, text) {
  const link = element("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** What the columns hold, without what only the drawing needs. */
function csv(rows) {
  const columns = Object.keys(rows[0]).filter(key => key !== "label" && key !== "order");
  const field = value => {
    const text = String(value ?? "");
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows.map(row => columns.map(key => row[key]))]
    .map(line => line.map(field).join(",") + "\n").join("");
}

/** A picture outside the page has no theme to take its colours from. */
function resolveColors(svg) {
  const style = getComputedStyle(document.documentElement);
  return svg.replace(/var\(--(\w+)\)/g, (_, name) => style.getPropertyValue(`--${name}`).trim())
    .replaceAll("currentColor", style.getPropertyValue("--text").trim());
}

function makeSortable(table) {
  const body = table.tBodies[0];
  const original = [...body.rows];
  [...table.tHead.rows[0].cells].forEach((head, index) => {
    const label = head.firstChild;
    const sort = button(label.textContent, `Sort by ${label.textContent}`, () => {
      const next = { none: "descending", descending: "ascending", ascending: "none" }[
        head.getAttribute("aria-sort") ?? "none"];
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      if (next !== "none") head.setAttribute("aria-sort", next);
      const sign = next === "ascending" ? 1 : -1;
      const sorted = next === "none" ? original : [...original].sort((a, b) =>
        sign * compare(a.cells[index].dataset.value, b.cells[index].dataset.value));
      body.append(...sorted);
    });
    label.replaceWith(sort);
  });
}

/** Numbers by value, anything else by its text; what has no value comes first. */
function compare(a, b) {
  const [x, y] = [Number(a || -Infinity), Number(b || -Infinity)];
  if (Number.isNaN(x) || Number.isNaN(y)) return a.localeCompare(b, "en", { numeric: true });
  return x === y ? 0 : x < y ? -1 : 1;
}

for (const table of document.querySelectorAll("table.layers")) makeSortable(table);

const command = document.getElementById("command");
if (navigator.clipboard) {
  const copy = button("Copy", "Copy the command", async () => {
    await navigator.clipboard.writeText(command.textContent);
    copy.textContent = "Copied";
  });
  command.closest(".command").append(copy);
}
document.querySelector(".tools").append(button("Report as JSON", "Report as JSON", () =>
  download("report.json", "application/json", JSON.stringify(report, null, 2))));

const makers = {
  roofline: () => [rooflineChart()],
  area: () => [areaChart()],
  phase: phase => [
    energyChart(phase), cycleChart(phase),
    comparisonChart(phase, "time", "Time: accelerator and CPU", "s"),
    comparisonChart(phase, "energy", "Energy: accelerator and CPU", "J"),
  ],
};
for (const container of document.querySelectorAll("[data-charts]")) {
  const phase = report.phases[Number(container.dataset.phase ?? -1)];
  for (const chart of makers[container.dataset.charts](phase)) await draw(container, chart);
}
document.documentElement.dataset.ready = "true";
