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

const kindNames = { int8_array: "int8 array", fp16_array: "FP16 array", w8a8: "W8A8 memory",
  w4a16: "W4A16 memory" };

/** The same work on hardware that is not ternary, layer by layer; nothing where it was not worked out. */
function hardwareTable(phase) {
  const rows = phase.layers.filter(({ baselines }) => baselines);
  if (!rows.length) return "";
  const kinds = Object.keys(rows[0].baselines);
  const total = phase.total?.baselines ? { ...phase.total, name: "total" } : null;
  const column = (key, title, get, help, digits = 3) => {
    const known = rows.map(get).filter(Boolean);
    if (!known.length) return [];
    const scale = new Scale(known.map(({ typical }) => typical), known[0].unit, digits);
    return [{ key, title, unit: scale.unit || "×", help,
      note: [...new Set(known.map(({ provenance }) => provenance))].join(", "),
      value: row => get(row)?.typical ?? null, cell: row => scale.text(get(row)?.typical),
      tip: row => ({ title: `${layerLabel(row)}: ${title}`, lines: origin(get(row)) }),
      csv: row => csvFields(key, get(row)) }];
  };
  const columns = [
    { key: "layer", title: "layer", text: true, value: row => row.name, cell: row => layerLabel(row),
      tip: row => ({ title: row.name, lines: [] }) },
    ...column("energy", "energy", row => row.energy.total, "Energy of this accelerator"),
    ...kinds.flatMap(kind => {
      const name = kindNames[kind] ?? words(kind);
      const of = row => row.baselines[kind];
      const help = (rows[0].baselines[kind].assumptions ?? []).join(" ");
      return [
        ...column(`${kind}_energy`, name, row => of(row).energy, help),
        ...column(`${kind}_ratio`, `${name} ratio`, row => of(row).energy_ratio, of(rows[0]).is_traffic_only
          ? "Its energy over that of this accelerator's external memory"
          : "Its energy over this accelerator's"),
        ...(of(rows[0]).is_traffic_only ? []
          : column(`${kind}_time`, `${name} time`, row => of(row).time, help)),
      ];
    }),
  ];
  return h("details", {}, h("summary", {}, "Layers on other hardware"),
    new DataTable({ label: `${phase.name}, layers on other hardware`, columns, rows, total }).node);
}

/** The energy as other sources have it; the first is that of all other figures. */
function alternativesTable(phase) {
  const all = phase.total?.alternatives ?? [];
  if (all.length < 2) return "";
  const difference = (alternatives, index) => alternatives?.[0]?.array.typical > 0
    ? 100 * (alternatives[index].array.typical / alternatives[0].array.typical - 1) : null;
  const worst = index => phase.layers.map(({ alternatives }) => difference(alternatives, index))
    .filter(value => value !== null).reduce((a, b) => Math.abs(b) > Math.abs(a) ? b : a, 0);
  const rows = all.map((alternative, index) => ({ ...alternative, index,
    difference: index ? difference(all, index) : null, worst: index ? worst(index) : null }));
  const signed = value => value === null ? "–" : `${value < 0 ? "" : "+"}${decimal(value, 1)}`;
  const estimate = (key, title) => {
    const scale = new Scale(rows.map(row => row[key].typical), "J", 3);
    return { key, title, unit: scale.unit, value: row => row[key].typical,
      cell: row => `${scale.significant(row[key].typical)} (${scale.range(row[key].low, row[key].high)})`,
      tip: row => ({ title: `${row.name}: ${title}`, lines: origin(row[key]) }),
      csv: row => csvFields(key, row[key]) };
  };
  const columns = [
    { key: "name", title: "energy by", text: true, value: row => row.name, cell: row => row.name },
    estimate("array", "array"),
    { key: "differs", title: "differs", unit: "%", help: "The array's energy beside the first line's",
      value: row => row.difference, cell: row => signed(row.difference) },
    { key: "worst", title: "worst layer", unit: "%", value: row => row.worst, cell: row => signed(row.worst) },
    estimate("total", "total"),
    { key: "how", title: "how", text: true, value: row => row.description, cell: row => row.description },
  ];
  return new DataTable({ label: `${phase.name}, energy by other sources`, columns, rows }).node;
}

/** Every origin of every kind of figure; those of sums with their share of it. */
function originsTable(design, phases) {
  const layers = phases.flatMap(({ layers }) => layers);
  const sums = phases.flatMap(({ total }) => total?.energy_sources ?? []);
  const contributions = (list, name, part) => {
    const chosen = list.filter(each => part === null || each.part === part);
    const whole = chosen.reduce((sum, { amount }) => sum + amount, 0);
    const merged = new Map();
    for (const { provenance, source, amount } of chosen) {
      const text = `${provenance}: ${source}`;
      merged.set(text, (merged.get(text) ?? 0) + amount);
    }
    return { name, sources: [...merged].sort(([, a], [, b]) => b - a).map(([text, amount]) =>
      merged.size > 1 ? `${percent(amount / whole)} ${text}` : text) };
  };
  const distinct = (name, estimates) => ({ name, sources: [...new Set(estimates.filter(Boolean)
    .map(({ provenance, source }) => `${provenance}: ${source}`))].sort() });
  const areas = design.area_sources ?? [];
  const rows = [distinct("time", layers.map(({ time }) => time)),
    ...Object.keys(components).map(part => sums.length
      ? contributions(sums, `energy, ${words(part)}`, part)
      : distinct(`energy, ${words(part)}`, layers.map(({ energy }) => energy[part]))),
    distinct("CPU time", layers.map(row => row.cpu_time)),
    distinct("CPU energy", layers.map(row => row.cpu_energy)),
    ...(areas.length ? areaBlocks(design).map(({ block }) =>
      contributions(areas, `area, ${words(block)}`, block))
      : [distinct("area", areaBlocks(design).map(({ area }) => area))]),
    distinct("peaks", [design.architecture.peak_throughput, design.architecture.peak_bandwidth])]
    .filter(({ sources }) => sources.length);
  rows.unshift({ name: "cycles, utilisation, bound", sources: ["counted: the model; where the RTL ran "
    + "beside it, equal in every cycle"] });
  return scrollBox("Origins", h("table", {}, h("tbody", {}, rows.map(({ name, sources }) => h("tr", {},
    h("th", { scope: "row" }, name),
    h("td", { class: "text long" }, sources.flatMap((source, index) => index ? [h("br"), source] : [source])))))));
}
