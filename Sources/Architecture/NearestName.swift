/// The name that someone who wrote `word` probably meant, or `nil` when none is near.
///
/// Near is a name that begins with `word`, and one that is at most one edit away, plus one for
/// every four letters. Of several the nearest counts, and of equally near ones the first.
package func nearest(to word: String, among names: [String]) -> String? {
  guard word.count <= 64 else { return nil }
  let near = names.map { name in
    (name: name, distance: !word.isEmpty && name.hasPrefix(word) ? 1 : editDistance(word, name))
  }
  return near.filter { $0.distance <= 1 + word.count / 4 }.min { $0.distance < $1.distance }?.name
}

/// The fewest single-character insertions, removals and replacements from one text to the other.
///
/// The two-row form of the algorithm of Wagner and Fischer.
package func editDistance(_ left: String, _ right: String) -> Int {
  let right = Array(right)
  var row = Array(0...right.count)
  for (i, a) in left.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, b) in right.enumerated() {
      let replaced = diagonal + (a == b ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, diagonal + 1, row[j] + 1)
    }
  }
  return row[right.count]
}
