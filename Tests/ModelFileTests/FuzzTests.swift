import Fuzzing
import Testing

@Suite("Mutated files")
struct FuzzTests {
  @Test("are read or refused, and never trap", arguments: FuzzTarget.all.indices)
  func mutated(index: Int) {
    let target = FuzzTarget.all[index]
    #expect(target.refusalsOfSeeds == [], "\(target.name)")
    var run = FuzzRun()
    // About as many of each as of the others by time; the long run is Tests/Fuzz.
    let count = max(target.share * 40, 60)
    run.run(target, inputs: 0..<count, seed: 20)
    #expect(run.inputs == count)
    // Some mutations are harmless, and the others are refused in several ways.
    #expect(run.accepted > 0 && run.accepted < count, "\(target.name)")
    #expect(run.diagnostics.count > 2, "\(target.name): \(run.diagnostics)")
  }
}
