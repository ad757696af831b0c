import Foundation
import LockStep
import Testing

@Suite("The cache of built RTL")
struct RTLBuilderCacheTests {
  let root: TemporaryFolder

  init() throws { root = try TemporaryFolder() }

  func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  func refusal(_ path: String) throws -> String {
    "\(try #require(#expect(throws: LockStepError.self) { _ = try RTLCache(folder: path) }))"
  }

  @Test("A new cache folder, and the folders above it, are private")
  func createdPrivate() throws {
    let cache = try RTLCache(folder: root.path + "/a/b/")
    #expect(cache.folder == root.path + "/a/b")
    #expect(try mode(root.path + "/a") == 0o700)
    #expect(try mode(root.path + "/a/b") == 0o700)
  }

  @Test("A folder that others can write to is refused", arguments: [0o777, 0o770, 0o702, 0o1777])
  func writableByOthers(mode: Int) throws {
    let path = root.path + "/cache"
    #expect(mkdir(path, 0o700) == 0)
    #expect(chmod(path, mode_t(mode)) == 0)
    #expect(
      try refusal(path) == "cache folder \(path): has mode 0\(String(mode, radix: 8)), so others "
        + "can write to it; expected 0700, because libraries are loaded from it")
  }

  @Test("A folder that others can only read is accepted")
  func readableByOthers() throws {
    let path = root.path + "/cache"
    #expect(mkdir(path, 0o700) == 0)
    #expect(chmod(path, 0o755) == 0)
    _ = try RTLCache(folder: path)
  }

  @Test("A symbolic link is refused, with and without a slash behind it", arguments: ["", "/"])
  func symbolicLink(end: String) throws {
    let path = root.path + "/link"
    #expect(symlink(root.path, path) == 0)
    #expect(
      try refusal(path + end)
        == "cache folder \(path): is a symbolic link; expected a folder, name its target instead")
  }

  @Test("A file is refused")
  func file() throws {
    let path = try root.write("file", "")
    #expect(try refusal(path) == "cache folder \(path): is a file; expected a folder")
  }

  @Test("A folder of another user is refused", .enabled(if: geteuid() == 0))
  func otherUser() throws {
    let path = root.path + "/cache"
    #expect(mkdir(path, 0o700) == 0)
    #expect(chown(path, 12345, 12345) == 0)
    #expect(
      try refusal(path).hasPrefix(
        "cache folder \(path): belongs to user 12345; expected the present user, 0,"))
  }

  @Test("The default folder follows XDG_CACHE_HOME where that is absolute")
  func defaultFolder() {
    #expect(RTLCache.defaultFolder(environment: ["XDG_CACHE_HOME": "/x"]) == "/x/setun")
    #if os(macOS)
      let expected = "/home/u/Library/Caches/setun"
    #else
      let expected = "/home/u/.cache/setun"
    #endif
    for ignored in ["", "relative"] {
      let environment = ["XDG_CACHE_HOME": ignored, "HOME": "/home/u"]
      #expect(RTLCache.defaultFolder(environment: environment) == expected)
    }
  }

  @Test("Two builds at once: one elaborates, the other waits and gets the same library")
  func twoAtOnce() async throws {
    let spy = try await SpyingVerilator(prelude: "sleep 0.3")
    let rtl = try FixtureRTL.unseen()
    let builder = try await fixtureBuilder(spy.environment)
    let waits = Recorder<RTLBuilder.Progress>()
    let build = { @Sendable () async throws -> RTLLibrary in
      try await builder.library(for: rtl.source()) { if $0 == .waiting { waits.append($0) } }
    }
    async let first = build()
    async let second = build()
    let libraries = try await [first, second]
    #expect(libraries[0].path == libraries[1].path)
    #expect(spy.elaborations == 1)
    #expect(waits.values == [.waiting])
    for library in libraries {
      let run = try FixtureRun(library)
      try run.step(reset: true)
      try run.step()
      #expect(run.model.probe[0] == 1)
    }
  }

  @Test("A cancelled build kills its tools, leaves nothing, and the next build succeeds")
  func cancelled() async throws {
    let beat = root.path + "/beat"
    let spy = try await SpyingVerilator(
      prelude: "(while :; do echo x >> '\(beat)'; sleep 0.02; done) & sleep 100")
    let rtl = try FixtureRTL.unseen()
    let cache = try RTLCache(folder: root.path + "/cache")
    let slow = try await fixtureBuilder(spy.environment, cache: cache)
    let build = Task { try await slow.library(for: rtl.source()) }
    while root.read("beat").isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    build.cancel()
    let result = await build.result
    #expect(throws: LockStepError.cancelled) { try result.get() }
    let size = root.read("beat").count
    try await Task.sleep(for: .milliseconds(200))
    #expect(root.read("beat").count == size)
    // Verilator's runtime, which is compiled beside the elaboration, may have been finished.
    for name in root.names(in: "cache") where !name.hasSuffix(".lock") {
      #expect(root.names(in: "cache/\(name)") == ["manifest", "setun_runtime.o"], "\(name)")
    }
    _ = try await fixtureBuilder(cache: cache).library(for: rtl.source())
  }

  @Test("What a dead process left half built is removed; what a living one builds is not")
  func interrupted() async throws {
    let cache = try RTLCache(folder: root.path + "/cache")
    try root.write("cache/dead.building-AAAAAA/library", "half")
    try root.write("cache/alive.building-BBBBBB/library", "half")
    let lock = open(cache.folder + "/alive.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    #expect(flock(lock, LOCK_EX) == 0)
    defer { close(lock) }
    let rtl = try FixtureRTL()
    _ = try await fixtureBuilder(cache: cache).library(for: rtl.source())
    let remains = root.names(in: "cache").filter { $0.contains(".building-") }
    #expect(remains == ["alive.building-BBBBBB"])
  }

  @Test("A truncated or altered library is built again, not loaded")
  func damaged() async throws {
    let spy = try await SpyingVerilator()
    let rtl = try FixtureRTL.unseen()
    let builder = try await fixtureBuilder(spy.environment)
    let url = URL(fileURLWithPath: try await builder.library(for: rtl.source()).path)
    let intact = try Data(contentsOf: url)
    var altered = intact
    altered[intact.count / 2] ^= 0x40
    for (count, damaged) in [intact.prefix(intact.count / 2), altered, Data()].enumerated() {
      // A file of its own, as a restored backup is: the loader knows the old one.
      try FileManager.default.removeItem(at: url)
      try damaged.write(to: url)
      let run = try FixtureRun(try await builder.library(for: rtl.source()))
      try run.step(reset: true)
      #expect(spy.elaborations == count + 2)
      #expect(try Data(contentsOf: url).count == intact.count)
    }
  }

  @Test("A library of another ABI, configuration or probe is refused, and so is any other file")
  func refusedLibraries() async throws {
    let bridge = { (text: String) in
      text.replacingOccurrences(of: "RTL_MODEL_ABI, SETUN", with: "RTL_MODEL_ABI + 1, SETUN")
    }
    let rtl = try FixtureRTL()
    let path = try await fixtureBuilder().library(for: rtl.source()).path
    let hash = FixtureRTL.hash
    func refusal(hash: String, words: Int, path: String = path) throws -> String {
      let error = #expect(throws: LockStepError.self) {
        _ = try RTLLibrary(path: path, configurationHash: hash, probeWords: words)
      }
      return "\(try #require(error))"
    }
    #expect(
      try refusal(hash: "fedcba9876543210", words: 4)
        == "RTL library \(path): expected configuration fedcba9876543210, found \(hash)")
    #expect(
      try refusal(hash: hash, words: 5)
        == "RTL library \(path): expected a probe of 5 words, found 4")
    let text = try root.write("text.so", "no library")
    #expect(try refusal(hash: hash, words: 4, path: text).contains("could not be loaded: "))
    let other = try FixtureRTL(bridge: bridge)
    let otherABI = try #require(
      await #expect(throws: LockStepError.self) {
        _ = try await fixtureBuilder().library(for: other.source())
      })
    #expect("\(otherABI)".hasSuffix(": expected ABI 2, found 3"))
  }

  @Test("A cache folder that has vanished is an error with its path")
  func vanished() async throws {
    let cache = try RTLCache(folder: root.path + "/cache")
    #expect(rmdir(cache.folder) == 0)
    let rtl = try FixtureRTL()
    let builder = try await fixtureBuilder(cache: cache)
    let error = try #require(
      await #expect(throws: LockStepError.self) { _ = try await builder.library(for: rtl.source()) }
    )
    #expect("\(error)".hasPrefix("could not open lock \(cache.folder)/"))
    #expect("\(error)".hasSuffix(".lock: No such file or directory"))
  }
}
