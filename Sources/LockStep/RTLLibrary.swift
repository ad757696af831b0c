public import CRTLModel
import Foundation

/// A loaded shared library with the RTL of one architecture.
///
/// It stays loaded as long as it or one of its models exists.
public final class RTLLibrary: Sendable {
  /// Absolute path of the shared library.
  public let path: String
  // The table is constant, and the C side keeps no state that models share.
  nonisolated(unsafe) fileprivate let table: UnsafePointer<rtl_model_vtable>
  nonisolated(unsafe) private let handle: UnsafeMutableRawPointer

  /// Loads the library at `path` and checks that it is the expected one.
  ///
  /// - Parameters:
  ///   - path: Absolute path.
  ///   - configurationHash: The hash of the architecture that it must have been built for.
  ///   - probeWords: The 32-bit words of the probe that it must have.
  /// - Throws: ``LockStepError/libraryRefused(path:reason:)``.
  public init(path: String, configurationHash: String, probeWords: Int) throws(LockStepError) {
    guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      throw .libraryRefused(path: path, reason: "could not be loaded: \(Self.loaderError())")
    }
    guard let symbol = dlsym(handle, RTL_MODEL_SYMBOL) else {
      dlclose(handle)
      throw .libraryRefused(path: path, reason: "exports no \(RTL_MODEL_SYMBOL)")
    }
    self.path = path
    self.handle = handle
    table = UnsafePointer(symbol.assumingMemoryBound(to: rtl_model_vtable.self))
    if let reason = mismatch(configurationHash, probeWords) {
      throw .libraryRefused(path: path, reason: reason)
    }
  }

  deinit { dlclose(handle) }

  /// Whether its models show their architectural state.
  public var hasProbe: Bool { table.pointee.probe_words != 0 }

  /// What differs from the expectation. The ABI comes first: of another ABI nothing else is known.
  private func mismatch(_ configurationHash: String, _ probeWords: Int) -> String? {
    let library = table.pointee
    guard library.abi == UInt32(RTL_MODEL_ABI) else {
      return "expected ABI \(RTL_MODEL_ABI), found \(library.abi)"
    }
    let hash = String(cString: library.config_hash)
    guard hash == configurationHash else {
      return "expected configuration \(configurationHash), found \(hash)"
    }
    guard library.probe_words == UInt32(probeWords) || !hasProbe else {
      return "expected a probe of \(probeWords) words, found \(library.probe_words)"
    }
    return nil
  }

  private static func loaderError() -> String {
    dlerror().map { String(cString: $0) } ?? "no reason was given"
  }
}

/// One instance of the RTL, with a state of its own.
///
/// Not thread-safe; different models may run on different threads.
public final class RTLModel {
  /// The library that the model runs from.
  public let library: RTLLibrary
  private let model: OpaquePointer

  /// A model before its first clock edge.
  ///
  /// - Parameter mutant: The number of the mutant to be, in RTL that ``RTLMutator`` changed.
  /// - Throws: ``LockStepError/rtlStopped(message:)`` when it cannot be allocated.
  public init(_ library: RTLLibrary, mutant: Int = 0) throws(LockStepError) {
    guard let model = library.table.pointee.open(UInt32(mutant)) else {
      throw .rtlStopped(message: "no memory for a model of \(library.path)")
    }
    self.library = library
    self.model = model
  }

  deinit { library.table.pointee.close(model) }

  /// One full clock period with `inputs` applied.
  ///
  /// - Precondition: `inputs.m_axi_rdata` points to the bytes of one bus beat.
  /// - Throws: ``LockStepError/rtlStopped(message:)`` when an assertion of the RTL fires, and in
  ///   every step after that.
  public func step(_ inputs: inout rtl_model_inputs) throws(LockStepError) {
    precondition(inputs.m_axi_rdata != nil, "m_axi_rdata must point to one bus beat")
    guard library.table.pointee.step(model, &inputs) == 0 else {
      let message = library.table.pointee.error(model).map { String(cString: $0) } ?? ""
      throw .rtlStopped(message: message.trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }

  /// The output ports after the last step. The write data are valid until the next step.
  public var outputs: rtl_model_outputs {
    var outputs = rtl_model_outputs()
    library.table.pointee.outputs(model, &outputs)
    return outputs
  }

  /// Writes what was covered so far to the file `path`, in Verilator's format.
  ///
  /// - Precondition: The library was built with coverage.
  public func writeCoverage(to path: String) {
    let result = library.table.pointee.write_coverage(model, path)
    precondition(result == 0, "a library without coverage")
  }

  /// The probe after the last step, lowest bits of `probe_o` first. Valid until the next step.
  public var probe: UnsafeBufferPointer<UInt32> {
    UnsafeBufferPointer(
      start: library.table.pointee.probe(model), count: Int(library.table.pointee.probe_words))
  }
}
