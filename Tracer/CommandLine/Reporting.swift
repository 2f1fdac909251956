import ArgumentParser
import Debugging
import Emulation
import Foundation
import GuestRing
import ModuleCompiler
import Outputs

/// Runs `body` and turns what it throws about the caller's input into a message and exit status 2.
func reporting(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let error as CompilationFailure {
    ModuleFindings.tell(error.report.diagnostics)
    throw ExitCode(2)
  } catch let error as OutputFile.Failure {
    TraceCommand.complain("\(error)")
    throw ExitCode(2)
  } catch let error as RevisitError {
    ModuleSession.say("partita: \(error)\n", to: STDERR_FILENO)
    throw ExitCode(error.isInconclusive ? 3 : 2)
  } catch let error as RescueError {
    ModuleSession.say("partita: \(error)\n", to: STDERR_FILENO)
    throw ExitCode(error == .interrupted ? 3 : 2)
  } catch let error as EmulationError {
    ModuleSession.say("partita: \(error)\n", to: STDERR_FILENO)
    throw ExitCode(error == .interrupted ? 3 : 2)
  } catch let error as ModuleSourceError {
    ModuleSession.say("partita: \(error)\n", to: STDERR_FILENO)
    throw ExitCode(2)
  }
}
