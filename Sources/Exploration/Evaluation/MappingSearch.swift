import Architecture
import Mapping
import Workload

/// The mappings of a layer that are tried.
struct MappingSearch {
  private let job: Job
  /// Tokens that share a weight word.
  private let group: Int
  /// Chunks of a token block.
  private let chunks: Int

  /// - Parameter job: The layer as `Job` maps it.
  init(_ job: Job, on architecture: Architecture) {
    self.job = job
    group = architecture.parameters.tokensPerWeight
    let half = architecture.weightHalfWords
    chunks = job.nTiles * ((job.kTiles + half - 1) / half)
  }

  /// How many token blocks are tried beyond the fewest.
  private static let moreBlocks = 3

  /// The mapping that `Job` chooses, and then others, each once: even token blocks, as few as
  /// possible and some more, with the next block's activations loaded evenly, twice as fast, at the
  /// beginning and at the end of a block.
  var candidates: [LayerMapping] {
    var candidates = [job.mapping]
    for blocks in job.tokenBlocks...job.tokenBlocks + Self.moreBlocks {
      let tokens = (job.shape.m + blocks - 1) / blocks
      let block = min(job.tokenBlock, (tokens + group - 1) / group * group)
      for slice in slices(block) {
        let mapping = LayerMapping(tokenBlock: block, activationSlice: slice)
        if !candidates.contains(mapping) { candidates.append(mapping) }
      }
    }
    return candidates
  }

  private func slices(_ block: Int) -> [Int] {
    // Without a block to come there is nothing to load.
    if block >= job.shape.m { return [job.activationSlice] }
    let words = block * job.kTiles
    let even = (words + chunks - 1) / chunks
    return [even, min(2 * even, words), words, 0]
  }
}
