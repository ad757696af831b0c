private import Foundation

/// Another runtime that runs the same shapes, in a process of its own: a line of JSON for every
/// request, and a line of JSON for every answer.
final class Peer {
  private let process = Process()
  private let requests = Pipe()
  private let answers = Pipe()
  private var buffer = Data()

  /// Starts `command` through the shell.
  init(command: String) throws {
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "exec \(command)"]
    process.standardInput = requests
    process.standardOutput = answers
    try process.run()
  }

  deinit {
    try? requests.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  struct ProductRequest: Encodable {
    let kind = "product"
    let type: String
    let rows: Int
    let columns: Int
    let tokens: Int
    let threads: Int
    let matrices: Int
  }

  struct ModelRequest: Encodable {
    let kind = "model"
    let path: String
    let threads: Int
    let prompt: Int
    let generate: Int
  }

  struct ModelAnswer: Decodable {
    let load: Double
    let prefill: Double
    /// Of each token.
    let decode: [Double]
    let resident: Int
  }

  /// Seconds of each matrix.
  func seconds(_ request: ProductRequest) throws -> [Double] {
    struct Answer: Decodable { let seconds: [Double] }
    return try ask(request, as: Answer.self).seconds
  }

  func run(_ request: ModelRequest) throws -> ModelAnswer { try ask(request, as: ModelAnswer.self) }

  private func ask<Answer: Decodable>(
    _ request: some Encodable, as type: Answer.Type
  ) throws -> Answer {
    try requests.fileHandleForWriting.write(contentsOf: JSONEncoder().encode(request) + [0x0A])
    while !buffer.contains(0x0A) {
      let more = answers.fileHandleForReading.availableData
      guard !more.isEmpty else {
        throw BenchmarkError("peer: expected an answer, found the end of its output")
      }
      buffer += more
    }
    let line = buffer.prefix { $0 != 0x0A }
    buffer = Data(buffer.dropFirst(line.count + 1))
    if let failure = try? JSONDecoder().decode(Failure.self, from: line) {
      throw BenchmarkError("peer: \(failure.error)")
    }
    return try JSONDecoder().decode(type, from: line)
  }
}

/// What a peer answers when it cannot do what was asked.
private struct Failure: Decodable { let error: String }

/// What went wrong, for the person who started the benchmark.
struct BenchmarkError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
