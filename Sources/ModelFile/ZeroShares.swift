private import Foundation
package import Workload

/// The shares of zeros that were measured in the weights of a real model, layer by layer.
package struct ZeroShares: Sendable {
  /// For every layer the share of zeros of each matrix.
  private let shares: [[DecoderShape.Linear: Double]]
  /// For every layer the share of feed-forward neurons whose weights are all zero.
  private let dead: [Double]

  /// Those of BitNet b1.58 2B4T.
  package static let bitnet2B4T = ZeroShares()

  private init() {
    let columns: [(String, DecoderShape.Linear)] = [
      ("q", .query), ("k", .key), ("v", .value), ("o", .attentionOutput), ("gate", .gate),
      ("up", .up), ("down", .down),
    ]
    let file = Bundle.module.bundleURL.appending(path: "Data/bitnet-2b4t-zero-percent.csv")
    // The file travels with the module; without it the module is broken.
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
      preconditionFailure("\(file.path) is missing")
    }
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    func value(_ line: [String], _ name: String) -> Double {
      guard let index = lines[0].firstIndex(of: name), let value = Double(line[index]) else {
        preconditionFailure("\(file.path): no number for \(name)")
      }
      return value
    }
    shares = lines.dropFirst().map { line in
      Dictionary(uniqueKeysWithValues: columns.map { ($1, value(line, $0) / 100) })
    }
    dead = lines.dropFirst().map { value($0, "dead_ffn_neurons") / 6912 }
  }

  /// The share of zeros of a matrix of layer `index` of `count`, from the measured layer that is as
  /// deep.
  package func zeros(of linear: DecoderShape.Linear, layer index: Int, of count: Int) -> Double {
    shares[measuredLayer(index, of: count)][linear] ?? 0
  }

  /// The share of dead rows of such a matrix.
  func deadRows(of linear: DecoderShape.Linear, layer index: Int, of count: Int) -> Double {
    guard linear == .gate || linear == .up else { return 0 }
    return dead[measuredLayer(index, of: count)]
  }

  private func measuredLayer(_ index: Int, of count: Int) -> Int {
    count < 2 ? 0 : (index * (shares.count - 1) + (count - 1) / 2) / (count - 1)
  }
}
