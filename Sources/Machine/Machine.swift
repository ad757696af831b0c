public import Activity
public import Architecture

/// The cycle-level model of one accelerator: one value per hardware block, two phases per cycle.
///
/// In the first phase every block reads the others' registers (`q`) and this cycle's inputs and
/// computes its own next state; in the second all registers move at once. After every step the
/// architectural state equals that of the RTL for the same architecture and inputs.
public final class Machine: Device {
  public let architecture: Architecture
  // One value, so that a step checks exclusive access once and not for every block.
  private var blocks: Blocks

  /// A machine after reset.
  public init(_ architecture: Architecture) {
    self.architecture = architecture
    blocks = Blocks(architecture)
  }

  /// What the hardware counted since the job began.
  public var counters: EventCounts { blocks.counters.values }
  public var operandsTaken: UInt64 { blocks.counters[.busy] }
  public var outputs: PortOutputs { blocks.outputs }

  /// One clock cycle.
  public func step(_ inputs: PortInputs) { blocks.step(inputs) }

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
  public func probe(into words: UnsafeMutablePointer<UInt32>) { blocks.probe(into: words) }
}

/// The hardware blocks and the wires between them.
struct Blocks {
  private var controlRegisters: ControlRegisters
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
  /// Of the weight word at stage 0 of the tree array.
  private var lanes = WeightMemory.Lanes()
  private let laneCount: Int
  private let laneCounters: Bool
  private let busBytes: Int

  init(_ architecture: Architecture) {
    controlRegisters = ControlRegisters(architecture)
    controller = Controller(architecture)
    loadUnit = LoadUnit(architecture)
    weightBuffer = DoubleBuffer(
      words: architecture.parameters.weightBufferWords, beats: architecture.weightBeats)
    activationBuffer = DoubleBuffer(
      words: architecture.parameters.activationBufferWords, beats: architecture.activationBeats)
    treeArray = TreeArray(architecture)
    accumulators = Accumulators(architecture)
    outputStage = OutputStage(architecture)
    storeUnit = StoreUnit(architecture)
    weights = WeightMemory(architecture)
    activations = ActivationMemory(architecture)
    laneCount = architecture.parameters.rows * architecture.parameters.lanes
    laneCounters = architecture.parameters.laneCounters
    busBytes = architecture.parameters.busBytes
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
    var control: Controller.Control
    var step: Controller.Step
    /// The operand that is read from both buffers; not valid in a stall.
    var issued: Operand
    var arrival: LoadUnit.Arrival
    var move: StoreUnit.Move
  }

  /// First phase: every block computes its next state from the registers and the inputs.
  private mutating func evaluate(_ inputs: PortInputs) -> Wires {
    let job = controlRegisters.q.job
    let control = controller.control(
      job: job, readError: loadUnit.q.readError, codeError: loadUnit.q.codeError,
      writeError: storeUnit.q.writeError)
    let clear = control.clear
    let abort = control.abort
    let arrival = loadUnit.arrival(inputs)
    let claims = loadUnit.claims(
      clear: clear, abort: abort, weightClaimable: weightBuffer.claimable,
      activationClaimable: activationBuffer.claimable)
    let step = controller.step(
      abort: abort, activationReady: activationBuffer.ready, weightReady: weightBuffer.ready)
    var issued = Operand()
    if case .issue(let operand) = step { issued = operand }
    let move = storeUnit.move(inputs, outputStage: outputStage, abort: abort, job: job)

    controlRegisters.evaluate(
      inputs,
      status: ControlRegisters.Status(
        busy: controller.q.phase != .idle, done: controller.q.done, error: controller.q.error),
      counters: counters)
    controller.evaluate(
      start: controlRegisters.q.start, acknowledge: controlRegisters.q.acknowledge, job: job,
      control: control, step: step, credit: move.pop,
      drained: treeArray.empty && loadUnit.idle && storeUnit.idle)
    loadUnit.evaluate(
      inputs, arrival: arrival,
      illegalCode: arrival.weight && weights.isIllegal(beat: inputs.rdata), claims: claims,
      clear: clear, abort: abort, job: job)
    weightBuffer.evaluate(
      clear: clear, claim: claims.weight, write: arrival.weight,
      writeLast: arrival.weight && arrival.halfLast, free: issued.valid && controller.chunkEnd)
    activationBuffer.evaluate(
      clear: clear, claim: claims.activation, write: arrival.activation,
      writeLast: arrival.activation && arrival.halfLast,
      free: issued.valid && controller.blockEnd)
    storeUnit.evaluate(inputs, move: move, outputStage: outputStage, clear: clear, job: job)
    return Wires(control: control, step: step, issued: issued, arrival: arrival, move: move)
  }

  /// Second phase: the rising edge, from the end of the pipeline to its beginning.
  private mutating func clock(_ inputs: PortInputs, _ wires: Wires) {
    count(inputs, wires)
    if wires.move.pop { outputStage.pop() }
    if accumulators.clock(treeArray.operand(treeArray.latency), sums: treeArray.sums.pointer) {
      outputStage.push(accumulators.running.pointer)
    }
    if wires.issued.last && wires.issued.emit {
      outputStage.push(
        OutputStage.Address(address: controller.q.yAddress, lastTile: controller.lastNTile))
    }
    // The results of a failed job must not be stored after its end.
    if wires.control.clear || (wires.control.abort && storeUnit.idle) { outputStage.clear() }
    let weightWord = weightBuffer.readWord(controller.q.kTile)
    let activationWord = activationBuffer.readWord(controller.activationWord)
    treeArray.clock(
      next: wires.issued, weights: weights.pointer(word: weightWord),
      activations: activations.pointer(word: activationWord))
    if wires.issued.valid { lanes = weights.lanes(word: weightWord) }
    if wires.arrival.weight {
      weights.write(
        beat: inputs.rdata, word: weightBuffer.writeWord, index: weightBuffer.q.writeBeat)
    }
    if wires.arrival.activation {
      activations.write(
        beat: inputs.rdata, word: activationBuffer.writeWord, index: activationBuffer.q.writeBeat)
    }
    clockRegisters()
  }

  private mutating func reset() {
    controlRegisters.reset()
    controller.reset()
    loadUnit.reset()
    weightBuffer.reset()
    activationBuffer.reset()
    treeArray.reset()
    accumulators.reset()
    outputStage.clear()
    storeUnit.reset()
    counters.clear()
    clockRegisters()
  }

  private mutating func clockRegisters() {
    controlRegisters.clock()
    controller.clock()
    loadUnit.clock()
    weightBuffer.clock()
    activationBuffer.clock()
    outputStage.clock()
    storeUnit.clock()
  }

  // MARK: Events

  private func count(_ inputs: PortInputs, _ wires: Wires) {
    if controller.q.phase == .idle {
      if controlRegisters.q.start { counters.clear() }
      return
    }
    counters.add(1, to: .cycles)
    switch wires.step {
    case .issue:
      counters.add(1, to: .busy)
      counters.add(1, to: .weightBufferRead)
      counters.add(1, to: .activationBufferRead)
    case .stall(let reason): counters.add(1, to: reason)
    case .none: counters.add(1, to: controller.q.phase == .setup ? .stallSetup : .stallDrain)
    }
    countArray()
    if wires.arrival.weight {
      counters.add(1, to: .weightBufferWrite)
      counters.add(busBytes, to: .weightBytesRead)
    }
    if wires.arrival.activation {
      counters.add(1, to: .activationBufferWrite)
      counters.add(busBytes, to: .activationBytesRead)
    }
    if storeUnit.q.wvalid && inputs.wready { counters.add(busBytes, to: .outputBytesWritten) }
    if loadUnit.q.arvalid && inputs.arready { counters.add(1, to: .readBurst) }
    if storeUnit.q.awvalid && inputs.awready { counters.add(1, to: .writeBurst) }
  }

  private func countArray() {
    if treeArray.operand(0).valid && laneCounters {
      counters.add(lanes.nonzero - lanes.negative, to: .laneAdd)
      counters.add(lanes.negative, to: .laneSubtract)
      counters.add(laneCount - lanes.nonzero, to: .laneSkip)
    }
    let next = treeArray.operand(treeArray.latency - 1)
    if next.valid && next.first && next.resume { counters.add(1, to: .accumulatorRead) }
    let operand = treeArray.operand(treeArray.latency)
    if operand.valid && operand.last {
      counters.add(1, to: operand.emit ? .outputResult : .accumulatorWrite)
    }
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
    writer.write(loadUnit)
    writer.write(weightBuffer)
    writer.write(activationBuffer)
    writer.put(treeArray.valid)
    writer.put(treeArray.sums)
    writer.put(accumulators.running)
    writer.put(outputStage.count)
    writer.write(storeUnit)
    writer.write(outputs, busBytes: busBytes)
    for event in Event.allCases { writer.put(UInt32(truncatingIfNeeded: counters[event])) }
  }
}
