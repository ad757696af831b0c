import Activity
import Energy
import Foundation
import ReportSamples
import Testing

@testable import Report

@Suite("Reading reports")
struct ReadingTests {
  private func read(_ json: String) throws -> RunReport {
    try RunReport(json: json, file: "run.json")
  }

  @Test("a report that was written and read is written as before")
  func roundTrip() throws {
    for report in [
      sampleReport(blocks: 2, prompt: hostileText), sampleReport(blocks: 0),
      withoutCPU(sampleReport(blocks: 1)),
    ] {
      #expect(try read(report.json).json == report.json)
    }
  }

  @Test("sums are those of the file, not computed again")
  func statedSums() throws {
    let json = sampleReport(blocks: 1).json
    let report = try read(json)
    // Halving the lower bounds of every total in the file alone.
    let total = try #require(report.phases[0].total)
    let changed = json.replacing(
      "\"low\": \(total.time.low)", with: "\"low\": \(total.time.low / 2)")
    #expect(changed != json)
    #expect(try read(changed).phases[0].total?.time.low == total.time.low / 2)
  }

  @Test(
    "what is not a report is refused with its place",
    arguments: [
      ("", "run.json:1:1: not JSON: expected a value"),
      ("{\n  \"schema\" 1}", "run.json:2:12: not JSON: expected ':'"),
      ("[1, 2", "run.json:1:6: not JSON: expected ',' or ']'"),
      ("{\"a\": \"x", "run.json:1:9: not JSON: expected '\"'"),
      ("{} {}", "run.json:1:4: not JSON: expected the end"),
      ("[1, 2]", "run.json: the document: expected an object, found an array of 2"),
      ("{}", "run.json: the document: expected the key \"schema\", found an object"),
      (
        "{\"schema\": \"other\"}",
        "run.json: schema: expected \"setun_run_report_1\", as `setun run` writes it, "
          + "found \"other\""
      ),
    ])
  func documents(text: String, message: String) {
    let error = #expect(throws: ReportError.self) { try read(text) }
    #expect(error?.description == message)
  }

  @Test(
    "a value that does not fit is named with its place",
    arguments: [
      ("\"tokens\": 33", "\"tokens\": 0", "tokens: expected a positive count, found 0"),
      ("\"tokens\": 33", "\"tokens\": -1", "tokens: expected a count, found -1"),
      (
        "\"bound\": \"compute\"", "\"bound\": \"luck\"",
        "phases[0].layers[0].bound: expected a bound, found \"luck\""
      ),
      ("\"unit\": \"s\"", "\"unit\": \"ms\"", "time.unit: expected \"s\", found \"ms\""),
      (
        "\"provenance\": \"counted\"", "\"provenance\": \"guessed\"",
        "expected a provenance, found \"guessed\""
      ),
      ("\"stall_setup\"", "\"stall_startup\"", "expected the key \"stall_setup\""),
      ("\"low\": ", "\"low\": 1e300, \"was\": ", "expected low <= typical <= high"),
    ])
  func values(old: String, new: String, message: String) throws {
    var report = sampleReport(blocks: 1)
    report.phases[0].layers[0].bound = .compute
    let json = report.json.replacing(old, with: new)
    #expect(json != report.json)
    let error = #expect(throws: ReportError.self) { try read(json) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test("the parser agrees with another one on numbers and strings")
  func parser() throws {
    for text in [
      "0", "-0.5", "1e3", "-2E-3", "18446744073709551615", "123456789.125", "true", "false", "null",
      "\"\"", "\"a\\\"b\\\\c\\/d\\b\\f\\n\\r\\t\"", "\"\\u00e9\\ud83d\\ude00\"", "\"é😀\"",
      "[]", "{}", " [ 1 , [ ] , { \"a\" : null } ] ",
    ] {
      let ours = try JSONParser.parse(text).text
      let theirs = try JSONSerialization.jsonObject(
        with: Data(text.utf8), options: .fragmentsAllowed)
      let again = try JSONSerialization.jsonObject(
        with: Data(ours.utf8), options: .fragmentsAllowed)
      #expect(theirs as? NSObject == again as? NSObject, "\(text) as \(ours)")
    }
  }

  @Test(
    "malformed values are refused",
    arguments: [
      "-", "1e", "nul", "\"\\x\"", "\"\\u12\"", "\"\u{1}\"", "[1,]", "{\"a\":1,}", "{a:1}", "01x",
      String(repeating: "[", count: 65) + String(repeating: "]", count: 65),
    ])
  func malformed(text: String) {
    #expect(throws: JSONParser.Failure.self) { try JSONParser.parse(text) }
  }

  private func withoutCPU(_ report: RunReport) -> RunReport {
    var report = report
    for phase in report.phases.indices {
      for layer in report.phases[phase].layers.indices {
        report.phases[phase].layers[layer].figures.cpuTime = nil
        report.phases[phase].layers[layer].figures.cpuEnergy = nil
      }
    }
    return report
  }
}
