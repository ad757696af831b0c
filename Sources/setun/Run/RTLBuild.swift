import Architecture
import Foundation
import LockStep
import RTLSources

/// The RTL of an architecture, built with the tools of this machine or taken from the cache.
struct RTLBuild {
  let folder: String
  private(set) var userFiles: [String] = []
  private var top = "setun_accelerator"
  private(set) var builder: RTLBuilder

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
    do {
      builder = try await Self.builder(cache: cache)
    } catch {
      switch error {
      case .toolMissing, .toolTooOld:
        throw Failure("\(error)\nOr leave the RTL out: --no-rtl")
      default: throw error
      }
    }
  }

  /// The design that `design` names.
  init(
    design: DesignOptions, optimization: RTLBuilder.Optimization, countsCoverage: Bool
  ) async throws {
    (folder, userFiles) = try design.sources()
    top = design.top
    builder = try await Self.builder(cache: design.cache)
    builder.optimization = optimization
    builder.countsCoverage = countsCoverage
  }

  private static func builder(cache: String?) async throws(LockStepError) -> RTLBuilder {
    let cache = try RTLCache(folder: cache ?? RTLCache.defaultFolder())
    return RTLBuilder(toolchain: try await .find(), cache: cache)
  }

  /// The SystemVerilog of `architecture`.
  func source(of architecture: Architecture) -> RTLSource {
    var source = RTLSource(folder: folder, architecture)
    source.userFiles = userFiles
    source.top = top
    source.mayLackProbe = top != "setun_accelerator"
    return source
  }

  func library(of architecture: Architecture, _ progress: Progress) async throws -> RTLLibrary {
    try await builder.library(for: source(of: architecture)) { progress.update("\($0)") }
  }
}
