// One design in detail: its blocks, and its layers in every phase.

class Design {
  constructor(section) {
    this.section = section;
    this.design = page.designs[0];
    this.body = h("div");
    this.phase = 0;
    section.append(page.designs.length > 1
      ? choice("Design", page.designs.map((design, index) => [String(index), design.name]), "0",
        index => { this.design = page.designs[Number(index)]; this.show(); })
      : "", this.body);
    this.show();
  }

  show() {
    const { design } = this;
    const phases = design.phases.filter(({ layers }) => layers.length);
    this.body.replaceChildren(
      h("p", { class: "lead" }, design.architecture.description),
      ...(design.warnings ?? []).map(warning => h("p", { class: "warning", role: "note" },
        h("b", {}, "Warning: "), warning)),
      facts([["design", design.name], ["chosen for", design.reason], ["configuration", design.architecture.configuration_hash],
        ["technology", design.architecture.technology], ...Object.entries(design.facts ?? {})]),
      h("div", { class: "cards" }, phases.map(phaseCard), checkCard(design)),
      this.blocks(design, phases),
      phases.length ? h("h3", {}, "Roofline") : "",
      phases.length ? h("p", { class: "quiet" }, peaksText(design.architecture)) : "",
      charts([rooflineChart(design, phases)], true),
      ...phases.flatMap(phase => phaseParts(design, phase)),
      h("h3", {}, "Where the numbers come from"), originsTable(design, phases));
  }

  blocks(design, phases) {
    const frame = h("div", { class: "diagram-frame" });
    const draw = () => frame.replaceChildren(
      blockDiagram(design, phases[this.phase]?.total ?? null, frame.clientWidth || 900));
    this.observer?.disconnect();
    this.observer = new ResizeObserver(draw);
    this.observer.observe(frame);
    this.phase = Math.min(this.phase, Math.max(0, phases.length - 1));
    const save = `${fileName(`${page.title}-${design.name}`)}-blocks.svg`;
    return h("div", {}, h("h3", {}, "Blocks"),
      h("div", { class: "controls" },
        phases.length > 1 && !design.fpga ? choice("Energy of", phases.map(({ name, tokens }, index) =>
          [String(index), `${name}, ${plural(tokens, "token")}`]), String(this.phase),
        index => { this.phase = Number(index); draw(); }) : null,
        button("SVG", "Block diagram as SVG", () =>
          download(save, "image/svg+xml", standalone(frame.firstElementChild)))),
      frame,
      design.fpga ? null : h("p", { class: "quiet" }, "In each block: area and its share of the chip, "
        + "energy and its share of what the chip itself spends; the stronger the colour, the more energy."),
      charts([areaChart(design)], true), design.fpga ? resourceTables(design) : areaTable(design));
  }
}

/** A drawing as a file of its own, with the style that the page gives it. */
function standalone(drawing) {
  const copy = drawing.cloneNode(true);
  const pairs = [[drawing, copy]];
  for (const [from, to] of pairs) {
    const style = getComputedStyle(from);
    to.setAttribute("style", ["fill", "stroke", "stroke-width", "font-size", "font-weight",
      "font-family"].map(name => `${name}:${style.getPropertyValue(name)}`).join(";"));
    to.removeAttribute("tabindex");
    [...from.children].forEach((child, index) => pairs.push([child, to.children[index]]));
  }
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return new XMLSerializer().serializeToString(copy);
}

// MARK: Cards

const facts = pairs => h("dl", { class: "facts" }, pairs.filter(([, value]) => value)
  .map(([name, value]) => h("div", {}, h("dt", {}, words(name)), h("dd", {}, value))));

const estimateLine = (name, estimate, sources = []) => estimate ? [h("dt", {}, name),
  h("dd", { tip: () => ({ title: name, lines: origin(estimate) }), tabindex: "0" },
    h("b", {}, alone(estimate)), h("span", { class: "origin" },
      rangeText(estimate).replace(/^ \((.*)\)$/, "$1, ")
        + (provenanceShares(sources) ?? estimate.provenance)))] : [];

/** Which part of a sum is of which provenance, the largest first; `null` where there are not two. */
function provenanceShares(sources) {
  const parts = new Map();
  for (const { provenance, amount } of sources) {
    parts.set(provenance, (parts.get(provenance) ?? 0) + amount);
  }
  const whole = [...parts.values()].reduce((sum, part) => sum + part, 0);
  if (parts.size < 2 || !(whole > 0)) return null;
  return [...parts].sort(([, a], [, b]) => b - a).map(([provenance, part]) => {
    const rounded = Math.round(100 * part / whole);
    return `${rounded || "<1"} % ${provenance}`;
  }).join(", ");
}

function phaseCard({ name, tokens, total }) {
  return h("div", { class: "card" }, h("h4", {}, `${name}, ${plural(tokens, "token")}`), h("dl", {},
    estimateLine("rate", total.tokens_per_second), estimateLine("time", total.time),
    estimateLine("energy", total.energy.total, total.energy_sources),
    estimateLine("CPU time", total.cpu_time),
    estimateLine("CPU energy", total.cpu_energy), estimateLine("CPU time ÷ time", total.time_ratio),
    estimateLine("CPU energy ÷ energy", total.energy_ratio)));
}

/** What was compared, and whether all of it was equal. */
function checkCard(design) {
  const totals = design.phases.map(({ total }) => total).filter(Boolean);
  const sum = key => totals.reduce(({ compared, different }, total) => ({
    compared: compared + (total[key]?.compared ?? 0),
    different: different + (total[key]?.different ?? 0) }), { compared: 0, different: 0 });
  const line = (name, { compared, different }) => [h("dt", {}, name), h("dd", {},
    compared === 0 ? h("b", {}, "not compared") : different === 0
      ? h("b", { class: "good" }, `${grouped(compared)} equal`)
      : h("b", { class: "bad" }, `${grouped(different)} of ${grouped(compared)} different`))];
  const cycles = totals.reduce((sum, { lock_step_cycles: count }) => sum + (count ?? 0), 0);
  return h("div", { class: "card" }, h("h4", {}, "Checks, speed, area"), h("dl", {},
    line("sums, reference runtime", sum("reference")), line("sums, exact oracle", sum("oracle")),
    h("dt", {}, "cycles, RTL in lock-step"), h("dd", {}, cycles === 0 ? h("b", {}, "not run")
      : h("b", { class: "good" }, `${grouped(cycles)} equal`)),
    estimateLine("model speed", design.speeds?.model), estimateLine("RTL speed", design.speeds?.rtl),
    estimateLine("area", design.areas.total, design.area_sources)));
}

// MARK: FPGA

/** What the blocks take of an FPGA, and the share of the device. */
function resourceTables({ name, fpga }) {
  const resources = Object.entries(fpga.resources);
  const blocks = [...new Set(resources.flatMap(([, { blocks }]) => Object.keys(blocks)))];
  const whole = value => value === null || value === undefined ? "–" : grouped(Math.round(value));
  const columns = of => [
    { key: "block", title: "block", text: true, value: ({ block }) => block, cell: ({ block }) => words(block) },
    ...resources.map(([key, { title }]) => ({ key, title, value: row => of(row, key)?.typical ?? null,
      cell: row => whole(of(row, key)?.typical),
      tip: row => ({ title: `${words(row.block)}: ${title}`, lines: origin(of(row, key)) }),
      csv: row => csvFields(key, of(row, key)) })),
  ];
  const used = ({ block }, key) =>
    block === "total" ? fpga.resources[key].used : fpga.resources[key].blocks[block];
  const percents = new Scale(resources.map(([, { share }]) => 100 * (share ?? 0)), "", 3);
  const shares = [
    { key: "resource", title: "resource", text: true, value: row => row.title, cell: row => row.title },
    { key: "used", title: "used", value: row => row.used?.typical ?? 0,
      cell: row => whole(row.used?.typical ?? 0),
      tip: row => ({ title: row.title, lines: origin(row.used) }), csv: row => csvFields("used", row.used) },
    { key: "available", title: "available", value: row => row.available, cell: row => whole(row.available) },
    { key: "share", title: "share", unit: "%", help: "LUTs that are memory are among the LUTs",
      value: row => row.share,
      cell: row => row.share === null ? "–" : h("span", { class: row.share > 1 ? "bad" : "" },
        percents.text(100 * row.share)) },
  ];
  const byBlock = new DataTable({ label: "Resources by block", columns: columns(used),
    rows: blocks.map(block => ({ block })), total: { block: "total" } });
  return h("div", {}, h("h4", {}, `Resources in ${fpga.title}`),
    fpga.warning ? h("p", { class: "bad" }, fpga.warning) : null,
    h("p", { class: "tools" }, button("Resources as CSV", `Resources of ${name} as CSV`, () =>
      download(`${fileName(`${page.title}-${name}-resources`)}.csv`, "text/csv", byBlock.csv()))),
    byBlock.node,
    new DataTable({ label: "Share of the device", columns: shares,
      rows: resources.map(([, resource]) => resource) }).node);
}

// MARK: Area

function areaBlocks(design) {
  return Object.entries(design.areas).filter(([block, area]) => block !== "total" && area)
    .map(([block, area]) => ({ block, area }));
}

function areaChart(design) {
  const blocks = areaBlocks(design);
  if (!blocks.length) return null;
  const { size, unit } = new Scale(blocks.map(({ area }) => area.typical), "µm²");
  return figure({
    title: "Area by block", note: "Lines reach as far as the sources allow.",
    rows: blocks.map(({ block, area }) => ({ block, ...csvFields("area", area) })),
    tip: id => ({ title: words(blocks[id].block), lines: origin(blocks[id].area) }),
    spec: () => specification("blocks", { height: 22 * blocks.length, title: `area, ${unit}`,
      rows: blocks.map(({ block, area }, tip) => ({ block: words(block), value: area.typical / size,
        low: area.low / size, high: area.high / size, tip })) }),
  });
}

function areaTable(design) {
  const blocks = areaBlocks(design);
  if (!blocks.length) return h("p", {}, "No area was estimated.");
  const scale = new Scale(blocks.map(({ area }) => area.typical), "µm²", 3);
  const total = design.areas.total && { block: "total", area: design.areas.total };
  const columns = [
    { key: "block", title: "block", text: true, value: ({ block }) => block, cell: ({ block }) => words(block) },
    { key: "area", title: "area", unit: scale.unit, value: ({ area }) => area.typical,
      cell: ({ area }) => scale.text(area.typical),
      tip: ({ block, area }) => ({ title: words(block), lines: origin(area) }),
      csv: ({ area }) => csvFields("area", area) },
    { key: "range", title: "low–high", unit: scale.unit, value: ({ area }) => area.high,
      cell: ({ area }) => scale.range(area.low, area.high), csv: () => ({}) },
    { key: "share", title: "share", unit: "%", value: ({ area }) => share(area, design.areas.total),
      cell: ({ area }) => new Scale([100], "", 3).text(100 * share(area, design.areas.total)) },
    { key: "provenance", title: "provenance", text: true, value: ({ area }) => area.provenance,
      cell: ({ area }) => area.provenance, csv: () => ({}) },
  ];
  return h("details", {}, h("summary", {}, "Area as a table"),
    new DataTable({ label: "Area by block", columns, rows: blocks, total }).node);
}
