package import Architecture

extension ClosedForm {
  /// What the schedule of a job depends on, computed once for an architecture.
  package struct Timing: Hashable, BitwiseCopyable, Sendable {
    /// How reads and writes share the memory's bandwidth.
    enum Bandwidth {
      /// A read and a write in every cycle.
      case both
      /// A write in every cycle; a read beside it only as far as bandwidth was saved up.
      case one
      /// Less than a beat in a cycle: nothing is read while a write waits.
      case less
    }

    /// Tokens that share a weight word.
    let group: Int
    let weightStationary: Bool
    /// Cycles from one operand to the next.
    let interval: Int
    let weightHalfWords: Int
    let weightBeats: Int
    let activationBeats: Int
    let multiplierBeats: Int
    let rows: Int
    let lanes: Int
    /// Whether results are int8.
    let requantises: Bool
    let resultBytes: Int
    let tileBytes: Int
    let busBytes: Int
    let outstandingReads: Int
    let outputQueueDepth: Int
    /// Cycles from an operand that finishes a result until the store unit sees it.
    let resultDelay: Int
    let latency: Int
    let bandwidth: Bandwidth
    /// Thousandths of a byte that the memory saves up in a cycle.
    let income: Int
    /// The price of a beat.
    let beat: Int
    /// The most that is saved up.
    let mostCredit: Int
    /// What is saved up in the cycle before the job's first.
    let firstCredit: Int

    /// Cycles of one register write of ``Testbench``.
    private static let hostWriteCycles = 3

    /// - Throws: As ``ClosedForm/init(_:)``.
    package init(of architecture: Architecture) throws(ClosedFormError) {
      if let dram = architecture.parameters.memory.dram { throw .dram(dram.standard.rawValue) }
      self.init(architecture)
    }

    private init(_ architecture: Architecture) {
      let parameters = architecture.parameters
      group = parameters.tokensPerWeight
      weightStationary = parameters.dataflow == .weightStationary
      interval = architecture.operandInterval
      weightHalfWords = architecture.weightHalfWords
      weightBeats = architecture.weightBeats
      activationBeats = architecture.activationBeats
      multiplierBeats = architecture.multiplierBeats
      (rows, lanes) = (parameters.rows, parameters.lanes)
      requantises = parameters.output == .int8
      resultBytes = architecture.resultBytes
      tileBytes = architecture.outputTileBytes
      busBytes = parameters.busBytes
      outstandingReads = parameters.outstandingReads
      outputQueueDepth = parameters.outputQueueDepth
      // The buffers' output register, the tree, the queue; two more stages requantise.
      resultDelay = 2 + architecture.treeLatency + (parameters.output == .int8 ? 2 : 0)
      latency = parameters.memory.latencyCycles
      income = parameters.memory.milliBytesPerCycle
      beat = 1000 * busBytes
      bandwidth = income >= 2 * beat ? .both : income >= beat ? .one : .less
      mostCredit = beat + income - 1
      // The host writes the interrupt enable, the descriptor and the start bit; the job is in the
      // queue in the cycle after that, and set up in the next.
      let hostWrites = Register.descriptor.count + 2
      firstCredit = min(mostCredit, income * (Self.hostWriteCycles * hostWrites + 1))
    }

    /// A number that differs for most values that differ.
    package var hashed: Int {
      // Sizes are small: several fit beside each other.
      func mixed(_ hashed: Int, _ a: Int, _ b: Int, _ c: Int) -> Int {
        let sum = hashed &+ a &+ b << 20 &+ c << 40
        let product = sum &* 0x5851_F42D_4C95_7F2D
        return product ^ product >> 29
      }
      var hashed = mixed(weightStationary ? 1 : 0, rows, lanes, weightHalfWords)
      hashed = mixed(hashed, group, interval, weightBeats)
      hashed = mixed(hashed, resultBytes, busBytes, outstandingReads)
      hashed = mixed(hashed, outputQueueDepth, resultDelay, latency)
      return mixed(hashed, income, 0, 0)
    }

    /// Beats of `rows` results of one token.
    func tileBeats(rows: Int) -> Int { (resultBytes * rows + busBytes - 1) / busBytes }
  }
}
