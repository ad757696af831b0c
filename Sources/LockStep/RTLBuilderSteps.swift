import Foundation

/// One build in a temporary folder: `rtl/` copied, `verilated/` generated, `units/` compiled.
struct RTLBuild: Sendable {
  let builder: RTLBuilder
  let source: RTLSource
  let snapshot: RTLSnapshot
  /// The temporary folder; the library appears in it.
  let folder: String
  /// Where the output of a tool that fails is kept.
  let log: String
  let progress: @Sendable (RTLBuilder.Progress) -> Void

  /// Writes `setun_accelerator.so` into the folder.
  func run() async throws(LockStepError) {
    try snapshot.write(to: folder + "/rtl")
    progress(.elaborating)
    async let runtime = runtimeObject()
    async let elaboration = elaborate()
    let units = try await elaboration.get()
    let ports = try RTLPorts(header: Files.read(folder + "/verilated/Vsetun_accelerator.h"))
    try ports.check(against: source)
    let objects = try await compile(units, probeWords: ports.hasProbe ? source.probeWords : 0)
    let runtimeObject = try await runtime.get()
    progress(.linking)
    try await link(objects + [runtimeObject])
  }

  /// Runs Verilator and divides what it wrote into units.
  private func elaborate() async -> Result<[String], LockStepError> {
    do throws(LockStepError) {
      try await runTool(
        "Verilator", builder.toolchain.verilator,
        builder.verilatorOptions(top: source.top) + snapshot.compilationOrder, in: folder + "/rtl")
      return .success(
        try RTLBuildUnits.divide(
          folder + "/verilated", bridge: "setun_bridge.cpp", into: folder + "/units",
          size: builder.optimization.unitSize))
    } catch {
      return .failure(error)
    }
  }

  /// The object file of Verilator's runtime, which all configurations share.
  private func runtimeObject() async -> Result<String, LockStepError> {
    let name = "setun_runtime.o"
    do throws(LockStepError) {
      let path = try await builder.cache.file(
        named: name, key: builder.runtimeKey(of: snapshot)
      ) { temporary throws(LockStepError) in
        let source = "rtl/bridge/setun_runtime.cpp"
        try await compile(source, probeWords: 0, to: temporary + "/" + name)
      }
      return .success(path)
    } catch {
      return .failure(error)
    }
  }

  /// Compiles the units, as many at a time as there are processors.
  private func compile(
    _ units: [String], probeWords: Int
  ) async throws(LockStepError) -> [String] {
    let objects = units.indices.map { "units/\($0).o" }
    var failure: LockStepError?
    progress(.compiling(finished: 0, of: units.count))
    await withTaskGroup(of: LockStepError?.self) { group in
      var waiting = zip(units, objects).makeIterator()
      func startNext() {
        guard let (unit, object) = waiting.next() else { return }
        group.addTask {
          do throws(LockStepError) {
            try await compile(unit, probeWords: probeWords, to: object)
            return nil
          } catch {
            return error
          }
        }
      }
      for _ in 0..<ProcessInfo.processInfo.activeProcessorCount { startNext() }
      var finished = 0
      while let result = await group.next() {
        if let result {
          // What is cancelled because of the first failure says nothing about its reason.
          failure = failure ?? result
          group.cancelAll()
        } else if failure == nil {
          finished += 1
          progress(.compiling(finished: finished, of: units.count))
          startNext()
        }
      }
    }
    if let failure { throw failure }
    return objects
  }

  private func compile(
    _ unit: String, probeWords: Int, to object: String
  ) async throws(LockStepError) {
    let include = builder.toolchain.verilatorIncludeFolder
    let definitions = [
      "-DSETUN_CONFIG_HASH=\"\(source.configurationHash)\"",
      "-DSETUN_PROBE_WORDS=\(probeWords)",
    ]
    let folders = ["-Iverilated", "-Irtl/bridge", "-I\(include)", "-I\(include)/vltstd"]
    try await runTool(
      "The C++ compiler", builder.toolchain.compiler,
      builder.compilerOptions + definitions + folders + ["-c", unit, "-o", object],
      in: folder)
  }

  private func link(_ objects: [String]) async throws(LockStepError) {
    #if os(macOS)
      let complete: [String] = []
    #else
      // A missing symbol is an error now, not when the library is loaded.
      let complete = ["-Wl,-z,defs"]
    #endif
    try await runTool(
      "The linker", builder.toolchain.compiler,
      ["-shared", "-pthread"] + complete + objects + ["-o", "setun_accelerator.so"], in: folder)
  }
}

extension RTLBuild {
  /// Compiles Verilator's FST writer into the shared library `name` in the folder.
  func buildWaveformWriter(to name: String) async throws(LockStepError) {
    try snapshot.write(to: folder + "/rtl")
    try await runTool(
      "The C++ compiler", builder.toolchain.compiler,
      builder.compilerOptions + [
        "-shared", "-pthread", "-Irtl/bridge", "-I\(builder.toolchain.verilatorIncludeFolder)",
        "rtl/bridge/setun_fst.cpp", "-lz", "-o", name,
      ], in: folder)
  }

  /// Runs a tool, keeping its output where it fails.
  private func runTool(
    _ name: String, _ tool: Toolchain.Tool, _ arguments: [String], in workingFolder: String
  ) async throws(LockStepError) {
    let output = "\(folder)/\(UUID().uuidString).log"
    // Temporary files of a killed tool go with the folder; its messages are looked through in
    // English.
    let environment = builder.toolchain.environment.merging(
      ["TMPDIR": folder, "LC_ALL": "C"], uniquingKeysWith: { $1 })
    let exit = try await ProcessRunner(
      executable: tool.path, arguments: arguments, environment: environment,
      folder: workingFolder, log: output, timeLimit: builder.timeLimit
    ).run()
    let reason: String
    switch exit {
    case .status(0): return
    case .status(let status): reason = "failed with status \(status)"
    case .signal(let signal): reason = "was ended by signal \(signal)"
    case .timedOut: reason = "was stopped after \(builder.timeLimit.components.seconds) s"
    }
    throw .toolFailed(
      name: "\(name) (\(tool.path))", reason: reason, output: keep(output, of: tool, arguments),
      log: log)
  }

  /// Keeps the command line and its output in the log, and returns its first error lines.
  private func keep(_ output: String, of tool: Toolchain.Tool, _ arguments: [String]) -> [String] {
    let text = (try? Files.read(output)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let command = ([tool.path] + arguments).joined(separator: " ")
    // The tool's failure matters more than a log that cannot be written, on a full disk for one.
    try? Files.write(Array("\(command)\n\(text)".utf8), to: log)
    let lines = text.split(whereSeparator: \.isNewline).map(String.init)
    let errors = lines.filter { $0.lowercased().contains("error") }
    return Array((errors.isEmpty ? lines.suffix(5) : errors.prefix(5)[...]))
  }
}
