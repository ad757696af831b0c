import Foundation
import Testing

extension CommandTests {
  @Suite("sources of energy") struct SourcesTests {
    private struct Published: Decodable {
      struct Row: Decodable {
        let name: String
        let published: Double
        /// Of rows whose figures follow from parameters.
        let computed: Double?
        let own: Own
        let reasons: [String]
      }
      struct Own: Decodable { let low, typical, high: Double }
      let rows: [Row]
    }

    @Test("published figures are printed as a table, as JSON and as values")
    func published() async throws {
      let folder = try WorkFolder()
      let json = try await setun("published", "--json", in: folder)
      #expect(json.status == 0 && json.errors == "")
      let rows = try JSONDecoder().decode(Published.self, from: Data(json.output.utf8)).rows
      let stream = try #require(rows.first { $0.name == "bitnet-kv260.model" })
      #expect(stream.published == 417_546_240 && stream.computed == stream.published)
      #expect(rows.allSatisfy { !$0.reasons.isEmpty && $0.own.low <= $0.own.high })
      let csv = try await setun("published", "--csv", in: folder)
      #expect(csv.output.split(separator: "\n").count == rows.count + 1)
      let text = try await setun("published", in: folder)
      #expect(text.output.contains("71.43"))
      #expect(text.output.contains("With two FP16 multiplications for each output"))
    }

    @Test("a layer is taken apart to the last term, and its terms add up")
    func energy() async throws {
      let folder = try WorkFolder()
      let outcome = try await setun(
        "energy", "--matmul", "63x65", "--tokens", "3", "--architecture", "tiny", "--csv",
        "--accelergy-output", "accelergy", in: folder)
      #expect(outcome.status == 0 && outcome.errors == "")
      let lines = outcome.output.split(separator: "\n")
      #expect(lines.count > 30 && lines[0].hasPrefix("component,event,count,what,uses,each_j_low,"))
      let names = ["ERT.yaml", "ART.yaml", "action_counts.yaml"]
      for name in names {
        #expect(FileManager.default.fileExists(atPath: folder.path + "/accelergy/" + name))
      }
      let text = try await setun("energy", "--layer", "down_proj", in: folder)
      #expect(
        text.output.hasPrefix(
          "BitNet b1.58 2B4T, layers.0.mlp.down_proj, M = 1, N = 2560, K = 6912"))
      #expect(text.output.contains("what the bounds come from"))
      #expect(text.output.contains("fp16 array"))
      let area = try await setun("energy", "--area", in: folder)
      #expect(area.output.contains("event_counters"))
    }

    @Test("what Accelergy's files state takes the place of the own figures")
    func accelergy() async throws {
      let folder = try WorkFolder()
      try folder.write(
        "ert.yaml",
        """
        ERT:
          version: 0.4
          tables:
          - name: chip.weight_buffer
            actions:
            - {name: read, arguments: null, energy: 1000}
            - {name: write, arguments: null, energy: 0}

        """)
      let outcome = try await setun(
        "energy", "--matmul", "16x64", "--csv", "--accelergy", "ert.yaml", in: folder)
      #expect(
        outcome.output.contains("weight_buffer,weight_buffer_read,1,action of Accelergy,1.0,1e-09,")
      )
    }

    @Test(
      "sources that cannot be are refused with what is legal",
      arguments: [
        (["--dram", "core"], "expected one of DDR4, LPDDR4, LPDDR5, HBM2, found “core”"),
        (["--at-node", "16"], "expected a node and a voltage such as 16@0.8, found “16”"),
        (["--clock-tree-and-wires", "1001"], "--clock-tree-and-wires: expected 0 to 1000 %"),
        (["--at-node", "5@0.7"], "default: node scaling: expected one of 7, 10, 14, 16, 20, 32"),
        (["--sram", "absent.lib"], "default: absent.lib: cannot be read"),
        (["--technology", "cmos-3nm"], "default: technology: expected one of cmos-7nm, cmos-45nm"),
        (["--calibration", "osu"], "default: calibration: expected a file or one of"),
        (["--layer", "nothing"], "--layer: expected a part of a name such as layers.0."),
        (["--matmul", "3by4"], "3by4"),
      ] as [([String], String)])
    func refusals(arguments: [String], message: String) async throws {
      let outcome = try await Command(["energy"] + arguments, in: WorkFolder()).outcome()
      #expect(outcome.status != 0 && outcome.output == "")
      #expect(outcome.message.contains(message), "\(outcome.message)")
    }
  }
}
