// Tables that sort, turn pages, are walked with the arrow keys, and download what they show.

/**
 * A table of `rows`. A column has `key`, `title`, and optionally `unit`, `note` (below the unit),
 * `help`, `text` (left-aligned), `value(row)` (sorted by), `cell(row)` (text or node), `tip(row)`,
 * `csv(row)` (fields of a download).
 */
class DataTable {
  constructor({ label, columns, rows, pageSize = Infinity, total, rowAttributes, onActivate,
    order }) {
    Object.assign(this, { label, columns, pageSize, onActivate });
    this.rowAttributes = rowAttributes ?? (() => ({}));
    this.order = order ?? null;
    this.page = 0;
    this.body = h("tbody");
    this.headCells = columns.map((column, index) => this.head(column, index));
    this.table = h("table", { "aria-label": label, onkeydown: event => this.move(event) },
      h("thead", {}, h("tr", {}, this.headCells)), this.body,
      total ? h("tfoot", {}, h("tr", {}, columns.map(column => this.cell(column, total, "td"))))
        : null);
    this.status = h("span", { role: "status" });
    this.pager = h("div", { class: "pager" }, this.status,
      this.turn("«", "First page", () => 0), this.turn("‹", "Previous page", page => page - 1),
      this.turn("›", "Next page", page => page + 1), this.turn("»", "Last page", () => Infinity));
    this.node = h("div", { class: "table" }, scrollBox(label, this.table), this.pager);
    this.show(rows);
    // One cell is a stop of the tab key; the arrow keys reach the others.
    this.headCells[0].querySelector("button").tabIndex = 0;
  }

  /** Shows other rows, in the present order. */
  show(rows) {
    this.rows = rows;
    this.page = 0;
    this.sort();
  }

  sort() {
    const { order } = this;
    this.headCells.forEach((head, index) => order && order.index === index
      ? head.setAttribute("aria-sort", order.sign < 0 ? "descending" : "ascending")
      : head.removeAttribute("aria-sort"));
    this.sorted = this.rows;
    if (order) {
      const { value } = this.columns[order.index];
      const keyed = this.rows.map(row => [value(row), row]);
      keyed.sort(([a], [b]) => compare(a, b, order.sign));
      this.sorted = keyed.map(([, row]) => row);
    }
    this.draw();
  }

  draw() {
    const pages = Math.max(1, Math.ceil(this.sorted.length / this.pageSize));
    this.page = Math.max(0, Math.min(pages - 1, this.page));
    const first = pages > 1 ? this.page * this.pageSize : 0;
    const shown = this.sorted.slice(first, first + this.pageSize);
    const hadFocus = this.body.contains(document.activeElement);
    const focus = hadFocus ? this.position(document.activeElement) : null;
    this.body.replaceChildren(...shown.map(row => h("tr", this.rowAttributes(row),
      this.columns.map((column, index) => this.cell(column, row, index === 0 ? "th" : "td")))));
    shown.forEach((row, index) => { this.body.rows[index].item = row; });
    this.pager.hidden = pages === 1;
    this.status.textContent = this.sorted.length === 0 ? "no rows"
      : `${grouped(first + 1)}–${grouped(first + shown.length)} of ${grouped(this.sorted.length)}`;
    if (focus) this.focus(Math.min(focus.row, this.table.rows.length - 1), focus.column);
  }

  turn(text, label, page) {
    return button(text, label, () => {
      this.page = page(this.page);
      this.draw();
    });
  }

  head(column, index) {
    const sort = button(column.title, `${column.title}${column.unit ? `, ${column.unit}` : ""}: sort`,
      () => this.sortBy(index), { tabindex: "-1" });
    const tip = column.help ? { title: column.title, lines: [["", column.help]] } : null;
    return h("th", { scope: "col", class: column.text ? "text" : null, tip }, sort,
      this.columns.some(({ unit }) => unit) ? h("small", {}, column.unit || "\u00A0") : null,
      column.note ? h("small", {}, column.note) : null);
  }

  sortBy(index) {
    const sign = this.order?.index === index ? this.order.sign : 0;
    // The largest first, then the smallest, then as it was.
    this.order = sign === 0 ? { index, sign: -1 } : sign < 0 ? { index, sign: 1 } : null;
    this.page = 0;
    this.sort();
  }

  cell(column, row, tag) {
    const tip = column.tip && (() => column.tip(row));
    return h(tag, { class: column.text ? "text" : null, scope: tag === "th" ? "row" : null,
      tabindex: "-1", tip }, column.cell(row));
  }

  // MARK: Keyboard

  position(node) {
    const cell = node.closest("td, th");
    return { row: cell.parentElement.rowIndex, column: cell.cellIndex };
  }

  focus(row, column) {
    const cell = this.table.rows[row]?.cells[column];
    if (!cell) return;
    const target = row === 0 ? cell.querySelector("button") : cell;
    const old = this.table.querySelector("[tabindex='0']");
    if (old) old.tabIndex = -1;
    target.tabIndex = 0;
    target.focus();
  }

  move(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!event.target.closest("td, th")) return;
    const { row, column } = this.position(event.target);
    const last = this.columns.length - 1;
    const steps = {
      ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1], Home: [row, 0], End: [row, last],
    };
    if (steps[event.key]) {
      const [toRow, toColumn] = steps[event.key];
      this.focus(Math.max(0, Math.min(this.table.rows.length - 1, toRow)),
        Math.max(0, Math.min(last, toColumn)));
    } else if ((event.key === "PageUp" || event.key === "PageDown") && !this.pager.hidden) {
      this.page += event.key === "PageDown" ? 1 : -1;
      this.draw();
    } else if ((event.key === "Enter" || event.key === " ") && this.onActivate
      && event.target.matches("tbody td, tbody th")) {
      this.onActivate(event.target.parentElement.item);
    } else {
      return;
    }
    event.preventDefault();
  }

  /** Those rows, or all that the table has on its pages, in their order. */
  csv(rows = this.sorted) {
    return csv(rows.map(row => Object.assign({}, ...this.columns.map(column =>
      column.csv ? column.csv(row) : { [column.key]: column.value(row) }))));
  }
}

/** Numbers by value and texts by their words; what is not known comes last, either way. */
function compare(a, b, sign) {
  const [noA, noB] = [a === null || a === undefined, b === null || b === undefined];
  if (noA || noB) return noA - noB;
  if (typeof a === "number" && typeof b === "number") return sign * (a - b);
  return sign * String(a).localeCompare(String(b), "en", { numeric: true });
}
