public import Architecture
public import Machine

extension Architecture {
  /// A byte of weights that holds a code of no trit.
  func illegalByte(using random: inout SplitMix64) -> UInt8 {
    switch parameters.weightCoding {
    case .twoBit:
      let shift = 2 * UInt8.random(in: 0..<4, using: &random)
      // All others are zeros.
      return 0b10 << shift
    }
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
    descriptor.tokens = draw(1...4)
    descriptor.nTiles = draw(1...3)
    descriptor.kTiles = draw(1...maxKTiles)
    descriptor.lastRows = draw(1...parameters.rows)
    descriptor.tokenBlock = draw(1...parameters.accumulatorDepth)
    descriptor.activationSlice = draw(0...5)
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
