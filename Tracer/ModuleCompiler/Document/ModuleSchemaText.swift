/// The XML schema of module files, in Swift constants so that the command needs no file beside it.
///
/// Elements may come in any order, because public files differ there; how often each may come is a rule of meaning.
/// Numbers, times, Booleans and words are tokens, because public files have blanks around them: a validator takes these
/// away, and so does `AttributeReader`. Names are strings, in which every blank counts.
/// `Vocabulary` is derived from these texts, so that what is validated and what is known cannot drift apart.
enum ModuleSchemaText {
  /// Elements and attributes of the common form, which have no namespace.
  static let common = #"""
    <?xml version="1.0"?>
    <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:p="urn:partita:module:1"
               elementFormDefault="qualified">
      <xs:import namespace="urn:partita:module:1" schemaLocation="partita-schema:extensions.xsd"/>
      <xs:element name="ARINC_653_Module" type="Module"/>
      <xs:complexType name="Module">
        <xs:choice minOccurs="0" maxOccurs="unbounded">
          <xs:element name="System_HM_Table" type="SystemHealthTable"/>
          <xs:element name="Module_HM_Table" type="ModuleHealthTable"/>
          <xs:element name="Partition_HM_Table" type="PartitionHealthTable"/>
          <xs:element name="Partition" type="Partition"/>
          <xs:element name="Partition_Memory" type="PartitionMemory"/>
          <xs:element name="Module_Schedule" type="ModuleSchedule"/>
          <xs:element name="Connection_Table" type="ConnectionTable"/>
          <xs:element ref="p:Clocks"/>
          <xs:element ref="p:Trace"/>
          <xs:element ref="p:Interrupts"/>
          <xs:element ref="p:Event_Channels"/>
          <xs:element ref="p:Budgets"/>
          <xs:element ref="p:Claims"/>
        </xs:choice>
        <xs:attribute name="ModuleName" type="Text" use="required"/>
        <xs:attribute name="ModuleVersion" type="xs:string"/>
        <xs:attribute name="ModuleId" type="Number"/>
      </xs:complexType>

      <xs:complexType name="SystemHealthTable">
        <xs:sequence>
          <xs:element name="System_State_Entry" type="ErrorLevels" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence>
      </xs:complexType>
      <xs:complexType name="ErrorLevels">
        <xs:sequence>
          <xs:element name="Error_ID_Level" type="ErrorLevel" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence>
        <xs:attribute name="SystemState" type="Number" use="required"/>
        <xs:attribute name="Description" type="xs:string"/>
      </xs:complexType>
      <xs:complexType name="ErrorLevel">
        <xs:attribute name="ErrorIdentifier" type="Number" use="required"/>
        <xs:attribute name="Description" type="xs:string"/>
        <xs:attribute name="ErrorLevel" type="Level" use="required"/>
        <xs:attribute name="ErrorCode" type="Code"/>
      </xs:complexType>
      <xs:complexType name="ModuleHealthTable">
        <xs:sequence>
          <xs:element name="System_State_Entry" type="ModuleActions" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence>
        <xs:attribute name="ModuleCallback" type="xs:string"/>
      </xs:complexType>
      <xs:complexType name="ModuleActions">
        <xs:sequence>
          <xs:element name="Error_ID_Action" type="ModuleAction" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence>
        <xs:attribute name="SystemState" type="Number" use="required"/>
        <xs:attribute name="Description" type="xs:string"/>
      </xs:complexType>
      <xs:complexType name="ModuleAction">
        <xs:attribute name="ErrorIdentifier" type="Number" use="required"/>
        <xs:attribute name="Action" type="ModuleRecoveryAction" use="required"/>
      </xs:complexType>
      <xs:complexType name="PartitionHealthTable">
        <xs:sequence>
          <xs:element name="System_State_Entry" type="PartitionActions" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence>
        <xs:attribute name="PartitionIdentifier" type="Number">
          <xs:annotation>
            <xs:documentation>
              Only a table without entries and callback may lack it: such a table has no effect.
            </xs:documentation>
          </xs:annotation>
        </xs:attribute>
        <xs:attribute name="PartitionName" type="xs:string"/>
        <xs:attribute name="PartitionCallback" type="Text"/>
      </xs:complexType>
      <xs:complexType name="PartitionActions">
        <xs:sequence>
          <xs:element name="Error_ID_Action" type="PartitionAction" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence>
        <xs:attribute name="SystemState" type="Number" use="required"/>
        <xs:attribute name="Description" type="xs:string"/>
      </xs:complexType>
      <xs:complexType name="PartitionAction">
        <xs:attribute name="ErrorIdentifier" type="Number" use="required"/>
        <xs:attribute name="Action" type="PartitionRecoveryAction" use="required"/>
      </xs:complexType>

      <xs:complexType name="Partition">
        <xs:choice minOccurs="0" maxOccurs="unbounded">
          <xs:element name="Sampling_Port" type="SamplingPort"/>
          <xs:element name="Queuing_Port" type="QueuingPort"/>
          <xs:element name="Process" type="Process"/>
          <xs:element ref="p:PortGrant"/>
          <xs:element ref="p:VirtualClock"/>
        </xs:choice>
        <xs:attribute name="PartitionIdentifier" type="Number" use="required"/>
        <xs:attribute name="PartitionName" type="Text"/>
        <xs:attribute name="Criticality" type="Criticality"/>
        <xs:attribute name="SystemPartition" type="Boolean"/>
        <xs:attribute name="EntryPoint" type="xs:string"/>
        <xs:attribute ref="p:Image"/>
        <xs:attribute ref="p:Drainer"/>
        <xs:attribute ref="p:MaximumUpcallDepth"/>
      </xs:complexType>
      <xs:complexType name="SamplingPort">
        <xs:attribute name="Name" type="Text" use="required"/>
        <xs:attribute name="MaxMessageSize" type="Number" use="required"/>
        <xs:attribute name="Direction" type="Direction" use="required"/>
        <xs:attribute name="RefreshRateSeconds" type="Seconds"/>
      </xs:complexType>
      <xs:complexType name="QueuingPort">
        <xs:attribute name="Name" type="Text" use="required"/>
        <xs:attribute name="MaxMessageSize" type="Number" use="required"/>
        <xs:attribute name="Direction" type="Direction" use="required"/>
        <xs:attribute name="MaxNbMessage" type="Number"/>
        <xs:attribute name="MaxNbMessages" type="Number"/>
        <xs:attribute ref="p:Overflow"/>
      </xs:complexType>
      <xs:complexType name="Process">
        <xs:attribute name="Name" type="Text"/>
        <xs:attribute name="StackSize" type="Number"/>
        <xs:attribute ref="p:PeriodSeconds"/>
        <xs:attribute ref="p:TimeCapacitySeconds"/>
        <xs:attribute ref="p:DeadlineSeconds"/>
        <xs:attribute ref="p:ReleaseOffsetSeconds"/>
        <xs:attribute ref="p:Priority"/>
        <xs:attribute ref="p:Completion"/>
      </xs:complexType>
      <xs:complexType name="PartitionMemory">
        <xs:sequence>
          <xs:element name="Memory_Requirements" type="MemoryRequirements" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence>
        <xs:attribute name="PartitionIdentifier" type="Number" use="required"/>
        <xs:attribute name="PartitionName" type="xs:string"/>
      </xs:complexType>
      <xs:complexType name="MemoryRequirements">
        <xs:attribute name="RegionName" type="xs:string"/>
        <xs:attribute name="Type" type="RegionType" use="required"/>
        <xs:attribute name="SizeBytes" type="Number" use="required"/>
        <xs:attribute name="PhysicalAddress" type="Number"/>
        <xs:attribute name="Access" type="RegionAccess" use="required"/>
      </xs:complexType>

      <xs:complexType name="ModuleSchedule">
        <xs:sequence>
          <xs:element name="Partition_Schedule" type="PartitionSchedule" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence>
        <xs:attribute name="MajorFrameSeconds" type="Seconds" use="required"/>
        <xs:attribute name="ScheduleIdentifier" type="Number"/>
        <xs:attribute name="ScheduleName" type="Text"/>
        <xs:attribute name="InitialModuleSchedule" type="Boolean"/>
      </xs:complexType>
      <xs:complexType name="PartitionSchedule">
        <xs:sequence>
          <xs:element name="Window_Schedule" type="WindowSchedule" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence>
        <xs:attribute name="PartitionIdentifier" type="Number" use="required"/>
        <xs:attribute name="PartitionName" type="xs:string"/>
        <xs:attribute name="PeriodSeconds" type="Seconds" use="required"/>
        <xs:attribute name="PeriodDurationSeconds" type="Seconds" use="required"/>
        <xs:attribute name="ScheduleChangeAction" type="ScheduleChangeAction"/>
        <xs:attribute name="SetModuleSchedule" type="Boolean"/>
      </xs:complexType>
      <xs:complexType name="WindowSchedule">
        <xs:attribute name="WindowIdentifier" type="Number" use="required"/>
        <xs:attribute name="WindowStartSeconds" type="Seconds" use="required"/>
        <xs:attribute name="WindowDurationSeconds" type="Seconds" use="required"/>
        <xs:attribute name="PartitionPeriodStart" type="Boolean">
          <xs:annotation>
            <xs:documentation>
              Where no window of a Partition_Schedule has it, those begin the periods whose starts lie a period apart,
              if the starts allow one choice only. Where one has it, it is false for those that have it not.
            </xs:documentation>
          </xs:annotation>
        </xs:attribute>
      </xs:complexType>

      <xs:complexType name="ConnectionTable">
        <xs:sequence>
          <xs:element name="Channel" type="Channel" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence>
      </xs:complexType>
      <xs:complexType name="Channel">
        <xs:sequence>
          <xs:element name="Source" type="ChannelEnd"/>
          <xs:element name="Destination" type="ChannelEnd" maxOccurs="unbounded"/>
        </xs:sequence>
        <xs:attribute name="ChannelIdentifier" type="Number" use="required"/>
        <xs:attribute name="ChannelName" type="xs:string"/>
      </xs:complexType>
      <xs:complexType name="ChannelEnd">
        <xs:sequence>
          <xs:element name="Standard_Partition" type="StandardPartition"/>
        </xs:sequence>
      </xs:complexType>
      <xs:complexType name="StandardPartition">
        <xs:attribute name="PartitionIdentifier" type="Number" use="required"/>
        <xs:attribute name="PartitionName" type="xs:string"/>
        <xs:attribute name="PortName" type="Text" use="required"/>
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
      <xs:simpleType name="Direction">
        <xs:restriction base="xs:token">
          <xs:enumeration value="SOURCE"/><xs:enumeration value="DESTINATION"/>
        </xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Criticality">
        <xs:restriction base="xs:token">
          <xs:enumeration value="LEVEL_A"/><xs:enumeration value="LEVEL_B"/><xs:enumeration value="LEVEL_C"/>
          <xs:enumeration value="LEVEL_D"/><xs:enumeration value="LEVEL_E"/>
        </xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="RegionType">
        <xs:restriction base="xs:token">
          <xs:enumeration value="CODE"/><xs:enumeration value="DATA"/><xs:enumeration value="INPUT_OUTPUT"/>
        </xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="RegionAccess">
        <xs:annotation>
          <xs:documentation>READ is READ_ONLY, WRITE is READ_WRITE: both are common.</xs:documentation>
        </xs:annotation>
        <xs:restriction base="xs:token">
          <xs:enumeration value="READ_ONLY"/><xs:enumeration value="READ_WRITE"/>
          <xs:enumeration value="READ"/><xs:enumeration value="WRITE"/>
        </xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Level">
        <xs:restriction base="xs:token">
          <xs:enumeration value="MODULE"/><xs:enumeration value="PARTITION"/><xs:enumeration value="PROCESS"/>
        </xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Code">
        <xs:restriction base="xs:token">
          <xs:enumeration value="DEADLINE_MISSED"/><xs:enumeration value="APPLICATION_ERROR"/>
          <xs:enumeration value="NUMERIC_ERROR"/><xs:enumeration value="ILLEGAL_REQUEST"/>
          <xs:enumeration value="STACK_OVERFLOW"/><xs:enumeration value="MEMORY_VIOLATION"/>
          <xs:enumeration value="HARDWARE_FAULT"/><xs:enumeration value="POWER_FAILURE"/>
        </xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="ModuleRecoveryAction">
        <xs:restriction base="xs:token">
          <xs:enumeration value="IGNORE"/><xs:enumeration value="SHUTDOWN"/><xs:enumeration value="RESET"/>
        </xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="ScheduleChangeAction">
        <xs:restriction base="xs:token">
          <xs:enumeration value="IGNORE"/><xs:enumeration value="WARM_START"/><xs:enumeration value="COLD_START"/>
        </xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="PartitionRecoveryAction">
        <xs:restriction base="xs:token">
          <xs:enumeration value="IGNORE"/><xs:enumeration value="IDLE"/>
          <xs:enumeration value="WARM_START"/><xs:enumeration value="COLD_START"/>
        </xs:restriction>
      </xs:simpleType>
    </xs:schema>
    """#
}
