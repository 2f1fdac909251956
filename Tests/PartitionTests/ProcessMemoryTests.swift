import APEXBinding
import CAPEX
import ModuleConfiguration
import ProcessMemory
import ProcessScheduling
import Testing

/// The limits of processes stand in Swift, in the binding's headers, and where their memory is.
@Suite struct ProcessMemoryTests {
  @Test func theHeadersHaveTheSameLimits() {
    #expect(MAX_NUMBER_OF_PROCESSES == ProcessLimits.processCount)
    #expect(MAX_NUMBER_OF_SEMAPHORES == ProcessLimits.semaphoreCount)
    #expect(MAX_NUMBER_OF_EVENTS == ProcessLimits.eventCount)
    #expect(MAX_NUMBER_OF_MUTEXES == ProcessLimits.mutexCount)
    #expect(MAX_NUMBER_OF_BUFFERS == ProcessLimits.bufferCount)
    #expect(MAX_NUMBER_OF_BLACKBOARDS == ProcessLimits.blackboardCount)
    #expect(MIN_PRIORITY_VALUE == ProcessLimits.minimumPriority)
    #expect(MAX_PRIORITY_VALUE == ProcessLimits.maximumPriority)
    #expect(MAX_LOCK_LEVEL == ProcessLimits.maximumLockLevel)
    #expect(MAX_SEMAPHORE_VALUE == ProcessLimits.maximumSemaphoreValue)
    #expect(Int(MAX_ERROR_MESSAGE_SIZE) == ProcessLimits.errorMessageBytes)
    #expect(Int(MAX_NAME_LENGTH) == ObjectName.byteCount)
    #expect(Int(MAX_NUMBER_OF_SAMPLING_PORTS) == ModuleLimits.maximumPortCount)
    #expect(Int(MAX_NUMBER_OF_QUEUING_PORTS) == ModuleLimits.maximumPortCount)
    #expect(Int(MAX_NUMBER_OF_PARTITIONS) == ModuleLimits.maximumPartitionCount)
    #expect(Int(SYSTEM_LIMIT_MESSAGE_SIZE) == ModuleLimits.maximumMessageBytes)
    #expect(Int(SYSTEM_LIMIT_NUMBER_OF_MESSAGES) == ModuleLimits.maximumQueuedMessages)
  }

  /// Programs compare with these names.
  @Test func theStandardsNamesOfNobodyAreThere() {
    let none = [
      NULL_PARTITION_ID, NULL_SCHEDULE_ID, NULL_PROCESS_ID, NULL_SAMPLING_PORT_ID, NULL_QUEUING_PORT_ID, NULL_BUFFER_ID,
      NULL_BLACKBOARD_ID, NULL_SEMAPHORE_ID, NULL_EVENT_ID, NULL_MUTEX_ID,
    ]
    #expect(none.allSatisfy { $0 == 0 } && MIN_LOCK_LEVEL == 0)
  }

  @Test func theMemoryIsAsLarge() {
    #expect(PARTITA_MAXIMUM_PROCESSES == ProcessLimits.processCount)
    #expect(Int(ProcessMemory.PARTITA_MESSAGE_POOL_BYTES) == ProcessLimits.messageBytes)
    #expect(UInt(ProcessMemory.PARTITA_STACK_POOL_BYTES) == ProcessLimits.stackBytes)
    #expect(Int(CAPEX.PARTITA_MESSAGE_POOL_BYTES) == ProcessLimits.messageBytes)
    #expect(UInt(CAPEX.PARTITA_STACK_POOL_BYTES) == ProcessLimits.stackBytes)
    #expect(Int(PARTITA_ERROR_MESSAGE_BYTES) == ProcessLimits.errorMessageBytes)
    #expect(Int(ProcessLimits.portCount) == ModuleLimits.maximumPortCount)
    #expect(ProcessScheduler.byteCount <= Int(PARTITA_SCHEDULER_BYTES))
    #expect(ProcessScheduler.byteCount > Int(PARTITA_SCHEDULER_BYTES) / 2, "not much more than there must be")
    #expect(PortTable.capacity > Int(ProcessLimits.portCount), "identifiers begin with 1")
  }
}
