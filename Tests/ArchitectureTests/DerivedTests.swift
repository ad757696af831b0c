import Architecture
import Testing

@Suite("Sizes that follow from the parameters")
struct DerivedTests {
  @Test("The default architecture has the sizes worked out by hand")
  func byHand() throws {
    let one = try Architecture(parameters: fixtureParameters)
    #expect(one.weightWordBits == 2048)
    #expect(one.weightBeats == 16)
    #expect(one.weightWordBytes == 256)
    #expect(one.activationBeats == 4)
    #expect(one.activationWordBytes == 64)
    #expect(one.outputBeats == 4)
    #expect(one.outputTileBytes == 64)
    #expect(one.weightHalfWords == 32)
    #expect(one.activationHalfWords == 256)
    #expect(one.maxKTiles == 256)
    #expect(one.maxK == 16_384)
    #expect(one.treeLevels == 6)
    #expect(one.treeRegisters == 3)
    #expect(one.treeLatency == 4)
    #expect(one.sumBits == 15)  // ±8192
    #expect(one.accumulatorBits == 23)  // ±2,097,152
  }

  @Test("Words that do not fill their last beat are padded")
  func padding() throws {
    let one = try Architecture(
      parameters: parameters { ($0.rows, $0.lanes, $0.busBytes) = (5, 12, 8) })
    #expect(one.weightWordBits == 120)
    #expect(one.weightBeats == 2)
    #expect(one.weightWordBytes == 16)
    #expect(one.activationBeats == 2)
    #expect(one.activationWordBytes == 16)
    #expect(one.outputBeats == 3)
    #expect(one.outputTileBytes == 24)
  }

  @Test("A tree of one lane has no levels; registers stand after every so many")
  func trees() throws {
    for (lanes, levels) in [
      (1, 0), (2, 1), (3, 2), (5, 3), (7, 3), (8, 3), (15, 4), (16, 4), (17, 5), (31, 5), (33, 6),
      (63, 6), (65, 7), (127, 7), (129, 8), (255, 8), (1023, 10),
    ] {
      for every in 0...12 {
        let one = try Architecture(
          parameters: parameters { ($0.lanes, $0.treeRegisterEvery) = (lanes, every) })
        #expect(one.treeLevels == levels, "lanes \(lanes)")
        let registers = every == 0 ? 0 : (1...12).count { $0 % every == 0 && $0 <= levels }
        #expect(one.treeRegisters == registers, "lanes \(lanes), every \(every)")
        #expect(one.treeLatency == registers + 1)
      }
    }
  }

  @Test(
    "The levels of every datapath are those of a drawn tree, and latency follows from them",
    arguments: Architecture.Parameters.Datapath.allCases)
  func datapaths(_ datapath: Architecture.Parameters.Datapath) throws {
    for lanes in [1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 33, 63, 65, 127, 129, 255, 1023] {
      var (terms, inputs, levels) = (lanes, 2, 0)
      switch datapath {
      case .carrySave: (terms, inputs) = (lanes + 1, 3)
      case .lookup2, .lookup3, .lookup4:
        terms = Array(stride(from: 0, to: lanes, by: datapath.group)).count
      default: break
      }
      // Adders make one of two, compressors two of three.
      while terms > inputs - 1 {
        var (left, next) = (terms, 0)
        while left >= inputs { (left, next) = (left - inputs, next + inputs - 1) }
        (terms, levels) = (next + left, levels + 1)
      }
      for every in 0...12 {
        let one = try Architecture(
          parameters: parameters {
            ($0.lanes, $0.treeRegisterEvery, $0.datapath) = (lanes, every, datapath)
          })
        #expect(one.treeLevels == levels, "\(lanes) lanes")
        var registers = every == 0 ? 0 : (1...20).count { $0 % every == 0 && $0 <= levels }
        if datapath == .carrySave && every > 0 && levels % every > 0 { registers += 1 }
        #expect(one.treeRegisters == registers, "\(lanes) lanes, every \(every)")
        // A bit of the activations a cycle, or all of them.
        for bits in 2...8 {
          let narrow = try Architecture(
            parameters: parameters {
              ($0.lanes, $0.treeRegisterEvery, $0.datapath) = (lanes, every, datapath)
              $0.activationBits = bits
            })
          let interval = datapath == .bitSerial ? bits : 1
          #expect(narrow.operandInterval == interval)
          #expect(narrow.treeLatency == registers + interval)
        }
      }
    }
  }

  @Test("Widths are the fewest bits that hold both ends")
  func widths() throws {
    for lanes in [1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 33, 63, 65, 127, 129, 255, 1023] {
      for words in [2, 6, 510, 512, 514] {
        for (bits, largest) in Self.largest {
          let one = try Architecture(
            parameters: parameters {
              ($0.lanes, $0.activationBufferWords, $0.activationBits) = (lanes, words, bits)
            })
          let what: Comment = "\(lanes) lanes, \(words) words, \(bits) bits"
          #expect(one.activationMagnitude == largest, what)
          #expect(holds(largest * lanes, in: one.sumBits), what)
          #expect(!holds(largest * lanes, in: one.sumBits - 1), what)
          let sum = largest * lanes * words / 2
          #expect(holds(sum, in: one.accumulatorBits), what)
          #expect(!holds(sum, in: one.accumulatorBits - 1), what)
        }
      }
    }
  }

  /// Of each width of activations the largest magnitude.
  private static let largest = [2: 2, 3: 4, 4: 8, 5: 16, 6: 32, 7: 64, 8: 128]

  @Test("An activation is the lowest bits of its byte, in two's complement")
  func wrapping() throws {
    for (bits, largest) in Self.largest {
      let one = try Architecture(parameters: parameters { $0.activationBits = bits })
      for value in Int8.min...Int8.max {
        let found = Int(one.activation(value))
        #expect((-largest..<largest).contains(found) && (Int(value) - found) % (2 * largest) == 0)
      }
      #expect(one.activations([-128, 0, 127]) == [0, 0, -1] || bits == 8)
      // A narrow word takes as much memory and fewer bits of the buffer.
      #expect(one.activationWordBytes == 64)
    }
  }

  /// Whether two's complement of `bits` bits has both `value` and `-value`.
  private func holds(_ value: Int, in bits: Int) -> Bool {
    let half = (1..<bits).reduce(1) { power, _ in 2 * power }
    return -half <= -value && value <= half - 1
  }
}
