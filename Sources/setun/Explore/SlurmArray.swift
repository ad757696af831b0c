import Exploration
import Foundation

/// The scripts and jobs of a sweep on Slurm.
struct SlurmArray {
  let sweep: Sweep
  /// The absolute path of the merged store.
  let store: String
  let shards: Int
  let threads: Int
  let options: SweepOptions
  let sbatch: [String]

  var folder: String { Shard.folder(ofStore: store) }
  private var sweepScript: String { "\(folder)/sweep.sh" }
  private var mergeScript: String { "\(folder)/merge.sh" }
  /// The ids of the arrays that were submitted, a line each.
  private var jobsFile: String { "\(folder)/jobs" }

  /// Writes the scripts of the array and of the merge.
  func writeScripts() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let setun = Bundle.main.executablePath ?? CommandLine.arguments[0]
    var words = [setun, "explore", "sweep"]
    if let space = options.spaceFile {
      let isFile = space.contains("/") || space.hasSuffix(".yaml") || space.hasSuffix(".yml")
      words.append(isFile ? URL(filePath: space).path : space)
    }
    if let model = options.model {
      let isFile = FileManager.default.fileExists(atPath: model)
      words += ["--model", isFile ? URL(filePath: model).path : model]
    }
    words += ["--store", store, "--threads", "\(threads)"]
    try write(
      """
      #!/bin/bash
      # One shard of the sweep \(sweep.space.name); written by setun explore submit.
      #SBATCH --job-name=setun-\(sweep.space.name)
      #SBATCH --cpus-per-task=\(threads)
      #SBATCH --requeue
      #SBATCH --open-mode=append
      #SBATCH --output=\(folder)/%a.log
      exec \(Self.line(words)) --shard "$SLURM_ARRAY_TASK_ID/\(shards)"

      """, to: sweepScript)
    try write(
      """
      #!/bin/bash
      # Puts the shards of the sweep \(sweep.space.name) together and says which are missing.
      #SBATCH --job-name=setun-merge-\(sweep.space.name)
      #SBATCH --open-mode=append
      #SBATCH --output=\(folder)/merge.log
      exec \(Self.line([setun, "explore", "merge", store]))

      """, to: mergeScript)
  }

  /// The shards that wait or run in arrays that were submitted before.
  func queuedShards() throws -> Set<Int> {
    let text = (try? String(contentsOfFile: jobsFile, encoding: .utf8)) ?? ""
    let jobs = text.split(separator: "\n").map(String.init)
    guard !jobs.isEmpty else { return [] }
    // Jobs that ended long ago are unknown to squeue, which is then an error: all of the user's jobs
    // are listed instead, a task of an array to a line.
    let listed = try Self.run(
      ["squeue", "--me", "--noheader", "--array", "--format=%F %K"])
    return Set(
      listed.split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ")
        guard words.count == 2, jobs.contains(String(words[0])) else { return nil }
        return Int(words[1])
      })
  }

  /// Submits the array for `indices`, and the merge after it; only the merge when there are none.
  ///
  /// - Returns: What was submitted, in words.
  func submit(_ indices: [Int]) throws -> String {
    var merge = ["sbatch", "--parsable"]
    var words = "no shard is missing"
    if !indices.isEmpty {
      let output = try Self.run(
        ["sbatch", "--parsable", "--array=\(Self.ranges(indices))"] + sbatch + [sweepScript])
      let id = Self.jobID(output)
      try append("\(id)\n", to: jobsFile)
      // After a task that failed, afterok would wait for ever.
      merge.append("--dependency=afterany:\(id)")
      words = "array \(id) of \(indices.count) shards (\(Self.ranges(indices)))"
    }
    let id = Self.jobID(try Self.run(merge + sbatch + [mergeScript]))
    return "submitted: \(words), merge \(id)\nlogs: \(folder)"
  }

  /// `1-3,7` for 1, 2, 3 and 7.
  static func ranges(_ indices: [Int]) -> String {
    var ranges: [ClosedRange<Int>] = []
    for index in indices.sorted() {
      if let last = ranges.last, last.upperBound + 1 == index {
        ranges[ranges.count - 1] = last.lowerBound...index
      } else {
        ranges.append(index...index)
      }
    }
    return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ",")
  }

  /// The id in `123` or `123;cluster`.
  private static func jobID(_ output: String) -> String {
    String(output.prefix { $0.isNumber })
  }

  private static func line(_ words: [String]) -> String {
    words.map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(separator: " ")
  }

  // MARK: - Files and programs

  private func write(_ text: String, to path: String) throws {
    do {
      try Data(text.utf8).write(to: URL(filePath: path))
    } catch {
      throw Failure("\(path): cannot be written: \(error.localizedDescription)")
    }
  }

  private func append(_ text: String, to path: String) throws {
    let old = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    try write(old + text, to: path)
  }

  /// Runs a program of Slurm and returns what it prints.
  private static func run(_ words: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    do {
      try process.run()
    } catch {
      throw Failure("\(words[0]): cannot be run: \(error.localizedDescription)")
    }
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let problem = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(
        "\(words.joined(separator: " ")): "
          + String(decoding: problem, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
      )
    }
    return String(decoding: text, as: UTF8.self)
  }
}
