public import Architecture
public import Machine
public import Workload

extension Architecture {
  /// A byte of weights that holds a code of no trit.
  func illegalByte(using random: inout SplitMix64) -> UInt8 {
    switch parameters.weightCoding {
    case .twoBit:
      let shift = 2 * UInt8.random(in: 0..<4, using: &random)
      // All others are zeros.
      return 0b10 << shift
    case .fiveInEight: return UInt8.random(in: 243...255, using: &random)
    }
  }

  /// How the results of `shape` become int8, drawn so that many are neither 0 nor saturated, or `nil`
  /// where results are int32.
  public func drawnRequantisation(
    _ shape: MatmulShape, using random: inout SplitMix64
  ) -> Requantisation? {
    guard parameters.output == .int8 else { return nil }
    let shift =
      Bool.random(using: &random)
      ? Int.random(in: 0...Requantisation.largestShift, using: &random)
      : Int.random(in: 12...24, using: &random)
    func multiplier() -> UInt16 {
      UInt16.random(in: 0...(Bool.random(using: &random) ? .max : 63), using: &random)
    }
    let fits = (shape.n + parameters.rows - 1) / parameters.rows <= multiplierHalfWords
    guard fits && Bool.random(using: &random) else {
      return Requantisation(multipliers: .all(multiplier()), shift: shift)
    }
    return Requantisation(
      multipliers: .rows((0..<shape.n).map { _ in multiplier() }), shift: shift)
  }

  /// A descriptor in which every field is legal, at the edge, or anything.
  public func drawnDescriptor(using random: inout SplitMix64) -> Descriptor {
    func draw(_ legal: ClosedRange<Int>) -> Int {
      switch Int.random(in: 0..<20, using: &random) {
      case 0: 0
      case 1: legal.upperBound + 1
      case 2: Int.random(in: 0...65_535, using: &random)
      case 3: 65_535
      default: Int.random(in: legal, using: &random)
      }
    }
    func drawAddress() -> UInt64 {
      let beat = UInt64(parameters.busBytes)
      return switch Int.random(in: 0..<24, using: &random) {
      case 0: UInt64.random(in: 0..<1 << 40, using: &random)
      case 2...3: beat * UInt64.random(in: 0..<(1 << 40) / beat, using: &random)
      // The last beats of the address space.
      case 1: (1 << 40) - beat * UInt64.random(in: 1...3, using: &random)
      default: beat * UInt64.random(in: 0..<8192 / beat, using: &random)
      }
    }
    var descriptor = Descriptor()
    descriptor.xAddress = drawAddress()
    descriptor.wAddress = drawAddress()
    descriptor.yAddress = drawAddress()
    descriptor.mAddress = drawAddress()
    descriptor.tokens = draw(1...4)
    descriptor.nTiles = draw(1...3)
    descriptor.kTiles = draw(1...maxKTiles)
    descriptor.lastRows = draw(1...parameters.rows)
    descriptor.tokenBlock = draw(1...parameters.accumulatorDepth)
    descriptor.activationSlice = draw(0...5)
    descriptor.multiplier = UInt16.random(in: 0...UInt16.max, using: &random)
    descriptor.shift = min(draw(0...Requantisation.largestShift), 63)
    descriptor.rowMultipliers =
      multiplierHalfWords > 0
      ? Bool.random(using: &random) : Int.random(in: 0..<20, using: &random) == 0
    descriptor.dependent = Bool.random(using: &random)
    let stride = descriptor.nTiles * outputTileBytes
    descriptor.yStride = UInt32(
      Bool.random(using: &random) ? stride : draw(0...2 * stride) * parameters.busBytes)
    return descriptor
  }
}

extension PortInputs {
  /// Changes the host's inputs at random.
  public mutating func drawHost(using random: inout SplitMix64) {
    func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
    func drawOffset() -> UInt32 {
      if chance(30) { return Register.control.offset }
      return chance(80)
        ? Register.allCases.randomElement(using: &random)!.offset
        : UInt32.random(in: 0..<4096, using: &random)
    }
    axilAwvalid = chance(30)
    axilAwaddr = drawOffset()
    axilWvalid = chance(30)
    axilWdata = UInt32.random(in: 0..<8, using: &random)
    axilWstrb = chance(80) ? 0xf : UInt8.random(in: 0..<16, using: &random)
    axilBready = chance(50)
    axilArvalid = chance(30)
    axilAraddr = chance(50) ? drawOffset() : 4 * UInt32.random(in: 0..<1024, using: &random)
    axilRready = chance(50)
  }
}
