// Writes the pages that the browser tests open: `sample-pages FOLDER`.
import Energy
import Foundation
import Report
import ReportSamples

guard CommandLine.arguments.count == 2 else {
  FileHandle.standardError.write(Data("usage: sample-pages FOLDER\n".utf8))
  exit(2)
}
let folder = CommandLine.arguments[1]

var hostile = sampleReport(blocks: 1, prompt: hostileText)
hostile.model.name = hostileText
hostile.architecture.name = hostileText
hostile.phases[0].layers[0].name = hostileText
hostile.phases[0].layers[0].figures.time.source = hostileText
hostile.notes.append(hostileText)

var bare = sampleReport(blocks: 0)
bare.areas = [:]
bare.warnings = []
bare.notes = []

var other = sampleReport(blocks: 2)
other.architecture.name = "edge-16x128"

let pages: [(name: String, page: ReportPage)] = [
  ("run", ReportPage(sampleReport(blocks: 4))),
  ("large-run", ReportPage(sampleReport(blocks: 30))),
  ("hostile", ReportPage(hostile)),
  ("bare", ReportPage(bare)),
  (
    "comparison",
    ReportPage(comparing: [sampleReport(blocks: 2), other], command: ["setun", "report"])
  ),
  ("fpga", ReportPage(try sampleFPGAReport(device: "xck26"))),
  // Which is too small for it.
  ("small-fpga", ReportPage(try sampleFPGAReport(device: "ice40-up5k"))),
  ("sweep", samplePage(points: 300)),
  ("large-sweep", samplePage(points: 10_000)),
]
for (name, page) in pages {
  try OutputFile.write(page.html(), to: "\(folder)/\(name).html")
}
