import Activity
import Architecture
import LockStep
import Machine
import TestSupport
import Testing

/// Deliberately broken designs: a checker that cannot fail checks nothing.
@Suite("Lock-step catches")
struct CheckerTests {
  @Test("a node of the adder tree that subtracts")
  func brokenAdder() async throws {
    let divergence = try await BrokenDesign(
      "setun_tree_sum.sv",
      "sum_d[node] += Signed ? SumBits'(signed'(terms_i[node*Fanin + term]))",
      """
      if (Signed && node == 0 && term == 1) sum_d[node] -= SumBits'(signed'(terms_i[term]));
      else sum_d[node] += Signed ? SumBits'(signed'(terms_i[node*Fanin + term]))
      """
    ).divergence()
    #expect(divergence.signals == ["tree_sum"])
    // A cycle to read the buffers, one in the tree's register, one in its output register.
    #expect(try divergence.cycle == divergence.cycleOfOperand(1) + 2)
  }

  @Test("a weight that is one word late")
  func wordLate() async throws {
    let divergence = try await BrokenDesign(
      "setun_accelerator.sv", ".rd_word_i  (weight_word),",
      ".rd_word_i  (weight_word == '0 ? '0 : weight_word - 16'd1),"
    ).divergence()
    // Word 0 is right. Of word 1, the lane counters see the weights before the tree sums them up.
    #expect(
      Set(divergence.differing.map(divergence.name(ofWord:))).isSubset(
        of: ["counter[lane_add]", "counter[lane_subtract]", "counter[lane_skip]"]))
    #expect(try divergence.cycle == divergence.cycleOfOperand(2) + 1)
    #expect(try divergence.firstCycle(of: .treeSum) == divergence.cycleOfOperand(2) + 2)
  }

  @Test("a weight that is one cycle late")
  func cycleLate() async throws {
    let divergence = try await BrokenDesign(
      "setun_accelerator.sv",
      """
          .rd_en_i    (weight_read),
          .rd_word_i  (weight_word),
      """,
      """
          .rd_en_i    (stage_valid[0]),
          .rd_word_i  (weight_word),
      """
    ).divergence()
    #expect(divergence.signals == ["counter"])
    #expect(try divergence.cycle == divergence.cycleOfOperand(1) + 1)
    #expect(try divergence.firstCycle(of: .treeSum) == divergence.cycleOfOperand(1) + 2)
  }

  @Test("a counter that counts something else")
  func wrongCounter() async throws {
    let divergence = try await BrokenDesign.wrongCounter().divergence()
    #expect(divergence.signal == "counter[lane_subtract]")
    #expect(divergence.differing.count == 1)
    #expect(divergence.rtlValue > divergence.modelValue)
    #expect(try divergence.cycle == divergence.cycleOfOperand(1) + 1)
  }

  @Test("a model whose tree is shorter than the RTL's")
  func otherPipeline() async throws {
    // The hash and the probe stay the same, so that nothing but the behaviour tells.
    var design = try BrokenDesign()
    design.source.package = try design.source.package.replacingOnce(
      "TreeRegisterEvery = 3;", with: "TreeRegisterEvery = 2;")
    let divergence = try await design.divergence()
    #expect(divergence.signals == ["tree_sum"])
    #expect(divergence.rtlValue == 0)
    // What the model has now, the RTL has a cycle later.
    let next = try #require(divergence.history.first { $0.cycle == divergence.cycle + 1 })
    #expect(next.rtl[divergence.word] == divergence.modelValue)
  }

  @Test("an assertion of the RTL, and names it")
  func assertion() async throws {
    let design = try BrokenDesign(
      "setun_controller.sv", "`ASSERT(CreditsBounded_A, 32'(credits_q) <= OutputQueueDepth)",
      "`ASSERT(CreditsBounded_A, 32'(credits_q) < OutputQueueDepth)")
    let failure = try await design.failure()
    guard case .rtl(.rtlStopped(let message), let cycle) = failure else {
      Issue.record("found \(failure)")
      return
    }
    #expect(message.contains("setun_accelerator.u_controller.CreditsBounded_A"))
    #expect(
      failure.description
        == "cycle \(cycle): the RTL stopped: \(message)")
  }

  @Test("a difference that also fails an assertion, and reports the difference")
  func differenceBeforeAssertion() async throws {
    // Without busy cycles, the counters do not add up in the cycle after.
    let divergence = try await BrokenDesign(
      "setun_event_counters.sv", "increment[EvBusy]                  = 32'(activity_i.busy);",
      "increment[EvBusy]                  = '0;"
    ).divergence()
    #expect(divergence.signal == "counter[busy]")
    #expect(try divergence.cycle == divergence.cycleOfOperand(1))
    #expect(divergence.history.last?.cycle == divergence.cycle)
  }

  @Test("a difference in the last cycle of a run, when it is asked at the end")
  func lastCycle() async throws {
    let design = try BrokenDesign.wrongCounter()
    let divergence = try await design.divergence()
    let (bench, descriptor) = try await design.bench()
    let pair = bench.device
    try bench.write(.interruptEnable, 1)
    try bench.start(descriptor)
    while pair.cyclesCompared < divergence.cycle { try bench.tick() }
    try pair.check()
    try bench.tick()
    let failure = #expect(throws: LockStepFailure.self) { try pair.check() }
    guard case .divergence(let last) = try #require(failure) else {
      Issue.record("found \(String(describing: failure))")
      return
    }
    #expect(last.cycle == divergence.cycle)
    #expect(last.signal == divergence.signal)
    #expect(last.history.last?.cycle == divergence.cycle)
  }

  @Test("every difference with its cycle, signal, values, place in the job and last 32 cycles")
  func description() async throws {
    let divergence = try await BrokenDesign.wrongCounter().divergence()
    #expect(divergence.history.count == 32 + 1 + 8)
    #expect(divergence.history.first?.cycle == divergence.cycle - 32)
    let hex = { (value: UInt32) in
      let digits = String(value, radix: 16)
      return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    }
    let (model, rtl) = (hex(divergence.modelValue), hex(divergence.rtlValue))
    let lines = divergence.description.split(separator: "\n").map(String.init)
    #expect(
      lines[0] == "model and RTL differ after cycle \(divergence.cycle): counter[lane_subtract] "
        + "is \(model) in the model and \(rtl) in the RTL")
    // Two operands have been taken, both of token 0.
    #expect(lines[1] == "  event counters, token 0 of 3, 2 n-tiles left, k-tile 2, 4 tokens left")
    #expect(lines[2] == "  cycle       model         RTL  (counter[lane_subtract])")
    #expect(lines[3] == "  \(indented(divergence.cycle - 32))  0x00000000  0x00000000")
    #expect(lines[35] == "  \(indented(divergence.cycle))  \(model)  \(rtl)  <")
    #expect(lines.count == 3 + 41)
  }

  private func indented(_ cycle: UInt64) -> String {
    String(repeating: " ", count: 6 - "\(cycle)".count) + "\(cycle)"
  }
}
