import Activity
import Architecture
import LockStep
import RTLSources

/// The RTL of an architecture, built with the tools of this machine or taken from the cache.
struct RTLBuild {
  /// The cache folder, or `nil` for the user's.
  let cache: String?

  func library(of architecture: Architecture, _ progress: Progress) async throws -> RTLLibrary {
    let events = Event.allCases.map(\.name)
    let source = RTLSource(
      folder: RTLSources.folder, package: architecture.configPackage(events: events),
      configurationHash: architecture.configurationHashHex,
      probeWords: ProbeLayout(architecture: architecture, counters: events.count).words)
    let builder = RTLBuilder(
      toolchain: try await Toolchain.find(),
      cache: try RTLCache(folder: cache ?? RTLCache.defaultFolder()))
    return try await builder.library(for: source) { progress.update("\($0)") }
  }
}
