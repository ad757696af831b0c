import ArgumentParser
import BuiltInModel
import Foundation
import ModelFile
import Workload

/// `setun inspect`: what is in a model file.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "List the tensors of a model, with the distribution of its ternary weights.",
    discussion: """
      For each matrix of ternary weights: the shares of −1, 0 and +1, rows (outputs) whose weights \
      are all zero, the scale or the range of several, and the entropy in bits per weight. Shapes are \
      as stored: packed weights have a quarter of their rows.
      """)

  @Argument(
    help: "A model directory, a .safetensors or a .gguf file. Default: the built-in model.",
    completion: .file())
  var path: String?

  @OptionGroup var activation: ActivationOption

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let inspection = try ModelInspection(
      path: path ?? BuiltInModel.directory, activation: activation.activation)
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      print(String(decoding: try encoder.encode(inspection), as: UTF8.self))
    } else {
      print(Self.text(inspection))
    }
  }

  private static func text(_ inspection: ModelInspection) -> String {
    var rows = [
      ["tensor", "type", "shape", "bytes", "−1", "0", "+1", "zero rows", "scale", "bits/weight"]
    ]
    for tensor in inspection.tensors {
      let shape = tensor.shape.map(String.init).joined(separator: "×")
      rows.append(
        [tensor.name, tensor.type, shape, "\(tensor.bytes)"] + cells(tensor.ternary))
    }
    let bytes = inspection.tensors.reduce(0) { $0 + $1.bytes }
    rows.append(
      ["\(inspection.tensors.count) tensors", "", "", "\(bytes)"] + cells(inspection.ternary))
    let label = inspection.isSynthetic ? ["synthetic: random weights, nothing was trained"] : []
    let lines = label + summary(inspection) + table(rows)
    return (lines + totals(inspection)).joined(separator: "\n")
  }

  private static func cells(_ ternary: TernaryStatistics?) -> [String] {
    guard let ternary else { return [] }
    let shares = [ternary.minusOnes, ternary.zeros, ternary.plusOnes].map { count in
      String(format: "%.2f%%", 100 * Double(count) / Double(ternary.weights))
    }
    return shares + [
      "\(ternary.zeroRows) of \(ternary.rows)", ternary.scales.map(text) ?? "",
      String(format: "%.4f", ternary.entropyBits),
    ]
  }

  /// `1.5`, or `1.25–2.5 (512)` for several.
  private static func text(_ scales: TernaryStatistics.Scales) -> String {
    scales.count == 1
      ? "\(scales.smallest)" : "\(scales.smallest)–\(scales.largest) (\(scales.count))"
  }

  private static func summary(_ inspection: ModelInspection) -> [String] {
    guard let configuration = inspection.configuration else { return [] }
    let assumed = inspection.isActivationAssumed ? " (assumed, see --activation)" : ""
    let norms = configuration.hasSubNorms ? "with sub-norms" : "without sub-norms"
    return [
      "ternary decoder: \(configuration.layerCount) layers, hidden \(configuration.hiddenSize), "
        + "intermediate \(configuration.intermediateSize), \(configuration.headCount) heads of "
        + "\(configuration.headSize), \(configuration.keyValueHeadCount) key-value heads",
      "blocks \(norms), activation \(configuration.activation.rawValue)\(assumed), "
        + "\(configuration.hasTiedHead ? "tied" : "separate") head, weights as "
        + "\(configuration.weightStorage.rawValue), inputs of layers "
        + (configuration.activationQuantization == .int8 ? "int8" : "not quantised"),
      "vocabulary \(configuration.vocabularySize), context \(configuration.contextLength), rotary "
        + "base \(configuration.rotaryBase), epsilon \(configuration.normEpsilon)",
      "",
    ]
  }

  private static func totals(_ inspection: ModelInspection) -> [String] {
    guard let ternary = inspection.ternary else { return [] }
    let matrices = inspection.tensors.count { $0.ternary != nil }
    return ["", "\(ternary.weights) ternary weights in \(matrices) matrices"]
  }

  /// Columns that are as wide as their widest cell, names to the left and numbers to the right.
  private static func table(_ rows: [[String]]) -> [String] {
    let columns = rows[0].count
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column < 3 ? cell + space : space + cell
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
