// The block diagram of a design: where its area is, and where a phase spends energy.

/** Which component of the energy is spent in which block. */
const componentOfBlock = {
  tree_array: "array", weight_buffer: "weight_buffer", activation_buffer: "activation_buffer",
  accumulators: "accumulators", output_stage: "output",
};

/** Column, row, columns and rows that a block takes, where there is room and where there is not. */
const places = {
  wide: {
    size: [5, 4], cell: [168, 92], gap: 34,
    memory: [0, 0, 1, 3], load_unit: [1, 0, 1, 2], weight_buffer: [2, 0, 1, 1],
    activation_buffer: [2, 1, 1, 1], tree_array: [3, 0, 1, 2], accumulators: [4, 0, 1, 2],
    output_stage: [4, 2, 1, 1], store_unit: [1, 2, 1, 1],
    controller: [1, 3, 1, 1], job_queue: [2, 3, 1, 1], control_registers: [3, 3, 1, 1],
    event_counters: [4, 3, 1, 1],
  },
  narrow: {
    size: [2, 7], cell: [168, 92], gap: 30,
    memory: [0, 0, 2, 1], load_unit: [0, 1, 1, 1], store_unit: [1, 1, 1, 1],
    weight_buffer: [0, 2, 1, 1], activation_buffer: [0, 3, 1, 1], output_stage: [1, 2, 1, 1],
    accumulators: [1, 3, 1, 1], tree_array: [0, 4, 2, 1],
    controller: [0, 5, 1, 1], job_queue: [1, 5, 1, 1], control_registers: [0, 6, 1, 1],
    event_counters: [1, 6, 1, 1],
  },
};

/** What flows: from the side of one block to the side of another. */
const flows = {
  wide: [["memory", "right", "load_unit", "left"], ["load_unit", "right", "weight_buffer", "left"],
    ["load_unit", "right", "activation_buffer", "left"], ["weight_buffer", "right", "tree_array", "left"],
    ["activation_buffer", "right", "tree_array", "left"], ["tree_array", "right", "accumulators", "left"],
    ["accumulators", "bottom", "output_stage", "top"], ["output_stage", "left", "store_unit", "right"],
    ["store_unit", "left", "memory", "right"]],
  narrow: [["memory", "bottom", "load_unit", "top"], ["load_unit", "bottom", "weight_buffer", "top"],
    ["load_unit", "left", "activation_buffer", "left"], ["weight_buffer", "left", "tree_array", "left"],
    ["activation_buffer", "bottom", "tree_array", "top"], ["tree_array", "top", "accumulators", "bottom"],
    ["accumulators", "top", "output_stage", "bottom"], ["output_stage", "top", "store_unit", "bottom"],
    ["store_unit", "top", "memory", "bottom"]],
};

/** The drawing for a width in pixels; `total` are the figures of a phase, or `null`. */
function blockDiagram(design, total, width) {
  const kind = width < 720 ? "narrow" : "wide";
  const plan = places[kind];
  const [cellWidth, cellHeight] = plan.cell;
  const margin = 24, captions = 24;
  const box = ([column, row, columns, rows]) => ({
    x: margin + column * (cellWidth + plan.gap), y: captions + row * (cellHeight + plan.gap),
    width: columns * cellWidth + (columns - 1) * plan.gap,
    height: rows * cellHeight + (rows - 1) * plan.gap,
  });
  const [columns, rows] = plan.size;
  const all = box([0, 0, columns, rows]);
  const size = [all.width + 2 * margin, all.height + captions + 44];
  const chip = kind === "wide" ? box([1, 0, 4, 4]) : box([0, 1, 2, 6]);
  const energy = total?.energy ?? {};
  const areas = design.fpga ? lookupTables(design.fpga) : design.areas;
  const node = svg("svg", { viewBox: `0 0 ${size[0]} ${size[1]}`, class: "diagram", role: "group",
    "aria-label": design.fpga ? "Block diagram with the LUTs of each block"
      : "Block diagram with area and energy of each block",
    style: `max-width: ${size[0] * 1.15}px` },
    svg("defs", {}, svg("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4,
      markerWidth: 6, markerHeight: 6, orient: "auto" }, svg("path", { d: "M0 0L8 4L0 8z" }))),
    svg("rect", { class: "chip", x: chip.x - 20, y: chip.y - 14, width: chip.width + 40,
      height: chip.height + 46, rx: 10 }),
    chipCaption(areas, energy, chip),
    ...flows[kind].map(([from, out, to, into]) =>
      flow(box(plan[from]), out, box(plan[to]), into, plan.gap)),
    memoryBlock(energy, box(plan.memory)),
    ...Object.keys(areas).filter(block => plan[block] && areas[block])
      .map(block => blockBox(block, areas, energy, box(plan[block]))));
  return node;
}

/** In place of areas: LUTs, those that are memory left out. */
function lookupTables({ resources: { lut } }) {
  const unit = estimate => estimate && { ...estimate, unit: "LUT" };
  return Object.fromEntries([...Object.entries(lut.blocks), ["total", lut.used]]
    .map(([block, estimate]) => [block, unit(estimate)]));
}

function chipCaption(areas, energy, chip) {
  const parts = [["chip", areas.total], ["leakage", energy.leakage],
    ["control", energy.control],
    ["clock tree and wires", energy.clock_tree_and_wires]].filter(([, estimate]) => estimate);
  const text = parts.map(([name, estimate]) => `${name} ${alone(estimate)}`).join("  ·  ");
  return svg("text", { x: chip.x, y: chip.y + chip.height + 21, class: "caption", tabindex: "0",
    tip: () => ({ title: "The whole chip", lines: parts.flatMap(([name, estimate]) =>
      [[name, oneLine(estimate)]]).concat([["note", "Control is the energy of the flip-flops of "
        + "buffers, load unit, controller, queue, registers and counters. What stands here is not "
        + "divided among the blocks."]]) }) }, text);
}

const share = (part, whole) => part && whole?.typical > 0 ? part.typical / whole.typical : null;
const percent = value => value === null ? "" : `${new Scale([1], "", 2).text(100 * value)} %`;

function blockBox(block, areas, energy, { x, y, width, height }) {
  const area = areas[block];
  const spent = energy[componentOfBlock[block]] ?? null;
  const onChip = Object.entries(energy).filter(([component]) =>
    component !== "total" && component !== "external_memory").reduce((sum, [, { typical }]) => sum + typical, 0);
  const ofArea = share(area, areas.total);
  const ofEnergy = spent && onChip > 0 ? spent.typical / onChip : null;
  const heat = ofEnergy === null ? 0 : Math.round(55 * Math.sqrt(ofEnergy));
  const lines = [area.unit === "LUT"
    ? ["LUTs", `${grouped(Math.round(area.typical))} LUT · ${percent(ofArea)}`]
    : ["area", `${alone(area)} · ${percent(ofArea)}`]];
  if (spent) lines.push(["energy", `${alone(spent)} · ${percent(ofEnergy)}`]);
  const label = `${words(block)}: ${lines.map(line => line.join(" ")).join(", ")}`;
  return svg("g", { class: "block", tabindex: "0", role: "img", "aria-label": label,
    tip: () => blockTip(block, area, ofArea, spent, ofEnergy) },
    svg("rect", { class: "ground", x, y, width, height, rx: 6 }),
    svg("rect", { x, y, width, height, rx: 6, style: `--heat: ${heat}%` }),
    svg("text", { x: x + 10, y: y + 21, class: "name" }, words(block)),
    ...lines.map(([, text], index) =>
      svg("text", { x: x + 10, y: y + 41 + 17 * index }, text)),
    bar("area", ofArea, x, y + height - 13, width), bar("energy", ofEnergy, x, y + height - 7, width));
}

function bar(kind, value, x, y, width) {
  if (value === null) return null;
  return svg("g", {}, svg("rect", { class: "track", x: x + 10, y, width: width - 20, height: 3, rx: 1.5 }),
    svg("rect", { class: `bar ${kind}`, x: x + 10, y, width: Math.max(1, (width - 20) * value),
      height: 3, rx: 1.5 }));
}

function blockTip(block, area, ofArea, spent, ofEnergy) {
  const lines = [[area?.unit === "LUT" ? "LUTs" : "area", percent(ofArea) ? `${percent(ofArea)} of the chip` : ""], ...origin(area)];
  if (spent) {
    lines.push(["energy", `${percent(ofEnergy)} of what the chip spends`], ...origin(spent));
  }
  return { title: words(block), lines };
}

function memoryBlock(energy, { x, y, width, height }) {
  const spent = energy.external_memory;
  const part = share(spent, energy.total);
  const text = spent ? [alone(spent), part === null ? "" : `${percent(part)} of all`] : [];
  return svg("g", { class: "block memory", tabindex: "0", role: "img",
    "aria-label": `external memory: ${text.join(", ")}`,
    tip: () => ({ title: "external memory", lines: origin(spent) }) },
    svg("rect", { class: "ground", x, y, width, height, rx: 6 }),
    svg("text", { x: x + 10, y: y + 21, class: "name" }, "external memory"),
    ...text.map((line, index) => svg("text", { x: x + 10, y: y + 41 + 17 * index }, line)),
    bar("energy", part, x, y + height - 7, width));
}

/** A line with right angles between two sides. */
function flow(from, out, to, into, gap) {
  const overlap = (a, sizeA, b, sizeB) => {
    const low = Math.max(a, b), high = Math.min(a + sizeA, b + sizeB);
    return high > low ? (low + high) / 2 : null;
  };
  const point = (box, side, other) => {
    const y = overlap(box.y, box.height, other.y, other.height) ?? box.y + box.height / 2;
    const x = overlap(box.x, box.width, other.x, other.width) ?? box.x + box.width / 2;
    return { left: [box.x, y], right: [box.x + box.width, y], top: [x, box.y],
      bottom: [x, box.y + box.height] }[side];
  };
  const [x0, y0] = point(from, out, to);
  const [x1, y1] = point(to, into, from);
  const isAround = out === "left" && into === "left";
  const middle = isAround ? Math.min(x0, x1) - gap / 3 : (x0 + x1) / 2;
  const path = isAround || (x0 !== x1 && y0 !== y1) ? `M${x0} ${y0}H${middle}V${y1}H${x1}`
    : `M${x0} ${y0}L${x1} ${y1}`;
  return svg("path", { class: "flow", d: path, "marker-end": "url(#arrow)" });
}
