import ArgumentParser
import Foundation
import Reference

/// `setun compare`: is this runtime's arithmetic that of another implementation?
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare a model with a recorded run of another implementation, tensor by tensor.",
    discussion: """
      Teacher-forced, every BitLinear receives the recorded input: its int8 activations and int32 \
      sums must be equal. Free-running, only the tokens are given: logits must agree to 2e-6, or \
      the int8 activations that rounded to the other side are named and lie on a tie.

      Exit status: 0 when the runs agree, 1 when they differ or a file cannot be used.
      """)

  @Argument(
    help: "A model: a directory, or a .safetensors or .gguf file.", completion: .file())
  var model: String

  @Argument(
    help: "A recorded run in the golden format.", completion: .file(extensions: ["safetensors"]))
  var golden: String

  @OptionGroup var activation: ActivationOption

  @Flag(help: "Print the comparison of every tensor as JSON.")
  var json = false

  func run() throws {
    let comparison = try GoldenComparison(
      model: BitNetModel(path: model, activation: activation.activation), golden: golden)
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
      try Terminal.write(String(decoding: try encoder.encode(comparison), as: UTF8.self))
    } else {
      try Terminal.write(Self.summary(comparison))
    }
    guard comparison.passes else { throw ExitCode.failure }
  }

  /// A line for each half, and one for everything that differs.
  static func summary(_ comparison: GoldenComparison) -> String {
    let forced = comparison.teacherForced
    let free = comparison.freeRunning
    let failed = forced.filter { !$0.passes }
    var lines = [
      "\(verdict(failed.isEmpty)) teacher-forced: \(forced.count - failed.count) of "
        + "\(forced.count) tensors agree, \(comparison.tokens) tokens"
    ]
    lines += failed.map(line)
    lines.append(
      "\(verdict(free.passes)) free-running: logits within \(scientific(free.logits.relativeError)) "
        + "(tolerance \(scientific(free.logits.tolerance ?? .infinity)))")
    lines += free.flips.map(line)
    if !free.passes {
      lines += [free.logits, free.cleanLogits].compactMap { $0 }.filter { !$0.passes }.map(line)
      lines += free.inputs.filter { $0.relativeError > GoldenComparison.floatTolerance }.prefix(1)
        .map { "  first input apart:" + line($0) }
    }
    return lines.joined(separator: "\n")
  }

  private static func verdict(_ passes: Bool) -> String { passes ? "equal  " : "DIFFERS" }

  private static func line(_ tensor: TensorComparison) -> String {
    var line = "  \(tensor.name): \(tensor.differing) of \(tensor.count) values differ"
    line += ", relative error \(scientific(tensor.relativeError))"
    if let first = tensor.first {
      line += "; first at row \(first.row), column \(first.column): "
      line += "expected \(first.expected), found \(first.found)"
    }
    return line
  }

  private static func line(_ flip: FreeRunning.Flip) -> String {
    let nature =
      flip.tieDistance < GoldenComparison.tieDistance ? "a rounding tie" : "NOT a rounding tie"
    return "  \(flip.layer).q row \(flip.row), column \(flip.column): expected \(flip.expected), "
      + "found \(flip.found); \(scientific(flip.tieDistance)) from \(nature)"
  }

  private static func scientific(_ value: Double) -> String { String(format: "%.1e", value) }
}
