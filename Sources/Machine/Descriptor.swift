public import Mapping
import Workload

/// Sizes and addresses of one job, as the descriptor registers hold them.
public struct Descriptor: Equatable, Sendable {
  public var xAddress: UInt64 = 0
  public var wAddress: UInt64 = 0
  public var yAddress: UInt64 = 0
  public var yStride: UInt32 = 0
  public var tokens = 0
  public var nTiles = 0
  public var kTiles = 0
  public var lastRows = 0
  public var tokenBlock = 0
  public var activationSlice = 0

  /// All zero, as after reset.
  public init() {}

  /// The descriptor of `job` with its operands at these addresses.
  public init(_ job: Job, xAddress: UInt64, wAddress: UInt64, yAddress: UInt64) {
    self.xAddress = xAddress
    self.wAddress = wAddress
    self.yAddress = yAddress
    yStride = UInt32(job.outputStride)
    tokens = job.shape.m
    nTiles = job.nTiles
    kTiles = job.kTiles
    lastRows = job.lastRows
    tokenBlock = job.tokenBlock
    activationSlice = job.activationSlice
  }
}
