import Architecture
import Foundation
import LockStep

/// The folder `rtl` of the package.
let rtlFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appendingPathComponent("../../rtl").standardizedFileURL.path

/// The real RTL of `architecture`, or of a folder with a changed copy of it.
func accelerator(_ architecture: Architecture, folder: String = rtlFolder) -> RTLSource {
  RTLSource(folder: folder, architecture)
}

/// The library of `source`, from the user's cache: what was built in an earlier run is not built
/// again, so that only the first run takes its minute.
func library(for source: RTLSource) async throws -> RTLLibrary {
  let cache = try RTLCache(folder: RTLCache.defaultFolder() + "/tests")
  let builder = RTLBuilder(
    toolchain: try await toolchain.value, cache: cache, optimization: .balanced)
  return try await builder.library(for: source)
}

/// The tools, looked for once.
let toolchain = Task { try await Toolchain.find() }

/// Text that was to be replaced is not there exactly once.
struct ReplacementError: Error {
  let text: String
  let occurrences: Int
}

extension String {
  /// The text with the only occurrence of `old` replaced.
  func replacingOnce(_ old: String, with new: String) throws -> String {
    let parts = components(separatedBy: old)
    guard parts.count == 2 else {
      throw ReplacementError(text: old, occurrences: parts.count - 1)
    }
    return parts.joined(separator: new)
  }
}
