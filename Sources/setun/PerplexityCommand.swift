import ArgumentParser
import Foundation
import ModelFile
import Reference

/// `setun perplexity`: how well a model predicts a text.
struct PerplexityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "perplexity",
    abstract: "Measure how well a BitNet model predicts a text, on the CPU reference runtime.",
    discussion: """
      The text is cut into windows that do not overlap; each runs on its own, and after every token \
      of it the next one is scored. Tokens that do not fill a last window are left out, unless they \
      are all there is.

      Special tokens may be spelled out in the text: '<|begin_of_text|>'.
      """)

  @OptionGroup var options: ModelOptions

  @OptionGroup(title: "Arithmetic") var arithmetic: NumericsOptions

  @Option(help: "A text file in UTF-8.", completion: .file())
  var text: String

  @Option(help: "Tokens of a window. Default: the model's context.")
  var window: Int?

  @Option(help: "Score only so many tokens of the text, its first. Default: all.")
  var tokens: Int?

  func validate() throws {
    if let tokens, tokens < 2 {
      throw ValidationError("--tokens: expected 2 or more, found \(tokens)")
    }
  }

  func run() throws {
    let numerics = arithmetic.numerics
    let model = try options.load().computing(with: numerics)
    let context = model.configuration.contextLength
    if let window, !(1...context).contains(window) {
      throw Failure("--window: expected 1 to \(context), the model's context, found \(window)")
    }
    let progress = Progress()
    var percent = -1
    let start = ContinuousClock.now
    let all = try model.tokenizer.encode(try Self.readText(text))
    let tokens = Array(all.prefix(tokens ?? all.count))
    let result = try model.perplexity(of: tokens, window: window) { scored, value in
      // Few steps, because each is a line of its own where nobody watches a terminal.
      guard scored * 20 / tokens.count * 5 > percent else { return }
      percent = scored * 20 / tokens.count * 5
      progress.update(
        String(format: "%d%% of %d tokens, perplexity %.3f", percent, tokens.count, value))
    }
    progress.finish()
    if numerics != .published { print("arithmetic     \(numerics)") }
    print(Self.text(result, elapsed: ContinuousClock.now - start))
    if model.configuration.isSynthetic {
      print("synthetic      random weights, nothing was trained")
    }
  }

  /// The text in the file at `path`.
  static func readText(_ path: String) throws -> String {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw Failure("\(path): cannot be read (\(error.localizedDescription))")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw Failure("\(path): expected a text in UTF-8, found other bytes")
    }
    return text
  }

  private static func text(_ result: Perplexity, elapsed: Duration) -> String {
    let seconds = elapsed / .seconds(1)
    var lines = [
      String(format: "perplexity     %.3f", result.value),
      "tokens scored  \(result.scored) of \(result.tokens), in windows of \(result.window)",
      String(
        format: "time           %.1f s, %.0f tokens/s", seconds, Double(result.scored) / seconds),
    ]
    if let bits = result.bitsPerByte {
      lines.insert(String(format: "bits per byte  %.4f", bits), at: 1)
    }
    return lines.joined(separator: "\n")
  }
}
