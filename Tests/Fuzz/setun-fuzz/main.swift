import Foundation
import Fuzzing

// setun-fuzz [inputs] [seed] [first]: reads mutated model files until one of them traps.
var values = [1_000_000, 1, 0]
for (index, argument) in CommandLine.arguments.dropFirst().enumerated() {
  guard index < values.count, let value = Int(argument), value >= 0 else {
    FileHandle.standardError.write(
      Data("usage: setun-fuzz [inputs] [seed] [first], whole numbers\n".utf8))
    exit(64)
  }
  values[index] = value
}
let (count, seed, first) = (values[0], values[1], values[2])

/// Unbuffered, so that the last line before a trap is there.
func report(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

/// Inputs between two lines of progress; where a trap ends the program, its input is among the next.
let step = 10_000
var total = 0
for target in FuzzTarget.all {
  var run = FuzzRun()
  let end = first + count * target.share / 100
  let start = ContinuousClock.now
  for begin in stride(from: first, to: end, by: step) {
    if (begin - first) % (10 * step) == 0 { report("\(target.name): from input \(begin)") }
    run.run(target, inputs: begin..<min(begin + step, end), seed: seed)
  }
  let seconds = (ContinuousClock.now - start) / .seconds(1)
  total += run.inputs
  report(
    "\(target.name): \(run.inputs) inputs, \(run.accepted) accepted, \(run.diagnostics.count) kinds "
      + "of refusal, slowest \(run.slowest.time) (input \(run.slowest.input)), "
      + String(format: "%.0f s", seconds))
}
report("\(total) inputs, none of which trapped")
