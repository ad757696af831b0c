import Architecture

// A segment is cut wherever a 4 KiB boundary lies inside, so that bursts are segments and
// boundaries, less those boundaries at which a segment begins.

extension ClosedForm.FlowSizes {
  /// The read bursts of the job.
  func readBursts(of job: Descriptor, _ timing: ClosedForm.Timing) -> Int {
    let bus = timing.busBytes
    var bursts = blocks * weightBursts(of: job, timing)
    if job.rowMultipliers {
      bursts += timing.bursts(
        at: Int(job.mAddress & 4095), beats: job.nTiles * timing.multiplierBeats)
    }
    var x = Int(job.xAddress & 4095)
    for block in 0..<blocks {
      let beats = tokens(block: block) * job.kTiles * timing.activationBeats
      bursts +=
        block == 0
        ? timing.bursts(at: x, beats: beats)
        : sliceBursts(of: job, timing, at: x, words: tokens(block: block) * job.kTiles)
      x = (x + beats * bus) & 4095
    }
    return bursts
  }

  /// Those of the weights, each read once.
  private func weightBursts(of job: Descriptor, _ timing: ClosedForm.Timing) -> Int {
    let w = Int(job.wAddress & 4095)
    let word = timing.weightBeats * timing.busBytes
    let (tile, chunk) = (job.kTiles * word, timing.weightHalfWords * word)
    var begins = 0
    for index in 0..<chunks {
      begins += boundaries(at: w + index * chunk, step: tile, count: job.nTiles)
    }
    return job.nTiles * chunks + pages(from: w, bytes: job.nTiles * tile) - begins
  }

  /// Those of a block's activations that are loaded slice by slice.
  private func sliceBursts(
    of job: Descriptor, _ timing: ClosedForm.Timing, at x: Int, words: Int
  ) -> Int {
    let word = timing.activationBeats * timing.busBytes
    let slice = job.activationSlice
    let slices = slice == 0 ? 0 : min(job.nTiles * chunks - 1, ceilDivide(words, slice))
    let segments = slices + (slices * slice < words ? 1 : 0)
    return segments + pages(from: x, bytes: words * word)
      - boundaries(at: x, step: slice * word, count: segments)
  }

  /// The write bursts of the job.
  func writeBursts(of job: Descriptor, _ timing: ClosedForm.Timing) -> Int {
    if resultsFitPages {
      return job.tokens
        * ((job.nTiles - 1) * timing.bursts(at: 0, beats: tileBeats)
          + timing.bursts(at: 0, beats: lastTileBeats))
    }
    let (tile, stride) = (timing.tileBytes, Int(job.yStride))
    let y = Int(job.yAddress & 4095)
    if stride == job.nTiles * tile && lastTileBeats == tileBeats {
      return contiguousBursts(at: y, segments: job.tokens * job.nTiles, tile, lastBytes: tile)
    }
    return (0..<job.tokens).reduce(0) { bursts, token in
      bursts
        + contiguousBursts(
          at: (y + token * stride) & 4095, segments: job.nTiles, tile,
          lastBytes: lastTileBeats * timing.busBytes)
    }
  }

  /// Bursts of segments that follow each other, of `bytes` bytes each but the last one.
  private func contiguousBursts(
    at offset: Int, segments: Int, _ bytes: Int, lastBytes: Int
  ) -> Int {
    segments + pages(from: offset, bytes: (segments - 1) * bytes + lastBytes)
      - boundaries(at: offset, step: bytes, count: segments)
  }

  /// Boundaries at or after `offset` and before the end of `bytes` bytes from there.
  private func pages(from offset: Int, bytes: Int) -> Int {
    (offset + bytes - 1) >> 12 - (offset - 1) >> 12
  }

  /// How many of `offset`, `offset + step`, … are boundaries.
  private func boundaries(at offset: Int, step: Int, count: Int) -> Int {
    let (first, step) = (offset & 4095, step & 4095)
    if step == 0 { return first == 0 ? count : 0 }
    let shift = step.trailingZeroBitCount
    guard first & (1 << shift - 1) == 0 else { return 0 }
    // The odd part of the step has an inverse among the multiples of it in a page: an odd number is
    // its own to three bits, and each round doubles them.
    let odd = step >> shift
    var inverse = odd &* (2 &- odd &* odd)
    inverse = inverse &* (2 &- odd &* inverse)
    let index = (0 &- first >> shift) &* inverse & (4096 >> shift - 1)
    return index < count ? (count - 1 - index) >> (12 - shift) + 1 : 0
  }
}

extension ClosedForm.Timing {
  /// The bursts of a segment.
  fileprivate func bursts(at offset: Int, beats: Int) -> Int {
    if busBytes >= 16 { return (offset & 4095 + beats * busBytes - 1) >> 12 + 1 }
    var (offset, left, bursts) = (offset & 4095, beats, 0)
    while left > 0 {
      let burst = burstLength(address: UInt64(offset), beatsLeft: left, busBytes: busBytes)
      left -= burst
      offset += burst * busBytes
      bursts += 1
    }
    return bursts
  }
}
