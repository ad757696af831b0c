import Foundation
import Report
import Testing

@Suite("JUnit")
struct JUnitTests {
  private let report = JUnit(suites: [
    .init(
      name: "tiny",
      cases: [.init(name: "1:0:0 jobs", seconds: 0.0426), .init(name: "b", seconds: 1)]),
    .init(
      name: "a<b>&\"c\"",
      cases: [.init(name: "x", seconds: 12.5, failure: "first < line\nsecond \u{1B}[0m & \u{7}")]),
  ])

  @Test("Suites, cases, times and failures, with everything escaped")
  func text() {
    #expect(
      report.text == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites tests="3" failures="1" time="13.543">
          <testsuite name="tiny" tests="2" failures="0" time="1.043">
            <testcase classname="tiny" name="1:0:0 jobs" time="0.043"/>
            <testcase classname="tiny" name="b" time="1.000"/>
          </testsuite>
          <testsuite name="a&lt;b&gt;&amp;&quot;c&quot;" tests="1" failures="1" time="12.500">
            <testcase classname="a&lt;b&gt;&amp;&quot;c&quot;" name="x" time="12.500">
              <failure message="first &lt; line">first &lt; line
        second \u{FFFD}[0m &amp; \u{FFFD}</failure>
            </testcase>
          </testsuite>
        </testsuites>

        """)
  }
}
