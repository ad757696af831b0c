import ArgumentParser
import Foundation
import ModelFile
import Reference
import Report
import Workload

/// `setun trace`: a run of a model, recorded for others to replay.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Record the int8 activations, scales and exact sums of a BitNet model's layers.",
    discussion: """
      Runs a prompt on the CPU reference runtime and writes one safetensors file in the golden \
      format, which 'setun compare' and Python's safetensors read: of each layer the input .x, the \
      activations .q and .act_scale, the sums .acc, the weight scale .w_scale and the output .y; \
      and input_ids and logits.
      """)

  @OptionGroup var options: ModelOptions

  @Option(help: "The text to run.")
  var prompt: String

  @Option(
    name: .shortAndLong, help: "The file to write.", completion: .file(extensions: ["safetensors"]))
  var output: String

  @Option(
    parsing: .upToNextOption,
    help: "Record only the layers whose name contains one of these: 'layers.0.' or 'q_proj'.")
  var layers: [String] = []

  func run() throws {
    try OutputFile.checkWritable(output)
    let model = try options.load()
    let names = model.linearLayers.map(\.name)
    let filter = try LayerFilter(layers, of: names)
    let tokens = try model.tokenizer.encode(prompt)
    let bytes = try model.recording(of: tokens) { filter.contains($0) }.bytes
    try OutputFile.write(bytes, to: output)
    print(
      "\(output): \(filter.chosen.count) of \(names.count) layers, \(tokens.count) tokens, "
        + "\(bytes.count) bytes")
  }
}
