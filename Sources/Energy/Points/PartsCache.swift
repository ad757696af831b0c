import Architecture

/// What was worked out lately for architectures, and depends on all of them but their clock and the
/// memory outside.
struct PartsCache<Value> {
  private var entries = [Entry?](repeating: nil, count: capacity)
  /// A power of two.
  private static var capacity: Int { 1024 }

  /// An object, whose parameters are compared where they are.
  private final class Entry {
    let parts: Architecture.Parameters
    let value: Value

    init(_ parts: Architecture.Parameters, _ value: Value) {
      (self.parts, self.value) = (parts, value)
    }
  }

  /// The value for an architecture, made unless it is here.
  mutating func value<Failure: Error>(
    for architecture: Architecture, make: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let place = architecture.placeOfParts & (Self.capacity - 1)
    // What is not known to make no difference makes one: so do parameters that will be added.
    var parts = architecture.parameters
    parts.clockMHz = 0
    parts.memory = noMemory
    if let entry = entries[place], entry.parts == parts { return entry.value }
    let value = try make()
    entries[place] = Entry(parts, value)
    return value
  }
}

/// In the place of what makes no difference.
private let noMemory = Architecture.Parameters.Memory(
  kind: "", latencyCycles: 0, milliBytesPerCycle: 0,
  picojoulesPerBit: .init(low: 0, typical: 0, high: 0))

extension Architecture {
  /// A number that differs for most designs whose parts differ.
  fileprivate var placeOfParts: Int {
    func mixed(_ sum: Int, _ a: Int, _ b: Int, _ c: Int) -> Int {
      let product = (sum &+ a &+ b << 20 &+ c << 40) &* 0x5851_F42D_4C95_7F2D
      return product ^ product >> 29
    }
    // Enumerations have few cases, a byte each.
    func byte<T>(_ value: T) -> Int { withUnsafeBytes(of: value) { Int($0[0]) } }
    let kinds =
      byte(parameters.datapath) | byte(parameters.weightCoding) << 4
      | byte(parameters.dataflow) << 5 | byte(parameters.output) << 6
      | byte(parameters.zeroGating) << 7 | byte(parameters.laneCounters) << 8
      | byte(parameters.sramFlavour) << 9
    var sum = mixed(kinds, parameters.rows, parameters.lanes, parameters.tokensPerWeight)
    sum = mixed(
      sum, parameters.weightBufferWords, parameters.activationBufferWords,
      parameters.accumulatorDepth)
    sum = mixed(
      sum, parameters.outputQueueDepth, parameters.jobQueueDepth, parameters.multiplierBufferWords)
    sum = mixed(
      sum, parameters.activationBits, parameters.accumulatorBits ?? 0,
      parameters.treeRegisterEvery)
    return mixed(sum, parameters.outstandingReads, parameters.busBytes, 0)
  }
}
