import CRTLModel
import Foundation

/// Writes waveforms as FST, a tenth of the size of a value change dump, through the writer that
/// Verilator brings.
///
/// Not thread-safe.
public final class FSTWriter {
  private let handle: UnsafeMutableRawPointer
  private let table: UnsafePointer<fst_writer_vtable>
  private let writer: OpaquePointer
  private let clockPeriodPicoseconds: UInt64
  private var variables: [UInt32] = []
  private var last: [UInt32] = []
  private var cycle: UInt64 = 0

  /// A file at `path` with every signal of `names`, of 32 bits, in each of `scopes`.
  ///
  /// - Parameter library: What ``RTLBuilder/waveformLibrary(for:)`` built.
  /// - Throws: ``LockStepError`` when the library or the file cannot be used.
  public init(
    library: String, path: String, scopes: [String], names: [String], clockPeriodPicoseconds: Int
  ) throws(LockStepError) {
    guard let handle = dlopen(library, RTLD_NOW | RTLD_LOCAL),
      let symbol = dlsym(handle, FST_WRITER_SYMBOL)
    else {
      throw .libraryRefused(path: library, reason: dlerror().map { String(cString: $0) } ?? "")
    }
    table = UnsafePointer(symbol.assumingMemoryBound(to: fst_writer_vtable.self))
    guard table.pointee.abi == UInt32(FST_WRITER_ABI), let writer = table.pointee.open(path) else {
      dlclose(handle)
      throw .fileSystem(action: "write", path: path, reason: "the FST writer did not open it")
    }
    self.handle = handle
    self.writer = writer
    self.clockPeriodPicoseconds = UInt64(clockPeriodPicoseconds)
    for scope in scopes {
      table.pointee.begin_scope(writer, scope)
      for name in names { variables.append(table.pointee.variable(writer, name, 32)) }
      table.pointee.end_scope(writer)
    }
  }

  deinit {
    // Without a closing time viewers give the last cycle no width.
    table.pointee.time(writer, cycle * clockPeriodPicoseconds)
    table.pointee.close(writer)
    dlclose(handle)
  }

  /// One cycle: the values of all signals, scope after scope.
  public func append(_ words: [UInt32]) {
    precondition(words.count == variables.count, "\(words.count) values of \(variables.count)")
    table.pointee.time(writer, cycle * clockPeriodPicoseconds)
    for index in words.indices where last.isEmpty || last[index] != words[index] {
      table.pointee.value(writer, variables[index], 32, words[index])
    }
    last = words
    cycle += 1
  }
}

extension RTLBuilder {
  /// The path of the library that writes FST: from the cache, or built now.
  ///
  /// - Throws: ``LockStepError/toolMissing(name:install:)`` without zlib's header.
  public func waveformLibrary(for source: RTLSource) async throws(LockStepError) -> String {
    let snapshot = try RTLSnapshot(source)
    let key = waveformKey(of: snapshot)
    let name = "setun_fst.so"
    return try await cache.file(named: name, key: key) { folder throws(LockStepError) in
      let build = RTLBuild(
        builder: self, source: source, snapshot: snapshot, folder: folder,
        log: "\(cache.folder)/\(key).log", progress: { _ in })
      do throws(LockStepError) {
        try await build.buildWaveformWriter(to: name)
      } catch {
        if case .toolFailed(_, _, let output, _) = error,
          output.contains(where: { $0.contains("zlib.h") })
        {
          throw .toolMissing(name: "zlib's header (zlib.h)", install: .zlib)
        }
        throw error
      }
    }
  }
}
