import TraceFormat

extension BlockCompression {
  /// How the blocks of events of a module's trace are stored (`p:Trace Compression`); LZ4 where the bytes are no table.
  ///
  /// Whoever encodes a module's trace, in the machine or beside it, asks the table that the trace begins with: so the
  /// same events become the same bytes.
  public init(moduleTable bytes: UnsafeRawBufferPointer) {
    self = (try? ModuleTable(bytes))?.module.traceCompression ?? .lz4
  }
}
