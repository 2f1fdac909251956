import TraceFormat

extension BlockEncoder {
  /// Encodes the first block, and takes from the module table in it how the blocks of events are stored and which
  /// kinds are left out of them (`p:Trace`); LZ4 and none where the bytes are no table.
  ///
  /// Whoever encodes a module's trace, in the machine or beside it, asks the table that the trace begins with: so the
  /// same events become the same bytes.
  public mutating func begin(
    withModuleTable bytes: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> (byteCount: Int, payloadFollows: Bool) {
    write(as: bytes)
    return encodeModuleTable(bytes, into: output)
  }

  /// Takes from a module table how the blocks of events are stored, and which kinds are left out of them.
  public mutating func write(as moduleTable: UnsafeRawBufferPointer) {
    let module = (try? ModuleTable(moduleTable))?.module
    compression = module?.traceCompression ?? .lz4
    leftOut = module?.leftOutKinds ?? .none
  }
}
