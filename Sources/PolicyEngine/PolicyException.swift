package import Values

/// What an exception leaves to the policy instead of excusing the whole object.
package struct ExceptionAllowances: Sendable {
    /// Image patterns, as `exceptions.allowedImages` of a policy that asks for them.
    package var images: [String] = []
    /// As `exceptions.allowedValues`.
    package var values: [String] = []

    package init(images: [String] = [], values: [String] = []) {
        self.images = images
        self.values = values
    }

    package var isEmpty: Bool { images.isEmpty && values.isEmpty }
}

/// Whether an exception is about an object.
package enum ExceptionMatch: Sendable {
    case matches
    case differs
    /// Its conditions cannot be evaluated; it then excuses nothing.
    case failed(String)
}

/// A waiver: objects that a policy is not to deny. Immutable, used from any number of threads at once.
package protocol CompiledException: AnyObject, Sendable {
    var id: PolicyID { get }
    /// From then on it excuses nothing.
    var expiresAt: Timestamp? { get }
    /// Not empty if it only loosens policies that ask for it.
    var allowances: ExceptionAllowances { get }

    /// Whether reports call what it excuses passed rather than skipped.
    var reportsPass: Bool { get }

    func covers(_ policy: PolicyID) -> Bool
    func matches(_ context: AdmissionContext) -> ExceptionMatch
}

/// What all exceptions together mean for one policy and one request.
struct ExceptionRuling {
    /// The exception that excuses the request.
    var excuse: PolicyID?
    /// Those that loosen the policy.
    var loosening: [PolicyID] = []
    var allowances = ExceptionAllowances()
    /// Why exceptions that would be about the request do not excuse it.
    var remarks: [String] = []

    init(_ exceptions: [any CompiledException], _ context: AdmissionContext) {
        for exception in exceptions {
            let name = exception.id.qualifiedName
            switch exception.matches(context) {
            case .differs: continue
            case .failed(let message):
                remarks.append("exception `\(name)` cannot be evaluated: \(message)")
            case .matches:
                if let end = exception.expiresAt, end <= context.now {
                    remarks.append("exception `\(name)` has expired")
                } else if exception.allowances.isEmpty {
                    excuse = excuse ?? exception.id
                } else {
                    loosening.append(exception.id)
                    allowances.images += exception.allowances.images
                    allowances.values += exception.allowances.values
                }
            }
        }
        // As in Kyverno: one that only loosens keeps others from excusing altogether.
        if !allowances.isEmpty { excuse = nil }
    }
}
