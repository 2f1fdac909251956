@testable import ModuleCompiler

extension BrokenModule {
  /// The sample with three claims of its own, one of each form; the first may be changed.
  static func claiming(_ first: String) -> String {
    """
    <p:Claims>
      \(first)
      <p:Claim Name="no-faults" Form="NEVER"><p:Event Kind="exception"/></p:Claim>
      <p:Claim Name="ticks" Form="AT_MOST" Bound="3"><p:Event Kind="interrupt" Line="8"/></p:Claim>
    </p:Claims>
    <p:Clocks
    """
  }

  static let soundClaim = """
    <p:Claim Name="in.after-out_1" Form="WITHIN" BoundSeconds="0.004">
      <p:Event Kind="portOperation" PartitionIdentifier="10" PortName="OUT" Detail="1"/>
      <p:Event Kind="portOperation" PartitionIdentifier="20" PortName="IN" Detail="2"/>
    </p:Claim>
    """

  private static func broken(
    _ rule: Rule, _ old: String, _ new: String, at place: String, status: Int32 = 1
  ) -> BrokenModule {
    precondition(soundClaim.contains(old), "the claim has \(old)")
    return BrokenModule(rule, "<p:Clocks", claiming(soundClaim.replacing(old, with: new)), at: place, status: status)
  }

  /// The sample with choices of claims.
  static func choosing(_ choices: String) -> String { "<p:Claims>\n\(choices)\n</p:Claims>\n<p:Clocks" }

  private static func broken(_ choices: String, at place: String) -> BrokenModule {
    BrokenModule(.claimChoice, "<p:Clocks", choosing(choices), at: place)
  }

  private static let choices: [BrokenModule] = [
    broken("<p:Choose Claims=\"budget\"/>\n<p:Except Claims=\"budget.x*\"/>", at: "budget.x*"),
    broken("<p:Except Claims=\"upcall\"/>\n<p:Choose Claims=\"windows\"/>", at: "\"windows\""),
    // Claims about the trace stay, by whatever pattern.
    broken("<p:Choose Claims=\"budget\"/>\n<p:Except Claims=\"trace\"/>", at: "\"trace\""),
    broken("<p:Except Claims=\"trace.complete\"/>", at: "trace.complete"),
    broken("<p:Except Claims=\"*.time\"/>", at: "*.time"),
    broken("<p:Except Claims=\"*\"/>", at: "\"*\""),
    broken(
      "<p:Choose Claims=\"upcall\"/>\n<p:Except Claims=\"upcall.o*\"/>\n<p:Except Claims=\"upcall.*\"/>",
      at: "upcall.*"),
    broken("<p:Choose Claims=\"\(String(repeating: "a", count: 128))*\"/>", at: "aaaa"),
    broken(
      (0..<64).map { _ in "<p:Choose Claims=\"upcall\"/>\n" }.joined() + "<p:Except Claims=\"upcall.order\"/>",
      at: "upcall.order"),
    BrokenModule(.schemaViolation, "<p:Clocks", choosing("<p:Choose/>"), at: "<p:Choose/>", status: 2),
    BrokenModule(
      .unknownExtension, "<p:Clocks", choosing("<p:Except Claim=\"upcall\"/>"), at: "Claim=\"upcall\"", status: 2),
  ]

  static let claims = choices + ownClaims

  private static let ownClaims: [BrokenModule] = [
    broken(.claimName, "in.after-out_1", "in after out", at: "in after out"),
    broken(.claimName, "in.after-out_1", "ä", at: "ä"),
    broken(.claimName, "in.after-out_1", String(repeating: "n", count: 33), at: "nnnnn"),
    broken(.claimName, "in.after-out_1", "a*", at: "a*"),
    BrokenModule(
      .claimName, "<p:Clocks", claiming(soundClaim).replacing("no-faults", with: "ticks"), at: "AT_MOST"),
    broken(
      .claimForm, "<p:Event Kind=\"portOperation\" PartitionIdentifier=\"10\" PortName=\"OUT\" Detail=\"1\"/>", "",
      at: "WITHIN"),
    BrokenModule(
      .claimForm, "<p:Clocks",
      claiming(soundClaim).replacing(
        "<p:Event Kind=\"exception\"/>", with: "<p:Event Kind=\"mark\"/><p:Event Kind=\"mark\"/>"),
      at: "NEVER"),
    broken(.claimBound, "BoundSeconds=\"0.004\"", "", at: "WITHIN"),
    broken(.claimBound, "BoundSeconds=\"0.004\"", "Bound=\"4\"", at: "WITHIN"),
    broken(.claimBound, "Form=\"WITHIN\"", "Form=\"NEVER\"", at: "in.after-out_1"),
    broken(.claimBound, "Form=\"WITHIN\"", "Form=\"AT_MOST\"", at: "in.after-out_1"),
    broken(.claimEvent, "Kind=\"portOperation\" PartitionIdentifier=\"10\"", "Kind=\"portOp\"", at: "\"portOp\""),
    broken(.claimEvent, "Kind=\"portOperation\" PartitionIdentifier=\"10\"", "Kind=\"keyframe\"", at: "keyframe\""),
    broken(.claimEvent, "PartitionIdentifier=\"10\"", "PartitionIdentifier=\"11\"", at: "\"11\""),
    broken(.claimEvent, "PartitionIdentifier=\"10\" ", "", at: "<p:Event Kind=\"portOperation\" PortName=\"OUT\""),
    broken(.claimEvent, "PortName=\"OUT\"", "PortName=\"IN\"", at: "\"10\" PortName=\"IN\""),
    broken(.claimEvent, "PortName=\"OUT\"", "Line=\"8\"", at: "\"10\" Line=\"8\""),
    broken(.claimEvent, "PortName=\"OUT\"", "PortName=\"OUT\" Number=\"1\"", at: "Number=\"1\" Detail"),
    broken(.claimEvent, "PortName=\"OUT\"", "Number=\"65536\"", at: "65536"),
    broken(.claimEvent, "Detail=\"1\"", "Detail=\"256\"", at: "256"),
    // Of what is left out nobody could say whether it came.
    BrokenModule(
      .claimEvent,
      [
        ("<p:Clocks", claiming(soundClaim).replacing("Kind=\"exception\"", with: "Kind=\"acknowledged\"")),
        ("<p:Trace ", "<p:Trace LeftOut=\"acknowledged\" "),
      ], at: "Kind=\"acknowledged\""),
    // Passed over, it would make the claim one about every detail.
    broken(.unknownExtension, "Detail=\"1\"", "Details=\"1\"", at: "Details", status: 2),
    broken(
      .claimEvent, "Kind=\"portOperation\" PartitionIdentifier=\"10\" PortName=\"OUT\"", "Kind=\"mark\" Line=\"9\"",
      at: "Line=\"9\""),
    broken(.schemaViolation, "WITHIN", "AFTER", at: "AFTER", status: 2),
    BrokenModule(
      .tooManyClaims, "<p:Clocks",
      "<p:Claims>"
        + (0..<65).map { "<p:Claim Name=\"c\($0)\" Form=\"NEVER\"><p:Event Kind=\"mark\"/></p:Claim>\n" }.joined()
        + "</p:Claims><p:Clocks", at: "\"c64\""),
    BrokenModule(
      .budgetSubject, "<p:Budget Quantity=\"HYPERCALL\" Subject=\"65\"",
      "<p:Budget Quantity=\"PARTITION_SUPPLY\" Subject=\"65\"", at: "PARTITION_SUPPLY"),
    BrokenModule(
      .budgetSubject, "<p:Budget Quantity=\"HYPERCALL\" Subject=\"65\"",
      "<p:Budget Quantity=\"PAD_MARGIN\" Subject=\"65\"", at: "PAD_MARGIN"),
  ]
}
