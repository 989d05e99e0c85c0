import OpenSSLTLS
import Webhook

/// The server's certificate and key in files: loaded once at the start, and again whenever the files change.
final class CertificateFiles: Reloadable {
    private let certificatePath: String
    private let keyPath: String
    private let clients: TLSClientAuthority?
    let serving: ServingCertificate

    init(
        certificatePath: String, keyPath: String, clients: TLSClientAuthority?, status: ServerStatus, log: Log
    ) throws(TLSContextError) {
        self.certificatePath = certificatePath
        self.keyPath = keyPath
        self.clients = clients
        let context = try TLSContext(certificatePath: certificatePath, keyPath: keyPath, clients: clients)
        serving = ServingCertificate(context, status: status, log: log)
    }

    static func fingerprint(certificatePath: String, keyPath: String, clients: TLSClientAuthority?) -> UInt64 {
        var fingerprint = FileFingerprint()
        fingerprint.add(path: certificatePath)
        fingerprint.add(path: keyPath)
        if let clients { fingerprint.add(path: clients.path) }
        return fingerprint.value
    }

    func fingerprint() -> UInt64 {
        Self.fingerprint(certificatePath: certificatePath, keyPath: keyPath, clients: clients)
    }

    func reload() -> ReloadOutcome {
        do throws(TLSContextError) {
            serving.replace(
                with: try TLSContext(certificatePath: certificatePath, keyPath: keyPath, clients: clients))
            return .loaded
        } catch {
            serving.refuse(error)
            if case .unreadableFile = error { return .unreadable }
            return .refused
        }
    }

    func tick() { serving.tick() }
}

/// When to warn of a certificate's end: daily in the last two weeks, hourly on the last day and afterwards.
struct ExpiryWatch: Equatable {
    private var nextWarning = Int.min

    /// - Parameter notAfter: the end, 0 if unknown. Both in seconds since 1970.
    mutating func mustWarn(now: Int, notAfter: Int) -> Bool {
        let left = notAfter - now
        guard notAfter > 0, left <= ExecutableLimits.expiryWarning, now >= nextWarning else { return false }
        nextWarning = now + (left > ExecutableLimits.expiryAlarm ? 86_400 : 3600)
        return true
    }
}
