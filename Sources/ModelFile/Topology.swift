public import Workload

/// The layers of a SCALE-Sim topology file.
///
/// One of two kinds of CSV, told apart by the header: matmuls (`Layer, M, N, K`), or convolutions
/// (`Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter,
/// Strides`), which are read as the matmul that SCALE-Sim makes of them: a token for each output
/// pixel, an output for each filter, an input for each value under the filter. Strides are one
/// column for both directions, or two.
public struct Topology: Equatable, Sendable {
  /// One row.
  public struct Layer: Equatable, Sendable {
    public let name: String
    public let shape: MatmulShape

    public init(name: String, shape: MatmulShape) {
      self.name = name
      self.shape = shape
    }
  }

  /// The path as it was given.
  public let file: String
  /// In the order of the file; never empty.
  public let layers: [Layer]

  /// Reads the file at `path`.
  ///
  /// - Throws: ``ModelFileError`` with the line when the file is no such CSV.
  public init(path: String) throws(ModelFileError) {
    let bytes = try InputFile(path: path).bytes()
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ModelFileError(file: path, problem: "expected UTF-8 text, found other bytes")
    }
    try self.init(csv: text, file: path)
  }

  /// Reads the text of a file; `file` is its name in messages.
  public init(csv text: String, file: String) throws(ModelFileError) {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated().map { (number: $0 + 1, fields: Self.fields($1)) }
      .filter { !$0.fields.isEmpty }
    guard let header = lines.first else {
      throw ModelFileError(file: file, problem: "expected a header, found no text")
    }
    let kind = try Kind(header: header.fields, file: file, line: header.number)
    var layers: [Layer] = []
    for line in lines.dropFirst() {
      let row = Row(kind: kind, file: file, line: line.number, fields: line.fields)
      layers.append(Layer(name: line.fields[0], shape: try row.shape()))
    }
    guard !layers.isEmpty else {
      throw ModelFileError(file: file, problem: "expected a layer after the header, found none")
    }
    self.file = file
    self.layers = layers
  }

  /// The fields of a line without the empty ones that end it.
  private static func fields(_ line: Substring) -> [String] {
    var fields = line.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
    }.map { String($0) }
    while fields.last == "" { fields.removeLast() }
    return fields
  }

  /// What the columns mean.
  private struct Kind {
    static let matmul = ["M", "N", "K"]
    static let convolution = [
      "IFMAP Height", "IFMAP Width", "Filter Height", "Filter Width", "Channels", "Num Filter",
    ]

    /// The columns after the name.
    let columns: [String]
    let isMatmul: Bool

    init(header: [String], file: String, line: Int) throws(ModelFileError) {
      let found = header.dropFirst().map { $0.lowercased() }
      func begins(with columns: [String]) -> Bool {
        Array(found.prefix(columns.count)) == columns.map { $0.lowercased() }
      }
      if begins(with: Self.matmul), found.count == 3 {
        (columns, isMatmul) = (Self.matmul, true)
      } else if begins(with: Self.convolution), 7...8 ~= found.count,
        found.dropFirst(6).allSatisfy({ $0.hasPrefix("stride") })
      {
        (columns, isMatmul) = (Array(header.dropFirst()), false)
      } else {
        throw ModelFileError(
          file: file, place: "line \(line)",
          problem: "expected the columns “Layer, M, N, K” or “Layer name, "
            + "\(Self.convolution.joined(separator: ", ")), Strides”, found "
            + "“\(header.joined(separator: ", "))”")
      }
    }
  }

  /// The numbers of one layer.
  private struct Row {
    let kind: Kind
    let file: String
    let line: Int
    let fields: [String]

    func shape() throws(ModelFileError) -> MatmulShape {
      guard fields.count == kind.columns.count + 1 else {
        throw error("expected \(kind.columns.count + 1) fields, found \(fields.count)")
      }
      var values: [Int] = []
      for (column, field) in zip(kind.columns, fields.dropFirst()) {
        guard let value = Int(field), 1...Self.largest ~= value else {
          throw error(
            "\(column): expected a whole number from 1 to \(Self.largest), found “\(field)”")
        }
        values.append(value)
      }
      return kind.isMatmul
        ? MatmulShape(m: values[0], n: values[1], k: values[2]) : try convolution(values)
    }

    private func convolution(_ values: [Int]) throws(ModelFileError) -> MatmulShape {
      guard values[2] <= values[0] && values[3] <= values[1] else {
        throw error(
          "expected a filter no larger than the input, found \(values[2])×\(values[3]) on "
            + "\(values[0])×\(values[1])")
      }
      // A last position that the stride does not reach counts, as in SCALE-Sim.
      func positions(_ input: Int, _ filter: Int, stride: Int) -> Int {
        (input - filter + 2 * stride - 1) / stride
      }
      let height = positions(values[0], values[2], stride: values[6])
      let width = positions(values[1], values[3], stride: values[values.count - 1])
      let (m, n, k) = (height * width, values[5], values[2] * values[3] * values[4])
      guard Double(m) * Double(n) * Double(k) <= Self.mostProducts else {
        throw error("expected at most 2^53 products, found \(m) × \(n) × \(k)")
      }
      return MatmulShape(m: m, n: n, k: k)
    }

    /// Three of them are multiplied without overflow.
    private static let largest = 65_535
    private static let mostProducts = 0x1p53

    private func error(_ problem: String) -> ModelFileError {
      ModelFileError(file: file, place: "line \(line)", problem: problem)
    }
  }
}
