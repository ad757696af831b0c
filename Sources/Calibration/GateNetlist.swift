/// A flat netlist of library cells, as `rtl/synth/netlist.py` writes it.
///
/// One statement a line, words between blanks; nets are numbers, 0 and 1 are the constants:
///
///     input NAME NET …            bits of a port, lowest first
///     output NAME NET …
///     cell BLOCK TYPE PIN=NET …   `-` where a cell belongs to no block
struct GateNetlist {
  /// One cell.
  struct Instance {
    let block: Int
    let type: String
    /// Pins that are connected.
    let pins: [(name: String, net: Int)]
  }

  private(set) var inputs: [String: [Int]] = [:]
  private(set) var outputs: [String: [Int]] = [:]
  private(set) var instances: [Instance] = []
  /// Names of the blocks that cells belong to.
  private(set) var blocks: [String] = []
  /// One more than the highest net.
  private(set) var netCount = 2

  /// - Throws: ``CalibrationError`` with the line of the first fault.
  init(_ text: String, file: String) throws(CalibrationError) {
    var blockNumbers: [Substring: Int] = [:]
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where !line.isEmpty {
      let words = line.split(separator: " ")
      func net(_ word: Substring) throws(CalibrationError) -> Int {
        guard let net = Int(word), net >= 0 else {
          throw CalibrationError("\(file):\(index + 1): expected a net, found “\(word)”")
        }
        netCount = max(netCount, net + 1)
        return net
      }
      switch (words[0], words.count) {
      case ("input", 2...), ("output", 2...):
        var nets: [Int] = []
        for word in words.dropFirst(2) { nets.append(try net(word)) }
        if words[0] == "input" {
          inputs[String(words[1])] = nets
        } else {
          outputs[String(words[1])] = nets
        }
      case ("cell", 3...):
        var pins: [(name: String, net: Int)] = []
        for word in words.dropFirst(3) {
          guard let split = word.firstIndex(of: "=") else {
            throw CalibrationError("\(file):\(index + 1): expected PIN=NET, found “\(word)”")
          }
          pins.append((String(word[..<split]), try net(word[word.index(after: split)...])))
        }
        let block = blockNumbers[words[1]] ?? blocks.count
        if block == blocks.count {
          blockNumbers[words[1]] = block
          blocks.append(String(words[1]))
        }
        instances.append(Instance(block: block, type: String(words[2]), pins: pins))
      default:
        throw CalibrationError(
          "\(file):\(index + 1): expected input, output or cell, found “\(line.prefix(40))”")
      }
    }
  }

  /// The cells that it is made of.
  var types: Set<String> { Set(instances.map(\.type)) }
}
