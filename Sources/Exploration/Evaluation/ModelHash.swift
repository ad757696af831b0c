internal import ModelFile
private import Ternary
internal import Workload

/// A hash of what models compute with, eight bytes a step.
struct ModelHash {
  private(set) var value: UInt64 = 0

  /// All that outputs depend on: sizes, constants, tables, norms, ternary weights and their scales.
  mutating func add(_ checkpoint: BitNetCheckpoint) {
    add(bytesOf: Array("\(checkpoint.configuration)".utf8))
    add(checkpoint.embedding)
    if !checkpoint.configuration.hasTiedHead { add(checkpoint.head) }
    for block in checkpoint.blocks {
      for norm in [
        block.inputNorm, block.attentionSubNorm, block.postAttentionNorm, block.feedForwardSubNorm,
      ] { add(bytesOf: norm ?? []) }
    }
    add(bytesOf: checkpoint.finalNorm)
    for layer in checkpoint.linearLayers {
      add(bytesOf: layer.weights.bytes)
      add(layer.scale)
      add(bytesOf: Array(layer.activations.rawValue.utf8))
    }
  }

  mutating func add(_ tokens: [Int]) { add(bytesOf: tokens) }

  private mutating func add(_ table: EmbeddingTable) {
    add(bytesOf: Array(table.format.typeName.utf8))
    add(bytesOf: table.bytes)
  }

  private mutating func add(_ scale: WeightScale) {
    switch scale {
    case .multiply(let factor): add([0], [factor])
    case .divide(let factor): add([1], [factor])
    case .rowGroups(let factors, let size): add([2, size], factors)
    case .inputGroups(let factors, let size): add([3, size], factors)
    }
  }

  private mutating func add(_ numbers: [Int], _ factors: [Float]) {
    add(bytesOf: numbers)
    add(bytesOf: factors)
  }

  /// How many bytes there are, and each of them.
  private mutating func add<Element: BitwiseCopyable>(bytesOf elements: [Element]) {
    elements.withUnsafeBytes { bytes in
      add(word: UInt64(bytes.count))
      let whole = bytes.count / 8 * 8
      for offset in stride(from: 0, to: whole, by: 8) {
        add(word: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      }
      if whole < bytes.count {
        add(word: bytes[whole...].reduce(0) { $0 << 8 | UInt64($1) })
      }
    }
  }

  private mutating func add(word: UInt64) { value = SplitMix64.mixed(value ^ word) }
}
