import Activity
import Testing

@Suite("Toggles")
struct ToggleTests {
  @Test("sums add place by place, and levels that only one of them has stay")
  func sums() {
    var small = Toggles()
    small.terms = 3
    small.levels = [5]
    var large = Toggles()
    large.terms = 4
    large.readBeats = 9
    large.levels = [1, 2]
    let sum = small + large
    #expect(sum.terms == 7)
    #expect(sum.readBeats == 9)
    #expect(sum.levels == [6, 2])
    #expect(large + small == sum)
  }
}
