public import Architecture
public import Mapping
public import Ternary
import Workload

extension Job {
  /// The bytes of X in memory: per token its k-tiles, each padded with zeros to whole beats.
  ///
  /// - Parameter activations: `m * k` values, token by token.
  public func activationImage(_ activations: [Int8], on architecture: Architecture) -> [UInt8] {
    precondition(activations.count == shape.m * shape.k, "\(activations.count) activations")
    let lanes = architecture.parameters.lanes
    let wordBytes = architecture.activationWordBytes
    var image = [UInt8](repeating: 0, count: activationBytes)
    for token in 0..<shape.m {
      for column in 0..<shape.k {
        let word = token * kTiles + column / lanes
        image[word * wordBytes + column % lanes] =
          UInt8(bitPattern: activations[token * shape.k + column])
      }
    }
    return image
  }

  /// The bytes of W in memory, in the order in which they are consumed: n-tile, k-tile, row, lane;
  /// each weight word padded with zeros to whole beats.
  public func weightImage(_ weights: TritMatrix, on architecture: Architecture) -> [UInt8] {
    precondition(
      weights.rows == shape.n && weights.columns == shape.k,
      "weights of \(weights.rows)×\(weights.columns) for \(shape)")
    let lanes = architecture.parameters.lanes
    let rows = architecture.parameters.rows
    let wordBytes = architecture.weightWordBytes
    let powers: [UInt8] = [1, 3, 9, 27, 81]
    var image = [UInt8](repeating: 0, count: weightBytes)
    weights.bytes.withUnsafeBufferPointer { bytes in
      if architecture.parameters.weightCoding == .twoBit && lanes % 4 == 0 {
        copyRows(bytes, rowBytes: weights.rowBytes, on: architecture, into: &image)
        return
      }
      for row in 0..<shape.n {
        let rowBytes = row * weights.rowBytes
        for column in 0..<shape.k {
          let code = bytes[rowBytes + column / 4] >> UInt8(2 * (column % 4)) & 3
          let word = row / rows * kTiles + column / lanes
          let trit = row % rows * lanes + column % lanes
          switch architecture.parameters.weightCoding {
          case .twoBit:
            image[word * wordBytes + trit / 4] |= code << UInt8(2 * (trit % 4))
          case .fiveInEight:
            image[word * wordBytes + trit / 5] += (code == 3 ? 2 : code) * powers[trit % 5]
          }
        }
      }
    }
    return image
  }

  /// Fills the image of W where a row of a k-tile is whole bytes of a row of W.
  private func copyRows(
    _ bytes: UnsafeBufferPointer<UInt8>, rowBytes: Int, on architecture: Architecture,
    into image: inout [UInt8]
  ) {
    let (rows, lanes) = (architecture.parameters.rows, architecture.parameters.lanes)
    image.withUnsafeMutableBufferPointer { image in
      for row in 0..<shape.n {
        for kTile in 0..<kTiles {
          let first = kTile * lanes / 4
          let word = (row / rows * kTiles + kTile) * architecture.weightWordBytes
          (image.baseAddress! + word + row % rows * lanes / 4).update(
            from: bytes.baseAddress! + row * rowBytes + first,
            count: min(lanes / 4, rowBytes - first))
        }
      }
    }
  }

  /// The bytes of the multipliers in memory: `rows` little-endian 16-bit numbers for each n-tile,
  /// padded with zeros to whole beats; empty where one multiplier serves all outputs.
  public func multiplierImage(on architecture: Architecture) -> [UInt8] {
    guard case .rows(let multipliers) = requantisation?.multipliers else { return [] }
    let rows = architecture.parameters.rows
    var image = [UInt8](repeating: 0, count: multiplierBytes)
    for (row, multiplier) in multipliers.enumerated() {
      let place = row / rows * architecture.multiplierWordBytes + 2 * (row % rows)
      image[place] = UInt8(truncatingIfNeeded: multiplier)
      image[place + 1] = UInt8(multiplier >> 8)
    }
    return image
  }
}
