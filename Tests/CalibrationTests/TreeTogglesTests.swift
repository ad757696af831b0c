import Activity
import Architecture
import Testing

@testable import Calibration

@Suite("Toggles of a tree array")
struct TreeTogglesTests {
  private typealias Datapath = Architecture.Parameters.Datapath

  private func toggles(
    _ datapath: Datapath, _ operands: [(weights: [Int8], activations: [Int8])]
  ) -> Toggles {
    var counter = TreeToggles(
      ArrayDesign(datapath: datapath, rows: 1, lanes: 3, registerEvery: 0))
    for operand in operands {
      _ = counter.add(weights: operand.weights, activations: operand.activations)
    }
    return counter.toggles
  }

  @Test("three lanes by hand: terms, levels without the one that is passed on, sums")
  func byHand() {
    // Terms 5, ~3 = −4, 0: 2 + 6 + 0 ones of 8 bits. Level 1: 5 − 4 = 1; the 0 is passed on. Level 2:
    // 1 + 0. The sum is 5 − 3 = 2.
    let found = toggles(.xorPopcount, [([1, -1, 0], [5, 3, 7])])
    #expect(found.activations == 2 + 2 + 3)
    #expect(found.weights == 1 + 2 + 0)
    #expect(found.terms == 8)
    #expect(found.levels == [1, 1])
    #expect(found.sums == 1)
    // −3 in nine bits has eight ones: 2 + 8. Level 1: 2.
    #expect(toggles(.negate, [([1, -1, 0], [5, 3, 7])]).terms == 10)
    // −3 in sixteen bits has fifteen.
    #expect(toggles(.int8MAC, [([1, -1, 0], [5, 3, 7])]).terms == 17)
    // 5 in one tree, 3 in the other; sums 5 and 3, of two levels each.
    let split = toggles(.splitSign, [([1, -1, 0], [5, 3, 7])])
    #expect(split.terms == 4 && split.levels == [4, 4])
    // The highest trit of the first pair is −1: −(5 − 3) inverted is 1. Nothing in the second.
    #expect(toggles(.lookup2, [([1, -1, 0], [5, 3, 7])]).terms == 1)
    // 1·5 − 1·3 + 0 = 2, whose highest trit is −1 too: 1.
    #expect(toggles(.lookup3, [([1, -1, 0], [5, 3, 7])]).terms == 1)
    // Bits 00000101 in one tree: 0→1→0→1. 00000011 in the other: 0→1→1.
    let serial = toggles(.bitSerial, [([1, -1, 0], [5, 3, 7])])
    #expect(serial.terms == 3 + 1)
  }

  @Test("an operand again changes nothing, but in bit_serial, which shows its bits again")
  func repetition() {
    let operand: (weights: [Int8], activations: [Int8]) = ([1, -1, 1], [-128, 127, -1])
    for datapath in Datapath.allCases where datapath != .bitSerial {
      #expect(toggles(datapath, [operand]) == toggles(datapath, [operand, operand]))
    }
  }

  @Test("sums are dot products, at extremes and in all datapaths")
  func sums() {
    for datapath in Datapath.allCases {
      for lanes in [1, 2, 3, 5, 7, 8, 15, 16, 17] {
        let design = ArrayDesign(datapath: datapath, rows: 2, lanes: lanes, registerEvery: 1)
        var counter = TreeToggles(design)
        let weights =
          [Int8](repeating: -1, count: lanes) + (0..<lanes).map { Int8($0 % 3) - 1 }
        let found = counter.add(
          weights: weights, activations: Array(repeating: -128, count: lanes))
        let mixed = (0..<lanes).reduce(0) { $0 + ($1 % 3 - 1) * -128 }
        #expect(found == [128 * lanes, mixed])
        #expect(design.sumBits == String(128 * lanes, radix: 2).count + 1)
      }
    }
  }

  @Test("toggles add place by place, and levels that only one of them has stay")
  func addition() {
    var small = Toggles()
    small.terms = 3
    small.levels = [5]
    var large = Toggles()
    large.terms = 4
    large.readBeats = 9
    large.levels = [1, 2]
    let sum = small + large
    #expect(sum.terms == 7 && sum.readBeats == 9 && sum.levels == [6, 2])
    #expect(large + small == sum)
  }
}
