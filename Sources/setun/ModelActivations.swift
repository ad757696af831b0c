import Architecture
import Reference

extension BitNetModel {
  /// The same model with activations of as many bits as those of `architecture`.
  ///
  /// Sums stay exact: what an accelerator makes of them follows from them.
  func activations(of architecture: Architecture) -> BitNetModel {
    computing(with: Numerics(activationBits: architecture.parameters.activationBits))
  }
}
