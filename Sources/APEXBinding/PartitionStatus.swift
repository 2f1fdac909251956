// The names are the standard's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import APEXTypes
import CAPEX
import ModuleConfiguration
import PartitionKit

/// What the information page says of the partition, without a kernel entry (ARINC 653 Part 1, 3.2).
///
/// PERIOD and DURATION are those of the module schedule that runs, in ns. It always answers NO_ERROR.
@c @implementation
public func GET_PARTITION_STATUS(
  _ partitionStatus: UnsafeMutablePointer<PARTITION_STATUS_TYPE>!, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  partitionStatus.pointee = PARTITION_STATUS_TYPE(
    PERIOD: Int64(bitPattern: InformationPageView.word(InformationPage.period)),
    DURATION: Int64(bitPattern: InformationPageView.word(InformationPage.duration)),
    IDENTIFIER: PARTITION_ID_TYPE(truncatingIfNeeded: Partition.identifier), LOCK_LEVEL: Process.lockLevel,
    OPERATING_MODE: OPERATING_MODE_TYPE(rawValue: UInt32(Partition.mode.rawValue)),
    START_CONDITION: START_CONDITION_TYPE(rawValue: UInt32(Partition.startCondition.rawValue)), NUM_ASSIGNED_CORES: 1)
  status.pointee = NO_ERROR
}
