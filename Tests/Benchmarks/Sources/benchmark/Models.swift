private import Foundation
private import ModelFile
internal import Reference

/// Times of a whole model.
struct ModelResult: Encodable {
  let runtime: String
  let threads: Int
  let loadSeconds: Double
  let promptTokens: Int
  let prefillTokensPerSecond: Double
  let generatedTokens: Int
  let decodeTokensPerSecond: Double
  let residentBytes: Int
  let fileBytes: Int

  private enum CodingKeys: String, CodingKey {
    case runtime, threads
    case loadSeconds = "load_seconds"
    case promptTokens = "prompt_tokens"
    case prefillTokensPerSecond = "prefill_tokens_per_second"
    case generatedTokens = "generated_tokens"
    case decodeTokensPerSecond = "decode_tokens_per_second"
    case residentBytes = "resident_bytes"
    case fileBytes = "file_bytes"
  }
}

/// Runs a model as Setun does and, where there is a peer and a file for it, as that does.
struct ModelBenchmark {
  let path: String
  let peer: Peer?
  let peerPath: String?
  let prompt: Int
  let generate: Int
  let rounds: Int

  func run(threads: [Int], head: HeadPrecision) throws -> [ModelResult] {
    var model: BitNetModel?
    let load = try seconds { model = try BitNetModel(path: path, head: head) }
    guard let model else { return [] }
    var results: [ModelResult] = []
    for count in threads {
      let running = model.running(on: WorkerPool(threads: count))
      let vocabulary = model.configuration.vocabularySize
      let tokens = (0..<prompt).map { $0 * 7919 % min(1000, vocabulary - 1) }
      var prefill = Timing()
      var decode = Timing()
      for _ in 0..<rounds {
        var session = Session(running)
        prefill.add([try seconds { _ = try session.forward(tokens, scored: .last) }])
        decode.add(
          try (0..<generate).map { token in
            try seconds { _ = try session.forward([token + 1], scored: .last) }
          })
      }
      results.append(
        ModelResult(
          runtime: "setun, \(head) head", threads: count, loadSeconds: load, promptTokens: prompt,
          prefillTokensPerSecond: Double(prompt) / prefill.best, generatedTokens: generate,
          decodeTokensPerSecond: 1 / decode.median,
          residentBytes: Self.residentBytes(), fileBytes: Self.fileBytes(path)))
    }
    return results
  }

  func runPeer(threads: [Int]) throws -> [ModelResult] {
    guard let peer, let peerPath else { return [] }
    return try threads.map { count in
      let request = Peer.ModelRequest(
        path: peerPath, threads: count, prompt: prompt, generate: generate)
      let answers = try (0..<rounds).map { _ in try peer.run(request) }
      let prefill = answers.map(\.prefill).min() ?? .nan
      var decode = Timing()
      for answer in answers { decode.add(answer.decode) }
      return ModelResult(
        runtime: "llama.cpp", threads: count, loadSeconds: answers.map(\.load).min() ?? .nan,
        promptTokens: prompt, prefillTokensPerSecond: Double(prompt) / prefill,
        generatedTokens: generate, decodeTokensPerSecond: 1 / decode.median,
        residentBytes: answers.map(\.resident).max() ?? 0, fileBytes: Self.fileBytes(peerPath))
    }
  }

  /// Memory of this process that is in use now; 0 where the system does not say so.
  private static func residentBytes() -> Int {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else {
      return 0
    }
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return line?.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1024 } ?? 0
  }

  /// Bytes of a model's weights: of the file, or of all weight files of a folder.
  private static func fileBytes(_ path: String) -> Int {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return 0 }
    let names = try? FileManager.default.contentsOfDirectory(atPath: path)
    let files = names?.filter { $0.hasSuffix(".safetensors") }.map { path + "/" + $0 } ?? [path]
    return files.reduce(0) { sum, file in
      sum + ((try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) ?? 0)
    }
  }
}
