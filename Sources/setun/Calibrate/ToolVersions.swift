/// Tools and their versions as text.
enum ToolVersions {
  static func text(_ tools: [String: String]) -> String {
    tools.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}
