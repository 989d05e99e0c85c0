import ImageVerification
import OutgoingHTTP

/// Puts what went wrong with a registry into words that name it.
enum RegistryFault {
    static func error(_ error: HTTPError, registry: String, what: String) -> VerificationError {
        let elsewhere = error.host.isEmpty || error.host == registry ? "" : " at `\(error.host)`"
        let reason: VerificationReason
        switch error.kind {
        case .resolve, .connect, .connectionLost, .proxy: reason = .registryUnreachable
        case .timeout: reason = .registryTimeout
        case .tls: reason = .registryTLS
        case .cancelled: reason = .registryCancelled
        case .bodyTooLarge: reason = .tooLarge
        case .setup: reason = .storeUnreadable
        case .addressRefused: reason = .registryAddress
        case .malformedRequest, .plainHTTPRefused, .malformedResponse, .headersTooLarge, .tooManyRedirects,
            .redirectRefused:
            reason = .registryResponse
        }
        let remark =
            error.kind == .addressRefused ? "; such addresses are asked only where an option allows it" : ""
        return VerificationError(
            reason, "registry `\(registry)`\(elsewhere), asked for \(what): \(error.detail)\(remark)")
    }

    static func timeout(registry: String, what: String) -> VerificationError {
        VerificationError(.registryTimeout, "registry `\(registry)` had not given \(what) when the deadline passed")
    }

    /// What an answer that is neither success nor "not found" means.
    static func status(_ response: HTTPResponse, registry: String, what: String) -> VerificationError {
        let said = "registry `\(registry)` answered \(response.status) for \(what)\(message(response))"
        return switch response.status {
        case 429:
            VerificationError(
                .registryRateLimited,
                said + (response["retry-after"].map { "; it wants to be left alone for \($0.prefix(40)) s" } ?? ""))
        case 401, 403: VerificationError(.registryUnauthorized, said)
        case 408, 500...599: VerificationError(.registryFailed, said)
        default: VerificationError(.registryResponse, said)
        }
    }

    /// What the registry says of it, in the form that registries agreed on, shortened.
    static func message(_ response: HTTPResponse) -> String {
        let object = try? JSONObject.read(
            response.body, maximumBytes: 64 << 10, what: "answer", reason: .registryResponse)
        guard let first = try? object?.objects("errors", limit: 64).first else { return "" }
        let text = ["code", "message"].compactMap { try? first.optionalString($0) }.filter { !$0.isEmpty }
        let printable = text.joined(separator: ", ").unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
        return printable.isEmpty ? "" : ": `\(String(String.UnicodeScalarView(printable)).prefix(200))`"
    }
}
