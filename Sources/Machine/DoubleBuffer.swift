/// An operand buffer of two halves: the array reads one while the load unit fills the other.
///
/// Mirrors `setun_double_buffer`. Contents are kept by the owner, who writes and reads at the
/// positions given here. With several tokens there are as many banks side by side; runs of words,
/// one token each, go to one after the other.
struct DoubleBuffer {
  struct State {
    var claimed = 0
    var full = 0
    var writeHalf = 0
    var readHalf = 0
    var writeWord = 0
    var writeBeat = 0
    var writeBank = 0
    /// The first word of the run that is written.
    var writeBase = 0
  }

  let halfWords: Int
  /// Beats of a word.
  let beats: Int
  let tokens: Int
  private(set) var q = State()
  private var d = State()

  /// - Parameter words: Words of both halves, and of all banks.
  init(words: Int, beats: Int, tokens: Int = 1) {
    halfWords = words / (2 * tokens)
    self.beats = beats
    self.tokens = tokens
  }

  /// A half is free to be claimed.
  var claimable: Bool { q.claimed != 2 }
  /// The half to be read is full.
  var ready: Bool { q.full != 0 }
  /// The word, counted over both halves, that the next beat belongs to.
  var writeWord: Int { q.writeHalf * halfWords + q.writeWord }
  /// The word, counted over both halves, that is word `word` of the half to be read.
  func readWord(_ word: Int) -> Int { q.readHalf * halfWords + word }

  /// Computes the next state.
  ///
  /// - Parameter runWords: Words of a token; matters with several tokens only.
  mutating func evaluate(
    clear: Bool, claim: Bool, write: Bool, writeLast: Bool, free: Bool, runWords: Int = 0
  ) {
    if clear {
      d = State()
      return
    }
    if claim { d.claimed += 1 }
    if free {
      d.claimed -= 1
      d.full -= 1
      d.readHalf ^= 1
    }
    guard write else { return }
    let wordEnd = q.writeBeat == beats - 1
    d.writeBeat = wordEnd ? 0 : q.writeBeat + 1
    if writeLast {
      d.full += 1
      d.writeHalf ^= 1
      d.writeWord = 0
      d.writeBank = 0
      d.writeBase = 0
    } else if wordEnd && tokens > 1 && q.writeWord - q.writeBase == runWords - 1 {
      let lastBank = q.writeBank == tokens - 1
      d.writeBank = lastBank ? 0 : q.writeBank + 1
      d.writeWord = lastBank ? q.writeWord + 1 : q.writeBase
      d.writeBase = d.writeWord
    } else if wordEnd {
      d.writeWord = q.writeWord + 1
    }
  }

  mutating func reset() { d = State() }
  mutating func clock() { q = d }
}
