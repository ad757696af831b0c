import Foundation

/// Turns the SystemVerilog of an architecture into a loaded library, through a cache.
///
/// Verilator writes C++, the compiler makes objects of it, and one link joins them with the bridge
/// and Verilator's runtime. The key of the cache covers every byte that goes in, the versions of
/// the tools, their options and the processor.
public struct RTLBuilder: Sendable {
  /// How hard the compiler works.
  public enum Optimization: String, Sendable {
    /// The least time for building and some hundred thousand cycles together: twenty times the
    /// speed of code that is not optimised, for half as much again of its compilation.
    case balanced = "-O1"
    /// The fastest model.
    case speed = "-O3"

    /// Bytes of generated code after which a unit of compilation is full: some 2 s of it.
    var unitSize: Int { self == .speed ? 1 << 20 : 1 << 22 }
  }

  /// What a build is doing.
  public enum Progress: Equatable, Sendable {
    /// Another process or task builds the same RTL.
    case waiting
    case elaborating
    case compiling(finished: Int, of: Int)
    case linking
  }

  public var toolchain: Toolchain
  public var cache: RTLCache
  public var optimization: Optimization
  /// Whether the assertions of the RTL are checked.
  public var checksAssertions = true
  /// Whether models count which lines were run and which bits toggled.
  public var countsCoverage = false
  /// How long one tool may run. A 16 × 64 array takes seconds.
  public var timeLimit: Duration

  public init(
    toolchain: Toolchain, cache: RTLCache, optimization: Optimization = .speed,
    timeLimit: Duration = .seconds(1800)
  ) {
    self.toolchain = toolchain
    self.cache = cache
    self.optimization = optimization
    self.timeLimit = timeLimit
  }

  /// The library of `source`: from the cache, or built now.
  ///
  /// - Parameter progress: Called at every step of a build, from any thread; not called when the
  ///   library is in the cache.
  /// - Throws: ``LockStepError``. Nothing half-built remains, whatever happens.
  public func library(
    for source: RTLSource, progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) async throws(LockStepError) -> RTLLibrary {
    precondition(
      source.configurationHash.allSatisfy(\.isHexDigit) && source.probeWords > 0
        && RTLSnapshot.isIdentifier(source.top),
      "\(source.top), configuration \(source.configurationHash), \(source.probeWords) probe words")
    let snapshot = try RTLSnapshot(source)
    let key = self.key(of: snapshot, source)
    let build = { (folder: String) async throws(LockStepError) in
      let build = RTLBuild(
        builder: self, source: source, snapshot: snapshot, folder: folder,
        log: "\(cache.folder)/\(key).log", progress: progress)
      try await build.run()
    }
    let path = try await cache.file(
      named: "setun_accelerator.so", key: key, waiting: { progress(.waiting) }, build: build)
    return try RTLLibrary(
      path: path, configurationHash: source.configurationHash, probeWords: source.probeWords)
  }

  /// Removes the library of `source` from the cache; libraries that are loaded stay usable.
  public func discard(_ source: RTLSource) throws(LockStepError) {
    let snapshot = try RTLSnapshot(source)
    cache.remove(key(of: snapshot, source))
  }

  private func key(of snapshot: RTLSnapshot, _ source: RTLSource) -> String {
    var digest = RTLCacheDigest()
    snapshot.combine(into: &digest)
    for field in [source.configurationHash, "\(source.probeWords) \(source.mayLackProbe)"] {
      digest.combine(field)
    }
    for field in snapshot.compilationOrder + verilatorOptions(top: source.top) {
      digest.combine(field)
    }
    combineTools(into: &digest)
    return digest.hex
  }

  /// The key of Verilator's runtime, which depends on no configuration.
  func runtimeKey(of snapshot: RTLSnapshot) -> String {
    var digest = RTLCacheDigest()
    snapshot.combine(into: &digest, prefix: "bridge/setun_runtime.")
    combineTools(into: &digest)
    return digest.hex
  }

  /// The key of the FST writer, which depends on no configuration either.
  func waveformKey(of snapshot: RTLSnapshot) -> String {
    var digest = RTLCacheDigest()
    snapshot.combine(into: &digest, prefix: "bridge/fst_writer.")
    snapshot.combine(into: &digest, prefix: "bridge/setun_fst.")
    combineTools(into: &digest)
    return digest.hex
  }

  private func combineTools(into digest: inout RTLCacheDigest) {
    let tools = [
      toolchain.verilator.version, toolchain.verilatorIncludeFolder,
      toolchain.compiler.version, toolchain.compiler.path, toolchain.processor,
    ]
    for field in tools + compilerOptions { digest.combine(field) }
  }

  /// The options of an elaboration. Assertions cost about 1% of speed. Functions of at most 500
  /// statements compile in less time, and ran 6% faster, than the unlimited ones.
  func verilatorOptions(top: String) -> [String] {
    [
      "--cc", "--no-timing", "-O3", "--x-assign", "fast", "--x-initial", "fast",
      "-fno-reloop", "--output-split-cfuncs", "500", "-Wno-fatal", "-Wno-lint", "-Wno-style",
      "--top-module", top, "--prefix", "Vsetun_accelerator",
      "-I.", "-Iinclude", "-I\(RTLSnapshot.userFolder)", "--Mdir", "../verilated",
    ] + (checksAssertions ? ["--assert"] : [])
      + (countsCoverage ? ["--coverage-line", "--coverage-toggle"] : [])
  }

  /// The options of every compilation.
  var compilerOptions: [String] {
    #if arch(arm64)
      let native = "-mcpu=native"
    #else
      let native = "-march=native"
    #endif
    // Hidden symbols keep the runtimes of two loaded libraries apart; g++ would make some of them
    // unique in the process all the same.
    let unique = toolchain.compiler.version.contains("clang") ? [] : ["-fno-gnu-unique"]
    // Generated code is not ours to warn about.
    return [
      "-std=c++17", native, "-fPIC", "-fvisibility=hidden", "-fvisibility-inlines-hidden", "-w",
      "-DVL_TIME_CONTEXT",
    ] + unique + (countsCoverage ? ["-DVM_COVERAGE=1"] : []) + [optimization.rawValue]
  }
}

extension RTLBuilder.Progress: CustomStringConvertible {
  public var description: String {
    switch self {
    case .waiting: "waiting for another build of the same RTL"
    case .elaborating: "elaborating the RTL"
    case .compiling(let finished, let total): "compiling the RTL, \(finished) of \(total)"
    case .linking: "linking the RTL"
    }
  }
}
