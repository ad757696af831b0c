import Architecture
import Testing

@Suite("Legal and illegal parameters")
struct ValidationTests {
  typealias Parameters = Architecture.Parameters

  /// An integer with the ends of its range.
  struct Bounds: CustomTestStringConvertible, Sendable {
    let key: String
    let legal: String
    /// Legal values at the ends, and illegal ones just beyond.
    let inside: [Int]
    let outside: [Int]
    let change: @Sendable (inout Parameters, Int) -> Void
    var testDescription: String { key }
  }

  static let bounds: [Bounds] = [
    Bounds(
      key: "rows", legal: "an integer from 1 to 1024", inside: [1, 2, 1023, 1024],
      outside: [.min, -1, 0, 1025, .max]
    ) { $0.rows = $1 },
    Bounds(
      key: "lanes", legal: "an integer from 1 to 4096", inside: [1, 2, 4095, 4096],
      outside: [.min, -1, 0, 4097, .max]
    ) { $0.lanes = $1 },
    Bounds(
      key: "tree_register_every", legal: "an integer from 0 to 12", inside: [0, 1, 11, 12],
      outside: [.min, -1, 13, .max]
    ) { $0.treeRegisterEvery = $1 },
    Bounds(
      key: "weight_buffer_words", legal: "an even integer from 2 to 65536",
      inside: [2, 4, 65_534, 65_536], outside: [.min, 0, 1, 3, 65_535, 65_538, .max]
    ) { $0.weightBufferWords = $1 },
    Bounds(
      key: "activation_buffer_words", legal: "an even integer from 2 to 65536",
      inside: [2, 4, 65_534, 65_536], outside: [.min, 0, 1, 3, 65_535, 65_538, .max]
    ) { $0.activationBufferWords = $1 },
    Bounds(
      key: "activation_bits", legal: "an integer from 2 to 8", inside: [2, 4, 6, 8],
      outside: [.min, 0, 1, 9, 16, .max]
    ) { $0.activationBits = $1 },
    Bounds(
      key: "accumulator_depth", legal: "an integer from 1 to 4096", inside: [1, 4096],
      outside: [.min, 0, 4097, .max]
    ) { $0.accumulatorDepth = $1 },
    Bounds(
      key: "output_queue_depth", legal: "an integer from 1 to 64", inside: [1, 3, 64],
      outside: [.min, 0, 65, .max]
    ) { $0.outputQueueDepth = $1 },
    Bounds(
      key: "bus_bytes", legal: "a power of two from 4 to 128", inside: [4, 8, 64, 128],
      outside: [.min, 0, 1, 2, 5, 12, 127, 129, 256, .max]
    ) { $0.busBytes = $1 },
    Bounds(
      key: "outstanding_reads", legal: "an integer from 1 to 64", inside: [1, 64],
      outside: [.min, 0, 65, .max]
    ) { $0.outstandingReads = $1 },
    Bounds(
      key: "memory.latency_cycles", legal: "an integer from 1 to 10000", inside: [1, 10_000],
      outside: [.min, 0, 10_001, .max]
    ) { $0.memory.latencyCycles = $1 },
  ]

  @Test("Every integer is legal up to its ends and not beyond", arguments: bounds)
  func integers(_ bounds: Bounds) {
    for value in bounds.inside {
      #expect(refusal(of: parameters { bounds.change(&$0, value) }) == nil, "\(value)")
    }
    for value in bounds.outside {
      #expect(
        refusal(of: parameters { bounds.change(&$0, value) })
          == "\(bounds.key): expected \(bounds.legal), found \(value)")
    }
  }

  @Test(
    "The memory's bandwidth is from 0.001 to 1000 bytes per cycle",
    arguments: [
      (1, nil), (1_000_000, nil), (0, "0"), (-1, "-0.001"), (-1500, "-1.5"),
      (1_000_001, "1000.001"), (.min, "-9223372036854775.808"),
    ])
  func bandwidth(_ milliBytes: Int, _ found: String?) {
    #expect(
      refusal(of: parameters { $0.memory.milliBytesPerCycle = milliBytes })
        == found.map {
          "memory.bytes_per_cycle: expected a number from 0.001 to 1000 with at most three "
            + "decimals, found \($0)"
        })
  }

  @Test("The clock is from 1 kHz to 10 GHz")
  func clock() {
    for legal in [0.001, 0.5, 10_000] {
      #expect(refusal(of: parameters { $0.clockMHz = legal }) == nil)
    }
    for (illegal, text) in [
      (0, "0.0"), (-1, "-1.0"), (0.0009, "0.0009"), (10_000.5, "10000.5"), (.infinity, "inf"),
      (.nan, "nan"),
    ] as [(Double, String)] {
      #expect(
        refusal(of: parameters { $0.clockMHz = illegal })
          == "clock_mhz: expected a number from 0.001 to 10000.0, found \(text)")
    }
  }

  @Test("Energies are finite, not negative and in order")
  func energies() {
    let path = "memory.picojoules_per_bit"
    func refused(_ low: Double, _ typical: Double, _ high: Double) -> String? {
      refusal(
        of: parameters {
          $0.memory.picojoulesPerBit = .init(low: low, typical: typical, high: high)
        })
    }
    #expect(refused(0, 0, 0) == nil)
    #expect(refused(0, 5, 10_000) == nil)
    #expect(refused(-1, 1, 2) == "\(path).low: expected a number from 0.0 to 10000.0, found -1.0")
    #expect(
      refused(1, .nan, 2) == "\(path).typical: expected a number from 0.0 to 10000.0, found nan")
    #expect(
      refused(1, 1, .infinity) == "\(path).high: expected a number from 0.0 to 10000.0, found inf")
    #expect(refused(3, 3, 2) == "\(path).high: expected at least low, 3.0, found 2.0")
    for typical in [0.5, 2.5] {
      #expect(
        refused(1, typical, 2)
          == "\(path).typical: expected a number from low, 1.0, to high, 2.0, found \(typical)")
    }
  }

  @Test("A cycle has at most 65536 products")
  func products() {
    for (rows, lanes) in [(16, 4096), (1024, 64), (1, 4096), (257, 255)] {
      #expect(refusal(of: parameters { ($0.rows, $0.lanes) = (rows, lanes) }) == nil)
    }
    for (rows, lanes, product) in [(17, 4096, 69_632), (1024, 65, 66_560), (257, 256, 65_792)] {
      #expect(
        refusal(of: parameters { ($0.rows, $0.lanes) = (rows, lanes) })
          == "lanes: expected rows * lanes * tokens_per_weight up to 65536, "
          + "found \(rows) * \(lanes) * 1 = \(product)")
    }
  }

  @Test("What tokens that share weights ask of the buffers")
  func tokensPerWeight() {
    for tokens in [1, 2, 4, 8] {
      #expect(refusal(of: parameters { $0.tokensPerWeight = tokens }) == nil)
    }
    for tokens in [0, 3, 16] {
      #expect(
        refusal(of: parameters { $0.tokensPerWeight = tokens })
          == "tokens_per_weight: expected a power of two from 1 to 8, found \(tokens)")
    }
    #expect(
      refusal(of: parameters { ($0.tokensPerWeight, $0.accumulatorDepth) = (4, 30) })
        == "accumulator_depth: expected a multiple of tokens_per_weight, 4, found 30")
    #expect(
      refusal(of: parameters { ($0.tokensPerWeight, $0.activationBufferWords) = (8, 24) })
        == "activation_buffer_words: expected a multiple of 2 * tokens_per_weight, 16, found 24")
  }

  @Test("Multipliers are for int8 results, in two halves")
  func multipliers() {
    #expect(
      refusal(of: parameters { $0.multiplierBufferWords = 2 })
        == "multiplier_buffer_words: expected 0, since output int32 multiplies nothing, found 2")
    #expect(
      refusal(of: parameters { ($0.output, $0.multiplierBufferWords) = (.int8, 3) })
        == "multiplier_buffer_words: expected an even integer from 0 to 65536, found 3")
  }

  @Test("A partial sum of the longest job fits 32 bits")
  func widestSum() {
    // 128 * 4096 * 4095 = 2³¹ − 2¹⁹ fits; 128 * 4096 * 4096 = 2³¹ does not.
    func refused(words: Int) -> String? {
      refusal(of: parameters { ($0.lanes, $0.activationBufferWords) = (4096, words) })
    }
    #expect(refused(words: 8190) == nil)
    #expect(
      refused(words: 8192)
        == "activation_buffer_words: expected at most 8190 words of 4096 lanes, "
        + "so that a partial sum fits 32 bits, found 8192")
    // Activations of 4 bits are 16 times smaller.
    #expect(
      refusal(
        of: parameters {
          ($0.lanes, $0.activationBufferWords, $0.activationBits) = (4096, 65_536, 4)
        }) == nil)
  }

  @Test("An accumulator has 8 to 32 bits, be they enough or not")
  func accumulatorWidth() {
    for bits in [nil, 8, 9, 22, 31, 32] {
      #expect(refusal(of: parameters { $0.accumulatorBits = bits }) == nil)
    }
    for bits in [Int.min, -1, 0, 7, 33, .max] {
      #expect(
        refusal(of: parameters { $0.accumulatorBits = bits })
          == "accumulator_bits: expected derived or an integer from 8 to 32, found \(bits)")
    }
  }

  @Test("Names are plain, so that they can stand in file names and in SystemVerilog")
  func names() {
    let forty = String(repeating: "a", count: 40)
    for name in ["a", "edge-2", "-", "7", "null", forty] {
      #expect(refusal(of: parameters { $0.name = name }) == nil)
      #expect(refusal(of: parameters { $0.technology = name }) == nil)
    }
    #expect(refusal(of: parameters { $0.technology = "sky130_fd_sc_HD" }) == nil)
    for name in ["", "Edge", "a_b", "a b", "é", "a.b", "a\u{301}", "٣"] {
      #expect(
        refusal(of: parameters { $0.name = name })
          == "name: expected 1 to 40 lower-case letters, digits and hyphens, found \"\(name)\"")
    }
    for name in ["", "a/b", "..", "a b", "é", forty + "a"] {
      #expect(
        refusal(of: parameters { $0.technology = name })
          == "technology: expected 1 to 40 letters, digits, hyphens and underscores, "
          + "found \"\(name)\"")
    }
  }

  @Test("Descriptions are one paragraph without invisible characters")
  func descriptions() {
    for text in ["x", "Größe: 7 µm², “quoted” \\ 'so'", " 漢字 🙂 "] {
      #expect(refusal(of: parameters { $0.description = text }) == nil)
    }
    func length(_ count: Int) -> String { String(repeating: "x", count: count) }
    #expect(
      refusal(
        of: parameters {
          ($0.description, $0.memory.kind, $0.name) = (length(4000), length(40), length(40))
        }) == nil)
    #expect(
      refusal(of: parameters { $0.description = length(4001) })
        == "description: expected one paragraph of 1 to 4000 characters, "
        + "found \"\(length(98))…")
    #expect(
      refusal(of: parameters { $0.memory.kind = length(41) })
        == "memory.kind: expected 1 to 40 characters on one line, found \"\(length(41))\"")
    #expect(
      refusal(of: parameters { $0.name = length(41) })
        == "name: expected 1 to 40 lower-case letters, digits and hyphens, "
        + "found \"\(length(41))\"")
    for (text, shown) in [
      ("", ""), ("a\nb", "a\\u{a}b"), ("\0", "\\u{0}"), ("\u{202e}x", "\\u{202e}x"),
      ("\u{2028}", "\\u{2028}"), ("\u{feff}", "\\u{feff}"),
    ] {
      #expect(
        refusal(of: parameters { $0.description = text })
          == "description: expected one paragraph of 1 to 4000 characters, found \"\(shown)\"")
      #expect(
        refusal(of: parameters { $0.memory.kind = text })
          == "memory.kind: expected 1 to 40 characters on one line, found \"\(shown)\"")
    }
  }
}
