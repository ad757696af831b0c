import Architecture
import TestSupport
import Testing

@Suite("The layout of the probe")
struct ProbeLayoutTests {
  @Test("Words follow each other without gaps, in the order of the signals", arguments: 0..<20)
  func contiguous(seed: Int) throws {
    let layout = ProbeLayout(architecture: try drawnArchitecture(seed: seed), counters: 22)
    var next = 0
    for (signal, words) in layout.signals {
      #expect(words.lowerBound == next && !words.isEmpty, "\(signal)")
      #expect(layout[signal] == words, "\(signal)")
      next = words.upperBound
    }
    #expect(layout.words == next)
    #expect(layout.signals.map(\.signal) == ProbeSignal.allCases)
  }

  @Test("Signals of several words have as many as the architecture says")
  func sizes() throws {
    for (busBytes, wdata, wstrb) in [(4, 1, 1), (8, 2, 1), (32, 8, 1), (64, 16, 2), (128, 32, 4)] {
      let architecture = try smallArchitecture { $0.busBytes = busBytes }
      let layout = ProbeLayout(architecture: architecture, counters: 22)
      #expect(layout[.wdata].count == wdata)
      #expect(layout[.wstrb].count == wstrb)
      #expect(layout[.treeSum].count == 5)
      #expect(layout[.accumulator].count == 5)
      #expect(layout[.counter].count == 22)
      #expect(layout[.araddr].count == 2)
      #expect(layout[.credits].count == 1)
    }
  }

  @Test("Every word has a name of its own, with an index where there may be several")
  func names() throws {
    let layout = ProbeLayout(architecture: try smallArchitecture(), counters: 22)
    #expect(Set((0..<layout.words).map(layout.name(ofWord:))).count == layout.words)
    #expect(layout.name(ofWord: 0) == "controller_state")
    #expect(layout.name(ofWord: layout[.treeSum].lowerBound + 3) == "tree_sum[3]")
    #expect(layout.name(ofWord: layout[.araddr].lowerBound + 1) == "araddr[1]")
    #expect(layout.name(ofWord: layout[.wstrb].lowerBound) == "wstrb[0]")
    #expect(layout.name(ofWord: layout.words - 1) == "counter[21]")
  }
}
