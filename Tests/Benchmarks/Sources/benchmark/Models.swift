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

/// Runs a model as Setun does and, in turn, where there is a peer and a file for it, as that does.
struct ModelBenchmark {
  let path: String
  let peer: Peer?
  let peerPath: String?
  let prompt: Int
  let generate: Int
  let rounds: Int

  func run(threads: [Int]) throws -> [ModelResult] {
    var loaded: BitNetModel?
    let load = try seconds { loaded = try BitNetModel(path: path) }
    guard let model = loaded else { return [] }
    let resident = Self.residentBytes()
    let quantized = model.scoring(with: .int8)
    let added = Self.residentBytes() - resident
    return try threads.flatMap { count in
      let pool = WorkerPool(threads: count)
      var stored = Run(name: "setun", load: load, resident: resident)
      var int8 = Run(name: "setun, int8 head", load: load, resident: resident + added)
      var other = Run(name: "llama.cpp", load: .infinity, resident: 0)
      for _ in 0..<rounds {
        try measure(model.running(on: pool), threads: count, &stored)
        try measure(quantized.running(on: pool), threads: count, &int8)
        if let peer, let peerPath {
          let answer = try peer.run(
            Peer.ModelRequest(path: peerPath, threads: count, prompt: prompt, generate: generate))
          other.load = min(other.load, answer.load)
          other.resident = max(other.resident, answer.resident)
          other.prefill.add([answer.prefill])
          other.decode.add(answer.decode)
        }
      }
      var results = [stored, int8].map { result($0, threads: count, file: path) }
      if peer != nil, let peerPath {
        results.append(result(other, threads: count, file: peerPath))
      }
      return results
    }
  }

  /// What is measured of one runtime.
  private struct Run {
    let name: String
    var load: Double
    var resident: Int
    var prefill = Timing()
    var decode = Timing()
  }

  private func measure(_ model: BitNetModel, threads: Int, _ run: inout Run) throws {
    let vocabulary = model.configuration.vocabularySize
    let tokens = (0..<prompt).map { $0 * 7919 % min(1000, vocabulary - 1) }
    var session = Session(model)
    run.prefill.add([
      try seconds(threads: threads) { _ = try session.forward(tokens, scored: .last) }
    ])
    run.decode.add(
      try (0..<generate).map { token in
        try seconds(threads: threads) { _ = try session.forward([token + 1], scored: .last) }
      })
  }

  private func result(_ run: Run, threads: Int, file: String) -> ModelResult {
    ModelResult(
      runtime: run.name, threads: threads, loadSeconds: run.load, promptTokens: prompt,
      prefillTokensPerSecond: Double(prompt) / run.prefill.best, generatedTokens: generate,
      decodeTokensPerSecond: 1 / run.decode.best, residentBytes: run.resident,
      fileBytes: Self.fileBytes(file))
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
