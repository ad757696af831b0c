import Architecture

/// The accelerators whose blocks are measured: they differ in their buses, codings, outputs, queues,
/// rows and lanes. Few rows have a requantiser, which takes the synthesis longest.
struct AcceleratorPlan {
  let training: [AcceleratorDesign]
  let heldOut: [AcceleratorDesign]

  var designs: [AcceleratorDesign] { training + heldOut }

  /// - Throws: ``CalibrationError`` when there is no such accelerator.
  static func standard() throws(CalibrationError) -> AcceleratorPlan {
    AcceleratorPlan(
      training: [
        try design("narrow") {
          ($0.rows, $0.lanes, $0.busBytes) = (4, 8, 8)
        },
        try design("packed") {
          ($0.rows, $0.lanes, $0.busBytes, $0.accumulatorDepth) = (1, 8, 16, 512)
          ($0.weightCoding, $0.output) = (.fiveInEight, .int8)
          ($0.outputQueueDepth, $0.outstandingReads, $0.laneCounters) = (4, 8, false)
        },
        try design("wide") {
          ($0.rows, $0.lanes, $0.busBytes, $0.weightCoding) = (8, 32, 32, .fiveInEight)
          ($0.outputQueueDepth, $0.outstandingReads, $0.jobQueueDepth) = (8, 4, 4)
        },
      ],
      heldOut: [
        try design("other") {
          ($0.rows, $0.lanes, $0.busBytes, $0.accumulatorDepth) = (2, 20, 8, 512)
          ($0.weightCoding, $0.output) = (.fiveInEight, .int8)
          ($0.outputQueueDepth, $0.outstandingReads, $0.jobQueueDepth) = (5, 2, 3)
        }
      ])
  }

  private static func design(
    _ name: String, _ change: (inout Architecture.Parameters) -> Void
  ) throws(CalibrationError) -> AcceleratorDesign {
    do {
      var parameters = try Architecture.sample(named: "tiny").parameters
      parameters.treeRegisterEvery = 1
      // Words that make SRAM of every memory.
      (parameters.weightBufferWords, parameters.activationBufferWords) = (128, 256)
      parameters.accumulatorDepth = 128
      change(&parameters)
      return AcceleratorDesign(name: name, architecture: try Architecture(parameters: parameters))
    } catch {
      throw CalibrationError("\(name): \(error)")
    }
  }
}
