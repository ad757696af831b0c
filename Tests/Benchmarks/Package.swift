// swift-tools-version: 6.1
import PackageDescription

/// Benchmarks of the CPU reference runtime; `make bench` runs them. They report and never fail for
/// being slow.
let package = Package(
  name: "benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "setun", path: "../.."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
  ],
  targets: [
    .target(name: "CLimits"),
    .executableTarget(
      name: "benchmark",
      dependencies: [
        "CLimits",
        .product(name: "Setun", package: "setun"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
