import Foundation

/// The trained BitNet b1.58 model that travels with the package.
public enum BuiltInModel {
  /// The model's directory: `config.json`, `model.safetensors`, `tokenizer.json`.
  public static var directory: String { Bundle.module.bundlePath + "/kjv-bitnet-3m" }

  /// A text that it was not trained on.
  public static var heldOutText: String { directory + "/kjv_val.txt" }
}
