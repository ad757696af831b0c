// Designs and baselines side by side: a table of metrics, and a chart of them relative to the first.

class Comparison {
  constructor(section) {
    this.section = section;
    this.show();
    onContenders(() => this.show());
  }

  show() {
    const designs = contenders();
    const baselines = page.baselines.filter(({ absent }) => !absent);
    const known = page.metrics.filter(({ key }) =>
      designs.some(design => design.metric(key)));
    const absent = page.baselines.filter(({ absent }) => absent);
    this.section.replaceChildren(
      designs.length ? this.legend(designs, baselines) : h("p", {}, "No design is chosen: press + "
        + "beside a point of the table, or click it in the chart."),
      ...(designs.length ? [this.table(known, designs, baselines), this.chart(known, designs, baselines),
        this.parameters(designs)] : []),
      absent.length ? h("ul", { class: "quiet" }, absent.map(({ name, absent }) =>
        h("li", {}, h("b", {}, name), `: not shown. ${absent}`))) : "");
  }

  legend(designs, baselines) {
    const removable = space !== null && space !== undefined;
    return h("ul", { class: "contenders" },
      designs.map(design => h("li", { style: `--pin: var(--${design.color})` },
        h("span", { class: "letter" }, design.letter), h("span", {}, h("b", {}, design.name),
          design.design?.reason ? h("small", {}, design.design.reason) : null),
        removable && design.point !== null ? button("✕", `Take ${design.name} out of the comparison`,
          () => togglePoint(design.point)) : null)),
      baselines.map(({ name, description }) => h("li", { class: "baseline" },
        h("span", {}, h("b", {}, name), h("small", {}, description)))));
  }

  table(known, designs, baselines) {
    const columns = [
      { key: "metric", title: "metric", text: true, value: metric => metric.title,
        cell: metric => [metric.title, h("small", {}, { lower: "less is better",
          higher: "more is better", neither: "" }[metric.better])],
        tip: metric => ({ title: metric.title, lines: [["", metric.explanation]] }) },
      { key: "unit", title: "unit", text: true, value: metric => metricUnit(metric),
        cell: metric => this.scale(metric, designs, baselines).unit },
      ...[...designs, ...baselines].map(who => this.column(who, designs, baselines)),
    ];
    const table = new DataTable({ label: "Comparison", columns, rows: known });
    return h("div", {}, h("p", { class: "tools" }, button("Comparison as CSV", "Comparison as CSV", () =>
      download(`${fileName(page.title)}-comparison.csv`, "text/csv", table.csv()))), table.node);
  }

  scale(metric, designs, baselines) {
    const estimates = [...designs, ...baselines].map(who => estimateOf(who, metric.key)).filter(Boolean);
    return new Scale(estimates.map(({ typical }) => typical), metricUnit(metric),
      metricDigits(metric));
  }

  column(who, designs, baselines) {
    const first = designs[0];
    const title = who.letter ? `${who.letter} ${who.name}` : who.name;
    return {
      key: title, title, value: metric => estimateOf(who, metric.key)?.typical ?? null,
      cell: metric => {
        const estimate = estimateOf(who, metric.key);
        if (!estimate) return "–";
        const scale = this.scale(metric, designs, baselines);
        const reference = who === first ? null : estimateOf(first, metric.key);
        const ratio = reference?.typical > 0
          ? ` ${new Scale([1], "", 3).significant(estimate.typical / reference.typical)}×` : "";
        return [h("b", {}, scale.significant(estimate.typical)), h("small", {},
          isRange(estimate) ? `${scale.significant(estimate.low)}–${scale.significant(estimate.high)}`
            : "\u00A0", ratio ? h("i", {}, ratio) : null)];
      },
      tip: metric => ({ title: `${metric.title}, ${title}`, lines: origin(estimateOf(who, metric.key)) }),
      csv: metric => csvFields(who.name, estimateOf(who, metric.key)),
    };
  }

  chart(known, designs, baselines) {
    const first = designs[0];
    const everyone = [...designs, ...baselines.slice(0, 5)];
    if (everyone.length < 2) return "";
    const nameOf = who => who.letter ? `${who.letter} ${who.name}` : who.name;
    const rows = known.flatMap(metric => {
      const reference = estimateOf(first, metric.key)?.typical;
      if (!(reference > 0)) return [];
      return everyone.map(who => ({ who, estimate: estimateOf(who, metric.key) }))
        .filter(({ estimate }) => estimate?.low > 0).map(({ who, estimate }) => ({
          metric: metric.title, who: nameOf(who), order: everyone.indexOf(who), value: estimate.typical / reference,
          low: estimate.low / reference, high: estimate.high / reference,
          provenance: estimate.provenance, source: estimate.source, estimate }));
    });
    if (!rows.length) return "";
    const titles = new Set(rows.map(({ metric }) => metric));
    const baselineMark = index => ["triangle-down", "triangle-right", "triangle-left",
      "M0,-1L0.95,-0.31L0.59,0.81L-0.59,0.81L-0.95,-0.31Z", "wedge"][index];
    return figure({
      title: `Relative to ${nameOf(first)}`,
      note: "1 is the first design; lines reach as far as the sources allow.",
      rows: rows.map(({ estimate, order, ...row }) => row),
      tip: index => ({ title: `${rows[index].metric}, ${rows[index].who}`,
        lines: [["relative", `${new Scale([1], "", 3).significant(rows[index].value)}×`],
          ...origin(rows[index].estimate)] }),
      spec: () => specification("comparison", {
        height: titles.size * Math.max(22, 6.5 * everyone.length), labels: 130, columns: 3,
        grid: { condition: { test: "datum.value === 1", value: "var(--text)" }, value: "var(--line)" },
        title: "times the first design", names: everyone.map(nameOf),
        colors: everyone.map((who, index) =>
          `var(--${who.color ?? `baseline${index - designs.length + 1}`})`),
        shapes: everyone.map((who, index) => who.shape ?? baselineMark(index - designs.length)),
        rows: rows.map(({ estimate, ...row }, tip) => ({ ...row, tip })),
      }),
    });
  }

  /** Parameters in which the designs differ. */
  parameters(designs) {
    const names = [...new Set(designs.flatMap(({ parameters }) => Object.keys(parameters)))];
    const differing = names.filter(name =>
      new Set(designs.map(({ parameters }) => String(parameters[name] ?? ""))).size > 1);
    if (designs.length < 2 || !differing.length) return "";
    const columns = [
      { key: "parameter", title: "parameter", text: true, value: name => name, cell: name => h("code", {}, name) },
      ...designs.map(({ letter, name, parameters }) => ({
        key: `${letter} ${name}`, title: `${letter} ${name}`,
        value: parameter => parameters[parameter] ?? null,
        cell: parameter => String(parameters[parameter] ?? "–"),
      })),
    ];
    return h("div", {}, h("h3", {}, "Where the designs differ"),
      new DataTable({ label: "Parameters in which the designs differ", columns, rows: differing }).node);
  }
}

/** A metric of a design or of a baseline. */
const estimateOf = (who, key) => who.metric ? who.metric(key) : metricEstimate(key, who.metrics[key]);
