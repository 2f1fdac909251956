import APEXTypes
import CAPEX
import PartitionKit
import ProcessMemory
import ProcessScheduling

/// What was said in creating each queuing port, by the kernel's number: C has nothing but that.
///
/// Unsafe room: the table is static memory, where zeros are a port that has not been created.
public enum PortTable {
  private struct Record {
    var name: ObjectName
    var port: QueuingPort
  }

  /// Identifiers below this have a place.
  public static var capacity: Int { Int(PARTITA_PORT_TABLE_BYTES) / MemoryLayout<Record>.stride }

  private static var records: UnsafeMutablePointer<Record> {
    partita_port_table().assumingMemoryBound(to: Record.self)
  }

  static func keep(_ port: QueuingPort, _ name: ObjectName) {
    if port.identifier < UInt64(capacity) { records[Int(port.identifier)] = Record(name: name, port: port) }
  }

  /// The port that has been created with this identifier.
  static func port(_ identifier: QUEUING_PORT_ID_TYPE) -> QueuingPort? {
    guard identifier > 0, identifier < capacity else { return nil }
    let port = records[Int(identifier)].port
    return port.identifier == 0 ? nil : port
  }

  /// The same, or one that the kernel refuses.
  static func any(_ identifier: QUEUING_PORT_ID_TYPE) -> QueuingPort {
    let unknown = QueuingPort(
      identifier: UInt64(bitPattern: Int64(identifier)), maximumMessageBytes: 0, maximumMessageCount: 0,
      direction: .source, discipline: .fifo)
    return port(identifier) ?? unknown
  }

  static func port(named name: ObjectName) -> QueuingPort? {
    for index in 1..<capacity where records[index].port.identifier != 0 && records[index].name == name {
      return records[index].port
    }
    return nil
  }
}
