import CRTLModel
import Foundation
import LockStep

/// The variables of this process with `folders` put before its PATH.
func processEnvironment(pathPrefix folders: String...) -> [String: String] {
  var environment = ProcessInfo.processInfo.environment
  environment["PATH"] = (folders + [environment["PATH"] ?? ""]).joined(separator: ":")
  return environment
}

/// A `verilator` that notes what it is asked for and then does it.
final class SpyingVerilator: Sendable {
  private let root: TemporaryFolder
  let environment: [String: String]

  /// - Parameter prelude: Shell lines that run before an elaboration.
  init(prelude: String = "") async throws {
    let real = try await Toolchain.find().verilator.path
    root = try TemporaryFolder()
    try root.write(
      "verilator",
      """
      #!/bin/sh
      if [ "$1" = --cc ]; then
        echo x >> '\(root.path)/log'
        \(prelude)
      fi
      exec '\(real)' "$@"

      """, executable: true)
    environment = processEnvironment(pathPrefix: root.path)
  }

  /// How often it elaborated.
  var elaborations: Int { root.read("log").split(separator: "\n").count }
}

/// Values that several threads append to.
final class Recorder<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var recorded: [Value] = []

  func append(_ value: Value) { lock.withLock { recorded.append(value) } }
  var values: [Value] { lock.withLock { recorded } }
}

/// A model with the memory that its inputs point to.
struct FixtureRun {
  let model: RTLModel

  init(_ library: RTLLibrary) throws { model = try RTLModel(library) }

  /// One cycle; `beat` is read data, `write` the data of a CSR write.
  func step(reset: Bool = false, beat: [UInt8]? = nil, write: UInt32? = nil) throws {
    try (beat ?? [UInt8](repeating: 0, count: 128)).withUnsafeBufferPointer { bytes in
      var inputs = rtl_model_inputs()
      inputs.rst_ni = reset ? 0 : 1
      inputs.m_axi_rdata = bytes.baseAddress
      inputs.m_axi_rvalid = beat == nil ? 0 : 1
      inputs.s_axil_wvalid = write == nil ? 0 : 1
      inputs.s_axil_wdata = write ?? 0
      try model.step(&inputs)
    }
  }
}
