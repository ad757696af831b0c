import Testing

@testable import Report

@Suite("VCD")
struct VCDTests {
  @Test("every value of every cycle reads back", arguments: [1, 2, 3, 31, 32, 33, 63, 64, 65, 129])
  func roundTrip(width: Int) throws {
    let words = (width + 31) / 32
    var generator = SystemRandomNumberGenerator()
    let values = (0..<40).map { cycle in
      // Long runs without a change, then extremes and random words.
      (0..<words).map { _ -> UInt32 in
        cycle < 10 ? 0 : cycle < 20 ? .max : UInt32.random(in: 0 ... .max, using: &generator)
      }
    }
    let signal = VCD.Signal(name: "value", width: width, values: values)
    let vcd = VCD(
      scopes: [.init(name: "model", signals: [signal]), .init(name: "rtl", signals: [signal])],
      firstCycle: 1000, clockPeriodPicoseconds: 1250)
    let file = try VCDFile(vcd.text)
    #expect(file.timescale == "1 ps")
    #expect(file.variables.map(\.name) == ["model.value", "rtl.value"])
    for cycle in values.indices {
      let expected = (0..<width).reversed().map { bit in
        values[cycle][bit / 32] >> UInt32(bit % 32) & 1 == 1 ? "1" : "0"
      }.joined()
      for variable in file.variables {
        let time = (1000 + cycle) * 1250
        #expect(file.value(variable.code, at: time, width: width) == expected, "cycle \(cycle)")
      }
    }
    #expect(file.times.last == 1040 * 1250)
  }

  @Test("a value that stays is written once")
  func onlyChanges() {
    let vcd = VCD(
      scopes: [
        .init(
          name: "model",
          signals: [
            .init(name: "busy", width: 1, values: [1, 1, 0, 0] as [UInt64]),
            .init(name: "count", width: 8, values: [5, 5, 5, 255] as [UInt64]),
          ])
      ], firstCycle: 0, clockPeriodPicoseconds: 1000)
    #expect(
      vcd.text == """
        $version Setun $end
        $timescale 1 ps $end
        $scope module model $end
        $var wire 1 ! busy $end
        $var wire 8 " count $end
        $upscope $end
        $enddefinitions $end
        #0
        $dumpvars
        1!
        b101 "
        $end
        #2000
        0!
        #3000
        b11111111 "
        #4000

        """)
  }

  @Test("codes are printable, short and all different")
  func identifiers() {
    let codes = (0..<10_000).map(VCD.identifier)
    #expect(Set(codes).count == codes.count)
    #expect(codes.allSatisfy { $0.count <= 3 && $0.utf8.allSatisfy { (33...126).contains($0) } })
    #expect(codes[93] == "~" && codes[94].count == 2)
  }

  @Test("names become identifiers that stay apart")
  func names() {
    #expect(
      VCD.legalNames(["sum[3]", "sum_3_", "1st", "", "q d", "é", "ok"])
        == ["sum_3_", "sum_3__2", "_1st", "_", "q_d", "__2", "ok"])
  }

  @Test("a file without signals or cycles is still well formed")
  func empty() throws {
    let none = VCD(scopes: [], firstCycle: 0, clockPeriodPicoseconds: 1)
    #expect(try VCDFile(none.text).variables.isEmpty)
    let short = VCD(
      scopes: [.init(name: "a", signals: [.init(name: "b", width: 3, values: [] as [UInt64])])],
      firstCycle: 0, clockPeriodPicoseconds: 1)
    #expect(try VCDFile(short.text).variables.count == 1)
  }
}

/// A reader of the part of VCD that matters here; it fails on anything it does not know.
private struct VCDFile {
  struct Malformed: Error { var line: String }

  var timescale = ""
  var variables: [(code: String, name: String, width: Int)] = []
  var times: [Int] = []
  private var changes: [String: [(time: Int, bits: String)]] = [:]

  init(_ text: String) throws {
    var scopes: [String] = []
    for line in text.split(separator: "\n").map(String.init) {
      let words = line.split(separator: " ").map(String.init)
      switch words[0] {
      case "$version", "$enddefinitions", "$dumpvars", "$end": continue
      case "$timescale": timescale = words[1...2].joined(separator: " ")
      case "$scope": scopes.append(words[2])
      case "$upscope": scopes.removeLast()
      case "$var":
        guard words.count == 6, let width = Int(words[2]) else { throw Malformed(line: line) }
        variables.append((words[3], (scopes + [words[4]]).joined(separator: "."), width))
      default: try readChange(line)
      }
    }
    guard scopes.isEmpty, times == times.sorted(), Set(times).count == times.count else {
      throw Malformed(line: "scopes or times")
    }
  }

  private mutating func readChange(_ line: String) throws {
    if line.hasPrefix("#") {
      guard let time = Int(line.dropFirst()) else { throw Malformed(line: line) }
      times.append(time)
      return
    }
    let isVector = line.hasPrefix("b")
    let words = line.dropFirst(isVector ? 1 : 0).split(separator: " ").map(String.init)
    let bits = isVector ? words[0] : String(line.prefix(1))
    let code = isVector ? words[1] : String(line.dropFirst())
    guard let time = times.last, bits.allSatisfy({ $0 == "0" || $0 == "1" }),
      let variable = variables.first(where: { $0.code == code }), bits.count <= variable.width,
      changes[code]?.last?.bits != bits
    else { throw Malformed(line: line) }
    changes[code, default: []].append((time, bits))
  }

  /// The value that holds at `time`, with its leading zeros.
  func value(_ code: String, at time: Int, width: Int) -> String? {
    changes[code]?.last { $0.time <= time }.map { change in
      String(repeating: "0", count: width - change.bits.count) + change.bits
    }
  }
}
