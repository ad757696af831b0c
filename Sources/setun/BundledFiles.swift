import Foundation

/// The files that travel with the command.
enum BundledFiles {
  /// The folder of the accelerator's SystemVerilog.
  static var rtlFolder: String { get throws { try folder("rtl") } }
  /// The folder of the built-in model.
  static var modelFolder: String { get throws { try folder("kjv-bitnet-3m") } }

  private static func folder(_ name: String) throws -> String {
    let path = Bundle.module.bundlePath + "/" + name
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
    else {
      throw Failure(
        "\(path) is missing; it is made by the build and has to stay beside the command")
    }
    return path
  }
}
