import Foundation

/// What of Setun's surroundings is installed, and what the rest would be good for.
public struct ToolchainReport: Equatable, Sendable, Codable {
  /// One tool or library.
  public struct Entry: Equatable, Sendable, Codable {
    public let name: String
    /// What is lost without it.
    public let cost: String
    /// Whether `setun run` needs it.
    public let isNeeded: Bool
    /// Absolute path, or the library's file name; `nil` where nothing usable was found.
    public let path: String?
    /// What it says its version is.
    public let version: String?
    /// Why it is not usable, beyond not being there.
    public let problem: String?
    public let install: Install

    public var isUsable: Bool { path != nil && problem == nil }
  }

  public let entries: [Entry]

  /// Whether everything is there that `setun run` needs.
  public var isSufficient: Bool { entries.allSatisfy { $0.isUsable || !$0.isNeeded } }
}

extension ToolchainReport {
  /// Looks for every tool on the PATH.
  ///
  /// - Parameter environment: The variables to look at, or `nil` for those of this process.
  /// - Throws: ``LockStepError/cancelled``, or a failure to create a temporary file.
  public static func make(
    environment: [String: String]? = nil
  ) async throws(LockStepError) -> ToolchainReport {
    let search = ToolchainSearch(environment: environment ?? ProcessInfo.processInfo.environment)
    return ToolchainReport(entries: [
      try await entry(
        "Verilator", cost: "no lock-step with the RTL: setun run works only with --no-rtl",
        isNeeded: true, install: .verilator
      ) { () async throws(LockStepError) in
        let tool = try await search.verilator()
        _ = try await search.verilatorRoot(of: tool)
        return tool
      },
      try await entry(
        "C++ compiler", cost: "no lock-step with the RTL: setun run works only with --no-rtl",
        isNeeded: true, install: .compiler
      ) { () async throws(LockStepError) in try await search.compiler() },
      try await entry(
        "GMP", cost: "no exact oracle: setun cannot check its results", isNeeded: true,
        install: .gmp
      ) { () async throws(LockStepError) in gmp() },
      try await entry(
        "pkg-config", cost: "Setun cannot be built from source", install: .pkgConfig
      ) { () async throws(LockStepError) in
        try await search.tool(at: search.paths(of: "pkg-config"))
      },
      try await entry(
        "Python", cost: "no synthesis with Yosys", install: .python
      ) { () async throws(LockStepError) in
        try await search.tool(at: search.paths(of: "python3"))
      },
      try await entry(
        "pyosys", cost: "no synthesis with Yosys", install: .pyosys
      ) { () async throws(LockStepError) in try await search.pyosys() },
      try await entry(
        "GTKWave", cost: "waveforms are written but need another viewer", install: .gtkwave
      ) { () async throws(LockStepError) in
        try await search.tool(at: search.paths(of: "gtkwave"))
      },
    ])
  }

  /// The entry of one tool; a tool that is not found, or refused, is an entry too.
  private static func entry(
    _ name: String, cost: String, isNeeded: Bool = false, install: Install,
    find: () async throws(LockStepError) -> Toolchain.Tool?
  ) async throws(LockStepError) -> Entry {
    var tool: Toolchain.Tool?
    var problem: String?
    do {
      tool = try await find()
    } catch {
      switch error {
      case .toolMissing(let name, _): problem = "\(name) was not found on the PATH"
      case .toolTooOld(_, let found, let needed, _):
        problem = "too old: found \(found), needed \(needed) or later"
      default: throw error
      }
    }
    return Entry(
      name: name, cost: cost, isNeeded: isNeeded, path: tool?.path, version: tool?.version,
      problem: problem, install: install)
  }

  /// The GMP that this process has loaded, or can load.
  private static func gmp() -> Toolchain.Tool? {
    for name in ["libgmp.so.10", "libgmp.10.dylib", "libgmp.dylib"] {
      guard let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) else { continue }
      defer { dlclose(handle) }
      // `const char *const __gmp_version`.
      let version = dlsym(handle, "__gmp_version")?
        .assumingMemoryBound(to: UnsafePointer<CChar>?.self).pointee
      if let version { return Toolchain.Tool(path: name, version: String(cString: version)) }
    }
    return nil
  }
}

extension ToolchainSearch {
  /// The pyosys that the Python on the PATH imports.
  fileprivate func pyosys() async throws(LockStepError) -> Toolchain.Tool? {
    guard let python = paths(of: "python3").first else { return nil }
    let program = "import importlib.metadata as m, pyosys; print(m.version('pyosys'))"
    let output = try await output(of: python, ["-c", program])
    return output.map { version in
      Toolchain.Tool(path: python, version: version.trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }
}
