import Architecture

/// What was worked out lately for architectures, and depends on all of them but their clock and the
/// memory outside.
struct PartsCache<Value> {
  private var entries = [Entry?](repeating: nil, count: capacity)
  /// A power of two.
  private static var capacity: Int { 1024 }

  /// An object, whose parameters are compared where they are.
  private final class Entry {
    var parameters: Architecture.Parameters
    let value: Value

    init(_ parameters: Architecture.Parameters, _ value: Value) {
      (self.parameters, self.value) = (parameters, value)
    }

    func holds(_ other: Architecture.Parameters) -> Bool {
      // What is not known to make no difference makes one: so do parameters that will be added.
      parameters.clockMHz = other.clockMHz
      parameters.memory = other.memory
      return parameters == other
    }
  }

  /// The value for an architecture, made unless it is here.
  mutating func value<Failure: Error>(
    for parameters: Architecture.Parameters, make: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let place = parameters.placeOfParts & (Self.capacity - 1)
    if let entry = entries[place], entry.holds(parameters) { return entry.value }
    let value = try make()
    entries[place] = Entry(parameters, value)
    return value
  }
}

extension Architecture.Parameters {
  /// A number that differs for most designs whose parts differ.
  fileprivate var placeOfParts: Int {
    func mixed(_ sum: Int, _ a: Int, _ b: Int, _ c: Int) -> Int {
      let product = (sum &+ a &+ b << 20 &+ c << 40) &* 0x5851_F42D_4C95_7F2D
      return product ^ product >> 29
    }
    // Enumerations have few cases, a byte each.
    func byte<T>(_ value: T) -> Int { withUnsafeBytes(of: value) { Int($0[0]) } }
    let kinds =
      byte(datapath) | byte(weightCoding) << 4 | byte(dataflow) << 5 | byte(output) << 6
      | byte(zeroGating) << 7 | byte(laneCounters) << 8 | byte(sramFlavour) << 9
    var sum = mixed(kinds, rows, lanes, tokensPerWeight)
    sum = mixed(sum, weightBufferWords, activationBufferWords, accumulatorDepth)
    sum = mixed(sum, outputQueueDepth, jobQueueDepth, multiplierBufferWords)
    sum = mixed(sum, activationBits, accumulatorBits ?? 0, treeRegisterEvery)
    return mixed(sum, outstandingReads, busBytes, 0)
  }
}
