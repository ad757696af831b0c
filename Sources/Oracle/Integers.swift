import CGMP

/// GMP integers that are read and written as signed fields of 64 bits.
///
/// Field `i` has the weight 2^(64 i), and a negative field borrows from those above. So adding two
/// integers adds their fields, as long as no field leaves the range of `Int64`.
final class Integers {
  /// Fields of each integer.
  private let fieldCount: Int
  /// The integers, and after them one in which every field is 2^63.
  private let values: UnsafeMutableBufferPointer<__mpz_struct>

  /// `count` zeros with room for `fieldCount` fields each.
  init(count: Int, fieldCount: Int) {
    self.fieldCount = fieldCount
    values = .allocate(capacity: count + 1)
    values.initialize(repeating: __mpz_struct())
    for index in values.indices { __gmpz_init(pointer(index)) }
    load([UInt64](repeating: 1 << 63, count: fieldCount), into: pointer(count))
  }

  deinit {
    for index in values.indices { __gmpz_clear(pointer(index)) }
    values.deallocate()
  }

  /// Adds integer `source` to integer `target`.
  func add(_ source: Int, to target: Int) {
    __gmpz_add(pointer(target), pointer(target), pointer(source))
  }

  /// Subtracts integer `source` from integer `target`.
  func subtract(_ source: Int, from target: Int) {
    __gmpz_sub(pointer(target), pointer(target), pointer(source))
  }

  /// The fields of integer `index`, lowest first.
  subscript(index: Int) -> [Int64] {
    get {
      // With 2^63 more in every field none is negative, and fields are plain words.
      let raised = Integers(count: 1, fieldCount: 0)
      let value = raised.pointer(0)
      __gmpz_add(value, pointer(index), highBits)
      precondition(
        value.pointee._mp_size >= 0 && __gmpz_sizeinbase(value, 2) <= max(1, 64 * fieldCount),
        "a field left the range of Int64")
      var words = [UInt64](repeating: 0, count: fieldCount)
      __gmpz_export(&words, nil, leastSignificantFirst, 8, nativeOrder, 0, value)
      return words.map { Int64(bitPattern: $0 ^ 1 << 63) }
    }
    set {
      precondition(newValue.count == fieldCount, "\(newValue.count) fields of \(fieldCount)")
      load(newValue.map { UInt64(bitPattern: $0) ^ 1 << 63 }, into: pointer(index))
      __gmpz_sub(pointer(index), pointer(index), highBits)
    }
  }

  private var highBits: UnsafeMutablePointer<__mpz_struct> { pointer(values.count - 1) }

  private func pointer(_ index: Int) -> UnsafeMutablePointer<__mpz_struct> {
    precondition(values.indices.contains(index), "integer \(index) of \(values.count)")
    return values.baseAddress! + index
  }

  private func load(_ words: [UInt64], into value: UnsafeMutablePointer<__mpz_struct>) {
    __gmpz_import(value, words.count, leastSignificantFirst, 8, nativeOrder, 0, words)
  }
}

/// GMP's `order` argument: the first word is the lowest.
private let leastSignificantFirst: Int32 = -1
/// GMP's `endian` argument: bytes within a word as this processor has them.
private let nativeOrder: Int32 = 0
