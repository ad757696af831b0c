// Tables of a design's layers, and of where its numbers come from.

function layerTable(phase) {
  const estimates = (get, key, title, help) => {
    const known = phase.layers.map(get).filter(Boolean);
    if (!known.length) return [];
    const scale = new Scale(known.map(({ typical }) => typical), known[0].unit,
      known.some(isRange) ? 3 : 4);
    const kinds = [...new Set(known.map(({ provenance }) => provenance))].join(", ");
    return [{ key, title, unit: scale.unit, note: kinds, help,
      value: row => get(row)?.typical ?? null, cell: row => scale.text(get(row)?.typical),
      tip: row => ({ title: `${layerLabel(row)}: ${title}`, lines: origin(get(row)) }),
      csv: row => csvFields(key, get(row)) }];
  };
  const present = Object.keys(components).filter(part => phase.layers.some(({ energy }) => energy[part]));
  const total = { ...phase.total, name: "total" };
  const columns = [
    { key: "layer", title: "layer", text: true, value: row => row.name,
      cell: row => layerLabel(row), tip: row => ({ title: row.name, lines: [] }) },
    { key: "shape", title: "M×N×K", help: "Tokens × outputs × inputs", note: "counted",
      value: row => row.macs ?? null, cell: row => row.m ? `${row.m}×${row.n}×${row.k}` : "",
      csv: ({ m, n, k }) => ({ m, n, k }) },
    { key: "cycles", title: "cycles", help: "Clock cycles of the job", note: "counted",
      value: row => row.counts.cycles, cell: row => grouped(row.counts.cycles),
      tip: row => ({ title: `${layerLabel(row)}: cycles`, lines: Object.keys(cycleParts)
        .map(part => [words(part), grouped(row.counts[part])]).concat([["provenance", "counted"]]) }),
      csv: row => row.counts },
    { key: "utilisation", title: "util.", unit: "%", note: "counted",
      help: "Cycles in which the tree array took an operand", value: row => row.utilisation,
      tip: row => ({ title: `${layerLabel(row)}: utilisation`, lines: [
        ["busy", `${grouped(row.counts.busy)} of ${grouped(row.counts.cycles)} cycles`],
        ["provenance", "counted"]] }),
      cell: row => new Scale([100], "").text(100 * row.utilisation) },
    { key: "bound", title: "bound", text: true, note: "counted", help: "The busiest part: the array "
      + "(compute), or the external memory and what it mostly moves", value: row => row.bound ?? null,
      cell: row => row.bound ?? "" },
    ...checkColumns(phase),
    ...estimates(row => row.time, "time", "time", "Time on the accelerator"),
    ...estimates(row => row.cpu_time, "cpu_time", "CPU", "Time of the CPU runtime"),
    ...estimates(row => row.time_ratio, "time_ratio", "t.ratio", "CPU time divided by the accelerator's"),
    ...estimates(row => row.energy.total, "energy", "energy", "Energy of the accelerator, all components"),
    ...estimates(row => row.cpu_energy, "cpu_energy", "CPU energy", "Energy of the CPU"),
    ...estimates(row => row.energy_ratio, "energy_ratio", "E.ratio",
      "CPU energy divided by the accelerator's"),
    ...present.flatMap(part => estimates(row => row.energy[part], `energy_${part}`, words(part),
      `Energy: ${words(part)}`)),
  ];
  return new DataTable({ label: `${phase.name}, layers`, columns, rows: phase.layers, total });
}

/** `R`, `O`, `L`: equal to the reference, to the oracle and, in every cycle, to the RTL. */
function checkColumns(phase) {
  if (!phase.layers.some(({ reference, oracle }) => reference?.compared || oracle?.compared)) return [];
  const letter = (comparison, letter) =>
    !comparison?.compared ? "–" : comparison.different ? `${letter}!` : letter;
  const text = row => letter(row.reference, "R") + letter(row.oracle, "O")
    + (row.lock_step_cycles ? "L" : "–");
  return [{ key: "check", title: "check", text: true, note: "compared", help: "R: sums equal to the CPU "
    + "reference runtime; O: to the exact oracle; L: every cycle equal in the RTL", value: text,
    cell: row => h("span", { class: text(row).includes("!") ? "bad" : "good" }, text(row)) }];
}

/** Every distinct origin of every kind of figure. */
function originsTable(design, phases) {
  const layers = phases.flatMap(({ layers }) => layers);
  const kinds = [["time", layers.map(({ time }) => time)],
    ...Object.keys(components).map(part => [`energy, ${words(part)}`, layers.map(({ energy }) => energy[part])]),
    ["CPU time", layers.map(row => row.cpu_time)], ["CPU energy", layers.map(row => row.cpu_energy)],
    ["area", areaBlocks(design).map(({ area }) => area)],
    ["peaks", [design.architecture.peak_throughput, design.architecture.peak_bandwidth]]];
  const rows = kinds.map(([name, estimates]) => ({ name, sources: [...new Set(estimates.filter(Boolean)
    .map(({ provenance, source }) => `${provenance}: ${source}`))].sort() }))
    .filter(({ sources }) => sources.length);
  rows.unshift({ name: "cycles, utilisation, bound", sources: ["counted: the model; where the RTL ran "
    + "beside it, equal in every cycle"] });
  return scrollBox("Origins", h("table", {}, h("tbody", {}, rows.map(({ name, sources }) => h("tr", {},
    h("th", { scope: "row" }, name),
    h("td", { class: "text long" }, sources.flatMap((source, index) => index ? [h("br"), source] : [source])))))));
}
