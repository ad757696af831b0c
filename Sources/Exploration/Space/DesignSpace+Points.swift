public import Architecture

extension DesignSpace {
  /// Which value each parameter has at point `number`.
  ///
  /// - Precondition: `number` is in `0..<count`.
  public func digits(of number: Int) -> [Int] {
    precondition(0..<count ~= number, "point \(number) of \(count)")
    var rest = number
    var digits = [Int](repeating: 0, count: parameters.count)
    for index in parameters.indices.reversed() {
      (rest, digits[index]) = rest.quotientAndRemainder(dividingBy: parameters[index].values.count)
    }
    return digits
  }

  /// The number of the point with these values.
  func number(of digits: [Int]) -> Int {
    zip(digits, parameters).reduce(0) { $0 * $1.1.values.count + $1.0 }
  }

  /// The design at point `number`, under the name `name` or that of the base.
  ///
  /// - Throws: ``ArchitectureError`` when the values do not go together.
  public func point(_ number: Int, name: String? = nil) throws(ArchitectureError) -> DesignPoint {
    var cursor = PointCursor(self)
    cursor.move(to: number)
    var point = try cursor.point()
    guard let name else { return point }
    var parameters = point.architecture.parameters
    parameters.name = name
    parameters.description = "Point \(number) of the design space \(self.name)."
    point.architecture = try Architecture(parameters: parameters)
    return point
  }

  /// The hash of point `number`: of all that decides what the design does and costs.
  public func hash(of number: Int) -> PointHash {
    var cursor = PointCursor(self)
    cursor.move(to: number)
    return cursor.hash
  }
}
