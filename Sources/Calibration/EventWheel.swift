/// Changes that are to come, sorted by time: at most one for each net.
///
/// A ring of lists, one for each unit of time; times lie less than ``span`` ahead of the present.
struct EventWheel: ~Copyable {
  /// Units of time that the ring covers.
  static let span = 1 << 14

  private let heads: UnsafeMutablePointer<Int32>
  private let occupied: UnsafeMutablePointer<UInt64>
  private let next: UnsafeMutablePointer<Int32>
  private let previous: UnsafeMutablePointer<Int32>
  private let slots: UnsafeMutablePointer<Int32>
  private(set) var count = 0

  init(nets: Int) {
    heads = .allocate(capacity: Self.span)
    heads.initialize(repeating: -1, count: Self.span)
    occupied = .allocate(capacity: Self.span / 64)
    occupied.initialize(repeating: 0, count: Self.span / 64)
    next = .allocate(capacity: nets)
    previous = .allocate(capacity: nets)
    slots = .allocate(capacity: nets)
    next.initialize(repeating: -1, count: nets)
    previous.initialize(repeating: -1, count: nets)
    slots.initialize(repeating: -1, count: nets)
  }

  deinit {
    heads.deallocate()
    occupied.deallocate()
    next.deallocate()
    previous.deallocate()
    slots.deallocate()
  }

  /// Whether a change of `net` is to come.
  @inline(__always)
  func contains(_ net: Int) -> Bool { slots[net] >= 0 }

  @inline(__always)
  mutating func insert(_ net: Int, at time: Int) {
    let slot = time & (Self.span - 1)
    let head = heads[slot]
    next[net] = head
    previous[net] = -1
    if head >= 0 { previous[Int(head)] = Int32(net) } else { mark(slot) }
    heads[slot] = Int32(net)
    slots[net] = Int32(slot)
    count += 1
  }

  @inline(__always)
  mutating func remove(_ net: Int) {
    let slot = Int(slots[net])
    let (before, after) = (previous[net], next[net])
    if before >= 0 { next[Int(before)] = after } else { heads[slot] = after }
    if after >= 0 { previous[Int(after)] = before }
    if heads[slot] < 0 { occupied[slot >> 6] &= ~(1 << UInt64(slot & 63)) }
    slots[net] = -1
    count -= 1
  }

  private func mark(_ slot: Int) { occupied[slot >> 6] |= 1 << UInt64(slot & 63) }

  /// The first time from `now` on at which something changes.
  ///
  /// - Precondition: ``count`` is not 0.
  @inline(__always)
  func nextTime(from now: Int) -> Int {
    let start = now & (Self.span - 1)
    var word = start >> 6
    var bits = occupied[word] & (~0 << UInt64(start & 63))
    var base = now - (start & 63)
    while bits == 0 {
      word = (word + 1) & (Self.span / 64 - 1)
      base += 64
      bits = occupied[word]
    }
    return base + bits.trailingZeroBitCount
  }

  /// Takes one of the nets that change at `time`, or -1 when there is none left.
  @inline(__always)
  mutating func take(at time: Int) -> Int {
    let net = Int(heads[time & (Self.span - 1)])
    if net >= 0 { remove(net) }
    return net
  }
}
