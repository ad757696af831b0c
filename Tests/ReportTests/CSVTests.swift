import Activity
import Energy
import ReportSamples
import Testing

@testable import Report

@Suite("CSV")
struct CSVTests {
  @Test("a row per layer and phase under one header, with the figures in full")
  func rows() throws {
    let report = sampleReport(blocks: 2)
    let records = parseCSV(report.csv)
    #expect(records.count == 1 + 2 * 14)
    let header = records[0]
    #expect(Set(header).count == header.count)
    for record in records { #expect(record.count == header.count) }
    let rows = records.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
    let layers = report.phases.flatMap(\.layers)
    for (row, layer) in zip(rows, layers) {
      #expect(row["layer"] == layer.name)
      for event in Event.allCases {
        #expect(row[event.name].flatMap { UInt64($0) } == layer.figures.counts[event])
      }
      #expect(row["time_s_typical"].flatMap(Double.init) == layer.figures.time.typical)
      let leakage = layer.figures.energy[.leakage]
      #expect(row["energy_leakage_j_high"].flatMap(Double.init) == leakage?.high)
      #expect(row["cpu_energy_provenance"] == "assumed")
      #expect(row["energy_external_memory_source"] == "DDR4 data sheets")
    }
    #expect(rows.map { $0["phase"] }.first == "decode")
    #expect(rows.map { $0["phase"] }.last == "prefill")
  }

  @Test("fields with commas, quotes and line breaks come back whole")
  func quoting() {
    var report = sampleReport(blocks: 1)
    report.phases[0].layers[0].name = hostileText
    report.phases[0].layers[1].figures.energy[.leakage] = nil
    let records = parseCSV(report.csv)
    #expect(records[1][1] == hostileText)
    let column = records[0].firstIndex(of: "energy_leakage_j_low")
    #expect(column.map { records[2][$0..<($0 + 5)].joined() } == "")
    #expect(RunReport.csvField("plain") == "plain")
    #expect(RunReport.csvField("a\"b") == "\"a\"\"b\"")
  }

  /// RFC 4180 with bare newlines, character by character.
  private func parseCSV(_ text: String) -> [[String]] {
    var records: [[String]] = [[""]]
    var isQuoted = false
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      let last = (record: records.count - 1, field: records[records.count - 1].count - 1)
      if scalar == "\"" {
        // A quote right after a closing one stands for itself.
        if !isQuoted && previous == "\"" {
          records[last.record][last.field].unicodeScalars.append(scalar)
        }
        isQuoted.toggle()
      } else if scalar == ",", !isQuoted {
        records[last.record].append("")
      } else if scalar == "\n", !isQuoted {
        records.append([""])
      } else {
        records[last.record][last.field].unicodeScalars.append(scalar)
      }
      previous = scalar
    }
    return records.dropLast()
  }
}
