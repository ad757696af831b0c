public import Architecture
public import Workload

/// One matmul as the accelerator runs it: tile counts, block sizes and the bytes of its operands.
///
/// The loop nest is token block → n-tile → chunk → inner. A token block is as many tokens as the
/// accumulators and one half of the activation buffer hold; a chunk is as many k-tiles of one
/// n-tile as one half of the weight buffer holds.
public struct Job: Equatable, Sendable {
  public let shape: MatmulShape
  /// k-tiles of `lanes` inputs; the last one is padded with zeros.
  public let kTiles: Int
  /// n-tiles of `rows` outputs.
  public let nTiles: Int
  /// Outputs of the last n-tile that exist: 1 to `rows`.
  public let lastRows: Int
  /// Tokens of a full token block.
  public let tokenBlock: Int
  /// Activation words of the next token block that are loaded after each chunk of weights.
  ///
  /// Spreads the loads of the next block evenly over the current one; whatever is left is loaded
  /// after the last chunk, so every value gives the right result.
  public let activationSlice: Int
  /// Bytes of X in memory: `m * kTiles` activation words.
  public let activationBytes: Int
  /// Bytes of W in memory: `nTiles * kTiles` weight words in the order they are consumed.
  public let weightBytes: Int
  /// Bytes from one token's outputs to the next one's: `nTiles` tiles, each padded to whole beats.
  public let outputStride: Int
  /// Bytes of Y in memory.
  public var outputBytes: Int { shape.m * outputStride }

  /// Maps `shape` onto `architecture`.
  ///
  /// - Throws: ``MappingError`` when the hardware cannot hold the matmul.
  public init(_ shape: MatmulShape, on architecture: Architecture) throws(MappingError) {
    let parameters = architecture.parameters
    kTiles = (shape.k + parameters.lanes - 1) / parameters.lanes
    nTiles = (shape.n + parameters.rows - 1) / parameters.rows
    guard kTiles <= architecture.maxKTiles else {
      throw .tooManyInputs(k: shape.k, largest: architecture.maxK)
    }
    guard nTiles <= Architecture.maxTiles else {
      throw .tooManyOutputs(n: shape.n, largest: Architecture.maxTiles * parameters.rows)
    }
    guard shape.m <= Architecture.maxTiles else {
      throw .tooManyTokens(m: shape.m, largest: Architecture.maxTiles)
    }
    self.shape = shape
    lastRows = shape.n - (nTiles - 1) * parameters.rows
    tokenBlock = min(
      shape.m, parameters.accumulatorDepth, architecture.activationHalfWords / kTiles)
    let chunks = (kTiles + architecture.weightHalfWords - 1) / architecture.weightHalfWords
    activationSlice = (tokenBlock * kTiles + nTiles * chunks - 1) / (nTiles * chunks)
    activationBytes = shape.m * kTiles * architecture.activationWordBytes
    weightBytes = nTiles * kTiles * architecture.weightWordBytes
    outputStride = nTiles * architecture.outputTileBytes
  }

  /// The number of token blocks; W is read once for each.
  public var tokenBlocks: Int { (shape.m + tokenBlock - 1) / tokenBlock }
}

/// Why a matmul does not fit the hardware.
public enum MappingError: Error, Equatable, Sendable {
  case tooManyInputs(k: Int, largest: Int)
  case tooManyOutputs(n: Int, largest: Int)
  case tooManyTokens(m: Int, largest: Int)
}

extension MappingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooManyInputs(let k, let largest):
      "K = \(k) inputs do not fit: one half of the activation buffer holds \(largest); "
        + "raise activation_buffer_words or lanes"
    case .tooManyOutputs(let n, let largest):
      "N = \(n) outputs do not fit: the n-tile counter holds \(largest); raise rows"
    case .tooManyTokens(let m, let largest):
      "M = \(m) tokens do not fit: the token counter holds \(largest); split the job"
    }
  }
}
