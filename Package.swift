// swift-tools-version: 6.1
import PackageDescription

/// Every module is checked with the same rules: explicit `any`, explicit imports, internal by default.
let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A library module. Dependencies point down only; `Sources/README.md` draws the order.
func module(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [],
  resources: [Resource] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, exclude: exclude, resources: resources,
    swiftSettings: swiftSettings)
}

/// The tests of one module, with the helpers that all tests share.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["TestSupport"], swiftSettings: swiftSettings)
}

/// The SystemVerilog sources at the top of `rtl`.
let rtlModules = [
  "accelerator", "accumulators", "control_registers", "controller", "double_buffer",
  "event_counters", "job_queue", "load_receiver", "load_unit", "loop_nest", "output_stage", "pkg",
  "requantiser", "store_unit",
  "tree_array", "tree_bit_serial", "tree_carry_in", "tree_carry_save", "tree_int8_mac",
  "tree_lookup",
  "tree_negate", "tree_pkg", "tree_split_sign", "tree_sum", "tree_xor_popcount", "trit_decoder",
]

let package = Package(
  name: "setun",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "setun", targets: ["setun"]),
    .library(
      name: "Setun",
      targets: [
        "Ternary", "Workload", "ModelFile", "Architecture", "Mapping", "Activity", "Machine",
        "Energy", "Published", "Exploration", "Reference", "Oracle", "LockStep", "Verification",
        "Report", "Liberty", "Calibration",
      ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    module("Ternary", ["CTernaryKernels"]),
    module("Workload", ["Ternary"]),
    module("ModelFile", ["Workload", "Ternary"], resources: [.copy("Data")]),
    module("Architecture", ["Yams"], resources: [.copy("Samples")]),
    module("Mapping", ["Workload", "Architecture"]),
    module("Activity"),
    module(
      "Machine",
      ["Mapping", "Workload", "Architecture", "Activity", "Ternary", "CTernaryKernels"]),
    module(
      "Energy", ["Activity", "Architecture", "Liberty", "Yams"], exclude: ["README.md"],
      resources: [.copy("Technologies")]),
    module(
      "Published",
      ["Energy", "Machine", "Mapping", "Workload", "Architecture", "Activity", "Ternary"]),
    module("Liberty"),
    .target(
      name: "Calibration",
      dependencies: [
        "Liberty", "Energy", "Machine", "Mapping", "Workload", "Activity", "Architecture",
        "Ternary",
      ],
      exclude: ["README.md"], swiftSettings: swiftSettings),
    .target(name: "CTernaryKernels"),
    module("Reference", ["Workload", "ModelFile", "Ternary", "CTernaryKernels"]),
    .systemLibrary(
      name: "CGMP", pkgConfig: "gmp", providers: [.apt(["libgmp-dev"]), .brew(["gmp"])]),
    module("Oracle", ["Ternary", "CGMP"]),
    .target(name: "CRTLModel"),
    module("LockStep", ["Machine", "Architecture", "Activity", "CRTLModel"]),
    module(
      "Verification",
      [
        "LockStep", "Machine", "Mapping", "Workload", "Architecture", "Activity", "Ternary",
        "Oracle",
      ]),
    module(
      "Exploration",
      [
        "Reference", "Machine", "Energy", "Mapping", "Architecture", "ModelFile", "Workload",
        "Activity", "Ternary", "Yams", .product(name: "GRDB", package: "GRDB.swift"),
      ], resources: [.copy("Spaces")]),
    module("Report", ["Energy", "Activity", "Architecture"], resources: [.copy("Assets")]),
    // Folders that travel with the command: one Swift file in each says where they are.
    .target(
      name: "RTLSources", path: "rtl", exclude: ["examples", "proof"],
      sources: ["RTLSources.swift"],
      resources: [
        "README.md", "bridge", "coverage_excused.txt", "files.f", "include", "lint",
        "mutants_excused.txt", "prim",
        "synth",
      ]
      .map { .copy($0) }
        + rtlModules.map { .copy("setun_\($0).sv") },
      swiftSettings: swiftSettings),
    .target(
      name: "BuiltInModel", path: "traces",
      exclude: ["README.md", "requirements.txt", "train_bitnet.py"],
      sources: ["BuiltInModel.swift"], resources: [.copy("kjv-bitnet-3m")],
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "setun",
      dependencies: [
        "Ternary", "Workload", "ModelFile", "Architecture", "Mapping", "Activity", "Machine",
        "Energy", "Published", "Exploration", "Reference", "Oracle", "LockStep", "Verification",
        "Report", "Liberty", "Calibration", "RTLSources", "BuiltInModel",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings),

    .target(
      name: "TestSupport",
      dependencies: ["Verification"],
      path: "Tests/TestSupport", swiftSettings: swiftSettings),
    tests("TernaryTests", ["Ternary", "CTernaryKernels", "Oracle"]),
    // Mutated model files; a short run is among the tests, a long one a program.
    .target(
      name: "Fuzzing", dependencies: ["ModelFile", "Reference", "Workload", "TestSupport"],
      path: "Tests/Fuzz/Fuzzing", swiftSettings: swiftSettings),
    .executableTarget(
      name: "setun-fuzz", dependencies: ["Fuzzing"], path: "Tests/Fuzz/setun-fuzz",
      swiftSettings: swiftSettings),
    tests("ModelFileTests", ["ModelFile", "Workload", "Ternary", "Fuzzing"]),
    tests("ReferenceTests", ["Reference", "ModelFile", "Workload", "Ternary", "Oracle"]),
    tests("ArchitectureTests", ["Architecture"]),
    tests("MappingTests", ["Mapping", "Architecture", "Workload"]),
    tests(
      "MachineTests",
      ["Machine", "Mapping", "Workload", "Architecture", "Activity", "Ternary", "Oracle"]),
    tests("EnergyTests", ["Energy", "Activity", "Architecture", "Yams"]),
    tests("PublishedTests", ["Published", "Energy", "Architecture", "Workload"]),
    tests("CalibrationTests", ["Calibration", "Liberty", "Energy", "Activity", "Architecture"]),
    tests(
      "LockStepTests",
      [
        "LockStep", "Machine", "Mapping", "Workload", "Architecture", "Activity", "Ternary",
        "Oracle", "Verification",
      ]),
    tests(
      "VerificationTests",
      ["Verification", "LockStep", "Machine", "Workload", "Architecture", "Ternary"]),
    // Reports to look at, for the tests of values and for those in a browser.
    .target(
      name: "ReportSamples", dependencies: ["Report", "Energy", "Activity", "Architecture"],
      path: "Tests/Browser/ReportSamples", swiftSettings: swiftSettings),
    .executableTarget(
      name: "sample-pages", dependencies: ["ReportSamples", "Report", "Energy"],
      path: "Tests/Browser/sample-pages", swiftSettings: swiftSettings),
    tests("ReportTests", ["Report", "ReportSamples", "Energy", "Activity", "Architecture"]),
    tests(
      "ExplorationTests",
      [
        "Exploration", "Machine", "Energy", "Mapping", "Architecture", "ModelFile", "Workload",
        "Activity", "Reference", "Verification", .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    tests("CommandTests", ["setun", "BuiltInModel"]),
  ],
  swiftLanguageModes: [.v6]
)
