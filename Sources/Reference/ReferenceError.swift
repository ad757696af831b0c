public import ModelFile

/// Why the reference runtime could not do what was asked.
public enum ReferenceError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A file of the model, or a golden file, was refused.
  case modelFile(ModelFileError)
  /// Text was given to a model whose directory holds no `tokenizer.json`.
  case noTokenizer(model: String)
  /// There was no token to run.
  case emptyPrompt
  /// A text is too short to have a perplexity.
  case nothingToPredict(tokens: Int)
  /// The tokens run so far and those asked for do not fit in the context.
  case contextExceeded(tokens: Int, contextLength: Int)
  /// A token is not in the vocabulary.
  case unknownToken(Int, vocabularySize: Int)
  /// An activation became infinite or not a number before this layer.
  case notFinite(layer: String)
  /// The inputs of a layer were not rounded to int8 when it was trained.
  case activationsNotQuantized(layer: String)
  /// The task was cancelled.
  case cancelled

  public var description: String {
    switch self {
    case .modelFile(let error): error.description
    case .noTokenizer(let model):
      "\(model): expected a tokenizer.json to turn text into tokens, found none"
    case .emptyPrompt: "prompt: expected at least one token, found none"
    case .nothingToPredict(let tokens):
      "text: expected at least 2 tokens, so that one can be predicted, found \(tokens)"
    case .contextExceeded(let tokens, let contextLength):
      "prompt: expected at most \(contextLength) tokens (the model's context), found \(tokens)"
    case .unknownToken(let token, let size):
      "prompt: expected tokens in 0..<\(size), found \(token)"
    case .notFinite(let layer):
      "\(layer): expected finite activations, found an infinity or NaN"
    case .activationsNotQuantized(let layer):
      "\(layer): expected a layer with int8 activations, found one trained with floats"
    case .cancelled: "cancelled"
    }
  }
}

/// Runs `body` and turns its model-file error into one of this module.
func wrappingModelFileError<Value>(
  _ body: () throws(ModelFileError) -> Value
) throws(ReferenceError) -> Value {
  do { return try body() } catch { throw .modelFile(error) }
}
