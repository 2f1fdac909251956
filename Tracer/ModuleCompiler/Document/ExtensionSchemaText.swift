extension ModuleSchemaText {
  /// The namespace of the elements and attributes that are Partita's own.
  static let extensionNamespace = "urn:partita:module:1"

  /// Elements and attributes of Partita's own namespace; `common` imports it.
  static let extensions = #"""
    <?xml version="1.0"?>
    <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:p="urn:partita:module:1"
               targetNamespace="urn:partita:module:1" elementFormDefault="qualified">
      <xs:attribute name="Image" type="p:Text">
        <xs:annotation><xs:documentation>The partition's ELF file: its name, with or without .elf, or its path;
          PartitionName where it is left out.</xs:documentation></xs:annotation>
      </xs:attribute>
      <xs:attribute name="Drainer" type="p:Boolean">
        <xs:annotation><xs:documentation>The one system partition that writes the trace: it has the idle time, and a
          PortGrant of port 0xE9 alone.</xs:documentation></xs:annotation>
      </xs:attribute>
      <xs:attribute name="MaximumUpcallDepth" type="p:Number">
        <xs:annotation><xs:documentation>How many upcalls may be unfinished at a time; 4 where it is left
          out.</xs:documentation></xs:annotation>
      </xs:attribute>
      <xs:attribute name="PeriodSeconds" type="p:Seconds">
        <xs:annotation><xs:documentation>From one release to the next, a multiple of the partition's period; none for an
          aperiodic process.</xs:documentation></xs:annotation>
      </xs:attribute>
      <xs:attribute name="TimeCapacitySeconds" type="p:Seconds">
        <xs:annotation><xs:documentation>The longest that the process computes in one job: check and analyse take it
          for true.</xs:documentation></xs:annotation>
      </xs:attribute>
      <xs:attribute name="DeadlineSeconds" type="p:Seconds">
        <xs:annotation><xs:documentation>From a release to when the job must be complete: the claim process.deadline.
          None where it is left out.</xs:documentation></xs:annotation>
      </xs:attribute>
      <xs:attribute name="ReleaseOffsetSeconds" type="p:Seconds">
        <xs:annotation><xs:documentation>How much later than its partition's period starts it is released, as
          DELAYED_START has it: for analyse.</xs:documentation></xs:annotation>
      </xs:attribute>
      <xs:attribute name="Priority" type="p:Number">
        <xs:annotation><xs:documentation>1 to 239, the greater the more urgent.</xs:documentation></xs:annotation>
      </xs:attribute>
      <xs:attribute name="Completion" type="p:Completion">
        <xs:annotation><xs:documentation>How a trace shows that a job is complete. YIELD: its partition gives up its
          window. TOLD: the partition's scheduler says so, as those of ARINC653.h and PartitionKit
          do.</xs:documentation></xs:annotation>
      </xs:attribute>
      <xs:attribute name="Overflow" type="p:Overflow">
        <xs:annotation><xs:documentation>Of a queuing destination that is full. BLOCK: whoever sends waits, or is told.
          DISCARD: the message is discarded here, and the receiver told.</xs:documentation></xs:annotation>
      </xs:attribute>

      <xs:element name="PortGrant" type="p:PortGrant"/>
      <xs:complexType name="PortGrant">
        <xs:annotation><xs:documentation>I/O ports that the partition may use: Count of them from First on, 1 where that
          is left out.</xs:documentation></xs:annotation>
        <xs:attribute name="First" type="p:Number" use="required"/>
        <xs:attribute name="Count" type="p:Number"/>
      </xs:complexType>

      <xs:element name="VirtualClock" type="p:VirtualClock"/>
      <xs:complexType name="VirtualClock">
        <xs:annotation><xs:documentation>What becomes of ticks of the virtual timer that fall due outside of the
          partition's windows. COUNT: one upcall tells how many. DELIVER_ALL: an upcall each. LATEST_ONLY: all but the
          last are dropped.</xs:documentation></xs:annotation>
        <xs:attribute name="MissedTicks" type="p:MissedTicks"/>
      </xs:complexType>

      <xs:element name="Event_Channels" type="p:Event_Channels"/>
      <xs:complexType name="Event_Channels">
        <xs:sequence>
          <xs:element ref="p:EventChannel" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence>
      </xs:complexType>
      <xs:element name="EventChannel" type="p:EventChannel"/>
      <xs:complexType name="EventChannel">
        <xs:annotation><xs:documentation>By it the source interrupts the destination, which binds it to Vector: 48 to
          63, another for each.</xs:documentation></xs:annotation>
        <xs:attribute name="Identifier" type="p:Number" use="required"/>
        <xs:attribute name="SourcePartition" type="p:Number" use="required"/>
        <xs:attribute name="DestinationPartition" type="p:Number" use="required"/>
        <xs:attribute name="Vector" type="p:Number" use="required"/>
      </xs:complexType>

      <xs:element name="Clocks" type="p:Clocks"/>
      <xs:complexType name="Clocks">
        <xs:annotation><xs:documentation>Rates of the interval timer (line 0) and of the real-time clock (line 8, a
          power of two from 2 to 8192); 0: off.</xs:documentation></xs:annotation>
        <xs:attribute name="IntervalTimerHertz" type="p:Number"/>
        <xs:attribute name="RealTimeClockHertz" type="p:Number"/>
      </xs:complexType>

      <xs:element name="Trace" type="p:Trace"/>
      <xs:complexType name="Trace">
        <xs:annotation><xs:documentation>The ring between kernel and drainer, a power of two of bytes; after how many
          major frames the kernel's whole state is recorded; at how many events the drainer writes a block, and
          whether it compresses them: with NONE the trace is some two and a half times as large, and the drainer's
          time about the same, for the port takes byte by byte. With the policy FLIGHT_RECORDER what is new
          overwrites what is oldest, there is no drainer, and the ring is read from the machine's memory, after a
          crash too. LeftOut names kinds of events, with blanks between them, that are not written to the trace: some
          of acknowledged, upcallWritten, messageCopied, consoleWritten and noteWords. The run is the same, and can be
          replayed; claims that need such events are unknown, and p:Except leaves
          them out.</xs:documentation></xs:annotation>
        <xs:attribute name="RingBytes" type="p:Number"/>
        <xs:attribute name="KeyframeIntervalFrames" type="p:Number"/>
        <xs:attribute name="EventsPerBlock" type="p:Number"/>
        <xs:attribute name="Policy" type="p:RingPolicy"/>
        <xs:attribute name="Compression" type="p:Compression"/>
        <xs:attribute name="LeftOut" type="p:Names"/>
      </xs:complexType>

      <xs:element name="Interrupts" type="p:Interrupts"/>
      <xs:complexType name="Interrupts">
        <xs:sequence>
          <xs:element ref="p:Line" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence>
      </xs:complexType>
      <xs:element name="Line" type="p:Line"/>
      <xs:complexType name="Line">
        <xs:annotation><xs:documentation>An interrupt line in use. Policy is for windows of who has not registered it.
          MASKED_UNTIL_OWNER: it waits. MARKED_AT_ONCE: its owners are marked, up to BudgetPerWindow times a window, and
          then it waits; what that takes is reckoned off those windows, StolenTimeSeconds each. Recipe is how the kernel
          quiets the device: NONE; READ_RTC_STATUS of the real-time clock; OWNER_READS_RECEIVER, where the owner does.
          KernelHandler: the kernel counts it, too.</xs:documentation></xs:annotation>
        <xs:sequence>
          <xs:element ref="p:Owner" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence>
        <xs:attribute name="Number" type="p:Number" use="required"/>
        <xs:attribute name="Policy" type="p:Policy" use="required"/>
        <xs:attribute name="BudgetPerWindow" type="p:Number"/>
        <xs:attribute name="Recipe" type="p:Recipe"/>
        <xs:attribute name="KernelHandler" type="p:Boolean"/>
        <xs:attribute name="StolenTimeSeconds" type="p:Seconds"/>
      </xs:complexType>
      <xs:element name="Owner" type="p:Owner"/>
      <xs:complexType name="Owner">
        <xs:annotation><xs:documentation>A partition that may register the line. DIRECT: the upcall comes into its
          running code. MARKED: with its next hypercall or window.</xs:documentation></xs:annotation>
        <xs:attribute name="PartitionIdentifier" type="p:Number" use="required"/>
        <xs:attribute name="PartitionName" type="xs:string"/>
        <xs:attribute name="Delivery" type="p:Delivery"/>
      </xs:complexType>

      <xs:element name="Budgets" type="p:Budgets"/>
      <xs:complexType name="Budgets">
        <xs:sequence>
          <xs:element ref="p:Budget" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence>
      </xs:complexType>
      <xs:element name="Budget" type="p:Budget"/>
      <xs:complexType name="Budget">
        <xs:annotation><xs:documentation>A bound that verify judges. Subject is the line of INTERRUPT_TO_MARK and
          MARK_TO_UPCALL, the hypercall's number of HYPERCALL, the PartitionIdentifier of PARTITION_SUPPLY; others have
          none. Bound is for TRACE_BYTES_PER_SECOND, BoundSeconds for the rest. PAD_MARGIN and PARTITION_SUPPLY are
          bounded from below.</xs:documentation></xs:annotation>
        <xs:attribute name="Quantity" type="p:Quantity" use="required"/>
        <xs:attribute name="Subject" type="p:Number"/>
        <xs:attribute name="BoundSeconds" type="p:Seconds"/>
        <xs:attribute name="Bound" type="p:Number"/>
      </xs:complexType>

      <xs:element name="Claims" type="p:Claims"/>
      <xs:complexType name="Claims">
        <xs:choice minOccurs="0" maxOccurs="unbounded">
          <xs:element ref="p:Choose"/>
          <xs:element ref="p:Except"/>
          <xs:element ref="p:Claim"/>
        </xs:choice>
      </xs:complexType>
      <xs:element name="Choose" type="p:ClaimChoice"/>
      <xs:element name="Except" type="p:ClaimChoice"/>
      <xs:complexType name="ClaimChoice">
        <xs:annotation><xs:documentation>Patterns as of verify --claim. Choose: of the module's claims only these are
          judged; Except: these are not.</xs:documentation></xs:annotation>
        <xs:attribute name="Claims" type="p:Text" use="required"/>
      </xs:complexType>
      <xs:element name="Claim" type="p:Claim"/>
      <xs:complexType name="Claim">
        <xs:annotation><xs:documentation>A claim of the module's own, custom.Name. WITHIN: after the first event the
          second comes within BoundSeconds. NEVER: no such event comes. AT_MOST: from a major frame to the next come no
          more than Bound.</xs:documentation></xs:annotation>
        <xs:sequence>
          <xs:element ref="p:Event" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence>
        <xs:attribute name="Name" type="p:Text" use="required"/>
        <xs:attribute name="Form" type="p:Form" use="required"/>
        <xs:attribute name="BoundSeconds" type="p:Seconds"/>
        <xs:attribute name="Bound" type="p:Number"/>
      </xs:complexType>
      <xs:element name="Event" type="p:Event"/>
      <xs:complexType name="Event">
        <xs:annotation><xs:documentation>Events by their kind, as dump writes it, and as far as wanted by partition, by
          one of Line, PortName and Number (of a hypercall or a vector), and by
          Detail.</xs:documentation></xs:annotation>
        <xs:attribute name="Kind" type="p:Text" use="required"/>
        <xs:attribute name="PartitionIdentifier" type="p:Number"/>
        <xs:attribute name="Line" type="p:Number"/>
        <xs:attribute name="PortName" type="p:Text"/>
        <xs:attribute name="Number" type="p:Number"/>
        <xs:attribute name="Detail" type="p:Number"/>
      </xs:complexType>

      <xs:simpleType name="Number">
        <xs:restriction base="xs:token"><xs:pattern value="[0-9]+|0[xX][0-9a-fA-F]+"/></xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Seconds">
        <xs:restriction base="xs:token"><xs:pattern value="[0-9]+(\.[0-9]*)?|\.[0-9]+"/></xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Boolean">
        <xs:restriction base="xs:token">
          <xs:pattern value="[tT][rR][uU][eE]|[fF][aA][lL][sS][eE]|0|1"/>
        </xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Text">
        <xs:restriction base="xs:string"><xs:minLength value="1"/></xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Names">
        <xs:list itemType="xs:NMTOKEN"/>
      </xs:simpleType>
      <xs:simpleType name="Completion">
        <xs:restriction base="xs:token"><xs:enumeration value="YIELD"/><xs:enumeration value="TOLD"/></xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Overflow">
        <xs:restriction base="xs:token">
          <xs:enumeration value="BLOCK"/><xs:enumeration value="DISCARD"/>
        </xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="RingPolicy">
        <xs:restriction base="xs:token">
          <xs:enumeration value="DISCARD_NEW"/><xs:enumeration value="FLIGHT_RECORDER"/>
        </xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Compression">
        <xs:restriction base="xs:token"><xs:enumeration value="LZ4"/><xs:enumeration value="NONE"/></xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Policy">
        <xs:restriction base="xs:token">
          <xs:enumeration value="MARKED_AT_ONCE"/><xs:enumeration value="MASKED_UNTIL_OWNER"/>
        </xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Delivery">
        <xs:restriction base="xs:token">
          <xs:enumeration value="DIRECT"/><xs:enumeration value="MARKED"/>
        </xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="MissedTicks">
        <xs:restriction base="xs:token">
          <xs:enumeration value="COUNT"/><xs:enumeration value="DELIVER_ALL"/><xs:enumeration value="LATEST_ONLY"/>
        </xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Recipe">
        <xs:restriction base="xs:token">
          <xs:enumeration value="NONE"/><xs:enumeration value="READ_RTC_STATUS"/>
          <xs:enumeration value="OWNER_READS_RECEIVER"/>
        </xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Form">
        <xs:restriction base="xs:token">
          <xs:enumeration value="WITHIN"/><xs:enumeration value="NEVER"/><xs:enumeration value="AT_MOST"/>
        </xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Quantity">
        <xs:restriction base="xs:token">
          <xs:enumeration value="WINDOW_START_ERROR"/><xs:enumeration value="INTERRUPT_TO_MARK"/>
          <xs:enumeration value="MARK_TO_UPCALL"/><xs:enumeration value="HYPERCALL"/>
          <xs:enumeration value="KERNEL_TIME_PER_FRAME"/><xs:enumeration value="TRACE_BYTES_PER_SECOND"/>
          <xs:enumeration value="TIMER_LATENESS"/><xs:enumeration value="PAD_MARGIN"/>
          <xs:enumeration value="STOP_DELAY"/><xs:enumeration value="PARTITION_SUPPLY"/>
          <xs:enumeration value="WINDOW_OVERRUN"/>
        </xs:restriction>
      </xs:simpleType>
    </xs:schema>
    """#
}
