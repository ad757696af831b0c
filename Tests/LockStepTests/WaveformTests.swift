import Architecture
import Foundation
import LockStep
import Testing

@Suite("FST waveforms")
struct WaveformTests {
  /// Where zlib's header is missing the writer cannot be built, and the error says how to get it.
  @Test("A file is written with its signals, or zlib's header is asked for")
  func file() async throws {
    let builder = RTLBuilder(
      toolchain: try await toolchain.value,
      cache: try RTLCache(folder: RTLCache.defaultFolder() + "/tests"), optimization: .balanced)
    let library: String
    do {
      library = try await builder.waveformLibrary(
        for: accelerator(try Architecture.sample(named: "tiny")))
    } catch LockStepError.toolMissing(let name, let install) {
      #expect(name == "zlib's header (zlib.h)" && install.debian.hasSuffix("zlib1g-dev"))
      return
    }
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.fst"
    do {
      let writer = try FSTWriter(
        library: library, path: path, scopes: ["model", "rtl"], names: ["state", "sum[0]"],
        clockPeriodPicoseconds: 2000)
      for cycle: UInt32 in 0..<100 {
        writer.append([cycle / 7, 5, cycle / 7, cycle == 50 ? 6 : 5])
      }
    }
    let bytes = try Data(contentsOf: URL(filePath: path))
    // The header block: type 0, 329 bytes, first and last time, all big-endian.
    #expect(bytes.count > 330 && bytes[0] == 0)
    func number(_ offset: Int) -> UInt64 {
      bytes[offset..<offset + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }
    #expect(number(1) == 329)
    #expect(number(9) == 0 && number(17) == 200_000)
    // Scopes and variables.
    #expect(number(41) == 2 && number(49) == 4)
  }

  @Test("A path that cannot be written is an error with the path")
  func refused() async throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: LockStepError.self) {
      _ = try FSTWriter(
        library: folder.path + "/none.so", path: folder.path + "/a.fst", scopes: [], names: [],
        clockPeriodPicoseconds: 1)
    }
    #expect("\(try #require(error))".hasPrefix("RTL library \(folder.path)/none.so: "))
  }
}
