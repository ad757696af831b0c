import Architecture
import Foundation
import Testing

@testable import Energy

@Suite struct FPGAUseTests {
  @Test("an architecture in a device: sums of its blocks, and shares of what there is")
  func shares() throws {
    let target = try #require(try FPGATarget(named: "xck26"))
    let use = try FPGAUse(try Architecture.sample(named: "default"), on: target)
    #expect(use.blocks.map(\.block) == Block.allCases)
    for resource in FPGAResource.allCases {
      let sum = use.blocks.reduce(0) { $0 + ($1.resources[resource]?.typical ?? 0) }
      #expect(abs(use.total(resource).typical - sum) <= 1e-9 * max(1, sum))
    }
    let lut = try #require(use.shares.first { $0.resource == .lut })
    #expect(lut.available == 117_120)
    #expect(lut.used.typical == use.total(.lut).typical + use.total(.lutRAM).typical)
    #expect(use.excesses.isEmpty)
  }

  @Test("the buffers of the built-in design by hand")
  func buffersByHand() throws {
    let target = try #require(try FPGATarget(named: "xilinx-ultrascale-plus"))
    #expect(target.device == nil)
    let use = try FPGAUse(try Architecture.sample(named: "default"), on: target)
    #expect(use.shares.isEmpty)
    // Weights: 16 beats of 128 bits, 64 words each: 19 times eight LUTs a bank.
    let weights = try #require(use.blocks.first { $0.block == .weightBuffer })
    #expect(weights.resources[.lutRAM]?.typical == 2432.0)
    // Activations: 4 beats of 128 bits, 512 words: four of 36 bits each.
    let activations = try #require(use.blocks.first { $0.block == .activationBuffer })
    #expect(activations.resources[.ram]?.typical == 16.0)
    #expect(activations.resources[.ram]?.high == 16.0)
  }

  @Test("what a device has too little of, or none of, is said")
  func excess() throws {
    var parameters = try Architecture.sample(named: "server").parameters
    parameters.datapath = .int8MAC
    let target = try #require(try FPGATarget(named: "lfe5u-25f"))
    let use = try FPGAUse(try Architecture(parameters: parameters), on: target)
    let excesses = use.excesses
    #expect(excesses.contains { $0.resource == .dsp && $0.available == 28 && $0.share > 1 })
    #expect(excesses.contains { $0.resource == .lut && $0.available == 24_288 })
  }

  @Test("ranges reach as far as the held-out errors of each fit")
  func ranges() throws {
    let target = try #require(try FPGATarget(named: "xck26"))
    let architecture = try Architecture.sample(named: "tiny")
    let use = try FPGAUse(architecture, on: target)
    let fit = try #require(
      target.technology.model(of: .block(.controller), in: architecture)?.fits
        .first { $0.resource == .lut })
    let lut = try #require(use.blocks.first { $0.block == .controller }?.resources[.lut])
    #expect(abs(lut.high / lut.typical - (1 + fit.error95)) < 1e-12)
    #expect(lut.provenance == .synthesised)
  }

  @Test("every device is of a family with a technology, and its figures are positive")
  func devices() throws {
    #expect(Set(FPGADevice.all.map(\.name)).count == FPGADevice.all.count)
    for device in FPGADevice.all {
      if FPGATechnology.families.contains(device.family) {
        #expect(try FPGATarget(named: device.name)?.device == device)
      }
      for resource in [FPGAResource.lut, .ff, .ram] { #expect(device.capacity[resource]! > 0) }
      #expect(!device.source.isEmpty)
    }
  }

  @Test(
    "a device has what its tool lists: Vivado in blocks of 36 Kbit, nextpnr in those of the family",
    arguments: [
      ("xck26", [117_120, 234_240, 2 * 144, 1_248]), ("xczu3", [70_560, 141_120, 2 * 216, 360]),
      ("xczu7", [230_400, 460_800, 2 * 312, 1_728]),
      ("xczu9", [274_080, 548_160, 2 * 912, 2_520]),
      ("lfe5u-25f", [24_288, 24_288, 56, 28]), ("lfe5u-45f", [43_848, 43_848, 108, 72]),
      ("lfe5u-85f", [83_640, 83_640, 208, 156]), ("ice40-hx8k", [7_680, 7_680, 32, 0]),
      ("ice40-up5k", [5_280, 5_280, 30, 8]),
    ])
  func capacities(name: String, listed: [Int]) throws {
    let device = try #require(FPGADevice(named: name))
    #expect([.lut, .ff, .ram, .dsp].map { device.capacity[$0] } == listed)
  }

  @Test("the technologies of all families come along")
  func families() {
    #expect(FPGATechnology.families == FPGAFamily.allCases)
  }

  @Test("iCE40 has no LUT RAM and multiplies in logic")
  func withoutMultipliers() throws {
    let target = try #require(try FPGATarget(named: "ice40-hx8k"))
    let use = try FPGAUse(try Architecture.sample(named: "tiny"), on: target)
    #expect(use.total(.lut).typical > 1000 && use.total(.ram).typical >= 2)
    for resource in [FPGAResource.lutRAM, .largeRAM, .dsp] {
      #expect(use.total(resource).typical == 0)
    }
  }

  @Test("a file of the user's, with a device of its family or none")
  func userFile() throws {
    let file = NSTemporaryDirectory() + "setun-fpga-\(UUID().uuidString).json"
    defer { try? FileManager.default.removeItem(atPath: file) }
    try JSONEncoder().encode(FPGATechnology(.ecp5)).write(to: URL(filePath: file))
    #expect(try FPGATarget(named: file)?.device == nil)
    #expect(try FPGATarget(named: "lfe5u-45f@" + file)?.device?.name == "lfe5u-45f")
    #expect(
      throws: EnergyError(
        "xck26@\(file): expected one of lfe5u-25f, lfe5u-45f, lfe5u-85f, found “xck26”")
    ) { try FPGATarget(named: "xck26@" + file) }
  }

  @Test("a name that is no FPGA is none; a file that is none says where")
  func refusals() throws {
    #expect(try FPGATarget(named: "cmos-7nm") == nil)
    #expect(try FPGATarget(named: "xck27") == nil)
    #expect(throws: EnergyError("mine.json: name: missing")) {
      try FPGATechnology(json: Data("{}".utf8), file: "mine.json")
    }
    var technology = try FPGATechnology(.ecp5)
    technology.models[0].part = "tree"
    let json = try JSONEncoder().encode(technology)
    let error = #expect(throws: EnergyError.self) {
      try FPGATechnology(json: json, file: "mine.json")
    }
    #expect(
      try #require(error).message.hasPrefix(
        "mine.json: models: expected a part of tree_array, weight_buffer"))
    #expect(try #require(error).message.hasSuffix("found “tree”"))
  }

  @Test("a technology without a model of the datapath says so")
  func missingModel() throws {
    var technology = try FPGATechnology(.ultraScalePlus)
    technology.models.removeAll { $0.datapath == "xor_popcount" }
    let target = FPGATarget(technology: technology)
    #expect(
      throws: EnergyError(
        "xilinx-ultrascale-plus: expected a model of tree_array with datapath xor_popcount, found "
          + "none")
    ) { try FPGAUse(try Architecture.sample(named: "tiny"), on: target) }
  }
}
