/// How a tool is installed, on the systems whose package names are known.
public struct Install: Equatable, Sendable, Codable {
  /// The line for Debian and its descendants.
  public let debian: String
  /// The line for Homebrew.
  public let homebrew: String

  /// The line for the system this program runs on.
  public var line: String {
    #if os(macOS)
      homebrew
    #else
      debian
    #endif
  }
}

extension Install {
  /// The Debian package and the Homebrew formula.
  init(apt package: String, brew formula: String) {
    self.init(
      debian: "sudo apt-get install \(package)", homebrew: "brew install \(formula)")
  }

  static let verilator = Install(apt: "verilator", brew: "verilator")
  static let compiler = Install(
    debian: "sudo apt-get install g++", homebrew: "xcode-select --install")
  static let zlib = Install(apt: "zlib1g-dev", brew: "zlib")
  static let gmp = Install(apt: "libgmp-dev", brew: "gmp")
  static let pkgConfig = Install(apt: "pkg-config", brew: "pkgconf")
  static let gtkwave = Install(apt: "gtkwave", brew: "--cask gtkwave")
  static let python = Install(apt: "python3 python3-venv", brew: "python")
  static let pyosys = Install(
    debian: "python3 -m pip install pyosys==0.70", homebrew: "python3 -m pip install pyosys==0.70")
}
