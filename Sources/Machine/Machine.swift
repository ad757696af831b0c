public import Activity
public import Architecture

/// The cycle-level model of one accelerator: one value per hardware block, two phases per cycle.
///
/// In the first phase every block reads the others' registers (`q`) and this cycle's inputs and
/// computes its own next state; in the second all registers move at once. After every step the
/// architectural state equals that of the RTL for the same architecture and inputs.
public final class Machine: Device {
  public let architecture: Architecture
  /// Behind a pointer, because the accesses in every cycle need no check.
  private let blocks: UnsafeMutablePointer<Blocks>

  /// A machine after reset.
  ///
  /// - Parameter values: With ``SimulatedValues/timingOnly`` the machine does the same things in the
  ///   same cycles without knowing any operand: results and what holds them stay zero, and so do
  ///   the counts of products by kind and of overflows; no code of a weight is illegal.
  public init(_ architecture: Architecture, values: SimulatedValues = .full) {
    self.architecture = architecture
    blocks = .allocate(capacity: 1)
    blocks.initialize(to: Blocks(architecture, values: values))
  }

  deinit {
    blocks.deinitialize(count: 1)
    blocks.deallocate()
  }

  /// What the hardware counted since the job began.
  public var counters: EventCounts { blocks.pointee.counters.values }
  public var operandsTaken: UInt64 { blocks.pointee.counters[.busy] }
  public var outputs: PortOutputs { blocks.pointee.outputs }

  /// One clock cycle.
  public func step(_ inputs: PortInputs) { blocks.pointee.step(inputs) }

  public func probeWords() -> [UInt32] {
    let layout = ProbeLayout(architecture)
    return [UInt32](unsafeUninitializedCapacity: layout.words) { words, count in
      probe(into: words.baseAddress!)
      count = layout.words
    }
  }

  /// Writes the architectural state into `words`, laid out as ``ProbeLayout`` says.
  ///
  /// - Precondition: `words` holds `ProbeLayout.words` words.
  public func probe(into words: UnsafeMutablePointer<UInt32>) { blocks.pointee.probe(into: words) }
}

/// The hardware blocks and the wires between them.
struct Blocks {
  private var controlRegisters: ControlRegisters
  private var jobs: JobQueue
  private var controller: Controller
  private var loadUnit: LoadUnit
  private var weightBuffer: DoubleBuffer
  private var activationBuffer: DoubleBuffer
  private var treeArray: TreeArray
  private var accumulators: Accumulators
  private var outputStage: OutputStage
  private var storeUnit: StoreUnit
  let counters = EventCounters()

  private let weights: WeightMemory
  private let activations: ActivationMemory
  /// The weight word at the buffer's output.
  private var weightWord = 0
  /// What the lane counters see of it.
  private var lanes = WeightMemory.Lanes()
  private let rows: Int
  private let laneCount: Int
  private let countsLanes: Bool
  private let busBytes: Int
  private let hasValues: Bool

  init(_ architecture: Architecture, values: SimulatedValues) {
    let parameters = architecture.parameters
    controlRegisters = ControlRegisters(architecture)
    jobs = JobQueue(architecture)
    controller = Controller(architecture)
    loadUnit = LoadUnit(architecture)
    weightBuffer = DoubleBuffer(
      words: parameters.weightBufferWords, beats: architecture.weightBeats)
    activationBuffer = DoubleBuffer(
      words: parameters.activationBufferWords, beats: architecture.activationBeats,
      tokens: parameters.tokensPerWeight)
    treeArray = TreeArray(architecture, values: values)
    accumulators = Accumulators(architecture, values: values)
    outputStage = OutputStage(architecture, values: values)
    storeUnit = StoreUnit(architecture, values: values)
    weights = WeightMemory(architecture)
    activations = ActivationMemory(architecture)
    rows = parameters.rows
    laneCount = parameters.rows * parameters.lanes
    hasValues = values == .full
    countsLanes = parameters.laneCounters && hasValues
    busBytes = parameters.busBytes
  }

  /// One clock cycle.
  mutating func step(_ inputs: PortInputs) {
    guard inputs.resetN else {
      reset()
      return
    }
    let wires = evaluate(inputs)
    clock(inputs, wires)
  }

  /// The signals of one cycle that pass between blocks.
  private struct Wires {
    /// The oldest job; meaningful while there is one.
    var job: UnsafePointer<JobQueue.Entry>
    var control: Controller.Control
    var step: Controller.Step
    /// The operand that is read from both buffers; not valid in a stall.
    var issued: Operand
    var arrival: LoadUnit.Arrival
    var move: StoreUnit.Move
  }

  /// First phase: every block computes its next state from the registers and the inputs.
  private mutating func evaluate(_ inputs: PortInputs) -> Wires {
    let job = jobs.job
    let around = Controller.Surroundings(
      jobValid: jobs.valid, jobError: job.pointee.error, jobMore: jobs.more,
      softReset: controlRegisters.q.softReset, acknowledge: controlRegisters.q.acknowledge,
      busError: loadUnit.error(parity: jobs.q.parity) ?? (storeUnit.q.writeError ? .write : nil),
      pipelineEmpty: treeArray.empty && outputStage.idle, loadIdle: loadUnit.idle,
      storeIdle: storeUnit.idle)
    let control = controller.control(around)
    let step = controller.step(
      abort: control.abort, activationReady: activationBuffer.ready,
      weightReady: weightBuffer.ready)
    var issued = Operand()
    if case .issue(let operand) = step { issued = operand }
    let move = storeUnit.move(
      inputs, head: outputStage.head, abort: control.abort, job: job)

    let status = ControlRegisters.Status(
      full: jobs.full, busy: controller.q.phase != .idle || jobs.valid, done: controller.q.done,
      error: controller.q.error, jobsDone: controller.q.jobsDone)
    if controlRegisters.q.start { jobs.push(controlRegisters.q.job) }
    controlRegisters.evaluate(inputs, status: status, counters: counters)
    let arrival = evaluateOperands(inputs, control, issued: issued)
    jobs.evaluate(pop: control.pop, loadDone: arrival.jobDone, flush: control.flush)
    controller.evaluate(around, control: control, job: job, step: step, credit: move.pop)
    storeUnit.evaluate(
      inputs, move: move, head: outputStage.head, results: outputStage.results,
      clear: control.clear, job: job)
    return Wires(
      job: job, control: control, step: step, issued: issued, arrival: arrival.beat, move: move)
  }

  /// The load unit and the buffers that it fills.
  private mutating func evaluateOperands(
    _ inputs: PortInputs, _ control: Controller.Control, issued: Operand
  ) -> (beat: LoadUnit.Arrival, jobDone: Bool) {
    let job = jobs.job
    let around = LoadUnit.Surroundings(
      jobValid: jobs.loadValid, job: jobs.loadJob, parity: jobs.loadParity,
      currentParity: jobs.q.parity, clear: control.clear, abort: control.abort,
      weightClaimable: weightBuffer.claimable, activationClaimable: activationBuffer.claimable,
      multiplierClaimable: outputStage.multiplierClaimable)
    let arrival = loadUnit.arrival(inputs)
    let claims = loadUnit.move(around)
    let jobDone = loadUnit.evaluate(
      inputs, around, move: claims, arrival: arrival,
      illegalCode: hasValues && arrival.phase == .weight
        && weights.isIllegal(beat: inputs.rdata))
    weightBuffer.evaluate(
      clear: control.clear, claim: claims.claimsWeight, write: arrival.phase == .weight,
      writeLast: arrival.phase == .weight && arrival.halfLast,
      free: issued.valid && controller.chunkEnd)
    activationBuffer.evaluate(
      clear: control.clear, claim: claims.claimsActivation, write: arrival.phase == .activation,
      writeLast: arrival.phase == .activation && arrival.halfLast,
      free: issued.valid && controller.blockEnd, runWords: arrival.kTiles)
    outputStage.evaluate(
      clear: control.clear, claim: claims.claimsMultiplier, arrival: arrival,
      free: control.pop && job.pointee.job.rowMultipliers)
    return (arrival, jobDone)
  }

  /// Second phase: the rising edge, from the end of the pipeline to its beginning.
  private mutating func clock(_ inputs: PortInputs, _ wires: Wires) {
    let counts = count(inputs, wires)
    clockResults(wires, counts: counts)
    clockArray(wires)
    if hasValues { write(inputs.rdata, wires.arrival.phase) }
    clockRegisters()
  }

  /// Stores a beat in the buffer that it is for.
  @inline(__always)
  private func write(_ beat: UnsafeRawPointer, _ phase: LoadUnit.Phase) {
    switch phase {
    case .idle: break
    case .weight:
      weights.write(
        beat: beat, word: weightBuffer.writeWord, index: weightBuffer.q.writeBeat)
    case .activation:
      activations.write(
        beat: beat, word: activationBuffer.writeWord, bank: activationBuffer.q.writeBank,
        index: activationBuffer.q.writeBeat)
    case .multiplier: outputStage.write(multipliers: beat)
    }
  }

  private mutating func clockResults(_ wires: Wires, counts: Bool) {
    if wires.move.pop { outputStage.pop() }
    let operand = treeArray.operand(treeArray.latency)
    let finished = accumulators.clock(operand, sums: treeArray.sums.pointer)
    if counts && operand.valid && accumulators.overflows != 0 {
      counters.add(accumulators.overflows, to: .accumulatorOverflow)
    }
    outputStage.clock(
      result: finished ? UnsafePointer(accumulators.running.pointer) : nil,
      next: treeArray.operand(treeArray.latency - 1), job: wires.job)
    if wires.step.emits {
      outputStage.push(
        OutputStage.Address(
          address: controller.q.yAddress, lastTile: controller.lastNTile,
          tokens: wires.issued.tokens))
    }
    // The results of a failed job must not be stored after its end.
    if wires.control.abort && storeUnit.idle { outputStage.drop() }
    if wires.control.clear { outputStage.clear() }
  }

  private mutating func clockArray(_ wires: Wires) {
    let issued = wires.issued
    guard hasValues else {
      treeArray.clock(next: issued)
      return
    }
    if issued.valid && controller.readsWeight {
      weightWord = weightBuffer.readWord(controller.q.kTile)
      lanes = weights.lanes(word: weightWord)
    }
    treeArray.clock(
      next: issued, weights: weights.pointer(word: weightWord),
      activations: activations.pointer(
        word: activationBuffer.readWord(issued.valid ? controller.activationWord : 0),
        tokens: issued.tokens))
  }

  private mutating func reset() {
    controlRegisters.reset()
    jobs.reset()
    controller.reset()
    loadUnit.reset()
    weightBuffer.reset()
    activationBuffer.reset()
    treeArray.reset()
    accumulators.reset()
    outputStage.reset()
    storeUnit.reset()
    counters.clear()
    clockRegisters()
  }

  private mutating func clockRegisters() {
    controlRegisters.clock()
    jobs.clock()
    controller.clock()
    loadUnit.clock()
    weightBuffer.clock()
    activationBuffer.clock()
    outputStage.clockRegisters()
    storeUnit.clock()
  }

  // MARK: Events

  /// Counts this cycle's events, but for overflows, which the accumulators find out when they add;
  /// returns whether this cycle counts.
  @inline(__always)
  private func count(_ inputs: PortInputs, _ wires: Wires) -> Bool {
    let idle = controller.q.phase == .idle
    if controlRegisters.q.softReset || (controlRegisters.q.start && idle && !jobs.valid) {
      counters.clear()
      return false
    }
    if idle { return false }
    counters.add(1, to: .cycles)
    switch wires.step {
    case .issue(let operand):
      counters.add(1, to: .busy)
      if controller.readsWeight { counters.add(1, to: .weightBufferRead) }
      counters.add(operand.tokens, to: .activationBufferRead)
    case .busy: counters.add(1, to: .busy)
    case .stall(let reason): counters.add(1, to: reason)
    case .none: counters.add(1, to: controller.q.phase == .setup ? .stallSetup : .stallDrain)
    }
    countArray(wires.job)
    countLoads(wires.arrival)
    if storeUnit.q.wvalid && inputs.wready { counters.add(busBytes, to: .outputBytesWritten) }
    if loadUnit.q.arvalid && inputs.arready { counters.add(1, to: .readBurst) }
    if storeUnit.q.awvalid && inputs.awready { counters.add(1, to: .writeBurst) }
    return true
  }

  @inline(__always)
  private func countLoads(_ arrival: LoadUnit.Arrival) {
    switch arrival.phase {
    case .idle: break
    case .weight:
      counters.add(1, to: .weightBufferWrite)
      counters.add(busBytes, to: .weightBytesRead)
    case .activation:
      counters.add(1, to: .activationBufferWrite)
      counters.add(busBytes, to: .activationBytesRead)
    case .multiplier:
      counters.add(1, to: .multiplierBufferWrite)
      counters.add(busBytes, to: .multiplierBytesRead)
    }
  }

  @inline(__always)
  private func countArray(_ job: UnsafePointer<JobQueue.Entry>) {
    let first = treeArray.operand(0)
    if first.valid && countsLanes {
      counters.add((lanes.nonzero - lanes.negative) * first.tokens, to: .laneAdd)
      counters.add(lanes.negative * first.tokens, to: .laneSubtract)
      counters.add((laneCount - lanes.nonzero) * first.tokens, to: .laneSkip)
    }
    let next = treeArray.operand(treeArray.latency - 1)
    if next.valid && next.first && next.resume { counters.add(1, to: .accumulatorRead) }
    if outputStage.readsMultipliers(next, job) { counters.add(1, to: .multiplierBufferRead) }
    let operand = treeArray.operand(treeArray.latency)
    guard operand.valid && operand.last else { return }
    guard operand.emit else {
      counters.add(1, to: .accumulatorWrite)
      return
    }
    counters.add(operand.tokens, to: .outputResult)
    if outputStage.requantises { counters.add(operand.tokens * rows, to: .requantisation) }
  }

  // MARK: State

  var outputs: PortOutputs {
    var outputs = PortOutputs(wdata: UnsafeRawPointer(storeUnit.data.pointer))
    outputs.arvalid = loadUnit.q.arvalid
    outputs.araddr = loadUnit.q.araddr
    outputs.arlen = loadUnit.q.arlen
    outputs.awvalid = storeUnit.q.awvalid
    outputs.awaddr = storeUnit.q.awaddr
    outputs.awlen = storeUnit.q.awlen
    outputs.wvalid = storeUnit.q.wvalid
    outputs.wstrb = storeUnit.strobe
    outputs.wlast = storeUnit.q.wlast
    outputs.axilAwready = !controlRegisters.q.awFull
    outputs.axilWready = !controlRegisters.q.wFull
    outputs.axilBvalid = controlRegisters.q.bvalid
    outputs.axilBresp = controlRegisters.q.bresp
    outputs.axilArready = !controlRegisters.q.rvalid
    outputs.axilRvalid = controlRegisters.q.rvalid
    outputs.axilRdata = controlRegisters.q.rdata
    outputs.axilRresp = controlRegisters.q.rresp
    outputs.irq = controller.q.done && controlRegisters.q.interruptEnable
    return outputs
  }

  /// Writes the probe, in the order of ``ProbeSignal``.
  func probe(into words: UnsafeMutablePointer<UInt32>) {
    var writer = ProbeWriter(words)
    writer.write(controller)
    writer.write(jobs)
    writer.write(loadUnit)
    writer.write(weightBuffer)
    writer.write(activationBuffer)
    writer.put(activationBuffer.q.writeBank)
    writer.write(outputStage.multiplierBuffer)
    writer.put(treeArray.valid)
    writer.put(treeArray.sums)
    writer.put(accumulators.running)
    writer.put(outputStage.requantiserValid)
    writer.put(outputStage.tile)
    writer.put(outputStage.count)
    writer.write(storeUnit)
    writer.write(outputs, busBytes: busBytes)
    for event in Event.allCases { writer.put(UInt32(truncatingIfNeeded: counters[event])) }
  }
}
