// The data of the page, numbers as text, and where a number comes from.
const page = JSON.parse(document.getElementById("report").textContent);
const metrics = new Map(page.metrics.map(metric => [metric.key, metric]));

// Names become strings in the expressions of charts, which do not take line ends of any kind.
const plain = text => text.replace(/[\p{Cc}\u2028\u2029]/gu, " ");
for (const named of [...page.designs, ...page.baselines,
  ...page.designs.flatMap(({ phases }) => phases.flatMap(phase => [phase, ...phase.layers]))]) {
  named.name = plain(named.name);
}
for (const parameter of page.sweep?.parameters ?? []) {
  parameter.values = parameter.values.map(value => typeof value === "string" ? plain(value) : value);
}

const prefixes = [[1e15, "P"], [1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""],
  [1e-3, "m"], [1e-6, "µ"], [1e-9, "n"], [1e-12, "p"], [1e-15, "f"], [1e-18, "a"]];

/** Units that begin with a symbol of the SI, or of what is counted in thousands, take its prefixes. */
const takesPrefix = unit => /^(s|J|W|B|Hz|MAC|cycles)([/·]|$)/.test(unit);

/** One unit for several values, and how many digits they are written with. */
class Scale {
  /** The largest of `values` decides the prefix; `digits` are those of the largest value. */
  constructor(values, unit, digits = 4) {
    const largest = values.reduce((most, value) =>
      Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most, 0);
    // What rounds up to the next prefix counts as reaching it.
    const reached = ([size]) => largest / size >= 0.99995;
    const [size, prefix] = unit === "µm²" ? (reached([1e6]) ? [1e6, ""] : [1, ""])
      : takesPrefix(unit) && largest > 0 ? prefixes.find(reached) ?? prefixes.at(-1) : [1, ""];
    this.size = size;
    this.unit = unit === "µm²" && size > 1 ? "mm²" : prefix + unit;
    this.digits = digits;
    this.decimals = this.decimalsOf(largest / size);
  }

  decimalsOf(scaled) {
    const before = scaled >= 0.99995 ? Math.floor(Math.log10(scaled * 1.00005)) + 1 : 1;
    return Math.max(0, this.digits - before);
  }

  /** With the decimals of the column; what would round to zero as a bound: `<0.01`. */
  text(value) {
    if (value === null || value === undefined || !Number.isFinite(value)) return "–";
    const scaled = value / this.size;
    const smallest = 10 ** -this.decimals;
    if (scaled > 0 && scaled < smallest / 2) return `<${decimal(smallest, this.decimals)}`;
    return decimal(scaled, value === 0 ? 0 : this.decimals);
  }

  /** With the digits of the column, however small the value is beside the others. */
  significant(value) {
    if (value === null || value === undefined || !Number.isFinite(value)) return "–";
    const scaled = value / this.size;
    if (scaled === 0) return "0";
    const magnitude = Math.floor(Math.log10(Math.abs(scaled) * 1.00005));
    return decimal(scaled, Math.min(8, Math.max(0, this.digits - 1 - magnitude)));
  }

  withUnit(value) {
    const space = this.unit === "" || this.unit === "×" || this.unit === "%" ? "" : " ";
    return this.significant(value) + space + this.unit;
  }

  range(low, high) {
    const [from, to] = [this.significant(low), this.significant(high)];
    return from === to ? from : `${from}–${to}`;
  }
}

const formats = [];

/** `value` with exactly so many decimals, thousands grouped. */
function decimal(value, decimals) {
  formats[decimals] ??= new Intl.NumberFormat("en",
    { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return formats[decimals].format(value).replace("-", "−");
}

const grouped = count => count.toLocaleString("en");
const isRange = estimate => estimate.low !== estimate.high;
const words = name => name.replaceAll("_", " ");
const plural = (count, noun) => `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;

/** `layers.0.self_attn.q_proj` as `0 q_proj`; other names unchanged. */
const shortName = name =>
  name.replace(/^.*?layers\.(\d+)\.(?:.*\.)?(\w+?)(?:\.weight)?$/, "$1 $2");

/** One estimate alone, in a unit of its own: `3.21 µJ`. */
function alone(estimate) {
  if (!estimate) return "–";
  const digits = isRange(estimate) ? 3 : 4;
  return new Scale([estimate.typical], estimate.unit, digits).withUnit(estimate.typical);
}

/** Value, range, provenance and source, as the lines of a tooltip. */
function origin(estimate) {
  if (!estimate) return [["", "not known"]];
  const scale = new Scale([estimate.typical], estimate.unit, isRange(estimate) ? 3 : 5);
  const lines = [["value", scale.withUnit(estimate.typical)]];
  if (isRange(estimate)) {
    lines.push(["range", `${scale.range(estimate.low, estimate.high)} ${scale.unit}`]);
  }
  lines.push(["provenance", estimate.provenance]);
  if (estimate.source) lines.push(["source", estimate.source]);
  return lines;
}

/** An estimate on one line, for text that is read aloud or exported. */
const oneLine = estimate => origin(estimate).map(([, text]) => text).join(", ");

/** A value of a metric as an estimate; shares become percentages. */
function metricEstimate(key, value) {
  if (!value) return null;
  const { unit, format } = metrics.get(key);
  if (format !== "share") return { ...value, unit };
  return { ...value, unit: "%", low: 100 * value.low, typical: 100 * value.typical,
    high: 100 * value.high };
}

/** Digits that its values are written with; counts are whole. */
const metricDigits = metric => metric.format === "count" ? 0 : 3;

const metricUnit = metric => metric.format === "share" ? "%" : metric.unit;

/** Comma-separated values (RFC 4180) of objects with the same keys. */
function csv(rows) {
  if (!rows.length) return "";
  const columns = Object.keys(rows[0]);
  const field = value => {
    const text = String(value ?? "");
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows.map(row => columns.map(key => row[key]))]
    .map(line => line.map(field).join(",") + "\n").join("");
}

/** The fields of an estimate in a CSV file: `time_low`, `time_typical`, … */
function csvFields(name, estimate) {
  return Object.fromEntries(["low", "typical", "high", "unit", "provenance", "source"]
    .map(key => [`${name}_${key}`, estimate?.[key] ?? ""]));
}

/** From the strongest to the weakest. */
const provenances = ["measured", "counted", "synthesised", "modelled", "scaled", "literature", "assumed"];

/** Colours of kinds, told apart by the colour-blind too. */
const categories = ["array", "weights", "accumulators", "output", "control", "activations", "memory",
  "leakage"];
