import Energy
import Workload

/// The energy of a model as papers on BitNet count it: additions and multiplications, and nothing
/// else.
///
/// Ternary layers take an int8 addition for each product, all else an FP16 multiplication and an
/// addition; attention multiplies every query with every key. The output head is left out.
struct PaperArithmetic {
  let operations: Technology.Operations
  let shape: DecoderShape
  let tokens: Int

  /// Products of the seven layers of all blocks.
  var linearProducts: Int { products(.ternary) }

  /// Products of queries and keys, and of probabilities and values.
  var attentionProducts: Int { products(.attention) }

  private func products(_ kind: NamedMatmul.Kind) -> Int {
    shape.matmuls(tokens: tokens).filter { $0.kind == kind }.reduce(0) { $0 + $1.macs }
  }

  /// J of an FP16 product.
  private var fp16: Double { operations.fp16Multiply.typical + operations.fp16Add.typical }

  /// J with all layers in FP16.
  var dense: Double { Double(linearProducts + attentionProducts) * fp16 }

  /// J with ternary layers.
  var ternary: Double {
    Double(linearProducts) * operations.int8Add.typical + Double(attentionProducts) * fp16
  }

  /// J of two FP16 multiplications for each output of a ternary layer: the scales of weights and
  /// activations.
  var dequantisation: Double {
    let outputs = shape.matmuls(tokens: tokens).filter { $0.kind == .ternary }.reduce(0) {
      $0 + $1.shape.m * $1.shape.n
    }
    return 2 * Double(outputs) * operations.fp16Multiply.typical
  }
}
