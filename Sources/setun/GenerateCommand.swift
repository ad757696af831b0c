import ArgumentParser
import Foundation
import ModelFile
import Reference

/// `setun generate`: a model continues a text.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Continue a text with a BitNet model on the CPU reference runtime.",
    discussion: """
      The continuation goes to standard output, token by token; tokens a second and the peak of \
      memory go to standard error. Equal options give equal text. Generation ends after \
      --max-tokens, after an end-of-text token, or where the model's context is full.

      Tokens that the model's tokenizer puts before every text are added; others may be spelled out \
      in the prompt, as in '<|begin_of_text|>Genesis 1'. With --chat the model's template is all that \
      surrounds the prompt, and an answer also ends with the token that the template puts behind one.
      """)

  @OptionGroup var options: ModelOptions

  @Option(help: "The text to continue.")
  var prompt: String

  @OptionGroup var chat: ChatOptions

  @Option(help: "Make at most this many tokens.")
  var maxTokens = 128

  @Option(help: "0 always takes the best token; 1 draws from the model's own distribution.")
  var temperature = 0.0

  @Option(help: "Draw only from the K best tokens.")
  var topK: Int?

  @Option(help: "Draw only from the fewest best tokens that reach this probability together.")
  var topP = 1.0

  @Option(help: "The seed of the draws.")
  var seed: UInt64 = 0

  func validate() throws {
    if prompt.isEmpty { throw ValidationError("--prompt: expected some text, found none") }
    if maxTokens < 1 {
      throw ValidationError("--max-tokens: expected 1 or more, found \(maxTokens)")
    }
    guard temperature >= 0, temperature.isFinite else {
      throw ValidationError("--temperature: expected 0 or more, found \(temperature)")
    }
    if let topK, topK < 1 { throw ValidationError("--top-k: expected 1 or more, found \(topK)") }
    guard topP > 0, topP <= 1 else {
      throw ValidationError("--top-p: expected above 0 and at most 1, found \(topP)")
    }
    if temperature == 0, topK != nil || topP < 1 {
      throw ValidationError("--top-k and --top-p act with a --temperature above 0 only")
    }
  }

  func run() throws {
    let model = try options.load()
    let tokenizer = try model.tokenizer
    let (tokens, ends) = try chat.encode(prompt, tokenizer, model: model.path)
    let sampler = Sampler(temperature: temperature, topK: topK, topP: topP, seed: seed)
    let clock = ContinuousClock()
    let start = clock.now
    var generation = try Generation(model, prompt: tokens, sampler: sampler, ends: ends)
    let prompted = clock.now
    var stream = TextStream()
    var count = 0
    while count < maxTokens, let token = try generation.next() {
      count += 1
      guard !generation.isEnd(token) else { break }
      Self.write(stream.append(tokenizer.decodeBytes([token])))
    }
    Self.write(stream.finish() + "\n")
    var statistics = [
      "prompt      \(Self.rate(tokens.count, prompted - start))",
      // The first token came out of the prompt's pass.
      "generation  \(Self.rate(count - 1, clock.now - prompted)) after the first",
      "peak memory \(peakMemoryMebibytes()) MiB",
    ]
    if model.configuration.isSynthetic {
      statistics.append("synthetic: random weights, their text means nothing")
    }
    FileHandle.standardError.write(Data((statistics.joined(separator: "\n") + "\n").utf8))
  }

  private static func write(_ text: String) {
    FileHandle.standardOutput.write(Data(text.utf8))
  }

  /// `12 tokens in 0.034 s (353 tokens/s)`
  private static func rate(_ tokens: Int, _ time: Duration) -> String {
    let seconds = time / .seconds(1)
    return String(
      format: "%d %@ in %.3f s (%.0f tokens/s)", tokens, tokens == 1 ? "token" : "tokens", seconds,
      Double(tokens) / seconds)
  }
}

/// The most memory that this process has held, in MiB.
func peakMemoryMebibytes() -> Int {
  var usage = rusage()
  // Bytes on macOS, KiB on Linux.
  #if canImport(Darwin)
    getrusage(RUSAGE_SELF, &usage)
    return usage.ru_maxrss >> 20
  #else
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss >> 10
  #endif
}
