public import Energy
import Foundation

extension FPGATechnology {
  /// The file, in which a value that fits stands on one line.
  ///
  /// - Throws: What `JSONEncoder` throws at a number that is none.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return CalibratedTechnology.broken(try encoder.encode(self)) + "\n"
  }
}
