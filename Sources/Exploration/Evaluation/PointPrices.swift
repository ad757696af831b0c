import Energy

/// What one point costs: in cells energies and an area, of an FPGA resources.
enum PointPrices {
  case cells(PointCosts)
  case fpga(FPGACosts)

  /// In J; `nil` of an FPGA, of which none is known.
  ///
  /// - Parameter counts: By the raw value of ``Event``, products included.
  func energy(of counts: SIMD32<Int>) -> Bounded? {
    guard case .cells(let costs) = self else { return nil }
    return Bounded(costs.energy(of: counts))
  }

  /// In mm²; `nil` of an FPGA.
  var area: Bounded? {
    guard case .cells(let costs) = self else { return nil }
    return 1e-6 * Bounded(costs.area)
  }

  /// `nil` of cells.
  var resources: PointMetrics.Resources? {
    guard case .fpga(let costs) = self else { return nil }
    return PointMetrics.Resources(
      luts: Bounded(costs.luts), flipFlops: Bounded(costs.flipFlops),
      blockRAMs: Bounded(costs.blockRAMs), dsps: Bounded(costs.dsps),
      deviceShare: costs.deviceShare.map(Bounded.init))
  }
}

/// Where the prices of points of one technology come from, and are kept.
enum PriceBook {
  case cells(CostBook)
  case fpga(FPGABook)
}

extension Bounded {
  fileprivate init(_ bounds: PointCosts.Bounds) {
    self.init(low: bounds.low, typical: bounds.typical, high: bounds.high)
  }
}
