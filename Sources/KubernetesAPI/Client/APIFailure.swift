import Documents
package import Values

/// Why a request to the Kubernetes API has no result.
package struct APIFailure: Error, Equatable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case unauthorized
        case forbidden
        case notFound = "not-found"
        case conflict
        case alreadyExists = "already-exists"
        /// The resource version or the page is older than the server remembers.
        case gone
        case invalid
        case tooManyRequests = "too-many-requests"
        /// The server answers, but not this.
        case unavailable
        /// There is no answer.
        case unreachable
        /// The answer makes no sense.
        case malformed
        case tooLarge = "too-large"
        case cancelled
    }

    package let kind: Kind
    /// The server's words where it had some.
    package let message: String
    /// When the server wants to be asked again.
    package let retryAfter: Duration?

    package init(_ kind: Kind, _ message: String, retryAfter: Duration? = nil) {
        self.kind = kind
        self.message = message
        self.retryAfter = retryAfter
    }
}

extension APIFailure {
    /// An answer that is no success.
    ///
    /// - Parameters:
    ///   - body: a `Status` object of meta/v1, or whatever a proxy in between says.
    ///   - retryAfter: the header, in seconds.
    package init(status: Int, body: [UInt8], retryAfter: String?) {
        let root = (try? JSONParser(maximumBytes: KubernetesAPILimits.failureBytes).parse(body))?.root
        let said = root.flatMap { $0["kind" as StaticString]?.string == "Status" ? $0 : nil }
        let delay = retryAfter.flatMap { Int64($0) } ?? said?["details"]?["retryAfterSeconds"]?.int
        self.init(
            Self.kind(code: status, reason: said?["reason"]?.string ?? ""),
            said?["message"]?.string ?? "the server answered with status \(status)",
            retryAfter: delay.flatMap { $0 > 0 ? .seconds($0) : nil })
    }

    /// The `Status` object of an ERROR event in a watch.
    package init(status: Node) {
        let delay = status["details"]?["retryAfterSeconds"]?.int
        let code = Int(status["code"]?.int ?? 0)
        self.init(
            Self.kind(code: code, reason: status["reason"]?.string ?? ""),
            status["message"]?.string ?? "the server ended the watch with code \(code)",
            retryAfter: delay.flatMap { $0 > 0 ? .seconds($0) : nil })
    }

    private static func kind(code: Int, reason: String) -> Kind {
        switch (code, reason) {
        case (401, _): .unauthorized
        case (403, _): .forbidden
        case (404, _): .notFound
        case (409, "AlreadyExists"): .alreadyExists
        case (409, _): .conflict
        case (410, _), (_, "Expired"), (_, "Gone"): .gone
        case (429, _): .tooManyRequests
        case (500..., _): .unavailable
        case (400..., _): .invalid
        default: .malformed
        }
    }
}
