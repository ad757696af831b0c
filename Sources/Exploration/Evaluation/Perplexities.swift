internal import Architecture
public import Reference
private import Ternary
internal import Workload

private import class Foundation.NSLock

/// How well a model predicts a text in the arithmetic of design points.
///
/// Each arithmetic is evaluated once, whatever the number of points and threads that ask for it: the
/// first one evaluates, on all cores, and the others wait. Values do not depend on the number of
/// threads.
public final class Perplexities: @unchecked Sendable {
  /// What is predicted: `kjv_val.txt, 8,192 tokens`.
  public let source: String
  /// Of all that the model computes with, and of the tokens: equal ones give equal values.
  let fingerprint: UInt64

  private let model: BitNetModel
  private let tokens: [Int]
  /// The most inputs of a layer.
  private let largestInput: Int
  private let lock = NSLock()
  private var known: [Numerics: Double] = [:]
  private var evaluated = 0
  private var note: @Sendable (Numerics, Double) -> Void = { _, _ in }
  private let progress: @Sendable (Numerics, Double) -> Void

  /// - Parameters:
  ///   - tokens: The text, in windows as long as the model's context.
  ///   - source: The name of the text and how much of it there is.
  ///   - progress: Receives what is being evaluated and the share that is done.
  /// - Throws: ``ExplorationError/input(place:problem:)`` for a text without two tokens.
  public init(
    of model: BitNetModel, on tokens: [Int], source: String,
    progress: @escaping @Sendable (Numerics, Double) -> Void = { _, _ in }
  ) throws(ExplorationError) {
    guard tokens.count > 1 else {
      throw .input(
        place: source, problem: "expected at least 2 tokens to predict, found \(tokens.count)")
    }
    self.model = model
    self.tokens = tokens
    self.source = source
    self.progress = progress
    largestInput = model.linearLayers.map(\.weights.columns).max() ?? 0
    var hash = ModelHash()
    hash.add(model.checkpoint)
    hash.add(tokens)
    fingerprint = hash.value
  }

  /// How often the model ran over the text.
  var evaluations: Int { lock.withLock { evaluated } }

  /// The perplexity in `numerics`.
  ///
  /// - Throws: ``ExplorationError/input(place:problem:)`` when the model cannot run in it, and
  ///   ``ExplorationError/cancelled`` when the task is cancelled before the value is known.
  public func value(in numerics: Numerics) throws(ExplorationError) -> Double {
    lock.lock()
    defer { lock.unlock() }
    if let value = known[numerics] { return value }
    let value: Double
    do throws(ReferenceError) {
      progress(numerics, 0)
      value = try model.computing(with: numerics).perplexity(of: tokens) { [progress, tokens] in
        progress(numerics, Double($0) / Double(tokens.count))
        _ = $1
      }.value
    } catch .cancelled {
      throw .cancelled
    } catch {
      throw .input(place: "\(source), \(numerics)", problem: "\(error)")
    }
    evaluated += 1
    known[numerics] = value
    note(numerics, value)
    return value
  }

  /// Takes `values` for known, and hands all that are evaluated from now on to `note`.
  func continuing(
    _ values: [Numerics: Double], note: @escaping @Sendable (Numerics, Double) -> Void
  ) {
    lock.withLock {
      known.merge(values) { $1 }
      self.note = note
    }
  }

  /// The arithmetic of `point`; accumulators that hold every sum of the model are as good as the
  /// widest.
  func numerics(of point: DesignPoint) -> Numerics {
    let architecture = point.architecture
    // Quantisation leaves the most negative activation out.
    let largest = (architecture.activationMagnitude - 1) * largestInput
    let bits = architecture.accumulatorBits
    return Numerics(
      activationBits: architecture.parameters.activationBits,
      accumulatorBits: bits < Architecture.signedBits(magnitude: largest) ? bits : 32,
      requantisesOutputs: architecture.parameters.output == .int8,
      keyValueBits: point.keyValueBits.flatMap { $0 < KeyValueCache.floatBits ? $0 : nil })
  }
}
