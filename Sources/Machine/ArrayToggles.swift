import Activity
import Architecture
private import CTernaryKernels

/// Counts what changes from operand to operand in the tree array and the accumulators.
///
/// Holds the state of the registers; ``Toggles`` defines what is counted. The counting itself is in C.
final class ArrayToggles {
  /// The tree of one token and row.
  private let design: SetunTree
  private let lanes: Int
  private let tokens: Int
  private let accumulatorBits: UInt32
  /// The bits of a byte that an activation has.
  private let activationMask: UInt8
  private let select = setun_tree_toggles_select()!
  /// Of each token the state of its trees.
  private let states: UnsafeMutableRawPointer
  private let stateBytes: Int
  private let activations: Storage<Int8>
  private let missing: Storage<Int8>
  private let sums: Storage<Int32>
  private let zeros: Storage<Int32>
  let running: Storage<Int32>
  private let result: Storage<Int32>
  private let partial: Storage<Int32>
  /// Of the terms, of each level, and of the sums.
  private let counts: Storage<UInt64>
  private(set) var toggles = Toggles()

  init(_ architecture: Architecture) {
    let parameters = architecture.parameters
    lanes = parameters.lanes
    tokens = parameters.tokensPerWeight
    accumulatorBits = UInt32(architecture.accumulatorBits)
    activationMask = .max >> UInt8(8 - parameters.activationBits)
    design = SetunTree(architecture)
    stateBytes = withUnsafePointer(to: design) { (setun_tree_state_bytes($0) + 63) / 64 * 64 }
    states = .allocate(byteCount: tokens * stateBytes, alignment: 64)
    states.initializeMemory(as: UInt8.self, repeating: 0, count: tokens * stateBytes)
    activations = Storage(count: tokens * lanes, zero: 0)
    missing = Storage(count: lanes, zero: 0)
    let count = tokens * Int(design.rows)
    sums = Storage(count: count, zero: 0)
    zeros = Storage(count: count, zero: 0)
    running = Storage(count: count, zero: 0)
    result = Storage(count: count, zero: 0)
    partial = Storage(count: parameters.accumulatorDepth / tokens * count, zero: 0)
    counts = Storage(count: 2 + ceilLog2(Int(design.places)), zero: 0)
  }

  deinit { states.deallocate() }

  /// Sums of a token, rows that only fill vectors included.
  var rowStride: Int { Int(design.rows) }
  /// Bytes of a weight word as ``add(_:_:)`` takes it.
  var weightBytes: Int { withUnsafePointer(to: design) { setun_tree_weight_bytes($0) } }

  /// Unpacks the weights of an operand into `word`.
  ///
  /// - Parameter packed: `rows` rows of two-bit trits, `rowBytes` apart, of `columns` columns.
  func unpack(
    _ packed: UnsafePointer<UInt8>, rowBytes: Int, rows: Int, from first: Int, columns: Int,
    into word: UnsafeMutablePointer<Int8>
  ) {
    withUnsafePointer(to: design) {
      setun_tree_weights($0, packed, rowBytes, rows, first, columns, word)
    }
  }

  /// Bits in which two weight words differ.
  func distance(_ word: UnsafePointer<Int8>, _ other: UnsafePointer<Int8>) -> UInt64 {
    withUnsafePointer(to: design) { setun_tree_weight_distance($0, word, other) }
  }

  /// One operand: a weight word with the activations of the tokens that share it.
  struct Word {
    var weights: UnsafePointer<Int8>
    /// The activations of the first token; the next one's are `stride` further.
    var activations: UnsafePointer<Int8>
    var stride: Int
  }

  /// Takes one operand; returns the running sums.
  ///
  /// - Parameter operand: What becomes of its sums.
  func add(_ word: Word, _ operand: Operand) {
    let rows = Int(design.rows)
    for token in 0..<tokens {
      let values =
        token < operand.tokens
        ? word.activations + token * word.stride : UnsafePointer(missing.pointer)
      let old = activations.pointer + token * lanes
      toggles.activations += setun_bytes_distance(values, old, lanes, activationMask)
      old.update(from: values, count: lanes)
      withUnsafePointer(to: design) {
        select(
          $0, word.weights, values, states + token * stateBytes, sums.pointer + token * rows,
          counts.pointer)
      }
    }
    let partial = partial.pointer + operand.token / tokens * sums.count
    let base =
      !operand.first ? running.pointer : operand.resume ? partial : zeros.pointer
    toggles.partialSums += setun_sums_add(
      running.pointer, base, sums.pointer, sums.count, accumulatorBits)
    guard operand.last else { return }
    if operand.emit {
      toggles.results += setun_sums_distance(
        running.pointer, result.pointer, sums.count, accumulatorBits)
      result.pointer.update(from: running.pointer, count: sums.count)
    } else {
      partial.update(from: running.pointer, count: sums.count)
    }
  }

  /// Adds changes of the weights at the array.
  func add(weights changes: UInt64) { toggles.weights += changes }

  /// What was counted so far.
  var total: Toggles {
    var total = toggles
    let levels = counts.count - 2
    total.terms = counts[0]
    total.levels = (0..<levels).map { counts[1 + $0] }
    total.sums = counts[1 + levels]
    return total
  }
}

extension SetunTree {
  /// The tree of one token of the array.
  fileprivate init(_ architecture: Architecture) {
    let parameters = architecture.parameters
    let group = parameters.datapath.group
    let terms = ceilDivide(parameters.lanes, group)
    let activationBits = parameters.activationBits
    let (kind, bits): (SetunTermKind, Int) =
      switch parameters.datapath {
      case .xorPopcount, .carrySave, .carryIn: (SETUN_TERMS_SELECT, activationBits)
      case .negate: (SETUN_TERMS_PRODUCT, activationBits + 1)
      case .int8MAC: (SETUN_TERMS_PRODUCT, activationBits + 8)
      case .splitSign: (SETUN_TERMS_SPLIT, activationBits)
      case .lookup2, .lookup3, .lookup4: (SETUN_TERMS_GROUP, activationBits + ceilLog2(group))
      case .bitSerial: (SETUN_TERMS_SERIAL, 1)
      }
    self.init(
      kind: kind, group: group, lanes: parameters.lanes, terms: terms,
      places: 1 << ceilLog2(terms), rows: ceilDivide(parameters.rows, 16) * 16,
      activation_bits: UInt32(activationBits), term_bits: UInt32(bits),
      sum_bits: UInt32(architecture.sumBits))
  }
}
