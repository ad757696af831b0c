internal import Workload

/// Small errors put into SystemVerilog, to measure whether verification finds them.
///
/// All mutants of a design are in one source, each behind a comparison with the number of the
/// mutant that runs, so that one build serves hundreds. The number is the plusarg `mutant`; with 0
/// the design is as it was.
public struct RTLMutator: Sendable {
  /// One small error.
  public struct Mutant: Hashable, Sendable {
    public var file: String
    public var line: Int
    /// The statement or condition as it was, in one line.
    public var original: String
    /// As it is in the mutant.
    public var mutated: String

    fileprivate var site: Int
    /// What takes the place of the expression, or `nil` when the assignment is left out.
    fileprivate var expression: String?
  }

  /// Sources by path.
  private let files: [String: [UInt8]]
  /// Every mutant that can be made, in the order of paths and lines.
  public let candidates: [Mutant]

  /// - Parameter files: Sources by path. Packages and functions give no mutants: they may be needed for
  ///   constants.
  public init(_ files: [String: [UInt8]]) {
    self.files = files
    candidates = files.sorted { $0.key < $1.key }.flatMap { Self.candidates(in: $1, path: $0) }
  }

  /// `count` candidates, drawn, in order; all when there are fewer.
  public func drawn(_ count: Int, seed: Int) -> [Mutant] {
    var random = SplitMix64(seed: seed)
    let indices = candidates.indices.shuffled(using: &random).prefix(count)
    return indices.sorted().map { candidates[$0] }
  }

  // MARK: Candidates

  private static func candidates(in source: [UInt8], path: String) -> [Mutant] {
    let tokens = SVTokenizer.tokens(of: source)
    return SVStatements.sites(in: tokens).enumerated().flatMap { number, site in
      mutations(of: site, tokens, source).map { expression in
        let whole =
          tokens[site.statement.lowerBound].range
          .lowerBound..<tokens[site.statement.upperBound - 1].range.upperBound
        let inner = range(site.expression, tokens)
        let mutated: String =
          expression.map {
            text(source[whole.lowerBound..<inner.lowerBound]) + $0
              + text(source[inner.upperBound..<whole.upperBound])
          } ?? "(left out)"
        return Mutant(
          file: path, line: tokens[site.statement.lowerBound].line,
          original: oneLine(text(source[whole])), mutated: oneLine(mutated), site: number,
          expression: expression)
      }
    }
  }

  /// The expressions that can take the place of a site's; `nil` to leave an assignment out.
  private static func mutations(
    of site: SVSite, _ tokens: [SVToken], _ source: [UInt8]
  ) -> [String?] {
    let whole = range(site.expression, tokens)
    var mutations: [String?] = site.kind == .assignment ? [nil] : []
    let original = text(source[whole])
    if site.kind == .condition { mutations.append("!(\(original))") }
    // Pattern assignments take their types from the left, and have none in an expression.
    if tokens[site.expression].contains(where: { $0.text == "'{" }) { return mutations }
    if site.kind == .continuous && !isZero(tokens[site.expression]) {
      mutations.append("(\(original)) ^ (\(original))")
    }
    var depth = 0
    for index in site.expression {
      let token = tokens[index]
      if token.text == "[" { depth += 1 }
      if token.text == "]" { depth -= 1 }
      // Widths and ranges have to be constant, and a wider one changes nothing.
      guard depth == 0 && !isReplication(index, tokens) && !isWidth(index, site, tokens) else {
        continue
      }
      let isBinary = index > site.expression.lowerBound && endsOperand(tokens[index - 1])
      guard let replacement = replacement(of: token, isBinary: isBinary) else { continue }
      mutations.append(
        text(source[whole.lowerBound..<token.range.lowerBound]) + replacement
          + text(source[token.range.upperBound..<whole.upperBound]))
    }
    return mutations
  }

  /// Whether an expression is the number 0.
  private static func isZero(_ tokens: ArraySlice<SVToken>) -> Bool {
    tokens.count == 1 && tokens.first!.kind == .number
      && tokens.first!.text.split(separator: "'").last!.allSatisfy { "0bdh".contains($0) }
  }

  /// Whether a token is the count of `{n{…}}`.
  private static func isReplication(_ index: Int, _ tokens: [SVToken]) -> Bool {
    index > 0 && index + 1 < tokens.count && tokens[index - 1].text == "{"
      && tokens[index + 1].text == "{"
  }

  /// Whether a token is the width of a cast: `8'(…)`, or within `(…)'(…)`.
  private static func isWidth(_ index: Int, _ site: SVSite, _ tokens: [SVToken]) -> Bool {
    var depth = 0
    for next in index + 1..<site.expression.upperBound {
      switch tokens[next].text {
      case "'(" where depth == 0: return next == index + 1
      case "'(" where depth < 0: return tokens[next - 1].text == ")" && depth == -1
      case "(", "[", "{", "'(", "'{": depth += 1
      case ")", "]", "}": depth -= 1
      default: break
      }
    }
    return false
  }

  private static func endsOperand(_ token: SVToken) -> Bool {
    token.kind != .symbol || [")", "]", "}"].contains(token.text)
  }

  private static let binary = [
    "+": "-", "-": "+", "*": "+", "==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=",
    ">=": ">", "&&": "||", "||": "&&", "&": "|", "|": "&", "^": "|", "<<": ">>", ">>": "<<",
  ]
  private static let unary = ["!": "", "~": "", "-": "", "|": "&", "&": "|"]

  /// What takes the place of an operator or a number.
  private static func replacement(of token: SVToken, isBinary: Bool) -> String? {
    switch token.kind {
    case .word: nil
    case .symbol: isBinary ? binary[token.text] : unary[token.text]
    case .number: nextNumber(token.text)
    }
  }

  /// A literal that is one more, within its width; the other bit for one bit or a fill.
  private static func nextNumber(_ text: String) -> String? {
    switch text {
    case "'0", "1'b0", "1'd0": return text.hasPrefix("'") ? "'1" : "1'b1"
    case "'1", "1'b1", "1'd1": return text.hasPrefix("'") ? "'0" : "1'b0"
    default: break
    }
    if let value = Int(text) { return "\(value + 1)" }
    let parts = text.split(separator: "'")
    guard parts.count == 2, let width = Int(parts[0]), let base = parts[1].first,
      let radix = ["d": 10, "h": 16, "b": 2][base.lowercased()], width < 63,
      let value = Int(parts[1].dropFirst(), radix: radix)
    else { return nil }
    return "\(width)'\(base)\(String((value + 1) % (1 << width), radix: radix))"
  }

  private static func range(_ range: Range<Int>, _ tokens: [SVToken]) -> Range<Int> {
    tokens[range.lowerBound].range.lowerBound..<tokens[range.upperBound - 1].range.upperBound
  }

  private static func text(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: Array(bytes), as: UTF8.self)
  }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  // MARK: Sources

  /// The name of the package that holds the number of the mutant.
  public static let packageName = "setun_mutant_pkg.sv"

  /// The package, which is compiled before all other sources.
  public static let package = """
    // Generated by setun: which of the errors in the other sources is switched on.

    package setun_mutant_pkg;
      function automatic int unsigned chosen();
        int unsigned number;
        if ($value$plusargs("mutant=%d", number) == 0) number = 0;
        return number;
      endfunction

      int unsigned number = chosen();
    endpackage : setun_mutant_pkg

    """

  /// The sources with `mutants` in them, numbered from 1 in their order.
  public func sources(with mutants: [Mutant]) -> [String: [UInt8]] {
    var sources = files
    let numbered = Dictionary(
      grouping: mutants.enumerated().map { ($0 + 1, $1) }, by: \.1.file)
    for (path, mutants) in numbered {
      // A mutant of an enumeration may have a value that is none of its names.
      sources[path] =
        Array("/* verilator lint_off ENUMVALUE */ ".utf8)
        + Self.source(files[path]!, with: mutants)
    }
    return sources
  }

  private static func source(_ source: [UInt8], with mutants: [(Int, Mutant)]) -> [UInt8] {
    let tokens = SVTokenizer.tokens(of: source)
    let sites = SVStatements.sites(in: tokens)
    var result = source
    // From the end, so that what is before stays where it was.
    for (site, mutants) in Dictionary(grouping: mutants, by: \.1.site).sorted(by: {
      $0.key > $1.key
    }) {
      let site = sites[site]
      let statement = range(site.statement, tokens)
      let inner = range(site.expression, tokens)
      let choices = mutants.map { (number: $0.0, expression: $0.1.expression) }
      switch site.kind {
      case .continuous, .condition:
        let chain = choices.reversed().reduce("(\(text(source[inner])))") { rest, choice in
          "((\(test(choice.number))) ? (\(choice.expression ?? "")) : \(rest))"
        }
        result.replaceSubrange(inner, with: Array(chain.utf8))
      case .assignment:
        let head = text(source[statement.lowerBound..<inner.lowerBound])
        let tail = text(source[inner.upperBound..<statement.upperBound])
        // Each as a statement of its own: within one expression they would change their types.
        let chain = choices.reversed().reduce(text(source[statement])) { rest, choice in
          let mutated = choice.expression.map { head + $0 + tail } ?? ";"
          return "if (\(test(choice.number))) \(mutated) else \(rest)"
        }
        result.replaceSubrange(statement, with: Array("begin \(chain) end".utf8))
      }
    }
    return result
  }

  private static func test(_ number: Int) -> String {
    "setun_mutant_pkg::number == 32'd\(number)"
  }
}
