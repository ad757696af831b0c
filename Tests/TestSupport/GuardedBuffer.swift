#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Memory whose surroundings are watched, to hand to code that works on pointers.
///
/// The elements end where a page without access begins, so that reading or writing past the end
/// stops the program at once. The bytes before them, back to another such page, hold a pattern,
/// and ``surroundingsAreIntact`` tells whether it was overwritten. With `at: .start` the elements
/// begin right after the first such page, and the pattern is behind them.
public final class GuardedBuffer<Element: BitwiseCopyable> {
  /// Which end of the elements touches a page without access.
  public enum Edge: CaseIterable, Sendable {
    case start, end
  }

  /// The elements.
  public let elements: UnsafeMutableBufferPointer<Element>

  private let mapping: UnsafeMutableRawBufferPointer
  private let usable: Range<Int>
  private let used: Range<Int>

  /// A copy of `contents` with an inaccessible page at `edge`.
  public init(_ contents: [Element], at edge: Edge = .end) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let length = contents.count * MemoryLayout<Element>.stride
    let pages = length / page + 1
    let size = (pages + 2) * page
    guard
      let base = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0),
      base != MAP_FAILED,
      mprotect(base, page, PROT_NONE) == 0,
      mprotect(base + (pages + 1) * page, page, PROT_NONE) == 0
    else { fatalError("no memory for a guarded buffer of \(size) bytes") }

    mapping = UnsafeMutableRawBufferPointer(start: base, count: size)
    usable = page..<(pages + 1) * page
    let start = edge == .start ? usable.lowerBound : usable.upperBound - length
    used = start..<start + length
    for offset in usable { mapping[offset] = Self.pattern }
    let first = (base + start).bindMemory(to: Element.self, capacity: contents.count)
    elements = UnsafeMutableBufferPointer(start: first, count: contents.count)
    _ = elements.initialize(from: contents)
  }

  deinit { munmap(mapping.baseAddress!, mapping.count) }

  /// Whether the bytes around the elements are as they were.
  public var surroundingsAreIntact: Bool {
    usable.allSatisfy { used.contains($0) || mapping[$0] == Self.pattern }
  }

  private static var pattern: UInt8 { 0xA5 }
}
