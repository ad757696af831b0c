internal import ArgumentParser
private import Foundation
private import Reference

/// Prints what the CPU reference runtime reaches, beside the limits of the machine and a peer.
@main
struct Benchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark",
    abstract: "Times of the CPU reference runtime, beside limits and peers measured in turn.")

  @Option(help: "Numbers of threads.")
  var threads: [Int] = [1, WorkerPool.shared.threadCount]

  @Option(help: "Tokens of the products.")
  var tokens: [Int] = [1, 8, 32, 128, 512]

  @Option(help: "Turns of everything; the time that one measurement in ten stays below is printed.")
  var rounds = 7

  @Option(help: "A model to run as a whole: a folder or file.")
  var model: String?

  @Option(help: "The same model for the peer: a GGUF file.")
  var peerModel: String?

  @Option(help: "The command of a peer; peers/llama_cpp_peer.py says what it must answer.")
  var peer: String?

  @Option(help: "Tokens of the prompt of a whole model.")
  var prompt = 128

  @Option(help: "Tokens that follow it, one at a time.")
  var generate = 16

  @Flag(help: "Leaves the products out.")
  var modelOnly = false

  @Option(help: "A file to write all figures to, as JSON.")
  var json: String?

  func validate() throws {
    guard threads.allSatisfy({ 1...1024 ~= $0 }), tokens.allSatisfy({ 1...4096 ~= $0 }),
      rounds > 0, prompt > 0, generate > 0
    else { throw ValidationError("expected threads, tokens and rounds above 0") }
  }

  func run() throws {
    let threads = Array(Set(threads)).sorted()
    let peer = try self.peer.map { try Peer(command: $0) }
    var report = Report(kernels: kernelName)
    if !modelOnly {
      report.limits = Limits.measure(threads: threads, rounds: rounds)
      report.printLimits()
      let benchmark = ProductBenchmark(rounds: rounds, peer: peer)
      for count in threads {
        for (rows, columns) in ProductBenchmark.shapes {
          for tokens in tokens {
            let result = try benchmark.run(
              rows: rows, columns: columns, tokens: tokens, threads: count)
            report.add(result)
          }
        }
      }
    }
    if let model {
      let benchmark = ModelBenchmark(
        path: model, peer: peer, peerPath: peerModel, prompt: prompt, generate: generate,
        rounds: max(2, rounds / 3))
      for result in try benchmark.run(threads: threads) { report.add(result) }
    }
    if let json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try encoder.encode(report).write(to: URL(fileURLWithPath: json))
    }
  }
}
