extension ModuleSchemaText {
  /// The namespace of the elements and attributes that are Partita's own.
  static let extensionNamespace = "urn:partita:module:1"

  /// Elements and attributes of Partita's own namespace; `common` imports it.
  static let extensions = #"""
    <?xml version="1.0"?>
    <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:p="urn:partita:module:1"
               targetNamespace="urn:partita:module:1" elementFormDefault="qualified">
      <xs:attribute name="Image" type="p:Text"/>
      <xs:attribute name="Drainer" type="p:Boolean"/>
      <xs:attribute name="MaximumUpcallDepth" type="p:Number"/>
      <xs:attribute name="PeriodSeconds" type="p:Seconds"/>
      <xs:attribute name="TimeCapacitySeconds" type="p:Seconds"/>
      <xs:attribute name="DeadlineSeconds" type="p:Seconds"/>
      <xs:attribute name="ReleaseOffsetSeconds" type="p:Seconds"/>
      <xs:attribute name="Priority" type="p:Number"/>
      <xs:attribute name="Completion" type="p:Completion"/>
      <xs:attribute name="Overflow" type="p:Overflow"/>

      <xs:element name="PortGrant" type="p:PortGrant"/>
      <xs:complexType name="PortGrant">
        <xs:attribute name="First" type="p:Number" use="required"/>
        <xs:attribute name="Count" type="p:Number"/>
      </xs:complexType>

      <xs:element name="VirtualClock" type="p:VirtualClock"/>
      <xs:complexType name="VirtualClock">
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
        <xs:attribute name="Identifier" type="p:Number" use="required"/>
        <xs:attribute name="SourcePartition" type="p:Number" use="required"/>
        <xs:attribute name="DestinationPartition" type="p:Number" use="required"/>
        <xs:attribute name="Vector" type="p:Number" use="required"/>
      </xs:complexType>

      <xs:element name="Clocks" type="p:Clocks"/>
      <xs:complexType name="Clocks">
        <xs:attribute name="IntervalTimerHertz" type="p:Number"/>
        <xs:attribute name="RealTimeClockHertz" type="p:Number"/>
      </xs:complexType>

      <xs:element name="Trace" type="p:Trace"/>
      <xs:complexType name="Trace">
        <xs:attribute name="RingBytes" type="p:Number"/>
        <xs:attribute name="KeyframeIntervalFrames" type="p:Number"/>
        <xs:attribute name="EventsPerBlock" type="p:Number"/>
      </xs:complexType>

      <xs:element name="Interrupts" type="p:Interrupts"/>
      <xs:complexType name="Interrupts">
        <xs:sequence>
          <xs:element ref="p:Line" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence>
      </xs:complexType>
      <xs:element name="Line" type="p:Line"/>
      <xs:complexType name="Line">
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
        <xs:attribute name="Claims" type="p:Text" use="required"/>
      </xs:complexType>
      <xs:element name="Claim" type="p:Claim"/>
      <xs:complexType name="Claim">
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
      <xs:simpleType name="Completion">
        <xs:restriction base="xs:token"><xs:enumeration value="YIELD"/><xs:enumeration value="TOLD"/></xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Overflow">
        <xs:restriction base="xs:token">
          <xs:enumeration value="BLOCK"/><xs:enumeration value="DISCARD"/>
        </xs:restriction>
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
