public import Energy

/// What an architecture takes of an FPGA, ready to be laid out.
public struct FPGAReport: Sendable {
  /// The name that the architecture file uses: `xck26`.
  public var name: String
  /// The device, if one was named, and its family.
  public var title: String
  /// Every block that takes something.
  public var rows: [Row]
  /// The whole accelerator.
  public var total: [FPGAResource: Estimate<Pieces>]
  /// What the device has; empty where only a family was named. LUTs of memory are LUTs.
  public var capacity: [FPGAResource: Int]
  /// The columns, in order, with what the family calls them.
  public var columns: [Column]

  /// One block.
  public struct Row: Sendable {
    public var block: Block
    public var resources: [FPGAResource: Estimate<Pieces>]
  }

  /// One resource.
  public struct Column: Sendable {
    public var resource: FPGAResource
    public var title: String
  }

  public init(_ use: FPGAUse) {
    let (technology, device) = (use.target.technology, use.target.device)
    name = use.target.name
    title = [device?.title, technology.family.title].compactMap { $0 }.joined(separator: ", ")
    rows = use.blocks.map { Row(block: $0.block, resources: $0.resources) }
    capacity = device?.capacity ?? [:]
    total = [:]
    columns = []
    for resource in FPGAResource.allCases {
      let sum = use.total(resource)
      if sum.typical > 0 { total[resource] = sum }
      if sum.typical > 0 || capacity[resource, default: 0] > 0 {
        columns.append(Column(resource: resource, title: resource.title(in: technology.family)))
      }
    }
  }

  /// Of a resource what counts towards the capacity: of LUTs also those that are memory.
  func used(_ resource: FPGAResource) -> Estimate<Pieces>? {
    resource == .lut ? [total[.lut], total[.lutRAM]].compactMap { $0 }.sum : total[resource]
  }

  /// The share of the device, or `nil` where it has none of the resource or none was named.
  public func share(_ resource: FPGAResource) -> Double? {
    guard let available = capacity[resource], available > 0 else { return nil }
    return (used(resource)?.typical ?? 0) / Double(available)
  }

  /// What the device has too little of, a sentence for all; `nil` when all fits or no device is named.
  public var warning: String? {
    let excesses = columns.compactMap { column -> String? in
      guard let available = capacity[column.resource], let used = used(column.resource),
        used.typical.rounded() > Double(available)
      else { return nil }
      let share = share(column.resource).map { ", \(Self.percent($0))" } ?? ""
      return
        "\(column.title) \(Self.number(used.typical)) of \(Self.number(Double(available)))\(share)"
    }
    return excesses.isEmpty
      ? nil : "does not fit \(title): " + excesses.joined(separator: "; ")
  }

  /// What the figures are, and are not, a sentence each.
  public static let notes = [
    "LUTs, flip-flops, carries and multipliers are fits to synthesis with Yosys, and their ranges the "
      + "held-out errors; memories follow by rule from words and bits. Before placement.",
    "Energy in an FPGA does not follow from synthesis: none is stated.",
  ]
}

// MARK: - Text

extension FPGAReport {
  /// A table of the blocks, one of the whole, and what does not fit; lines without an end.
  func lines(color: Bool) -> [String] {
    var lines =
      [Style.bold.applied(to: "resources in \(title)", color: color), ""]
      + blockTable.lines(color: color) + [""] + totalTable.lines(color: color)
    if let warning { lines += ["", Style.bad.applied(to: warning, color: color)] }
    return lines
  }

  /// As ``lines(color:)`` with the notes, each line ending in a newline.
  public func text(width: Int = 100, color: Bool = false) -> String {
    let notes = Self.notes.flatMap { RunReport.item("- ", $0, width: width) }
    return (lines(color: color) + [""] + notes).map { $0 + "\n" }.joined()
  }

  private var blockTable: Table {
    var table = Table(
      columns: [.init(header: "block", alignment: .left)]
        + columns.map { .init(header: $0.title, alignment: .right) })
    func cells(_ resources: [FPGAResource: Estimate<Pieces>]) -> [String] {
      columns.map { resources[$0.resource].map { Self.number($0.typical) } ?? "–" }
    }
    table.rows = rows.map { row in
      ([row.block.rawValue.replacing("_", with: " ")] + cells(row.resources))
        .map { Table.Cell($0) }
    }
    table.total = (["total"] + cells(total)).map { Table.Cell($0, .bold) }
    return table
  }

  private var totalTable: Table {
    var table = Table(
      columns: [.init(header: "resource", alignment: .left)]
        + ["used", "low–high", "available", "share"].map { .init(header: $0, alignment: .right) }
        + [.init(header: "provenance", alignment: .left)])
    for column in columns {
      // Of LUTs the device has one number.
      guard column.resource != .lutRAM else { continue }
      let used = used(column.resource)
      let isWhole = column.resource == .lut && total[.lutRAM] != nil
      var cells = [isWhole ? "LUT, RAM included" : column.title]
      cells.append(used.map { Self.number($0.typical) } ?? "0")
      cells.append(used.map(Self.range) ?? "–")
      cells.append(capacity[column.resource].map { Self.number(Double($0)) } ?? "–")
      cells.append(share(column.resource).map(Self.percent) ?? "–")
      cells.append(used?.provenance.rawValue ?? "–")
      table.rows.append(cells.map { Table.Cell($0) })
    }
    return table
  }

  private static func number(_ value: Double) -> String {
    Scale.grouped(UInt64(max(0, value).rounded()))
  }

  private static func range(_ used: Estimate<Pieces>) -> String {
    used.isRange ? "\(number(used.low))–\(number(used.high))" : "–"
  }

  private static func percent(_ share: Double) -> String {
    Scale(fitting: [100], unit: "%").text(100 * share) + "%"
  }
}

// MARK: - Data

extension FPGAReport {
  /// `name`, `title`, `resources` by name with `title`, `used`, `available`, `share` and the `blocks`, and
  /// `warning`.
  ///
  /// `used` of `lut` is that of logic; `available` and `share` count LUTs of memory as well.
  var jsonValue: JSONValue {
    .object([
      ("name", .string(name)), ("title", .string(title)),
      (
        "resources",
        .object(
          columns.map { column in
            let resource = column.resource
            let blocks = rows.compactMap { row in
              row.resources[resource].map { (row.block.rawValue, JSONValue.estimate($0)) }
            }
            return (
              resource.rawValue,
              .object([
                ("title", .string(column.title)), ("used", .estimate(total[resource])),
                ("available", capacity[resource].map(JSONValue.integer) ?? .null),
                ("share", share(resource).map(JSONValue.number) ?? .null),
                ("blocks", .object(blocks)),
              ])
            )
          })
      ),
      ("warning", warning.map(JSONValue.string) ?? .null),
    ])
  }

  init(_ reader: JSONReader) throws(ReportError) {
    name = try reader["name"].string
    title = try reader["title"].string
    (rows, total, capacity, columns) = ([], [:], [:], [])
    var blocks: [Block: [FPGAResource: Estimate<Pieces>]] = [:]
    for (key, member) in try reader["resources"].members {
      guard let resource = FPGAResource(rawValue: key) else {
        throw member.mismatch("a resource of an FPGA")
      }
      columns.append(Column(resource: resource, title: try member["title"].string))
      total[resource] = try member.optionalEstimate("used")
      capacity[resource] = try member.member("available")?.size
      let uses = try member["blocks"]
      for block in Block.allCases {
        blocks[block, default: [:]][resource] = try uses.optionalEstimate(block.rawValue)
      }
    }
    rows = Block.allCases.map { Row(block: $0, resources: blocks[$0] ?? [:]) }
  }

  /// The document of `setun energy --json`.
  public func json(architecture: String) -> String {
    JSONValue.object([
      ("architecture", .string(architecture)), ("fpga", jsonValue),
      ("notes", .array(Self.notes.map(JSONValue.string))),
    ]).text + "\n"
  }

  /// A line for each block and resource, with a header.
  public var csv: String {
    var listing = Listing(
      ["block", "resource", "low", "typical", "high", "provenance", "source"].map { .init($0) })
    for row in rows {
      for column in columns {
        guard let used = row.resources[column.resource] else { continue }
        listing.add([
          row.block.rawValue, column.resource.rawValue, "\(used.low)", "\(used.typical)",
          "\(used.high)", used.provenance.rawValue, used.source,
        ])
      }
    }
    return listing.csv
  }
}
