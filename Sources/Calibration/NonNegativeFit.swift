/// Coefficients that are not negative and predict measurements with the least squares of relative errors.
///
/// C. L. Lawson and R. J. Hanson, Solving Least Squares Problems, 1974, chapter 23, on normal
/// equations: the terms are few, and scaled so that none is larger than another.
struct NonNegativeFit: Equatable {
  /// One for each term.
  let coefficients: [Double]
  /// Of the coefficients; zero where one is held at zero.
  let covariance: [[Double]]

  /// - Parameters:
  ///   - terms: For each measurement the value of each term.
  ///   - measured: More than zero.
  ///   - known: The part of each measurement that is known without a fit; `nil` for none.
  init(terms: [[Double]], measured: [Double], known: [Double]? = nil) {
    let count = terms.first?.count ?? 0
    // Relative errors: everything in units of what was measured.
    let rows = zip(terms, measured).map { row, value in row.map { $0 / value } }
    let shares = zip(known ?? measured.map { _ in 0 }, measured).map { 1 - $0 / $1 }
    let scales = (0..<count).map { index in
      let norm = rows.reduce(0) { $0 + $1[index] * $1[index] }.squareRoot()
      return norm == 0 ? 1 : norm
    }
    let scaled = rows.map { row in zip(row, scales).map { $0 / $1 } }
    var products = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    var targets = [Double](repeating: 0, count: count)
    for (row, share) in zip(scaled, shares) {
      for i in 0..<count {
        targets[i] += row[i] * share
        for j in 0..<count { products[i][j] += row[i] * row[j] }
      }
    }
    let (solution, free) = Self.solve(products, targets)
    coefficients = zip(solution, scales).map { $0 / $1 }
    let squares = zip(scaled, shares).reduce(0.0) { sum, point in
      let error = zip(point.0, solution).reduce(-point.1) { $0 + $1.0 * $1.1 }
      return sum + error * error
    }
    let variance = squares / Double(max(1, measured.count - free.count))
    var covariance = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    for (column, index) in free.enumerated() {
      var unit = [Double](repeating: 0, count: free.count)
      unit[column] = variance
      guard let inverse = Self.linear(products, unit, free) else { continue }
      for (row, other) in free.enumerated() {
        covariance[other][index] = inverse[row] / scales[index] / scales[other]
      }
    }
    self.covariance = covariance
  }

  /// The solution, and the terms that are not held at zero.
  private static func solve(
    _ products: [[Double]], _ targets: [Double]
  ) -> (solution: [Double], free: [Int]) {
    let count = targets.count
    var solution = [Double](repeating: 0, count: count)
    var free: [Int] = []
    while true {
      let gradient = (0..<count).map { index in
        targets[index] - zip(products[index], solution).reduce(0) { $0 + $1.0 * $1.1 }
      }
      let held = (0..<count).filter { !free.contains($0) && gradient[$0] > 1e-9 }
      guard let best = held.max(by: { gradient[$0] < gradient[$1] }) else { break }
      let before = free
      free = (free + [best]).sorted()
      while let candidate = linear(products, targets.at(free), free) {
        let negative = free.indices.filter { candidate[$0] <= 0 }
        if negative.isEmpty {
          solution = [Double](repeating: 0, count: count)
          for (position, index) in free.enumerated() { solution[index] = candidate[position] }
          break
        }
        // As far towards the candidate as all stay positive.
        let step =
          negative.map { solution[free[$0]] / (solution[free[$0]] - candidate[$0]) }.min() ?? 0
        for (position, index) in free.enumerated() {
          solution[index] += step * (candidate[position] - solution[index])
        }
        free = free.filter { solution[$0] > 1e-12 }
      }
      // A term that only repeats others brings nothing.
      if free == before { break }
    }
    return (solution, free)
  }

  /// Solves the equations of the free terms, by elimination with pivots.
  private static func linear(
    _ products: [[Double]], _ targets: [Double], _ free: [Int]
  ) -> [Double]? {
    var matrix = free.map { row in free.map { products[row][$0] } }
    var right = targets
    for column in free.indices {
      let pivot = (column..<free.count).max { abs(matrix[$0][column]) < abs(matrix[$1][column]) }!
      guard abs(matrix[pivot][column]) > 1e-12 else { return nil }
      matrix.swapAt(column, pivot)
      right.swapAt(column, pivot)
      for row in free.indices where row > column {
        let factor = matrix[row][column] / matrix[column][column]
        for index in column..<free.count { matrix[row][index] -= factor * matrix[column][index] }
        right[row] -= factor * right[column]
      }
    }
    for row in free.indices.reversed() {
      for index in (row + 1)..<free.count { right[row] -= matrix[row][index] * right[index] }
      right[row] /= matrix[row][row]
    }
    return right
  }
}

extension Array {
  fileprivate func at(_ indices: [Int]) -> [Element] { indices.map { self[$0] } }
}
