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
}
