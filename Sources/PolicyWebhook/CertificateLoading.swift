import OpenSSLTLS
import Synchronization
import Webhook

/// The server's certificate and key: loaded once at the start, and again whenever the files change.
///
/// Open connections keep the certificate with which they began.
final class CertificateFiles: Reloadable {
    private let certificatePath: String
    private let keyPath: String
    private let clients: TLSClientAuthority?
    private let status: ServerStatus
    private let log: Log
    private let expiry = Mutex(ExpiryWatch())
    let contexts: TLSContextSource

    init(
        certificatePath: String, keyPath: String, clients: TLSClientAuthority?, status: ServerStatus, log: Log
    ) throws(TLSContextError) {
        self.certificatePath = certificatePath
        self.keyPath = keyPath
        self.clients = clients
        self.status = status
        self.log = log
        let context = try TLSContext(certificatePath: certificatePath, keyPath: keyPath, clients: clients)
        contexts = TLSContextSource(context)
        status.certificateLoaded(notAfter: context.notAfter, isReload: false, now: WallClock.now())
        tick()
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
            let context = try TLSContext(certificatePath: certificatePath, keyPath: keyPath, clients: clients)
            contexts.replace(with: context)
            status.certificateLoaded(notAfter: context.notAfter, isReload: true, now: WallClock.now())
            var line = LogLine(.info, "certificate loaded")
            line.add("notAfter", LogLine.timestamp(seconds: context.notAfter))
            log.write(line)
            expiry.withLock { $0 = ExpiryWatch() }
            return .loaded
        } catch {
            status.certificateRefused()
            var line = LogLine(.error, "certificate refused, the one before stays in use")
            line.add("error", error.description)
            log.write(line)
            if case .unreadableFile = error { return .unreadable }
            return .refused
        }
    }

    func tick() {
        let (now, notAfter) = (WallClock.now(), status.notAfter)
        guard expiry.withLock({ $0.mustWarn(now: now, notAfter: notAfter) }) else { return }
        let isExpired = now >= notAfter
        var line = LogLine(
            isExpired ? .error : .warning, isExpired ? "the certificate has expired" : "the certificate expires soon")
        line.add("notAfter", LogLine.timestamp(seconds: notAfter))
        line.add("seconds", notAfter - now)
        log.write(line)
    }
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
