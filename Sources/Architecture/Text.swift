extension Architecture.Parameters {
  /// The value of `key` as an architecture file writes it.
  func text(of key: Key) -> String {
    switch key {
    case .name: quoted(name)
    case .description: quoted(description)
    case .rows: "\(rows)"
    case .lanes: "\(lanes)"
    case .tokensPerWeight: "\(tokensPerWeight)"
    case .activationBits: "\(activationBits)"
    case .weightCoding: weightCoding.rawValue
    case .datapath: datapath.rawValue
    case .treeRegisterEvery: "\(treeRegisterEvery)"
    case .dataflow: dataflow.rawValue
    case .zeroGating: "\(zeroGating)"
    case .laneCounters: "\(laneCounters)"
    case .weightBufferWords: "\(weightBufferWords)"
    case .activationBufferWords: "\(activationBufferWords)"
    case .accumulatorDepth: "\(accumulatorDepth)"
    case .accumulatorBits: accumulatorBits.map { "\($0)" } ?? "derived"
    case .output: output.rawValue
    case .multiplierBufferWords: "\(multiplierBufferWords)"
    case .outputQueueDepth: "\(outputQueueDepth)"
    case .jobQueueDepth: "\(jobQueueDepth)"
    case .busBytes: "\(busBytes)"
    case .outstandingReads: "\(outstandingReads)"
    case .clockMHz: "\(clockMHz)"
    case .technology: quoted(technology)
    case .sramFlavour: sramFlavour.rawValue
    case .memoryKind: quoted(memory.kind)
    case .memoryLatency: "\(memory.latencyCycles)"
    case .memoryBandwidth: decimal(thousandths: memory.milliBytesPerCycle)
    case .memoryModel: memory.dram == nil ? "ideal" : "dram"
    case .memoryDRAM: memory.dram?.standard.rawValue ?? ""
    case .memoryChannels: memory.dram.map { "\($0.channels)" } ?? ""
    case .memoryEnergyLow: "\(memory.picojoulesPerBit.low)"
    case .memoryEnergyTypical: "\(memory.picojoulesPerBit.typical)"
    case .memoryEnergyHigh: "\(memory.picojoulesPerBit.high)"
    }
  }
}

extension Architecture {
  /// A file that ``init(yaml:file:)`` reads back as an equal value: a key to a line.
  public var yaml: String {
    var lines: [String] = []
    var open: Set<Substring> = []
    for key in Key.allCases where !Key.optional.contains(key) || parameters.memory.dram != nil {
      var levels = key.rawValue.split(separator: ".")
      let leaf = levels.removeLast()
      for (depth, section) in levels.enumerated() where open.insert(section).inserted {
        lines.append(indent(depth) + "\(section):")
      }
      lines.append(indent(levels.count) + "\(leaf): \(parameters.text(of: key))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The parameters that the RTL is elaborated for, one `key=value` to a line.
  ///
  /// Architectures with equal texts have equal hardware, however they are named, clocked and
  /// priced, and whatever memory they have. The accumulator width is the resolved one.
  public var canonicalText: String {
    var text = "setun architecture 1\n"
    for key in Key.hardware {
      let value = key == .accumulatorBits ? "\(accumulatorBits)" : parameters.text(of: key)
      text += "\(key.rawValue)=\(value)\n"
    }
    return text
  }

  /// FNV-1a, 64 bits, of the UTF-8 of ``canonicalText``: the number that the RTL exposes.
  public var configurationHash: UInt64 { fnv1a64(canonicalText.utf8) }

  /// ``configurationHash`` as 16 lower-case hexadecimal digits.
  public var configurationHashHex: String {
    let digits = String(configurationHash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// The FNV-1a hash of Fowler, Noll and Vo (draft-eastlake-fnv) with 64 bits.
package func fnv1a64(_ bytes: some Sequence<UInt8>) -> UInt64 {
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  for byte in bytes {
    hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
  }
  return hash
}

/// A double-quoted YAML scalar. Legal texts hold nothing else that needs an escape.
private func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    if scalar == "\"" || scalar == "\\" { result += "\\" }
    result.unicodeScalars.append(scalar)
  }
  return result + "\""
}

/// `thousandths / 1000` without trailing zeros.
func decimal(thousandths: Int) -> String {
  let (whole, rest) = thousandths.quotientAndRemainder(dividingBy: 1000)
  guard rest != 0 else { return "\(whole)" }
  var digits = String(String(1000 + rest.magnitude).dropFirst())
  while digits.last == "0" { digits.removeLast() }
  return "\(thousandths < 0 && whole == 0 ? "-" : "")\(whole).\(digits)"
}

private func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth) }
