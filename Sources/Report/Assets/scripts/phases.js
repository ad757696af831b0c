// The charts of a phase: time, energy and cycles of its layers, and the roofline of all phases.

const components = {
  array: "array", weight_buffer: "weights", activation_buffer: "activations",
  accumulators: "accumulators", output: "output", control: "control", clock_tree_and_wires: "clock",
  external_memory: "memory", leakage: "leakage",
};
const cycleParts = {
  busy: "array", stall_weight: "weights", stall_activation: "activations", stall_output: "output",
  stall_setup: "control", stall_drain: "memory",
};
const colorOf = name => `var(--${name})`;

/** Equal layers may stand for several; what is drawn is all of them. */
const layerLabel = layer => shortName(layer.name) + (layer.count > 1 ? ` ×${layer.count}` : "");

const charts = (figures, isSingle = false) =>
  h("div", { class: isSingle ? "charts single" : "charts" }, figures.filter(Boolean));

function phaseParts(design, phase) {
  const heading = `${phase.name}, ${plural(phase.tokens, "token")}`;
  const table = layerTable(phase);
  return [
    h("h3", { class: "phase" }, heading),
    charts([timelineChart(phase)], true),
    charts([energyChart(phase), cycleChart(phase),
      cpuChart(phase, "time", "Time: accelerator and CPU"),
      cpuChart(phase, "energy", "Energy: accelerator and CPU")]),
    h("p", { class: "tools" }, button(`Layers as CSV`, `Layers of ${phase.name} as CSV`, () =>
      download(`${fileName(`${page.title}-${design.name}-${phase.name}`)}.csv`, "text/csv",
        table.csv()))),
    table.node, alternativesTable(phase), hardwareTable(phase),
  ];
}

/** Pixels for all layers; large models get thinner bars, and then not every name. */
const layersHeight = count => count * Math.max(6, Math.min(18, 1400 / count));

function stackedChart(phase, { title, axis, parts, value, totals = [], tip, controls }) {
  const present = Object.keys(parts).filter(part => phase.layers.some(layer => value(layer, part)));
  const rows = phase.layers.flatMap(layer => present.map((part, order) =>
    ({ layer: layerLabel(layer), part: words(part), value: value(layer, part) ?? 0, order,
      source: tip(layer, part) })));
  return figure({
    title, controls, rows: rows.map(({ source, order, ...row }) => ({ phase: phase.name, ...row, ...source.csv })),
    tip: id => {
      const entry = id < rows.length ? rows[id].source : totals[id - rows.length].source;
      return { title: entry.title, lines: entry.lines };
    },
    spec: () => specification("stacked", {
      height: layersHeight(phase.layers.length), title: axis,
      parts: present.map(words), colors: present.map(part => colorOf(parts[part])),
      rows: rows.map(({ source, ...row }, tip) => ({ ...row, tip })),
      totals: totals.map(({ source, ...row }, index) => ({ ...row, tip: rows.length + index })),
    }),
  });
}

/** Energy with the memory outside, beside which the chip may hardly show, and of the chip alone. */
function energyChart(phase) {
  if (!phase.layers.some(({ energy }) => energy.total)) return null;
  const frame = h("div");
  const isWithMemory = phase.layers.some(({ energy }) => energy.external_memory);
  const show = which => frame.replaceChildren(energyFigure(phase, which === "chip", isWithMemory && choice(
    `Energy in ${phase.name}`, [["all", "with external memory"], ["chip", "chip alone"]], which, show)));
  show("all");
  return frame;
}

function energyFigure(phase, isChipAlone, controls) {
  const parts = { ...components };
  if (isChipAlone) delete parts.external_memory;
  const total = ({ energy }) => isChipAlone ? sumOf(Object.keys(parts).map(part => energy[part]))
    : energy.total;
  const { size, unit } = new Scale(phase.layers.map(layer => total(layer).typical), "J");
  return stackedChart(phase, {
    controls: controls || null,
    title: "Energy by component", axis: `energy, ${unit}`, parts,
    value: (layer, part) => layer.energy[part] && layer.energy[part].typical / size,
    tip: (layer, part) => ({ title: `${layerLabel(layer)}: ${words(part)}`,
      lines: origin(layer.energy[part]), csv: csvFields("energy", layer.energy[part]) }),
    totals: phase.layers.map(layer => ({ layer: layerLabel(layer),
      low: total(layer).low / size, high: total(layer).high / size,
      source: { title: `${layerLabel(layer)}: ${isChipAlone ? "chip" : "total"}`,
        lines: origin(total(layer)) } })),
  });
}

/** The sum, as uncertain as if all were wrong in the same direction, as weak as the weakest. */
function sumOf(estimates) {
  const known = estimates.filter(Boolean);
  const sum = key => known.reduce((sum, estimate) => sum + estimate[key], 0);
  const rank = ({ provenance }) => provenances.indexOf(provenance);
  const weakest = known.reduce((a, b) => rank(a) > rank(b) ? a : b);
  return { ...weakest, low: sum("low"), typical: sum("typical"), high: sum("high"), source: "sum" };
}

function cycleChart(phase) {
  return stackedChart(phase, {
    title: "Cycles: busy, and stalls by reason", axis: "cycles", parts: cycleParts,
    value: (layer, part) => layer.counts[part],
    tip: (layer, part) => ({ title: `${layerLabel(layer)}: ${words(part)}`, csv: {},
      lines: [["cycles", `${grouped(layer.counts[part])} of ${grouped(layer.counts.cycles)}`],
        ["provenance", "counted"]] }),
  });
}

/** The accelerator and the CPU, layer by layer; nothing where the CPU was not measured. */
function cpuChart(phase, key, title) {
  if (key === "energy" && !phase.layers.some(({ energy }) => energy.total)) return null;
  const pairs = phase.layers.flatMap(layer => [
    [layer, "accelerator", key === "time" ? layer.time : layer.energy.total],
    [layer, "CPU", layer[`cpu_${key}`]]]).filter(([, , estimate]) => estimate?.low > 0);
  if (!pairs.some(([, who]) => who === "CPU")) return null;
  const { size, unit } = new Scale(pairs.map(([, , { typical }]) => typical), key === "time" ? "s" : "J");
  const rows = pairs.map(([layer, who, estimate]) => ({ metric: layerLabel(layer), who,
    order: who === "CPU" ? 1 : 0,
    value: estimate.typical / size, low: estimate.low / size, high: estimate.high / size }));
  return figure({
    title,
    rows: pairs.map(([layer, who, estimate]) =>
      ({ phase: phase.name, layer: layer.name, who, ...csvFields(key, estimate) })),
    tip: id => ({ title: `${rows[id].metric}: ${rows[id].who}`, lines: origin(pairs[id][2]) }),
    spec: () => specification("comparison", {
      height: layersHeight(phase.layers.length), labels: 140, columns: 2, grid: "var(--line)", title: `${key}, ${unit}`,
      names: ["accelerator", "CPU"], colors: ["var(--array)", "var(--weights)"],
      shapes: ["circle", "diamond"], rows: rows.map((row, tip) => ({ ...row, tip })),
    }),
  });
}

/** Which share of the cycles the array was busy, and why it waited, one layer after the other. */
function timelineChart(phase) {
  const duration = phase.layers.reduce((sum, { time }) => sum + time.typical, 0);
  if (!(duration > 0)) return null;
  const { size, unit } = new Scale([duration], "s");
  const rows = [], tips = [];
  let begin = 0;
  for (const layer of phase.layers) {
    const end = begin + layer.time.typical / size;
    let from = 0;
    for (const part of Object.keys(cycleParts)) {
      const share = layer.counts[part] / layer.counts.cycles;
      if (!(share > 0)) continue;
      rows.push({ layer: layerLabel(layer), part: words(part), begin, end, from, to: from + share,
        tip: rows.length });
      tips.push({ title: `${layerLabel(layer)}: ${words(part)}`, lines: [
        ["share", percent(share)], ["cycles", `${grouped(layer.counts[part])} of `
          + grouped(layer.counts.cycles)], ["time", alone(layer.time)], ["provenance", "counted"]] });
      from += share;
    }
    begin = end;
  }
  const present = Object.keys(cycleParts).filter(part => rows.some(row => row.part === words(part)));
  return figure({
    title: "Utilisation over time", note: "One layer after another, as wide as it takes.",
    rows: rows.map(({ tip, ...row }) => ({ phase: phase.name, ...row, unit })), tip: id => tips[id],
    spec: () => specification("timeline", {
      rows, title: `time, ${unit}`, gap: phase.layers.length > 60 ? 0 : 0.6,
      parts: present.map(words), colors: present.map(part => colorOf(cycleParts[part])),
    }),
  });
}

const peaksText = ({ peak_throughput: peak, peak_bandwidth: bandwidth }) =>
  `Peak ${alone(peak)} (${peak.provenance}: ${peak.source}); memory ${alone(bandwidth)} `
  + `(${bandwidth.provenance}: ${bandwidth.source}).`;

function rooflineChart(design, phases) {
  const { peak_throughput: peak, peak_bandwidth: bandwidth } = design.architecture;
  const points = phases.flatMap(phase => phase.layers.map(layer => {
    const { counts } = layer;
    const bytes = ["weight_bytes_read", "activation_bytes_read", "output_bytes_written",
      "multiplier_bytes_read"].reduce((sum, event) => sum + (counts[event] ?? 0), 0);
    const macs = layer.macs * (layer.count ?? 1);
    return { layer, phase: phase.name, intensity: macs / bytes, rate: macs / layer.time.typical };
  })).filter(({ intensity, rate }) => Number.isFinite(intensity) && intensity > 0 && rate > 0);
  if (!points.length || !(peak.typical > 0 && bandwidth.typical > 0)) return null;
  const scale = new Scale([peak.typical], "MAC/s");
  const ridge = peak.typical / bandwidth.typical;
  const intensities = points.map(({ intensity }) => intensity);
  const domain = [Math.min(...intensities, ridge) / 2, Math.max(...intensities, ridge) * 2];
  const names = phases.map(({ name }) => name);
  return figure({
    title: "Throughput against arithmetic intensity",
    note: "The line is the bandwidth of the memory, then the peak of the array.",
    rows: points.map(({ layer, phase, intensity, rate }) => ({ phase, layer: layer.name,
      bound: layer.bound, intensity_macs_per_byte: intensity, rate_macs_per_s: rate,
      provenance: layer.time.provenance })),
    tip: id => {
      const { layer, phase, intensity, rate } = points[id];
      return { title: `${layerLabel(layer)}, ${phase}`, lines: [
        ["throughput", new Scale([rate], "MAC/s").withUnit(rate)],
        ["of the peak", percent(rate / peak.typical)],
        ["of the roof", percent(rate / Math.min(peak.typical, bandwidth.typical * intensity))],
        ["intensity", `${new Scale([intensity], "", 3).text(intensity)} MAC/byte`],
        ["bound", layer.bound], ["provenance", layer.time.provenance]] };
    },
    spec: () => specification("roofline", {
      domain, title: scale.unit, phases: names,
      colors: ["var(--weights)", "var(--array)", "var(--accumulators)", "var(--output)"].slice(0, names.length),
      roof: [domain[0], ridge, domain[1]].map(intensity => ({ intensity,
        value: Math.min(peak.typical, bandwidth.typical * intensity) / scale.size })),
      rows: points.map(({ phase, intensity, rate }, tip) =>
        ({ phase, intensity, value: rate / scale.size, tip })),
    }),
  });
}
