import Architecture
import Foundation
import LockStep
import Ternary
import TestSupport
import Testing
import Verification
import Workload

/// The library of `architecture`, from the cache that all tests share.
func library(of architecture: Architecture) async throws -> RTLLibrary {
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../rtl").standardizedFileURL.path
  let builder = RTLBuilder(
    toolchain: try await .find(),
    cache: try RTLCache(folder: RTLCache.defaultFolder() + "/tests"), optimization: .balanced)
  return try await builder.library(for: RTLSource(folder: folder, architecture))
}

@Suite("Whole layers in RTL")
struct LayerVerifierTests {
  /// A layer with drawn weights and its exact sums.
  private func layer(_ shape: MatmulShape) throws -> LayerCase {
    let matmul = try MatmulCase(shape, on: smallArchitecture { $0.lanes = 33 }, seed: 3)
    return LayerCase(
      layer: LinearLayer(
        name: "layers.0.mlp.up_proj", weights: matmul.weights, scale: .multiply(0.5)),
      activations: matmul.activations, tokens: shape.m, sums: matmul.expected)
  }

  @Test(
    "Sums and counters agree, of decoding and of several tokens, in all comparisons",
    arguments: [1, 3], Verifier.Comparison.allCases)
  func agree(tokens: Int, comparison: Verifier.Comparison) async throws {
    let architecture = try Architecture.sample(named: "tiny")
    let verifier = LayerVerifier(
      architecture, try await library(of: architecture), comparison: comparison)
    let outcome = verifier.run(try layer(MatmulShape(m: tokens, n: 17, k: 65)))
    #expect(outcome.failure == nil)
    #expect(outcome.sums == 17 * tokens && outcome.exactSums == 17 * tokens)
    #expect(outcome.cycles > 0)
    switch comparison {
    case .outputs: #expect(outcome.counters == 0)
    case .counters: #expect(0 < outcome.counters && outcome.counters < 27)
    case .cycles, .state: #expect(outcome.counters == 27)
    }
  }

  @Test("A sum that is not the reference runtime's is named with its place and both values")
  func difference() async throws {
    let architecture = try Architecture.sample(named: "tiny")
    let verifier = LayerVerifier(
      architecture, try await library(of: architecture), comparison: .cycles)
    var layer = try layer(MatmulShape(m: 2, n: 7, k: 31))
    let sum = layer.sums[9]
    layer.sums[9] += 1
    let failure = verifier.run(layer).failure
    #expect(
      failure?.description
        == "output 2 of token 1: expected \(sum + 1) as the reference runtime has it, found \(sum)")
  }

  @Test("A layer that the accelerator cannot hold is a failure that says why")
  func tooLarge() async throws {
    let architecture = try Architecture.sample(named: "tiny")
    let verifier = LayerVerifier(
      architecture, try await library(of: architecture), comparison: .cycles)
    let k = architecture.maxK + 1
    let layer = LayerCase(
      layer: LinearLayer(
        name: "wide", weights: .init(rows: 1, columns: k, trits: Array(repeating: 1, count: k)),
        scale: .multiply(1)),
      activations: Array(repeating: 1, count: k), tokens: 1, sums: [Int32(k)])
    #expect(verifier.run(layer).failure?.description.contains("\(k)") == true)
  }
}
