import Activity
import Architecture
import Foundation
import LockStep
import Machine
import RTLSources

/// The RTL of an architecture, built with the tools of this machine or taken from the cache.
struct RTLBuild {
  private let folder: String
  private let builder: RTLBuilder

  /// Finds the tools and opens the cache.
  ///
  /// - Parameters:
  ///   - sources: The folder of the SystemVerilog, or `nil` for the bundled one.
  ///   - cache: The cache folder, or `nil` for the user's.
  init(sources: String?, cache: String?) async throws {
    folder = sources ?? RTLSources.folder
    guard FileManager.default.fileExists(atPath: folder + "/files.f") else {
      throw Failure("--rtl: expected a folder with a list 'files.f', found none in \(folder)")
    }
    let cache = try RTLCache(folder: cache ?? RTLCache.defaultFolder())
    do {
      builder = RTLBuilder(toolchain: try await .find(), cache: cache)
    } catch {
      switch error {
      case .toolMissing, .toolTooOld:
        throw Failure("\(error)\nOr leave the RTL out: --no-rtl")
      default: throw error
      }
    }
  }

  func library(of architecture: Architecture, _ progress: Progress) async throws -> RTLLibrary {
    let events = Event.allCases.map(\.name)
    let source = RTLSource(
      folder: folder, package: architecture.configPackage(events: events),
      configurationHash: architecture.configurationHashHex,
      probeWords: ProbeLayout(architecture).words)
    return try await builder.library(for: source) { progress.update("\($0)") }
  }
}
