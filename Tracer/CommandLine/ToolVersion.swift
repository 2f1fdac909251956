/// The version that `partita --version` tells and that certificates carry.
enum ToolVersion {
  static let text = "0.4"
}
