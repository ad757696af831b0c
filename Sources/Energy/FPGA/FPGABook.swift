package import Architecture

/// What architectures take of an FPGA, for sweeps: worked out once for all that differ in their clock and
/// in the memory outside alone.
package final class FPGABook {
  package let target: FPGATarget
  private var latest = PartsCache<FPGACosts>()

  package init(_ target: FPGATarget) { self.target = target }

  /// What `architecture` takes.
  ///
  /// - Throws: ``EnergyError`` when the technology has no model of a block.
  package func costs(of architecture: Architecture) throws(EnergyError) -> FPGACosts {
    try latest.value(for: architecture) { () throws(EnergyError) in
      FPGACosts(try FPGAUse(architecture, on: target))
    }
  }
}

/// What one architecture takes of an FPGA, as plain numbers.
package final class FPGACosts {
  /// LUTs of memory among them.
  package let luts: PointCosts.Bounds
  package let flipFlops: PointCosts.Bounds
  /// In the smallest units of the family.
  package let blockRAMs: PointCosts.Bounds
  package let dsps: PointCosts.Bounds
  /// The largest share of what the device has of anything; `nil` without a device.
  package let deviceShare: PointCosts.Bounds?

  init(_ use: FPGAUse) {
    luts = Self.bounds(use.total(.lut) + use.total(.lutRAM))
    flipFlops = Self.bounds(use.total(.ff))
    blockRAMs = Self.bounds(use.total(.ram))
    dsps = Self.bounds(use.total(.dsp))
    deviceShare = use.shares.map(\.bounds).reduce(nil) { largest, share in
      guard let largest else { return share }
      return (
        max(largest.low, share.low), max(largest.typical, share.typical),
        max(largest.high, share.high)
      )
    }
  }

  private static func bounds(_ use: Estimate<Pieces>) -> PointCosts.Bounds {
    (use.low, use.typical, use.high)
  }
}

extension FPGAUse.Share {
  /// Of the device; 1 when everything is taken.
  fileprivate var bounds: PointCosts.Bounds {
    let available = Double(available)
    return (used.low / available, share, used.high / available)
  }
}
