import Testing

@testable import ModelFile

@Suite("The JSON parser")
struct JSONParserTests {
  private func parse(_ text: String) throws(ModelFileError) -> JSONValue {
    var parser = JSONParser(file: "f", bytes: Array(text.utf8))
    return try parser.parseDocument()
  }

  @Test("reads values of every kind and keeps the order of members")
  func values() throws {
    let text =
      #" {"b": [1, -0, 2.5e1, -3E-2], "a": {"é\n\u00e9\ud83d\ude00\/": null}, "#
      + #""c":[true,false], "d":{}, "e":[ ]} "#
    #expect(
      try parse(text)
        == .object([
          .init(key: "b", value: .array([.integer(1), .integer(0), .number(25), .number(-0.03)])),
          .init(key: "a", value: .object([.init(key: "é\né😀/", value: .null)])),
          .init(key: "c", value: .array([.bool(true), .bool(false)])),
          .init(key: "d", value: .object([])), .init(key: "e", value: .array([])),
        ]))
    #expect(try parse(#""\"\\\b\f\n\r\t""#) == .string("\"\\\u{8}\u{C}\n\r\t"))
    #expect(try parse("9223372036854775807") == .integer(.max))
  }

  @Test(
    "stops at the first wrong byte and says what it expected",
    arguments: [
      ("", "byte 0: expected a value, found the end of the text"),
      ("{", "byte 1: expected `\"`, found the end of the text"),
      (#"{"a" 1}"#, "byte 5: expected `:`, found `1`"),
      (#"{"a":1,}"#, "byte 7: expected `\"`, found `}`"),
      (#"{"a":1,"a":2}"#, #"byte 7: expected each key once, found "a" again"#),
      ("[1 2]", "byte 3: expected `]`, found `2`"),
      ("[1] x", "byte 4: expected the end of the text, found `x`"),
      ("nul", "byte 0: expected `null`, found `n`"),
      ("01", "byte 2: expected a number without leading zeros, found the end of the text"),
      ("-", "byte 1: expected a digit, found the end of the text"),
      ("1.e3", "byte 2: expected a digit, found `e`"),
      ("9223372036854775808", "byte 0: expected a number that fits, found 9223372036854775808"),
      ("1e999", "byte 0: expected a number that fits, found 1e999"),
      (#""\x""#, "byte 2: expected an escape, found `x`"),
      (#""\u12g4""#, "byte 5: expected a hexadecimal digit, found `g`"),
      (#""\ud800""#, "byte 7: expected a low surrogate, found `\"`"),
      (#""\udc00""#, "byte 7: expected a Unicode scalar, found `\"`"),
      (#""\ud800\u0041""#, "byte 13: expected a low surrogate, found `\"`"),
      ("\"a\nb\"", "byte 2: expected a character of a string, found the byte 0xa"),
      (
        String(repeating: "[", count: 65),
        "byte 64: expected at most 64 levels of nesting, found `[`"
      ),
    ])
  func diagnostics(text: String, expected: String) {
    #expect(message { () throws(ModelFileError) in try parse(text) } == "f: " + expected)
  }

  @Test("refuses strings that are not UTF-8")
  func encoding() {
    for bytes: [UInt8] in [
      [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
    ] {
      #expect(
        message { () throws(ModelFileError) in
          var parser = JSONParser(file: "f", bytes: bytes)
          return try parser.parseDocument()
        } == "f: byte 0: expected a string in UTF-8, found other bytes")
    }
  }
}
