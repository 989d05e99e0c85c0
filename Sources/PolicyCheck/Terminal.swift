import Glibc

/// When to colour, by the flag, the usual variables and whether anyone is looking.
enum ColorChoice: String, CaseIterable, Sendable {
    case auto, always, never

    /// Whether to colour what goes to `descriptor`.
    ///
    /// The flag counts first, then `NO_COLOR`, `CLICOLOR_FORCE`, `CLICOLOR=0` and `TERM=dumb`, then the terminal.
    func applies(to descriptor: Int32, _ variable: (String) -> String? = Environment.variable) -> Bool {
        switch self {
        case .always: return true
        case .never: return false
        case .auto: break
        }
        if let value = variable("NO_COLOR"), !value.isEmpty { return false }
        if let value = variable("CLICOLOR_FORCE"), !value.isEmpty, value != "0" { return true }
        if variable("CLICOLOR") == "0" || variable("TERM") == "dumb" { return false }
        return isatty(descriptor) == 1
    }
}

/// The process's environment without Foundation.
enum Environment {
    static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
