import Architecture

/// A sum of addresses as the hardware's adders form it: it wraps at the end of the address space.
func busAddress(_ sum: UInt64) -> UInt64 { sum & (1 << UInt64(Architecture.addressBits) - 1) }
