/// One ternary matmul accelerator as a complete, validated value.
///
/// Everything that depends on a parameter is computed from this value: the SystemVerilog package,
/// the cycle model, the area model and the ``configurationHash`` that the RTL exposes. A value of
/// this type is always legal: ``init(parameters:)`` and ``init(yaml:file:)`` refuse all others.
public struct Architecture: Sendable {
  /// The values as the architecture file states them.
  @inlinable public var parameters: Parameters { storage.parameters }

  /// Shared by all copies: sweeps pass millions of architectures around.
  @usableFromInline let storage: Storage

  @usableFromInline final class Storage: Sendable {
    @usableFromInline let parameters: Parameters

    init(_ parameters: Parameters) { self.parameters = parameters }
  }

  /// Checks `parameters` as a whole.
  ///
  /// - Throws: ``ArchitectureError`` at the first illegal value or combination; it says which key,
  ///   what was found and what is legal.
  public init(parameters: Parameters) throws(ArchitectureError) {
    try parameters.validate()
    storage = Storage(parameters)
  }
}

extension Architecture: Equatable {
  public static func == (left: Self, right: Self) -> Bool {
    left.storage === right.storage || left.parameters == right.parameters
  }
}

extension Architecture {
  /// What an architecture file says, key by key. YAML keys are the names in snake case.
  public struct Parameters: Equatable, Sendable {
    /// A short name: lower-case letters, digits and hyphens.
    public var name: String
    /// One paragraph on what the design stands for.
    public var description: String

    /// Dot products computed side by side: outputs of an n-tile.
    public var rows: Int
    /// Ternary products in each dot product: inputs of a k-tile.
    public var lanes: Int
    /// Activation vectors that share a weight word: 1, 2, 4 or 8. The array has as many dot products
    /// for each row.
    public var tokensPerWeight: Int
    /// Bits of an activation, 2 to 8, in two's complement. In memory each takes a byte, of which the
    /// load unit keeps these lowest bits: a value outside their range wraps.
    public var activationBits: Int
    public var weightCoding: WeightCoding
    public var datapath: Datapath
    /// Levels of the tree between pipeline registers; 0 means no register inside the tree.
    public var treeRegisterEvery: Int
    public var dataflow: Dataflow
    /// Operands of zero weights are held at zero before any logic and do not toggle; otherwise they
    /// are masked as late as the datapath allows.
    public var zeroGating: Bool
    /// Count additions, subtractions and skips in hardware, at the price of two popcounts per row.
    public var laneCounters: Bool

    /// Capacity of the weight buffer, both halves, in words of `rows * lanes` trits.
    public var weightBufferWords: Int
    /// Capacity of the activation buffer, both halves, in words of `lanes` values; a multiple of
    /// twice ``tokensPerWeight``, which is the number of its banks.
    public var activationBufferWords: Int
    /// Partial sums kept per row: the largest token block; a multiple of ``tokensPerWeight``.
    public var accumulatorDepth: Int
    /// Width of a partial sum in bits, or `nil` for the width derived from the largest K. Sums that a
    /// narrower one cannot hold wrap, and are counted.
    public var accumulatorBits: Int?
    public var output: OutputFormat
    /// Capacity of the multiplier buffer, both halves, in words of `rows` 16-bit multipliers: jobs
    /// with a multiplier per row have at most half as many n-tiles. 0 for `int32` output, and where
    /// every job has one multiplier.
    public var multiplierBufferWords: Int
    /// Finished results (one n-tile of the tokens that share a weight word) that can wait for the store unit.
    public var outputQueueDepth: Int

    /// Jobs that are known at once, the running one included.
    public var jobQueueDepth: Int
    /// Data width of the AXI4 port in bytes: a power of two from 4 to 128.
    public var busBytes: Int
    /// Read bursts under way at once.
    public var outstandingReads: Int

    /// Clock frequency in MHz.
    public var clockMHz: Double
    /// Name of the technology file that prices the events.
    public var technology: String
    /// Transistor flavour of the SRAM macros.
    public var sramFlavour: SRAMFlavour

    public var memory: Memory

    /// How weights are coded in memory.
    public enum WeightCoding: String, CaseIterable, Sendable {
      /// Two bits a trit: 00 = 0, 01 = +1, 11 = −1.
      case twoBit = "two_bit"
      /// Five trits a byte, base 3, lowest digit first: digit 0 is 0, 1 is +1, 2 is −1.
      case fiveInEight = "five_in_eight"
    }

    /// Which operand stays in place.
    public enum Dataflow: String, CaseIterable, Sendable {
      /// Tokens outside, k-tiles inside: one running sum per row.
      case outputStationary = "output_stationary"
      /// k-tiles outside, tokens inside: one weight word, and partial sums that come and go.
      case weightStationary = "weight_stationary"
    }

    /// What the output stage writes.
    public enum OutputFormat: String, CaseIterable, Sendable {
      /// The exact sum, little-endian.
      case int32
      /// The sum times a multiplier over a power of two, rounded half to even and saturated.
      case int8
    }

    /// The cell flavour of a CACTI table row: high performance or low standby power.
    public enum SRAMFlavour: String, CaseIterable, Sendable {
      case highPerformance = "hp"
      case lowStandbyPower = "lstp"
    }

    /// The memory outside the accelerator.
    public struct Memory: Equatable, Sendable {
      /// What it is called in reports: `DDR4`, `LPDDR5`, `HBM2`.
      public var kind: String
      /// Cycles from an accepted read address to the first data beat.
      public var latencyCycles: Int
      /// Sustained bandwidth, reads and writes together, in thousandths of a byte per cycle.
      ///
      /// YAML gives `bytes_per_cycle` with at most three decimals, so that this is exact.
      public var milliBytesPerCycle: Int
      /// The DRAM behind the port, or `nil` for an ideal memory of this latency and bandwidth.
      ///
      /// With a DRAM, `latencyCycles` is the way to it and back, without the device, and
      /// `milliBytesPerCycle` what the port takes.
      public var dram: DRAM?
      /// Energy of a transferred bit in pJ: lowest, typical and highest of the sources.
      public var picojoulesPerBit: Range

      /// What a DRAM is made of.
      public struct DRAM: Equatable, Sendable {
        /// A kind of channel, whose organisation and times are tabulated.
        public enum Standard: String, CaseIterable, Sendable {
          /// 64 bits of DDR4-3200, 25.6 GB/s.
          case ddr4 = "ddr4_3200"
          /// 16 bits of LPDDR5-6400, 12.8 GB/s.
          case lpddr5 = "lpddr5_6400"
          /// A 64-bit pseudo channel of HBM2 at 2 Gbit/s a pin, 16 GB/s.
          case hbm2
        }

        public var standard: Standard
        public var channels: Int

        public init(standard: Standard, channels: Int) {
          self.standard = standard
          self.channels = channels
        }
      }

      /// A figure whose sources disagree.
      public struct Range: Equatable, Sendable {
        public var low: Double
        public var typical: Double
        public var high: Double

        public init(low: Double, typical: Double, high: Double) {
          self.low = low
          self.typical = typical
          self.high = high
        }
      }

      public init(
        kind: String, latencyCycles: Int, milliBytesPerCycle: Int, dram: DRAM? = nil,
        picojoulesPerBit: Range
      ) {
        self.kind = kind
        self.latencyCycles = latencyCycles
        self.milliBytesPerCycle = milliBytesPerCycle
        self.dram = dram
        self.picojoulesPerBit = picojoulesPerBit
      }
    }

    public init(
      name: String, description: String, rows: Int, lanes: Int, tokensPerWeight: Int = 1,
      activationBits: Int = 8, weightCoding: WeightCoding = .twoBit,
      datapath: Datapath = .xorPopcount, treeRegisterEvery: Int,
      dataflow: Dataflow = .outputStationary, zeroGating: Bool = true,
      laneCounters: Bool = true, weightBufferWords: Int, activationBufferWords: Int,
      accumulatorDepth: Int, accumulatorBits: Int? = nil, output: OutputFormat = .int32,
      multiplierBufferWords: Int = 0, outputQueueDepth: Int, jobQueueDepth: Int = 2, busBytes: Int,
      outstandingReads: Int, clockMHz: Double,
      technology: String, sramFlavour: SRAMFlavour, memory: Memory
    ) {
      self.name = name
      self.description = description
      self.rows = rows
      self.lanes = lanes
      self.tokensPerWeight = tokensPerWeight
      self.activationBits = activationBits
      self.weightCoding = weightCoding
      self.datapath = datapath
      self.treeRegisterEvery = treeRegisterEvery
      self.dataflow = dataflow
      self.zeroGating = zeroGating
      self.laneCounters = laneCounters
      self.weightBufferWords = weightBufferWords
      self.activationBufferWords = activationBufferWords
      self.accumulatorDepth = accumulatorDepth
      self.accumulatorBits = accumulatorBits
      self.output = output
      self.multiplierBufferWords = multiplierBufferWords
      self.outputQueueDepth = outputQueueDepth
      self.jobQueueDepth = jobQueueDepth
      self.busBytes = busBytes
      self.outstandingReads = outstandingReads
      self.clockMHz = clockMHz
      self.technology = technology
      self.sramFlavour = sramFlavour
      self.memory = memory
    }
  }
}
