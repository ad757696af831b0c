// The design space: a scatter chart of two metrics, linked to a table of all points.

/** What an axis or a colour can show: every metric that has values, every parameter of numbers. */
function axesOf(sweep) {
  const ofMetric = ({ key, title, better }) => {
    const unit = metricUnit(metrics.get(key));
    return { key, title, unit, better, at: index => pointMetric(key, index)?.typical ?? null,
      estimate: index => pointMetric(key, index) };
  };
  const ofParameter = ({ name, values }) => ({
    key: `parameter ${name}`, title: name, unit: "", better: "neither",
    at: index => values[index], estimate: () => null,
  });
  return {
    metrics: page.metrics.filter(({ key }) => sweep.values[key]).map(ofMetric),
    parameters: sweep.parameters.filter(({ values }) => values.every(Number.isFinite))
      .map(ofParameter),
  };
}

/** Indices of the points that no other beats on both axes, in the order of the first. */
function frontOf(points, x, y) {
  if (x.better === "neither" || y.better === "neither") return [];
  const sign = axis => axis.better === "lower" ? 1 : -1;
  const [signX, signY] = [sign(x), sign(y)];
  const sorted = points.filter(({ x, y }) => x !== null && y !== null)
    .sort((a, b) => signX * (a.x - b.x) || signY * (a.y - b.y));
  let best = Infinity;
  return sorted.filter(point => {
    if (signY * point.y >= best) return false;
    best = signY * point.y;
    return true;
  });
}

class Space {
  constructor(section) {
    const { metrics: metricAxes, parameters } = axesOf(space);
    this.axes = new Map([...metricAxes, ...parameters].map(axis => [axis.key, axis]));
    const [first, second] = [...space.objectives, ...metricAxes.map(({ key }) => key)]
      .filter((key, index, all) => space.values[key] && all.indexOf(key) === index);
    this.x = this.axes.get(first);
    this.y = this.axes.get(second ?? first);
    this.color = "front";
    this.brush = null;
    this.showsRanges = false;
    this.all = space.hashes.map((_, index) => index);
    this.front = new Set(space.front);
    this.table = this.makeTable();
    this.controls = h("div", { class: "controls" });
    this.filter = h("div", { class: "controls filter" });
    this.message = h("p", { role: "status", class: "quiet" });
    this.makeControls([["Metrics", options(metricAxes)], ["Parameters", options(parameters)]]);
    this.figure = figure({
      title: "Design points", label: "Design points on two axes; the table below "
        + "holds the same points, and the fields above it filter both.",
      note: "Drag to select; click a point to compare it. Circles with a letter are compared below.",
      rows: () => this.rows(), spec: () => this.spec(), tip: index => this.tip(index),
      onView: view => this.listen(view),
    });
    section.append(this.controls, this.figure, this.filter, this.message, this.table.node);
    this.update();
    onContenders(() => { this.table.draw(); this.figure.redraw(); });
  }

  // MARK: Controls

  makeControls(groups) {
    const axis = (label, name) => select(label, groups, this[name].key, key => {
      this[name] = this.axes.get(key);
      this.brush = null;
      this.changed();
    });
    const colors = [["front", "Pareto front"],
      ...space.parameters.map(({ name }) => [`parameter ${name}`, name]),
      ...groups[0][1]];
    this.controls.append(axis("Horizontal", "x"), axis("Vertical", "y"),
      select("Colour", colors, this.color, key => { this.color = key; this.changed(); }),
      h("label", { class: "field" }, h("input", { type: "checkbox", onchange: event => {
        this.showsRanges = event.target.checked;
        this.figure.redraw();
      } }), "Ranges of the front"),
      button("Points as CSV", "All points as CSV", () =>
        download(`${fileName(page.title)}-points.csv`, "text/csv", this.table.csv(this.all))),
      button("Selected as CSV", "Selected points as CSV", () =>
        download(`${fileName(page.title)}-selected.csv`, "text/csv", this.table.csv())));
  }

  /** Number fields that do what dragging does. */
  makeFilter() {
    const field = (name, end) => {
      const scale = this.scales[name];
      const bound = this.brush?.[name]?.[end];
      const shown = Number.isFinite(bound) ? Number((bound / scale.size).toPrecision(4)) : "";
      const label = `${this[name].title}, ${end ? "to" : "from"}`;
      return h("input", { type: "number", step: "any", value: shown, "aria-label": label,
        placeholder: end ? "to" : "from", onchange: event => {
          const typed = event.target.value;
          this.brush ??= {};
          this.brush[name] ??= [-Infinity, Infinity];
          this.brush[name][end] = typed === "" ? (end ? 1 : -1) * Infinity
            : Number(typed) * scale.size;
          this.changed(false);
        } });
    };
    const range = name => h("span", { class: "field" },
      h("span", {}, `${this[name].title}${this.scales[name].unit ? `, ${this.scales[name].unit}` : ""}`),
      field(name, 0), "–", field(name, 1));
    const same = this.x === this.y;
    this.filter.replaceChildren(range("x"), ...(same ? [] : [range("y")]),
      button("Clear selection", "Clear the selection", () => { this.brush = null; this.changed(); }));
  }

  changed(rebuildsFilter = true) {
    this.figure.redraw();
    this.update(rebuildsFilter);
  }

  // MARK: Selection

  isSelected(index) {
    const inside = (name, value) => {
      const range = this.brush?.[name];
      return !range || (value !== null && value >= range[0] && value <= range[1]);
    };
    return inside("x", this.x.at(index)) && inside("y", this.y.at(index));
  }

  selected() { return this.all.filter(index => this.isSelected(index)); }

  update(rebuildsFilter = true) {
    const selected = this.selected();
    this.table.show(selected);
    const scaleOf = axis => new Scale(this.all.map(index => axis.at(index)), axis.unit);
    this.scales = { x: scaleOf(this.x), y: scaleOf(this.y) };
    if (rebuildsFilter) this.makeFilter();
    const shown = space.hashes.length === space.total ? ""
      : ` of ${grouped(space.total)} in the store`;
    this.message.textContent = `${plural(selected.length, "point")} selected, `
      + `${plural(space.hashes.length, "point")} here${shown}, ${grouped(space.front.length)} on the `
      + `Pareto front of ${space.objectives.map(key => metrics.get(key).title).join(", ")}.`;
  }

  /** Follows the brush of the chart, and takes clicks on points. */
  listen(view) {
    let isWaiting = false;
    view.addSignalListener("brush", (_, value) => {
      const sizes = this.sizes;
      this.brush = value.x || value.y ? {
        x: value.x && value.x.map(bound => bound * sizes.x),
        y: value.y && value.y.map(bound => bound * sizes.y),
      } : null;
      if (isWaiting) return;
      isWaiting = true;
      requestAnimationFrame(() => { isWaiting = false; this.update(); });
    });
    view.addEventListener("click", (_, item) => {
      if (item?.datum?.tip !== undefined) this.toggle(item.datum.tip);
    });
  }

  toggle(index) {
    if (!togglePoint(index)) {
      this.message.textContent =
        `${mostContenders} designs are compared already: take one out of the comparison first.`;
    }
  }

  // MARK: Chart

  rows() {
    return this.all.map(index => ({
      hash: space.hashes[index], selected: this.isSelected(index), front: this.front.has(index),
      [this.x.key]: this.x.at(index), [this.y.key]: this.y.at(index),
    }));
  }

  spec() {
    const points = this.all.map(index => ({ index, x: this.x.at(index), y: this.y.at(index) }))
      .filter(({ x, y }) => x !== null && y !== null);
    const axis = name => {
      const values = points.map(point => point[name]);
      const scale = new Scale(values, this[name].unit);
      const [least, most] = values.reduce(([least, most], value) =>
        [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity]);
      const title = this[name].title + (scale.unit ? `, ${scale.unit}` : "");
      const hint = { lower: " (less is better)", higher: " (more is better)", neither: "" };
      // Zero has no place on a logarithmic axis, and needs none on the other.
      const kind = least > 0 && most / least > 30 ? { type: "log" } : { type: "linear", zero: false };
      return { size: scale.size, scale: { ...kind, nice: false, padding: 12 },
        title: title + hint[this[name].better] };
    };
    const [x, y] = [axis("x"), axis("y")];
    this.sizes = { x: x.size, y: y.size };
    const place = ({ index, x: atX, y: atY }) => {
      const [ofX, ofY] = [this.x.estimate(index), this.y.estimate(index)];
      return {
        tip: index, x: atX / x.size, y: atY / y.size,
        x_low: (ofX?.low ?? atX) / x.size, x_high: (ofX?.high ?? atX) / x.size,
        y_low: (ofY?.low ?? atY) / y.size, y_high: (ofY?.high ?? atY) / y.size,
      };
    };
    const coloring = this.coloring(points);
    const withColor = point => ({ tip: point.index, x: point.x / x.size, y: point.y / y.size,
      color: coloring.of(point.index) });
    const front = frontOf(points, this.x, this.y);
    const shown = new Set([...space.front, ...front.map(({ index }) => index)]);
    return specification("scatter", {
      height: 420, x_title: x.title, y_title: y.title, x_scale: x.scale, y_scale: y.scale,
      rows: points.filter(({ index }) => !shown.has(index)).map(withColor),
      front: points.filter(({ index }) => shown.has(index)).map(withColor),
      ranges: this.showsRanges ? front.map(place) : [],
      step: front.map((point, order) => ({ x: point.x / x.size, y: point.y / y.size, order })),
      interpolate: this.x.better === "lower" ? "step-after" : "step-before",
      size: points.length > 3000 ? 14 : points.length > 300 ? 24 : 40,
      color: coloring.encoding, front_color: coloring.front,
      pinned: contenders().filter(({ point }) => point !== null && point !== undefined)
        .map(({ point, letter, color }) => ({
          ...place({ index: point, x: this.x.at(point), y: this.y.at(point) }),
          letter, color: `var(--${color})` })),
      brush: { name: "brush", value: this.brushValue(x, y), select: { type: "interval",
        mark: { fill: "var(--accent)", fillOpacity: 0.1, stroke: "var(--accent)" } } },
    });
  }

  /** The selection in the units of the axes; what is open ends at the outermost point. */
  brushValue(x, y) {
    if (!this.brush) return undefined;
    const bounds = (name, size) => this.brush[name] && this.brush[name].map((bound, end) => {
      const values = this.all.map(index => this[name].at(index)).filter(value => value !== null);
      const outermost = values.reduce((a, b) => end ? Math.max(a, b) : Math.min(a, b));
      return (Number.isFinite(bound) ? bound : outermost) / size;
    });
    const value = { x: bounds("x", x.size), y: bounds("y", y.size) };
    return Object.fromEntries(Object.entries(value).filter(([, range]) => range));
  }

  /** How points are coloured: by the front, by a parameter, or by a metric. */
  coloring(points) {
    if (this.color === "front") {
      const domain = ["on the front", "not on the front"];
      return {
        of: index => domain[this.front.has(index) ? 0 : 1],
        encoding: { field: "color", type: "nominal", title: null,
          scale: { domain, range: ["var(--accent)", "var(--faint)"] } },
        front: { field: "color", type: "nominal" },
      };
    }
    const name = this.color.replace(/^parameter /, "");
    const parameter = this.color !== name && space.parameters.find(each => each.name === name);
    const of = parameter ? index => parameter.values[index] : index => pointMetric(name, index)?.typical;
    const values = [...new Set(points.map(({ index }) => of(index)))];
    if (parameter && values.length <= categories.length) {
      const domain = values.sort((a, b) => compare(a, b, 1));
      const range = domain.map((_, index) => `var(--${categories[index]})`);
      const encoding = { field: "color", type: "nominal", title: name, scale: { domain, range } };
      return { of, encoding, front: { field: "color", type: "nominal" } };
    }
    if (parameter && !values.every(Number.isFinite)) {
      return { of: () => "", encoding: { value: "var(--faint)" }, front: { value: "var(--accent)" } };
    }
    const unit = parameter ? "" : metricUnit(metrics.get(name));
    const scale = new Scale(values.filter(Number.isFinite), unit);
    const title = (parameter ? name : metrics.get(name).title) + (scale.unit && `, ${scale.unit}`);
    const encoding = { field: "color", type: "quantitative", title, scale: { scheme: "viridis" },
      legend: { gradientLength: 200 } };
    return { of: index => of(index) / scale.size, encoding, front: { field: "color", type: "quantitative" } };
  }

  tip(index) {
    const axis = axis => {
      const estimate = axis.estimate(index);
      return estimate ? alone(estimate) + rangeText(estimate) : String(axis.at(index));
    };
    const contender = contenderAt(index);
    return {
      title: `${contender ? `${contender.letter}, ` : ""}${contender?.name ?? shortHash(index)}`,
      lines: [[this.x.title, axis(this.x)], [this.y.title, axis(this.y)],
        ...space.parameters.map(({ name, values }) => [name, String(values[index])]),
        ["provenance", [...new Set([this.x, this.y]
          .map(axis => space.values[axis.key]?.provenance).filter(Boolean))].join(", ")]],
    };
  }

  // MARK: Table

  makeTable() {
    const known = page.metrics.filter(({ key }) => space.values[key]);
    const first = known.filter(({ key }) => space.objectives.includes(key));
    const rest = known.filter(({ key }) => !space.objectives.includes(key));
    const columns = [
      { key: "point", title: "point", text: true, help: "The hash of the design; a letter where it "
        + "is compared below. Press Enter or the button to compare it.",
        value: index => space.hashes[index], cell: index => this.pin(index),
        tip: index => this.tip(index), csv: index => ({ point: space.hashes[index] }) },
      { key: "front", title: "front", text: true, help: "Whether no other point is better in every "
        + "objective of the sweep", value: index => this.front.has(index) ? 1 : 0,
        cell: index => this.front.has(index) ? "●" : "",
        csv: index => ({ front: this.front.has(index) }) },
      ...first.map(metric => this.metricColumn(metric)),
      ...space.parameters.map(({ name, values }) => ({
        key: name, title: name, text: !values.every(Number.isFinite),
        value: index => values[index], cell: index => String(values[index]),
      })),
      ...rest.map(metric => this.metricColumn(metric)),
    ];
    return new DataTable({
      label: "Design points", columns, rows: this.all, pageSize: 25,
      rowAttributes: index => ({ class: contenderAt(index) ? "chosen" : null }),
      onActivate: index => this.toggle(index), order: { index: 1, sign: -1 },
    });
  }

  pin(index) {
    const contender = contenderAt(index);
    const label = contender ? `Take ${shortHash(index)} out of the comparison`
      : `Compare ${shortHash(index)}`;
    return [button(contender?.letter ?? "+", label, () => this.toggle(index),
      { class: "pin", tabindex: "-1", "aria-pressed": String(Boolean(contender)),
        style: contender ? `--pin: var(--${contender.color})` : null }),
      h("code", {}, shortHash(index))];
  }

  metricColumn(metric) {
    const { key, title, explanation } = metric;
    const column = space.values[key];
    const share = metric.format === "share" ? 100 : 1;
    const scale = new Scale(column.typical.map(value => share * value), metricUnit(metric),
      metricDigits(metric));
    return {
      key, title, unit: scale.unit, note: column.provenance, help: explanation,
      value: index => column.typical[index],
      cell: index => scale.significant(column.typical[index] === null ? null
        : share * column.typical[index]),
      tip: index => ({ title: `${title} of ${shortHash(index)}`, lines: origin(pointMetric(key, index)) }),
      csv: index => ({ [key]: column.typical[index], [`${key}_low`]: pointMetric(key, index)?.low / share,
        [`${key}_high`]: pointMetric(key, index)?.high / share, [`${key}_provenance`]: column.provenance }),
    };
  }
}

const options = axes => axes.map(({ key, title }) => [key, title]);
const rangeText = estimate => {
  if (!isRange(estimate)) return "";
  const scale = new Scale([estimate.typical], estimate.unit, 3);
  return ` (${scale.range(estimate.low, estimate.high)})`;
};
