import CCurl
import Synchronization

/// One handle of libcurl with the connections that it keeps open. One transfer at a time.
final class ConnectionLane: @unchecked Sendable {
    // SAFETY: a lane belongs to the thread that took it out of its pool, until it is put back. Only `wake` is called
    // from others, and `curl_multi_wakeup` may be.
    let easy: UnsafeMutableRawPointer
    let multi: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>

    private static let isReady: Bool = guardrail_curl_global_init() == CURLE_OK

    /// - Throws: `setup`.
    init() throws(HTTPError) {
        guard Self.isReady, let easy = curl_easy_init() else {
            throw HTTPError(.setup, host: "", "libcurl cannot be used")
        }
        guard let multi = curl_multi_init() else {
            curl_easy_cleanup(easy)
            throw HTTPError(.setup, host: "", "libcurl cannot be used")
        }
        self.easy = easy
        self.multi = multi
        _ = guardrail_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, HTTPLimits.maximumConnectionsPerLane)
        errorText = .allocate(capacity: Int(guardrail_curl_error_size()))
        errorText.initialize(repeating: 0, count: Int(guardrail_curl_error_size()))
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_multi_cleanup(multi)
        errorText.deallocate()
    }

    /// Forgets all options; connections and sessions stay.
    func reset() {
        curl_easy_reset(easy)
        errorText.pointee = 0
        _ = guardrail_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
    }

    /// What libcurl said of the last failure.
    var failureText: String { String(cString: errorText) }

    /// Interrupts a wait, from any thread.
    func wake() { _ = curl_multi_wakeup(multi) }

    func set(_ option: CURLoption, _ value: Int) { _ = guardrail_curl_set_long(easy, option, value) }

    func set(_ option: CURLoption, _ value: String?) { _ = guardrail_curl_set_string(easy, option, value) }

    /// The bytes are copied.
    func set(_ option: CURLoption, bytes: [UInt8]) {
        bytes.withUnsafeBytes { _ = guardrail_curl_set_blob(easy, option, $0.baseAddress, $0.count) }
    }

    /// Microseconds since the start of the transfer at which a phase had ended; 0 if it had not.
    func time(_ info: CURLINFO) -> Int {
        var value: curl_off_t = 0
        return guardrail_curl_get_offset(easy, info, &value) == CURLE_OK ? Int(value) : 0
    }

    /// Where the system keeps its authorities, as libcurl was built.
    static func systemAuthorities(_ handle: UnsafeMutableRawPointer) -> String? {
        var path: UnsafeMutablePointer<CChar>?
        guard guardrail_curl_get_string(handle, CURLINFO_CAINFO, &path) == CURLE_OK, let path else { return nil }
        return String(cString: path)
    }
}

/// Lanes at rest. Which thread a lane served before does not matter; the last one used has the warmest connections.
final class LanePool: Sendable {
    private let idle = Mutex<[ConnectionLane]>([])

    func take() throws(HTTPError) -> ConnectionLane {
        if let lane = idle.withLock({ $0.popLast() }) { return lane }
        return try ConnectionLane()
    }

    func giveBack(_ lane: ConnectionLane) {
        // Beyond the bound the lane ends here, and its connections with it: outside the lock.
        idle.withLock { if $0.count < HTTPLimits.maximumIdleLanes { $0.append(lane) } }
    }
}
