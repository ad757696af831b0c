import Architecture
import Foundation
import LockStep
import Machine
import TestSupport
import Testing
import Verification

/// A small share of what `make mutate` does.
@Suite("The checker, measured")
struct CheckerShareTests {
  private static let rtl = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../rtl").standardizedFileURL.path

  @Test("Lock-step catches mutants of every module that decides something")
  func mutants() async throws {
    let architecture = try Architecture.sample(named: "tiny")
    let folder = NSTemporaryDirectory() + "setun-mutants-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.copyItem(atPath: Self.rtl, toPath: folder)
    let files = try RTLSource(folder: Self.rtl, architecture).designFiles()
    let mutator = RTLMutator(Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.contents) }))
    #expect(mutator.candidates.count > 500)
    // Negated conditions and assignments outside of reset: none of them does nothing.
    let chosen = ["setun_controller.sv", "setun_loop_nest.sv", "setun_load_unit.sv"].flatMap {
      file in
      mutator.candidates.filter {
        $0.file == file && $0.mutated == "!(\($0.original))" && $0.original != "!rst_ni"
      }.prefix(6)
    }
    try #require(chosen.count >= 8)
    try Data(RTLMutator.package.utf8).write(
      to: URL(filePath: folder + "/" + RTLMutator.packageName))
    for (path, contents) in mutator.sources(with: chosen) {
      try Data(contents).write(to: URL(filePath: folder + "/" + path))
    }
    let list = ([RTLMutator.packageName] + files.map(\.path)).joined(separator: "\n")
    try Data(list.utf8).write(to: URL(filePath: folder + "/files.f"))
    let builder = RTLBuilder(
      toolchain: try await .find(),
      cache: try RTLCache(folder: RTLCache.defaultFolder() + "/tests"),
      optimization: .balanced)
    let campaign = MutationCampaign(
      architectures: [architecture], mutants: chosen, seed: 1, scenarios: 12)
    let results = try await campaign.run(builder, source: { RTLSource(folder: folder, $0) })
    for result in results {
      #expect(result.caught != nil, "\(result.mutant.file): \(result.mutant.mutated)")
    }
  }
}
