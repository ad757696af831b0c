private import Foundation
internal import Ternary
public import Workload

/// How often each value occurs among ternary weights, and their scales.
public struct TernaryStatistics: Equatable, Sendable, Encodable {
  public let minusOnes: Int
  public let zeros: Int
  public let plusOnes: Int
  /// Outputs.
  public let rows: Int
  /// Outputs whose weights are all zero.
  public let zeroRows: Int
  /// The factors of the sums; as they are stored, where no configuration tells what they mean.
  public let scales: Scales?
  /// The entropy of the three values as drawn independently, in bits per weight; at most log₂ 3.
  public let entropyBits: Double

  /// The factors of one matrix.
  public struct Scales: Equatable, Sendable, Encodable {
    public let count: Int
    public let smallest: Float
    public let largest: Float

    init?(_ values: [Float]) {
      guard let smallest = values.min(), let largest = values.max() else { return nil }
      count = values.count
      self.smallest = smallest
      self.largest = largest
    }
  }

  public var weights: Int { minusOnes + zeros + plusOnes }

  /// The weights of a layer.
  public init(_ layer: LinearLayer) { self.init(layer.weights, scales: layer.scale.factors) }

  init(_ matrix: TritMatrix, scales: [Float]) {
    let size = matrix.rowBytes
    let zeroRows = matrix.bytes.withUnsafeBytes { bytes in
      (0..<matrix.rows).count { row in
        !bytes[row * size..<(row + 1) * size].contains { $0 != 0 }
      }
    }
    self.init(matrix.counts, rows: matrix.rows, zeroRows: zeroRows, scales: Scales(scales))
  }

  /// The sums over several matrices, without scales; nil for none.
  init?(together parts: [TernaryStatistics]) {
    guard !parts.isEmpty else { return nil }
    let counts = parts.reduce(into: TritCounts(minusOnes: 0, zeros: 0, plusOnes: 0)) {
      $0.minusOnes += $1.minusOnes
      $0.zeros += $1.zeros
      $0.plusOnes += $1.plusOnes
    }
    self.init(
      counts, rows: parts.reduce(0) { $0 + $1.rows },
      zeroRows: parts.reduce(0) { $0 + $1.zeroRows }, scales: nil)
  }

  private init(_ counts: TritCounts, rows: Int, zeroRows: Int, scales: Scales?) {
    minusOnes = counts.minusOnes
    zeros = counts.zeros
    plusOnes = counts.plusOnes
    self.rows = rows
    self.zeroRows = zeroRows
    self.scales = scales
    let each = [counts.minusOnes, counts.zeros, counts.plusOnes]
    let total = Double(each.reduce(0, +))
    entropyBits = each.reduce(0.0) { bits, count in
      count == 0 ? bits : bits - Double(count) / total * log2(Double(count) / total)
    }
  }
}
