import Foundation

/// The folders that travel with the command: the SystemVerilog and the built-in model.
enum BundledFiles {
  /// The folder with `files.f`, `include/` and `bridge/`.
  ///
  /// - Throws: ``CommandError`` when the installation lacks it.
  static var rtlFolder: String { get throws { try folder("rtl") } }

  /// The folder with `config.json` and `model.safetensors` of the built-in model.
  ///
  /// - Throws: ``CommandError`` when the installation lacks it.
  static var modelFolder: String { get throws { try folder("kjv-bitnet-3m") } }

  private static func folder(_ name: String) throws -> String {
    let path = Bundle.module.bundleURL.appending(path: name).path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
    else {
      throw CommandError(
        "\(path): expected a folder that is installed beside the command, found nothing; "
          + "install or build setun again")
    }
    return path
  }
}
