extension Architecture.Parameters {
  func validate() throws(ArchitectureError) {}
}
