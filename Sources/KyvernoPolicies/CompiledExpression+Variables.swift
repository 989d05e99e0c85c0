import CEL
import ValidatingAdmissionPolicies

extension CompiledExpression {
    /// Whether it names any of these variables. One that does not compile is never evaluated.
    func names(anyOf variables: [String]) -> Bool {
        guard let names = checked?.freeVariables else { return false }
        return names.contains { name in variables.contains { name == $0 || name.hasPrefix("\($0).") } }
    }

    /// Whether it can be evaluated and names none of the environment's variables but these. What the policy declares as
    /// variables itself is to be asked for apart.
    func reads(only allowed: Set<String>, of environment: Environment) -> Bool {
        checked != nil && !names(anyOf: environment.variables.map(\.name).filter { !allowed.contains($0) })
    }
}
