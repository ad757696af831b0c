public import Architecture
public import Workload

/// One matmul as the accelerator runs it: tile counts, block sizes and the bytes of its operands.
///
/// The loop nest is token block → n-tile → chunk → inner. A token block is as many tokens as the
/// accumulators and one half of the activation buffer hold; a chunk is as many k-tiles of one
/// n-tile as one half of the weight buffer holds. Inside, k-tiles and groups of tokens that share a
/// weight word follow each other in the order of the dataflow.
public struct Job: Equatable, Sendable {
  public let shape: MatmulShape
  /// How sums become int8; `nil` where results are int32.
  public let requantisation: Requantisation?
  /// k-tiles of `lanes` inputs; the last one is padded with zeros.
  public let kTiles: Int
  /// n-tiles of `rows` outputs.
  public let nTiles: Int
  /// Outputs of the last n-tile that exist: 1 to `rows`.
  public let lastRows: Int
  /// Tokens of a full token block.
  public private(set) var tokenBlock: Int
  /// Activation words of the next token block that are loaded after each chunk of weights.
  ///
  /// Spreads the loads of the next block evenly over the current one; whatever is left is loaded
  /// after the last chunk, so every value gives the right result.
  public private(set) var activationSlice: Int
  /// Bytes of X in memory: `m * kTiles` activation words.
  public let activationBytes: Int
  /// Bytes of W in memory: `nTiles * kTiles` weight words in the order they are consumed.
  public let weightBytes: Int
  /// Bytes of the multipliers in memory: a word for each n-tile, or nothing.
  public let multiplierBytes: Int
  /// Bytes from one token's outputs to the next one's: `nTiles` tiles, each padded to whole beats.
  public let outputStride: Int
  /// Bytes of Y in memory.
  public var outputBytes: Int { shape.m * outputStride }

  /// Maps `shape` onto `architecture`.
  ///
  /// - Parameter requantisation: Needed where the architecture's results are int8, and only there.
  /// - Throws: ``MappingError`` when the hardware cannot hold the matmul.
  public init(
    _ shape: MatmulShape, on architecture: Architecture, requantisation: Requantisation? = nil
  ) throws(MappingError) {
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
    guard (requantisation != nil) == (parameters.output == .int8) else {
      throw .requantisation(output: parameters.output.rawValue)
    }
    multiplierBytes =
      if case .rows(let multipliers) = requantisation?.multipliers {
        try Self.multiplierBytes(multipliers.count, shape, nTiles: nTiles, on: architecture)
      } else { 0 }
    self.shape = shape
    self.requantisation = requantisation
    lastRows = shape.n - (nTiles - 1) * parameters.rows
    tokenBlock = min(
      shape.m, parameters.accumulatorDepth,
      architecture.activationHalfWords / kTiles * parameters.tokensPerWeight)
    let chunks = (kTiles + architecture.weightHalfWords - 1) / architecture.weightHalfWords
    activationSlice = (tokenBlock * kTiles + nTiles * chunks - 1) / (nTiles * chunks)
    activationBytes = shape.m * kTiles * architecture.activationWordBytes
    weightBytes = nTiles * kTiles * architecture.weightWordBytes
    outputStride = nTiles * architecture.outputTileBytes
  }

  /// The bytes of a multiplier for each output.
  private static func multiplierBytes(
    _ count: Int, _ shape: MatmulShape, nTiles: Int, on architecture: Architecture
  ) throws(MappingError) -> Int {
    precondition(count == shape.n, "\(count) multipliers for \(shape.n) outputs")
    guard nTiles <= architecture.multiplierHalfWords else {
      throw .tooManyMultipliers(
        n: shape.n, largest: architecture.multiplierHalfWords * architecture.parameters.rows)
    }
    return nTiles * architecture.multiplierWordBytes
  }

  /// The number of token blocks; W is read once for each.
  public var tokenBlocks: Int { (shape.m + tokenBlock - 1) / tokenBlock }

  /// The choices that a descriptor leaves to whoever writes it.
  public var mapping: LayerMapping {
    LayerMapping(tokenBlock: tokenBlock, activationSlice: activationSlice)
  }

  /// The job with other choices; its results are the same.
  ///
  /// - Precondition: Token blocks are no larger than ``tokenBlock``, and slices not negative.
  public func mapped(_ mapping: LayerMapping) -> Job {
    precondition(
      1...tokenBlock ~= mapping.tokenBlock && mapping.activationSlice >= 0,
      "\(mapping) of a job with blocks of \(tokenBlock)")
    var job = self
    job.tokenBlock = mapping.tokenBlock
    job.activationSlice = mapping.activationSlice
    return job
  }
}

/// What a descriptor says about a layer beside its sizes: choices that change time and traffic, and
/// never results.
public struct LayerMapping: Hashable, Sendable, BitwiseCopyable {
  /// Tokens of a full token block.
  public var tokenBlock: Int
  /// Activation words of the next token block that are loaded after each chunk of weights.
  public var activationSlice: Int

  public init(tokenBlock: Int, activationSlice: Int) {
    self.tokenBlock = tokenBlock
    self.activationSlice = activationSlice
  }
}

/// Why a matmul does not fit the hardware.
public enum MappingError: Error, Equatable, Sendable {
  case tooManyInputs(k: Int, largest: Int)
  case tooManyOutputs(n: Int, largest: Int)
  case tooManyTokens(m: Int, largest: Int)
  case tooManyMultipliers(n: Int, largest: Int)
  /// A requantisation is missing, or there is one too many.
  case requantisation(output: String)
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
    case .tooManyMultipliers(let n, let largest):
      "a multiplier for each of N = \(n) outputs does not fit: one half of the multiplier buffer "
        + "holds \(largest); raise multiplier_buffer_words"
    case .requantisation(let output):
      output == "int8"
        ? "output int8 needs a multiplier and a shift, found none"
        : "output \(output) takes no multiplier and shift, found them"
    }
  }
}
