import ModuleConfiguration

/// Stacks are mapped in whole pages.
enum StackSize {
  static func wholePages(_ bytes: UInt64) -> UInt64 {
    let page = UInt64(ModuleTableLayout.pageBytes)
    let limited = min(bytes, ModuleRules.maximumStackBytes)
    return (limited + page - 1) / page * page
  }
}
