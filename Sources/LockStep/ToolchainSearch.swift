import Foundation

/// Looks for programs on the PATH, without a shell, and asks them for their versions.
struct ToolchainSearch: Sendable {
  let environment: [String: String]

  /// A tool that needs longer than this to print its version is as good as missing.
  private static let timeLimit = Duration.seconds(20)

  /// Paths of the executable files called `name`, in the order of the PATH. A name with a slash
  /// stands for itself.
  func paths(of name: String) -> [String] {
    if name.contains("/") { return Self.isExecutableFile(name) ? [name] : [] }
    // An empty part of the PATH means the working folder to a shell; here it means nothing.
    let folders = (environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/\(name)" }.filter { $0.hasPrefix("/") && Self.isExecutableFile($0) }
  }

  private static func isExecutableFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
  }

  /// What a program printed, or `nil` when it did not start or did not succeed.
  func output(of path: String, _ arguments: [String]) async throws(LockStepError) -> String? {
    var template = Array((NSTemporaryDirectory() + "/setun-XXXXXX").utf8CString)
    let descriptor = mkstemp(&template)
    let log = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    guard descriptor >= 0 else { throw .posix("create a temporary file", log) }
    close(descriptor)
    defer { unlink(log) }
    let runner = ProcessRunner(
      executable: path, arguments: arguments, environment: environment, folder: "/", log: log,
      timeLimit: Self.timeLimit)
    do {
      guard try await runner.run() == .status(0) else { return nil }
    } catch .cancelled {
      throw .cancelled
    } catch {
      return nil
    }
    return try String(decoding: Files.read(log), as: UTF8.self)
  }

  /// The first of `paths` that tells its version.
  func tool(at paths: [String], _ versionArguments: [String] = ["--version"])
    async throws(LockStepError) -> Toolchain.Tool?
  {
    for path in paths {
      if let output = try await output(of: path, versionArguments),
        let line = output.split(whereSeparator: \.isNewline).first
      {
        return Toolchain.Tool(path: path, version: String(line))
      }
    }
    return nil
  }
}

extension ToolchainSearch {
  func verilator() async throws(LockStepError) -> Toolchain.Tool {
    guard let tool = try await tool(at: paths(of: "verilator")) else {
      throw .toolMissing(name: "Verilator", install: .verilator)
    }
    // "Verilator 5.006 2023-01-22 rev …"
    let major = tool.version.split(separator: " ").dropFirst().first?.split(separator: ".").first
    guard let major, let number = Int(major), number >= Toolchain.oldestVerilator else {
      throw .toolTooOld(
        name: "Verilator", found: tool.version, needed: "\(Toolchain.oldestVerilator).0",
        install: .verilator)
    }
    return tool
  }

  func verilatorRoot(of verilator: Toolchain.Tool) async throws(LockStepError) -> String {
    let arguments = ["--getenv", "VERILATOR_ROOT"]
    let root = try await output(of: verilator.path, arguments)?
      .trimmingCharacters(in: .whitespacesAndNewlines)
    guard let root, access(root + "/include/verilated.cpp", R_OK) == 0 else {
      throw .toolMissing(
        name: "The runtime of \(verilator.path) (include/verilated.cpp)", install: .verilator)
    }
    return root
  }

  func compiler() async throws(LockStepError) -> Toolchain.Tool {
    if let name = environment["CXX"], !name.isEmpty {
      guard let tool = try await tool(at: paths(of: name)) else {
        throw .toolMissing(name: "The C++ compiler $CXX, \(name),", install: .compiler)
      }
      return tool
    }
    let besideSwift = paths(of: "swift").map {
      URL(fileURLWithPath: $0).resolvingSymlinksInPath().deletingLastPathComponent().path
        + "/clang++"
    }
    for path in besideSwift.flatMap(paths) + paths(of: "clang++") + paths(of: "g++") {
      if try await hasStandardLibrary(path), let tool = try await tool(at: [path]) { return tool }
    }
    throw .toolMissing(name: "A C++ compiler with a C++ standard library", install: .compiler)
  }

  /// Whether a compiler finds a C++ standard library to link; the headers come with that file.
  private func hasStandardLibrary(_ compiler: String) async throws(LockStepError) -> Bool {
    #if os(macOS)
      return true
    #else
      for library in ["libstdc++.so", "libc++.so"] {
        let path = try await output(of: compiler, ["-print-file-name=\(library)"])
        if path?.hasPrefix("/") == true { return true }
      }
      return false
    #endif
  }

  /// A text that differs between processors with different instructions.
  static func processor() -> String {
    #if os(macOS)
      var size = 0
      guard sysctlbyname("machdep.cpu.brand_string", nil, &size, nil, 0) == 0 else { return "" }
      var name = [CChar](repeating: 0, count: size)
      sysctlbyname("machdep.cpu.brand_string", &name, &size, nil, 0)
      return name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    #else
      let text =
        (try? Files.read("/proc/cpuinfo")).map { String(decoding: $0, as: UTF8.self) } ?? ""
      let wanted = ["model name", "flags", "CPU implementer", "CPU part", "Features"]
      // The lines of the first processor; a blank line separates it from the next.
      return text.split(separator: "\n", omittingEmptySubsequences: false)
        .prefix { !$0.isEmpty }
        .filter { line in wanted.contains { line.hasPrefix($0) } }
        .joined(separator: "\n")
    #endif
  }
}
