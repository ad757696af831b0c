public import Ternary
public import Workload

extension GGUFFile {
  /// A matrix of ternary weights and its scale.
  ///
  /// The blocks of TQ1_0 and TQ2_0 carry a scale each. Where all agree it is the matrix's, where
  /// those of each row agree it is the row's; blocks of zeros have no say. A tensor with the suffix
  /// `.scale` instead of `.weight`, of one F32, multiplies them.
  ///
  /// Floats are taken where each row has no values but −s, 0 and s.
  ///
  /// - Throws: When a tensor is missing, has another type or shape, holds a code that means nothing,
  ///   or a scale that is not a number above zero.
  public func ternary(
    _ name: String, rows: Int, columns: Int
  ) throws(ModelFileError) -> (weights: TritMatrix, scale: WeightScale) {
    if [.f32, .f16, .bf16].contains(tensors[name]?.type) {
      return try ternaryValues(name, rows: rows, columns: columns)
    }
    let (tensor, bytes) = try bytes(
      of: name, as: [.tq1x0, .tq2x0, .i2S], shape: [rows, columns])
    let weights = try weights(tensor, bytes)
    if tensor.type == .i2S {
      let scale = bytes.withUnsafeBytes {
        UInt32(
          littleEndian: $0.loadUnaligned(
            fromByteOffset: bytes.count - tensor.type.trailerBytes, as: UInt32.self))
      }
      return (weights, .multiply(try positive(Float(bitPattern: scale), name) * extra(name)))
    }
    let scales = try BlockScales(self, tensor, bytes, weights)
    return (weights, scales.granular(times: try extra(name)))
  }

  private func ternaryValues(
    _ name: String, rows: Int, columns: Int
  ) throws(ModelFileError) -> (weights: TritMatrix, scale: WeightScale) {
    let values = try floats(name, shape: [rows, columns])
    let factor = try extra(name)
    let (weights, scale): (TritMatrix, WeightScale)
    do {
      (weights, scale) = try MasterWeights.ternaryValues(values, rows: rows, columns: columns)
    } catch {
      throw self.error(
        name,
        "expected ±\(error.magnitude) or 0 as in the rest of row \(error.row), found "
          + "\(error.value) at column \(error.column)")
    }
    var factors: [Float] = []
    for stored in scale.factors { factors.append(try positive(stored, name) * factor) }
    return (
      weights, factors.count == 1 ? .multiply(factors[0]) : .rowGroups(factors, rowsPerGroup: 1)
    )
  }

  private func weights(
    _ tensor: GGUFTensor, _ bytes: [UInt8]
  ) throws(ModelFileError) -> TritMatrix {
    let blocks = GGUFTernaryBlocks(tensor.type)
    let rowBlocks = tensor.shape[1] / tensor.type.blockSize
    let packed = bytes.withUnsafeBytes { bytes in
      nonisolated(unsafe) let source = bytes.baseAddress
      return parallelRows(
        tensor.shape[0], rowSize: rowBlocks * blocks.packedBytes, of: UInt8.self
      ) { row, target in
        guard let source else { return }
        blocks.unpack(
          source + row * rowBlocks * tensor.type.blockBytes, blocks: rowBlocks, into: target)
      }
    }
    do {
      return try TritMatrix(rows: tensor.shape[0], columns: tensor.shape[1], packed: packed)
    } catch .reservedPattern(let row, let column) {
      let expected = tensor.type == .tq1x0 ? "a byte of five digits" : "codes 0, 1, 2"
      throw error(
        tensor.name, "expected \(expected), found another at row \(row), column \(column)")
    } catch {
      throw self.error(tensor.name, "\(error)")
    }
  }

  /// The scale that mainline llama.cpp keeps beside a matrix; 1 where there is none.
  private func extra(_ name: String) throws(ModelFileError) -> Float {
    guard let scale = GGUFFile.scaleName(of: name), tensors[scale] != nil else { return 1 }
    return try positive(try floats(scale, shape: [1])[0], scale)
  }

  /// `blk.0.attn_q.scale` for `blk.0.attn_q.weight`.
  static func scaleName(of weight: String) -> String? {
    weight.hasSuffix(".weight") ? weight.dropLast("weight".count) + "scale" : nil
  }

  private func positive(_ scale: Float, _ name: String) throws(ModelFileError) -> Float {
    guard scale > 0, scale.isFinite else {
      throw error(name, "expected a scale above 0, found \(scale)")
    }
    return scale
  }
}

/// The scales of the blocks of a matrix, row by row; nil for blocks of zeros.
private struct BlockScales {
  let rowBlocks: Int
  let blockSize: Int
  let scales: [Float?]

  init(
    _ file: GGUFFile, _ tensor: GGUFTensor, _ bytes: [UInt8], _ weights: TritMatrix
  ) throws(ModelFileError) {
    blockSize = tensor.type.blockSize
    rowBlocks = tensor.shape[1] / blockSize
    let (blockBytes, packedBytes) = (tensor.type.blockBytes, blockSize / 4)
    var scales: [Float?] = []
    scales.reserveCapacity(bytes.count / blockBytes)
    for block in 0..<bytes.count / blockBytes {
      let packed = weights.bytes[block * packedBytes..<(block + 1) * packedBytes]
      guard packed.contains(where: { $0 != 0 }) else {
        scales.append(nil)
        continue
      }
      let end = (block + 1) * blockBytes
      let scale = FloatBits.float(half: UInt16(bytes[end - 2]) | UInt16(bytes[end - 1]) << 8)
      guard scale > 0, scale.isFinite else {
        throw file.error(
          tensor.name,
          "expected a scale above 0, found \(scale) in row \(block / rowBlocks), columns from "
            + "\(block % rowBlocks * blockSize)")
      }
      scales.append(scale)
    }
    self.scales = scales
  }

  /// The coarsest form that holds all scales, times `factor`. Zeros take any scale.
  func granular(times factor: Float) -> WeightScale {
    let first = scales.lazy.compactMap { $0 }.first ?? 1
    if scales.allSatisfy({ $0 == nil || $0 == first }) { return .multiply(first * factor) }
    let rows = stride(from: 0, to: scales.count, by: rowBlocks).map { start in
      scales[start..<start + rowBlocks].compactMap { $0 }
    }
    if rows.allSatisfy({ row in row.allSatisfy { $0 == row[0] } }) {
      return .rowGroups(rows.map { ($0.first ?? first) * factor }, rowsPerGroup: 1)
    }
    return .inputGroups(scales.map { ($0 ?? first) * factor }, columnsPerGroup: blockSize)
  }
}
