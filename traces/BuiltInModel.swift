import Foundation

/// The trained BitNet b1.58 model that travels with the package.
public enum BuiltInModel {
  /// The model's directory: `config.json`, `model.safetensors`, `tokenizer.json`.
  public static var directory: String { Bundle.module.bundlePath + "/kjv-bitnet-3m" }
}
