/// Every input port of the accelerator for one cycle.
public struct PortInputs {
  /// Reset, active low.
  public var resetN = true

  // AXI4 manager.
  public var arready = false
  public var rvalid = false
  public var rlast = false
  public var rresp: UInt8 = 0
  /// `bus_bytes` bytes, valid for the call; read only when `rvalid`.
  public var rdata: UnsafeRawPointer
  public var awready = false
  public var wready = false
  public var bvalid = false
  public var bresp: UInt8 = 0

  // AXI4-Lite subordinate.
  public var axilAwvalid = false
  public var axilAwaddr: UInt32 = 0
  public var axilWvalid = false
  public var axilWdata: UInt32 = 0
  public var axilWstrb: UInt8 = 0
  public var axilBready = true
  public var axilArvalid = false
  public var axilAraddr: UInt32 = 0
  public var axilRready = true

  /// All inputs idle, out of reset.
  public init(rdata: UnsafeRawPointer) { self.rdata = rdata }
}

/// Every output port of the accelerator; all are functions of registers.
public struct PortOutputs {
  public var arvalid = false
  public var araddr: UInt64 = 0
  public var arlen = 0
  /// Always true for the accelerator; another design may make read data wait.
  public var rready = true
  public var awvalid = false
  public var awaddr: UInt64 = 0
  public var awlen = 0
  public var wvalid = false
  /// `bus_bytes` bytes, valid until the next step.
  public var wdata: UnsafeRawPointer
  /// Bit b masks byte b; 128 bytes at most.
  public var wstrb: (low: UInt64, high: UInt64) = (0, 0)
  public var wlast = false
  /// Always true for the accelerator.
  public var bready = true

  public var axilAwready = false
  public var axilWready = false
  public var axilBvalid = false
  public var axilBresp: UInt8 = 0
  public var axilArready = false
  public var axilRvalid = false
  public var axilRdata: UInt32 = 0
  public var axilRresp: UInt8 = 0
  public var irq = false

  public init(wdata: UnsafeRawPointer) { self.wdata = wdata }
}

/// Something with the accelerator's ports: the cycle model, the Verilated RTL, or both in lock-step.
public protocol Device: AnyObject {
  /// Why a step failed: never for the model, an assertion for the RTL, a divergence for both.
  associatedtype Failure: Error

  /// The outputs after the last step.
  var outputs: PortOutputs { get }
  /// A number that changes whenever the tree array takes an operand.
  var operandsTaken: UInt64 { get }
  /// The architectural state after the last step, laid out as `ProbeLayout` says.
  func probeWords() -> [UInt32]
  /// One clock cycle.
  func step(_ inputs: PortInputs) throws(Failure)
}
