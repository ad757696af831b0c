/// What the accumulators do with a sum; travels beside the operand through the tree.
struct Operand {
  var valid = false
  /// First k-tile of these tokens in this chunk, or any with `weight_stationary`.
  var first = false
  /// Not the first k-tile of its n-tile: start from the stored partial sum.
  var resume = false
  /// Last k-tile of these tokens in this chunk, or any with `weight_stationary`.
  var last = false
  /// The sum is finished with its last k-tile.
  var emit = false
  /// These are the last tokens of their block.
  var blockLast = false
  /// Tokens that share the weight word.
  var tokens = 0
  /// Index of the first of them in the block.
  var token = 0
}

/// The longest legal AXI4 INCR burst from `address`, in beats: at most `beatsLeft` and 256, never
/// across a 4 KiB boundary.
func burstLength(address: UInt64, beatsLeft: Int, busBytes: Int) -> Int {
  let toBoundary = (4096 - Int(address & 4095)) / busBytes
  return min(beatsLeft, toBoundary, 256)
}
