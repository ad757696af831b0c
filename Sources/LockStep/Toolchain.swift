import Foundation

/// The tools that turn SystemVerilog into a shared library, in the versions that were found.
public struct Toolchain: Equatable, Sendable {
  /// A program that answered when it was asked for its version.
  public struct Tool: Equatable, Sendable {
    /// Absolute path.
    public let path: String
    /// The first line of what `--version` printed.
    public let version: String
  }

  public let verilator: Tool
  /// A C++ compiler that has a C++ standard library.
  public let compiler: Tool
  /// Verilator's folder of runtime sources.
  let verilatorIncludeFolder: String
  /// What `-march=native` stands for: libraries are not shared between unlike processors.
  let processor: String
  /// The variables that every tool gets.
  let environment: [String: String]

  /// The oldest Verilator whose runtime the bridge is written for.
  static let oldestVerilator = 5

  /// Finds Verilator and a C++ compiler on the PATH.
  ///
  /// The compiler is `$CXX` where that is set; otherwise the clang++ beside `swift`, another
  /// clang++, or g++, the first that has a C++ standard library: clang builds this code in half
  /// the time of g++, and its code runs a third faster.
  ///
  /// - Parameter environment: The variables to look at, or `nil` for those of this process.
  /// - Throws: ``LockStepError/toolMissing(name:install:)`` and
  ///   ``LockStepError/toolTooOld(name:found:needed:install:)``.
  public static func find(
    environment: [String: String]? = nil
  ) async throws(LockStepError) -> Toolchain {
    let search = ToolchainSearch(
      environment: environment ?? ProcessInfo.processInfo.environment)
    let verilator = try await search.verilator()
    let compiler = try await search.compiler()
    let root = try await search.verilatorRoot(of: verilator)
    return Toolchain(
      verilator: verilator, compiler: compiler, verilatorIncludeFolder: root + "/include",
      processor: ToolchainSearch.processor(), environment: search.environment)
  }
}
