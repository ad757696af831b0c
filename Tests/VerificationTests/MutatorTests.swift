import Testing

@testable import Verification

@Suite("Mutants of SystemVerilog")
struct MutatorTests {
  private static let source = """
    // a + b in a comment, and "c + d" in a string
    `define X(a) (a + 1)
    module m #(parameter int N = 4) (input logic [3:0] a_i, output logic [3:0] b_o);
      logic [3:0] q;
      assign b_o = a_i + 4'd1;
      if (N > 3) begin : gen_wide
        `ASSERT(Wide_A, a_i == 0)
      end
      always_ff @(posedge clk_i or negedge rst_ni) begin
        if (!rst_ni) q <= '0;
        else for (int i = 0; i < N; i++) q[i] <= a_i[N-1-i];
      end
      function automatic logic f(input logic x);
        return x && 8'(N) != {N{1'b0}};
      endfunction
    endmodule

    """

  private func mutator(_ text: String = MutatorTests.source) -> RTLMutator {
    RTLMutator(["m.sv": Array(text.utf8)])
  }

  @Test("Words are found with their lines; comments, strings and macros are none")
  func tokens() {
    let tokens = SVTokenizer.tokens(of: Array(Self.source.utf8))
    #expect(tokens.first?.text == "module" && tokens.first?.line == 3)
    let texts = tokens.map(\.text)
    for text in ["4'd1", "'0", "<=", "!=", "'(", "i", "++"] {
      #expect(texts.contains(text), "\(text)")
    }
    for text in ["comment", "define", "ASSERT", "Wide_A"] {
      #expect(!texts.contains(text), "\(text)")
    }
  }

  @Test("Every small error is made, in a place where the language allows it")
  func candidates() {
    let found = mutator().candidates.map { "\($0.line): \($0.mutated)" }
    #expect(
      found == [
        "5: assign b_o = (a_i + 4'd1) ^ (a_i + 4'd1);", "5: assign b_o = a_i - 4'd1;",
        "5: assign b_o = a_i + 4'd2;", "10: !(!rst_ni)", "10: rst_ni", "10: (left out)",
        "10: q <= '1;", "11: (left out)",
      ])
  }

  @Test("All mutants are in one source, each behind its number")
  func instrumented() throws {
    let mutator = mutator("module m; assign a = b; always_comb if (c) d = 1'b0; endmodule\n")
    let chosen = mutator.candidates
    #expect(chosen.count == 4)
    let text = String(decoding: try #require(mutator.sources(with: chosen)["m.sv"]), as: UTF8.self)
    let n = { (number: Int) in "setun_mutant_pkg::number == 32'd\(number)" }
    #expect(
      text == "/* verilator lint_off ENUMVALUE */ "
        + "module m; assign a = ((\(n(1))) ? ((b) ^ (b)) : (b)); always_comb if "
        + "(((\(n(2))) ? (!(c)) : (c))) begin if (\(n(3))) ; else if (\(n(4))) d = 1'b1; else "
        + "d = 1'b0; end endmodule\n")
  }

  @Test("Draws repeat and are in order; one wants more than there are and gets all")
  func drawn() {
    let mutator = mutator()
    #expect(mutator.drawn(3, seed: 1) == mutator.drawn(3, seed: 1))
    #expect(mutator.drawn(3, seed: 1).count == 3)
    #expect(mutator.drawn(1000, seed: 1) == mutator.candidates)
  }
}
