import ModelFile
import Testing
import Workload

@Suite("SCALE-Sim topologies")
struct TopologyTests {
  private func shapes(_ csv: String) throws -> [MatmulShape] {
    try Topology(csv: csv, file: "net.csv").layers.map(\.shape)
  }

  @Test("matmuls are read as they are, with or without commas at the end and empty lines")
  func matmuls() throws {
    let topology = try Topology(
      csv: "Layer, M, N, K,\r\nq_proj , 1,2560 , 2560,\n\nGEMM 2,128,640,2560\n", file: "net.csv")
    #expect(
      topology.layers == [
        Topology.Layer(name: "q_proj", shape: MatmulShape(m: 1, n: 2560, k: 2560)),
        Topology.Layer(name: "GEMM 2", shape: MatmulShape(m: 128, n: 640, k: 2560)),
      ])
  }

  @Test("a convolution has a token per output pixel and an input per value under the filter")
  func convolutions() throws {
    let header =
      "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, "
    // AlexNet's first layer: 55 × 55 pixels of 96 filters over 11 × 11 × 3.
    let found = try shapes(header + "Strides,\nConv1, 227, 227, 11, 11, 3, 96, 4,\n")
    #expect(found == [MatmulShape(m: 3025, n: 96, k: 363)])
    // Two strides; ⌈5/2⌉ + 1 by 5/5 + 1 positions.
    let two = try shapes(header + "Stride H, Stride W\nc, 7, 8, 2, 3, 1, 5, 2, 5\n")
    #expect(two == [MatmulShape(m: 4 * 2, n: 5, k: 6)])
  }

  @Test(
    "what is wrong is said with its line",
    arguments: [
      ("", "net.csv: expected a header, found no text"),
      ("Layer, M, N, K\n", "net.csv: expected a layer after the header, found none"),
      (
        "Layer, M, K\n",
        "net.csv: line 1: expected the columns “Layer, M, N, K” or “Layer name, IFMAP Height, "
          + "IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides”, found "
          + "“Layer, M, K”"
      ),
      ("Layer, M, N, K\na, 1, 2\n", "net.csv: line 2: expected 4 fields, found 3"),
      (
        "Layer, M, N, K\n\na, 1, 0, 3\n",
        "net.csv: line 3: N: expected a whole number from 1 to 65535, found “0”"
      ),
      (
        "L, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides\n"
          + "a, 3, 3, 5, 3, 1, 1, 1\n",
        "net.csv: line 2: expected a filter no larger than the input, found 5×3 on 3×3"
      ),
      (
        "L, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides\n"
          + "a, 65535, 65535, 1, 1, 65535, 65535, 1\n",
        "net.csv: line 2: expected at most 2^53 products, found 4294836225 × 65535 × 65535"
      ),
    ])
  func refusals(csv: String, message: String) {
    let error = #expect(throws: ModelFileError.self) { try Topology(csv: csv, file: "net.csv") }
    #expect(error?.description == message)
  }
}
