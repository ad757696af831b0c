import Architecture
public import Mapping
import Workload

/// Sizes and addresses of one job, as the descriptor registers hold them.
public struct Descriptor: Equatable, Sendable, BitwiseCopyable {
  public var xAddress: UInt64 = 0
  public var wAddress: UInt64 = 0
  public var yAddress: UInt64 = 0
  public var mAddress: UInt64 = 0
  public var yStride: UInt32 = 0
  public var tokens = 0
  public var nTiles = 0
  public var kTiles = 0
  public var lastRows = 0
  public var tokenBlock = 0
  public var activationSlice = 0
  /// The multiplier of all rows.
  public var multiplier: UInt16 = 0
  public var shift = 0
  /// Each row has a multiplier, in memory.
  public var rowMultipliers = false
  /// X is what the job before writes: it is read when that job has ended.
  public var dependent = false

  /// All zero, as after reset.
  public init() {}

  /// The descriptor of `job` with its operands at these addresses.
  public init(
    _ job: Job, xAddress: UInt64, wAddress: UInt64, yAddress: UInt64, mAddress: UInt64 = 0
  ) {
    self.xAddress = xAddress
    self.wAddress = wAddress
    self.yAddress = yAddress
    self.mAddress = mAddress
    yStride = UInt32(job.outputStride)
    tokens = job.shape.m
    nTiles = job.nTiles
    kTiles = job.kTiles
    lastRows = job.lastRows
    tokenBlock = job.tokenBlock
    activationSlice = job.activationSlice
    guard let requantisation = job.requantisation else { return }
    shift = requantisation.shift
    switch requantisation.multipliers {
    case .all(let multiplier): self.multiplier = multiplier
    case .rows: rowMultipliers = true
    }
  }
}

extension Descriptor {
  /// Why `architecture` cannot run the job, if it cannot. Mirrors the check in `setun_job_queue`.
  func error(on architecture: Architecture) -> JobError? {
    let parameters = architecture.parameters
    let group = parameters.tokensPerWeight
    if tokens == 0 || nTiles == 0 || kTiles == 0 || kTiles > architecture.activationHalfWords {
      return .size
    }
    if tokenBlock == 0 || tokenBlock > parameters.accumulatorDepth
      || (tokenBlock + group - 1) / group * kTiles > architecture.activationHalfWords
    {
      return .tokenBlock
    }
    if lastRows == 0 || lastRows > parameters.rows { return .lastRows }
    let addresses = xAddress | wAddress | yAddress | mAddress | UInt64(yStride)
    if addresses % UInt64(parameters.busBytes) != 0
      || Int(yStride) < nTiles * architecture.outputTileBytes
    {
      return .address
    }
    if shift > Requantisation.largestShift
      || (rowMultipliers && nTiles > architecture.multiplierHalfWords)
    {
      return .requantisation
    }
    return nil
  }
}
