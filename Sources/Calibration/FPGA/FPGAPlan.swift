public import Architecture
public import Energy

/// The designs that the models of an FPGA family are fitted to, and those that they are held against.
public struct FPGAPlan: Sendable {
  /// Tree arrays of one datapath, which are synthesised beside each other.
  public struct Arrays: Sendable {
    public let training: [ArrayDesign]
    public let heldOut: [ArrayDesign]
  }

  /// An accelerator, of which some parts are synthesised.
  public struct Accelerator: Sendable {
    public let architecture: Architecture
    public let parts: [FPGAPart]

    var name: String { architecture.parameters.name }
  }

  /// By datapath.
  public let arrays: [Arrays]
  public let training: [Accelerator]
  /// Whole accelerators.
  public let heldOut: [Accelerator]
  /// Memories that the rule for them is held against.
  public let memories: [MemorySize]
  /// The accelerator beside whose package arrays and memories stand.
  let host: Architecture

  /// One memory.
  public struct MemorySize: Hashable, Sendable {
    public let words: Int
    public let bits: Int
  }

  /// The plan that the technology files of the project were made with.
  ///
  /// - Parameter datapaths: Those that are wanted.
  public static func standard(
    _ datapaths: [Architecture.Parameters.Datapath] = Architecture.Parameters.Datapath.allCases
  ) throws(ArchitectureError) -> FPGAPlan {
    FPGAPlan(
      arrays: datapaths.map(arrays),
      training: try trainingAccelerators().enumerated().map { index, architecture in
        // Arrays are synthesised alone, and the registers are the same in every design.
        Accelerator(
          architecture: architecture,
          parts: FPGAPart.all.filter {
            $0 != .block(.treeArray)
              && (index == 0 || index == 5 || $0 != .block(.controlRegisters))
          })
      },
      heldOut: try heldOutAccelerators(),
      memories: memorySizes.map(MemorySize.init), host: try Architecture.sample(named: "tiny"))
  }

  /// Words and bits around the sizes of LUT RAM and of blocks.
  private static let memorySizes: [(words: Int, bits: Int)] = [
    (2, 8), (3, 16), (6, 64), (8, 90), (16, 32), (16, 128), (32, 4), (32, 32), (32, 128), (33, 8),
    (64, 8), (64, 64), (64, 128), (64, 256), (65, 8), (128, 8), (128, 64), (128, 128), (130, 64),
    (256, 8), (256, 128), (257, 8), (512, 9), (512, 36), (512, 37), (512, 72), (512, 128),
    (1024, 36), (1024, 128), (1025, 18), (2048, 72), (4096, 72), (4096, 128),
  ]

  /// Lanes and `tree_register_every`; rows and tokens cost what one of them costs, but for the tables
  /// of the lookups, which all rows share.
  private static func arrays(_ datapath: Architecture.Parameters.Datapath) -> Arrays {
    let (training, heldOut): ([(Int, Int)], [(Int, Int)]) =
      switch datapath {
      case .xorPopcount:
        (
          [(8, 1), (12, 0), (16, 2), (20, 3), (24, 1), (32, 0), (33, 2), (48, 3), (64, 2)],
          [(16, 1), (27, 2), (40, 3), (24, 0), (80, 2)]
        )
      // Multipliers and large tables are as large as many lanes of a tree.
      case .int8MAC, .lookup3, .lookup4:
        ([(6, 1), (8, 0), (9, 2), (12, 2), (16, 3)], [(8, 1), (14, 2)])
      case .carrySave, .carryIn, .negate, .splitSign, .lookup2, .bitSerial:
        ([(8, 1), (12, 0), (16, 2), (20, 3), (20, 0)], [(12, 1), (18, 2)])
      }
    func designs(_ sizes: [(lanes: Int, every: Int)], rows: [Int]) -> [ArrayDesign] {
      sizes.enumerated().map { index, size in
        ArrayDesign(
          datapath: datapath, rows: rows[index % rows.count], lanes: size.lanes,
          registerEvery: size.every)
      }
    }
    let isShared = datapath.group > 1
    return Arrays(
      training: designs(training, rows: isShared ? [1, 5, 2] : [2]),
      heldOut: designs(heldOut, rows: isShared ? [3, 4] : [3]))
  }

  /// Small designs in which every block has several sizes, and the built-in one.
  private static func trainingAccelerators() throws(ArchitectureError) -> [Architecture] {
    [
      try variant("tiny") { _ in },
      try variant("packed") {
        ($0.rows, $0.lanes, $0.busBytes, $0.weightCoding) = (8, 16, 16, .fiveInEight)
        $0.laneCounters = false
        ($0.weightBufferWords, $0.activationBufferWords) = (32, 256)
        ($0.accumulatorDepth, $0.outputQueueDepth, $0.outstandingReads) = (16, 4, 4)
      },
      try variant("pairs") {
        ($0.rows, $0.lanes, $0.tokensPerWeight, $0.output) = (4, 24, 2, .int8)
        ($0.dataflow, $0.multiplierBufferWords) = (.weightStationary, 16)
        ($0.weightBufferWords, $0.activationBufferWords) = (64, 512)
        ($0.accumulatorDepth, $0.outputQueueDepth, $0.jobQueueDepth) = (8, 4, 4)
      },
      try variant("rows") {
        ($0.rows, $0.lanes, $0.busBytes, $0.weightCoding) = (16, 8, 32, .fiveInEight)
        $0.output = .int8
        ($0.weightBufferWords, $0.activationBufferWords) = (128, 1024)
        ($0.accumulatorDepth, $0.outputQueueDepth, $0.outstandingReads) = (64, 8, 8)
      },
      try variant("lanes") {
        ($0.rows, $0.lanes, $0.busBytes, $0.tokensPerWeight) = (2, 64, 16, 4)
        ($0.laneCounters, $0.jobQueueDepth) = (false, 3)
        ($0.weightBufferWords, $0.activationBufferWords, $0.accumulatorDepth) = (256, 4096, 32)
      },
      try Architecture.sample(named: "default"),
    ]
  }

  /// One of which each parameter is between those of the training; and, of their datapaths, the designs
  /// that come nearest to a published engine: 80 lanes in base 3, and 64 with two-bit weights.
  private static func heldOutAccelerators() throws(ArchitectureError) -> [Accelerator] {
    let between = try variant("between") {
      ($0.rows, $0.lanes, $0.busBytes, $0.weightCoding) = (6, 32, 16, .fiveInEight)
      ($0.tokensPerWeight, $0.output, $0.multiplierBufferWords) = (2, .int8, 8)
      ($0.weightBufferWords, $0.activationBufferWords) = (64, 1024)
      ($0.accumulatorDepth, $0.outputQueueDepth, $0.jobQueueDepth) = (16, 6, 3)
      $0.outstandingReads = 8
    }
    func engine(
      _ name: String, _ change: (inout Architecture.Parameters) -> Void
    ) throws(ArchitectureError) -> Accelerator {
      let architecture = try variant(name) {
        ($0.rows, $0.busBytes, $0.treeRegisterEvery, $0.laneCounters) = (1, 16, 2, false)
        ($0.weightBufferWords, $0.accumulatorBits, $0.outputQueueDepth) = (4, 32, 8)
        change(&$0)
      }
      let others: [Block] = [.eventCounters, .jobQueue, .controlRegisters]
      return Accelerator(
        architecture: architecture,
        parts: FPGAPart.all.filter { part in !others.contains { part == .block($0) } })
    }
    return [
      Accelerator(architecture: between, parts: FPGAPart.all),
      try engine("engine-base-3") {
        ($0.lanes, $0.tokensPerWeight, $0.weightCoding) = (80, 2, .fiveInEight)
        ($0.activationBufferWords, $0.accumulatorDepth) = (348, 4)
      },
      try engine("engine-two-bit") {
        $0.lanes = 64
        ($0.activationBufferWords, $0.accumulatorDepth) = (216, 1)
      },
    ]
  }

  /// The architecture `tiny` with some of its parameters changed.
  private static func variant(
    _ name: String, _ change: (inout Architecture.Parameters) -> Void
  ) throws(ArchitectureError) -> Architecture {
    var parameters = try Architecture.sample(named: "tiny").parameters
    parameters.name = name
    change(&parameters)
    return try Architecture(parameters: parameters)
  }
}
