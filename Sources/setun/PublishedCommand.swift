import Architecture
import ArgumentParser
import Energy
import Foundation
import Published
import Report

/// `setun published`: figures of papers, worked out again, beside Setun's own of the same work.
struct PublishedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "published",
    abstract: "Work out published figures of ternary models again, beside Setun's own.",
    discussion: """
      Each row is a figure of a paper, the same from its parameters, and what Setun counts for the \
      same work on an architecture: computation, SRAM, external memory and leakage, with the events \
      of the closed form. Below the table stand the formulas and the reasons of each difference.
      """)

  @OptionGroup var architecture: ArchitectureOption

  @OptionGroup var sources: EnergyOptions

  @Flag(help: "Print JSON, with all sources.")
  var json = false

  @Flag(help: "Print comma-separated values.")
  var csv = false

  func validate() throws {
    if json && csv { throw ValidationError("expected --json or --csv, found both") }
  }

  func run() throws {
    let model = try sources.model(of: architecture.load(), named: architecture.architecture)
    let rows = try PublishedRows(Accounting(model)).rows
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      let document = Document(
        architecture: model.architecture.parameters.name, technology: model.technology.name,
        rows: rows)
      print(String(decoding: try encoder.encode(document), as: UTF8.self))
    } else if csv {
      print(Self.values(of: rows).csv, terminator: "")
    } else {
      let terminal = Terminal()
      print(
        "published figures, and Setun's own on \(model.architecture.parameters.name) "
          + "in \(model.technology.name)\n")
      print(
        Self.listing(of: rows).text(width: terminal.width, color: terminal.hasColor),
        terminator: "")
    }
  }

  private struct Document: Encodable {
    let architecture: String
    let technology: String
    let rows: [PublishedRow]
  }

  /// For a terminal: rounded as published, with numbered notes.
  private static func listing(of rows: [PublishedRow]) -> Listing {
    var listing = Listing([
      .init("", isNumber: true), .init("figure", isNumber: false), .init("unit", isNumber: false),
      .init("published"), .init("arithmetic"), .init("differs", unit: "%"), .init("Setun"),
      .init("low–high"),
    ])
    for (index, row) in rows.enumerated() {
      func text(_ value: Double) -> String { Self.text(value, decimals: row.decimals) }
      let own = row.own
      listing.add([
        "\(index + 1)", row.title, row.unit, text(row.published),
        row.computed.map { Self.text($0, decimals: row.decimals == 0 ? 0 : row.decimals + 1) }
          ?? "–",
        row.isExact ? "–" : row.difference.map { Self.signed(100 * $0) } ?? "–",
        text(own.typical),
        own.low == own.high ? "–" : "\(text(own.low))–\(text(own.high))",
      ])
      listing.note(
        "\(index + 1) ",
        ([row.source + (row.formula.map { ": \($0)." } ?? ".")] + row.reasons)
          .joined(separator: " "))
    }
    return listing
  }

  /// For programs: full precision, units in their column.
  private static func values(of rows: [PublishedRow]) -> Listing {
    var listing = Listing(
      [
        "name", "unit", "published", "computed", "is_exact", "own_low", "own_typical", "own_high",
        "own_provenance", "own_source", "source",
      ].map { .init($0) })
    for row in rows {
      listing.add([
        row.name, row.unit, "\(row.published)", row.computed.map { "\($0)" } ?? "",
        "\(row.isExact)",
        "\(row.own.low)", "\(row.own.typical)", "\(row.own.high)", row.own.provenance.rawValue,
        row.own.source, row.source,
      ])
    }
    return listing
  }

  private static func text(_ value: Double, decimals: Int) -> String {
    value.formatted(
      .number.precision(.fractionLength(decimals)).locale(Locale(identifier: "en_US"))
        .grouping(.automatic))
  }

  private static func signed(_ percent: Double) -> String {
    (percent < 0 ? "−" : "+") + text(percent.magnitude, decimals: 1)
  }
}
