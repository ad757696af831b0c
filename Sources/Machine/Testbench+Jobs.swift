public import Architecture

extension Testbench {
  /// Hands `descriptor` to the device and returns when the start bit is written.
  public func start(_ descriptor: Descriptor) throws {
    for register in Register.descriptor { try write(register, descriptor[register]) }
    try write(.control, Register.startBit | Register.clearBit)
  }

  /// Runs until the job has ended and returns its error.
  public func finish() throws -> JobError? {
    try write(.interruptEnable, 1)
    while !device.outputs.irq { try tick(waitingFor: "the end of the job") }
    return JobError(rawValue: UInt8(try read(offset: Register.status.offset) >> 8))
  }

  /// Runs until the status register says that the job has ended, and returns its error.
  ///
  /// - Throws: ``Deadlock`` after `limit` cycles.
  public func poll(limit: UInt64 = 1_000_000) throws -> JobError? {
    let begin = cycle
    while true {
      let status = try read(offset: Register.status.offset)
      if status & 1 == 0 { return JobError(rawValue: UInt8(status >> 8)) }
      for _ in 0..<16 { try tick(waitingFor: "the end of the job") }
      guard cycle - begin < limit else {
        throw Deadlock(
          cycle: cycle, patience: limit, waitingFor: "the status register to say that the job ended",
          state: deviceState())
      }
    }
  }
}
