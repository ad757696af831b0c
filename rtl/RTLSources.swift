import Foundation

/// The SystemVerilog of the accelerator, as it travels with the package.
public enum RTLSources {
  /// The folder with `files.f` and everything that it names.
  public static var folder: String { Bundle.module.bundlePath }
}
