import OpenSSLTLS
import Synchronization
import Webhook

/// The certificate in use: replaced while connections are open, and watched as it nears its end.
///
/// Open connections keep the certificate with which they began.
final class ServingCertificate: Sendable {
    let contexts: TLSContextSource
    private let status: ServerStatus
    private let log: Log
    private let expiry = Mutex(ExpiryWatch())

    /// - Parameter counts: whether this is a certificate that others may rely on, not a stand-in until there is one.
    init(_ context: TLSContext, counts: Bool = true, status: ServerStatus, log: Log) {
        self.status = status
        self.log = log
        contexts = TLSContextSource(context)
        guard counts else { return }
        status.certificateLoaded(notAfter: context.notAfter, isReload: false, now: WallClock.now())
        tick()
    }

    func replace(with context: TLSContext) {
        contexts.replace(with: context)
        status.certificateLoaded(notAfter: context.notAfter, isReload: true, now: WallClock.now())
        var line = LogLine(.info, "certificate loaded")
        line.add("notAfter", LogLine.timestamp(seconds: context.notAfter))
        log.write(line)
        expiry.withLock { $0 = ExpiryWatch() }
    }

    func refuse(_ error: TLSContextError) {
        status.certificateRefused()
        var line = LogLine(.error, "certificate refused, the one before stays in use")
        line.add("error", error.description)
        log.write(line)
    }

    /// Warns when it is time to.
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
