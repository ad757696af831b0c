/// What the accumulators do with a sum; travels beside the operand through the tree.
struct Operand {
  var valid = false
  /// First k-tile of this token in this chunk.
  var first = false
  /// The chunk is not the first of its n-tile: start from the stored partial sum.
  var resume = false
  /// Last k-tile of this token in this chunk.
  var last = false
  /// The chunk is the last of its n-tile: the sum is finished.
  var emit = false
  /// Index of the token in its block.
  var token = 0
}

/// The longest legal AXI4 INCR burst from `address`, in beats: at most `beatsLeft` and 256, never
/// across a 4 KiB boundary.
func burstLength(address: UInt64, beatsLeft: Int, busBytes: Int) -> Int {
  let toBoundary = (4096 - Int(address & 4095)) / busBytes
  return min(beatsLeft, toBoundary, 256)
}
