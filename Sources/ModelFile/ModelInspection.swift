private import Foundation
internal import Ternary
private import Workload

/// What is in a model file: its tensors, and how the ternary weights are distributed.
public struct ModelInspection: Equatable, Sendable, Encodable {
  /// The path as it was given.
  public let path: String
  /// Nil for a safetensors file on its own.
  public let configuration: ModelConfiguration?
  /// By name.
  public let tensors: [Tensor]
  /// All ternary matrices together; nil when there are none. Its scale is nil.
  public let ternary: TernaryStatistics?

  /// One tensor of the file.
  public struct Tensor: Equatable, Sendable, Encodable {
    public let name: String
    /// As the file's header names it.
    public let type: String
    /// As stored: ternary weights have a quarter of their rows.
    public let shape: [Int]
    public let bytes: Int
    /// Nil for a tensor that is not a matrix of packed ternary weights.
    public let ternary: TernaryStatistics?
  }

  /// Reads a model directory or a safetensors file.
  ///
  /// A directory must hold a supported model. In a file on its own, U8 tensors with a scale beside
  /// them (`….weight_scale`) count as packed ternary weights, and the number of their rows as a
  /// multiple of four.
  ///
  /// - Throws: When a file is missing or damaged, or a directory's model is not supported.
  public init(path: String) throws(ModelFileError) {
    let isFile = path.hasSuffix(".safetensors")
    let weights = try SafetensorsFile(path: isFile ? path : path + "/model.safetensors")
    var statistics: [String: TernaryStatistics] = [:]
    if isFile {
      configuration = nil
      for name in weights.tensors.keys {
        statistics[name] = try Self.statistics(of: name, in: weights)
      }
    } else {
      let config = path + "/config.json"
      let configuration = try ModelConfiguration(file: config, json: try readFile(config))
      self.configuration = configuration
      let checkpoint = try BitNetCheckpoint(
        configuration: configuration, weights: SafetensorsFiles(weights))
      for layer in checkpoint.linearLayers {
        statistics["model.\(layer.name).weight"] = TernaryStatistics(
          layer.weights, scale: layer.scale.factors[0])
      }
    }
    self.path = path
    // Numbers by their value, so that layers.2 comes before layers.10.
    tensors = weights.tensors.values.sorted {
      $0.name.compare($1.name, options: .numeric) == .orderedAscending
    }.map { entry in
      Tensor(
        name: entry.name, type: entry.type.rawValue, shape: entry.shape, bytes: entry.range.count,
        ternary: statistics[entry.name])
    }
    ternary = TernaryStatistics(together: tensors.compactMap(\.ternary))
  }

  /// Of one tensor of a file without configuration; nil when it is not ternary.
  private static func statistics(
    of name: String, in weights: SafetensorsFile
  ) throws(ModelFileError) -> TernaryStatistics? {
    guard let entry = weights.tensors[name], entry.type == .u8, entry.shape.count == 2,
      entry.range.count > 0, weights.tensors[name + "_scale"] != nil
    else { return nil }
    let (rows, columns) = (4 * entry.shape[0], entry.shape[1])
    let matrix = try TernaryPlanes.decode(
      weights.bytes(of: name, as: [.u8]).bytes, rows: rows, columns: columns, file: weights.path,
      tensor: name)
    return TernaryStatistics(matrix, scale: try weights.floats(name + "_scale").first)
  }
}

/// How often each value occurs among ternary weights.
public struct TernaryStatistics: Equatable, Sendable, Encodable {
  public let minusOnes: Int
  public let zeros: Int
  public let plusOnes: Int
  /// Outputs.
  public let rows: Int
  /// Outputs whose weights are all zero.
  public let zeroRows: Int
  /// The factor of the sums; as it is stored, where no configuration tells what it means.
  public let scale: Float?
  /// The entropy of the three values as drawn independently, in bits per weight; at most log₂ 3.
  public let entropyBits: Double

  public var weights: Int { minusOnes + zeros + plusOnes }

  init(_ matrix: TritMatrix, scale: Float?) {
    let size = matrix.rowBytes
    let zeroRows = (0..<matrix.rows).count { row in
      matrix.bytes[row * size..<(row + 1) * size].allSatisfy { $0 == 0 }
    }
    self.init(matrix.counts, rows: matrix.rows, zeroRows: zeroRows, scale: scale)
  }

  /// The sums over several matrices; nil for none.
  init?(together parts: [TernaryStatistics]) {
    guard !parts.isEmpty else { return nil }
    let counts = parts.reduce(into: TritCounts(minusOnes: 0, zeros: 0, plusOnes: 0)) {
      $0.minusOnes += $1.minusOnes
      $0.zeros += $1.zeros
      $0.plusOnes += $1.plusOnes
    }
    self.init(
      counts, rows: parts.reduce(0) { $0 + $1.rows },
      zeroRows: parts.reduce(0) { $0 + $1.zeroRows },
      scale: nil)
  }

  private init(_ counts: TritCounts, rows: Int, zeroRows: Int, scale: Float?) {
    minusOnes = counts.minusOnes
    zeros = counts.zeros
    plusOnes = counts.plusOnes
    self.rows = rows
    self.zeroRows = zeroRows
    self.scale = scale
    let each = [counts.minusOnes, counts.zeros, counts.plusOnes]
    let total = Double(each.reduce(0, +))
    entropyBits = each.reduce(0.0) { bits, count in
      count == 0 ? bits : bits - Double(count) / total * log2(Double(count) / total)
    }
  }
}
