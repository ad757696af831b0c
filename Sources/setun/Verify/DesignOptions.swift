public import ArgumentParser
import Foundation
import LockStep
import RTLSources
public import Verification

/// Which RTL is verified, and what of it is compared.
struct DesignOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      """
      SystemVerilog files of your own, or a folder with them. A file that is named like a bundled \
      one takes its place. A folder with a list 'files.f' replaces the bundled RTL as a whole.
      """, valueName: "file|folder"),
    completion: .file(extensions: ["sv", "v"]))
  var rtl: [String] = []

  @Option(help: ArgumentHelp("The top module.", valueName: "module"))
  var top = "setun_accelerator"

  @Option(
    help: ArgumentHelp(
      """
      What has to be equal: \(Verifier.Comparison.list); each includes those before it. Default: \
      state, or outputs for a top module without probe_o.
      """, valueName: "what"))
  var compare: Verifier.Comparison?

  @Option(
    help: ArgumentHelp(
      "Cycles without a handshake that mean deadlock. Default: 500 more than the memory takes.",
      valueName: "cycles"))
  var patience: UInt64?

  @Option(
    help: "The folder where built RTL is kept. Default: in the user's cache folder.",
    completion: .directory)
  var cache: String?

  func validate() throws {
    let isName = top.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil
    guard isName else { throw ValidationError("--top: expected a module's name, found '\(top)'") }
    if patience == 0 { throw ValidationError("--patience: expected 1 or more, found 0") }
  }

  /// The options as arguments, to repeat a run.
  var arguments: [String] {
    (rtl.isEmpty ? [] : ["--rtl"] + rtl) + (top == "setun_accelerator" ? [] : ["--top", top])
      + (compare.map { ["--compare", $0.rawValue] } ?? [])
      + (patience.map { ["--patience", "\($0)"] } ?? []) + (cache.map { ["--cache", $0] } ?? [])
  }

  /// The folder of the RTL and the files that add to it.
  ///
  /// - Throws: ``Failure`` when there is nothing usable at a path.
  func sources() throws -> (folder: String, files: [String]) {
    var folder = RTLSources.folder
    var files: [String] = []
    for path in rtl {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw Failure("--rtl: expected SystemVerilog files or a folder, found nothing at \(path)")
      }
      guard isFolder.boolValue else {
        files.append(path)
        continue
      }
      if FileManager.default.fileExists(atPath: path + "/files.f") {
        folder = path
        continue
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: path)
        .filter { $0.hasSuffix(".sv") || $0.hasSuffix(".v") }
      guard !names.isEmpty else {
        throw Failure("--rtl: expected *.sv, *.v or a list 'files.f' in \(path), found none")
      }
      files += names.sorted().map { path + "/" + $0 }
    }
    return (folder, files)
  }
}

extension Verifier.Comparison: ExpressibleByArgument {}
