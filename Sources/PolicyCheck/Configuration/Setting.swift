import Diagnostics

/// One option that the command line does not give, with where its value comes from.
struct Setting {
    /// The option's long name, or `paths`.
    var option: String
    /// Behind the name; nil stands for a flag.
    var values: [String]
    /// Whether it is a flag, and then its name as it is given: `no-gitignore`.
    var flag: String?
    var isPositional = false
    var origin: Origin

    struct Origin {
        /// `` `fail-on` `` or `` the variable `POLICY_CHECK_FAIL_ON` ``.
        var name: String
        var file: SourceFile?
        var range: SourceRange?
    }

    /// As they stand on a command line.
    var arguments: [String] {
        if isPositional { return values }
        if let flag { return ["--\(flag)"] }
        return values.map { "--\(option)=\($0)" }
    }

    func problem(_ message: String, help: String? = nil) -> Diagnostic {
        Diagnostic(
            "config-value", .error, "\(origin.name): \(message)", file: origin.file, range: origin.range, help: help)
    }
}

/// Options of which only one can be given: what the command line says of one keeps the others out.
enum ExclusiveOptions {
    private static let groups = [["quiet", "verbose"], ["baseline", "write-baseline"]]

    static func around(_ option: String) -> [String] { groups.first { $0.contains(option) } ?? [option] }
}
