import CCurl
import Glibc

/// One request to one server, and what its response looks like while it arrives.
///
/// INVARIANT: libcurl calls back only within `run`, on its thread.
final class Hop {
    let request: HTTPRequest
    let url: HTTPURL
    /// Whether credentials may be sent.
    let isFirstOrigin: Bool
    /// Addresses further inside are refused.
    let innermostZone: NetworkZone?
    let followsRedirects: Bool
    let onHead: (HTTPResponseHead) -> HTTPStreamDecision
    let onChunk: (UnsafeRawBufferPointer) -> HTTPStreamDecision

    /// Where the connection leads, once there is one.
    private(set) var zone: NetworkZone?
    private(set) var head: HTTPResponseHead
    /// The `Location` to follow, which makes this response's body uninteresting.
    private(set) var redirect: String?
    private(set) var wasStopped = false
    private(set) var lastByte = ContinuousClock.now

    private var headerBytes = 0
    private var isHeadComplete = false
    private var discardedBytes = 0
    private var failure: HTTPError?
    private var refusedAddress: String?
    private var easy: UnsafeMutableRawPointer?

    init(
        request: HTTPRequest, url: HTTPURL, isFirstOrigin: Bool, innermostZone: NetworkZone?, followsRedirects: Bool,
        onHead: @escaping (HTTPResponseHead) -> HTTPStreamDecision,
        onChunk: @escaping (UnsafeRawBufferPointer) -> HTTPStreamDecision
    ) {
        self.request = request
        self.url = url
        self.isFirstOrigin = isFirstOrigin
        self.innermostZone = innermostZone
        self.followsRedirects = followsRedirects
        self.onHead = onHead
        self.onChunk = onChunk
        head = HTTPResponseHead(status: 0, headers: [], url: url.text)
    }

    var host: String { url.origin.description }

    /// - Throws: what kept the response from being read; an answer of any status is none of that.
    func run(on lane: ConnectionLane, _ client: HTTPClient) throws(HTTPError) {
        lane.reset()
        let headers = lane.configure(self, client)
        defer { curl_slist_free_all(headers) }
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = guardrail_curl_set_data_function(lane.easy, CURLOPT_HEADERFUNCTION, Self.headerFunction)
        _ = guardrail_curl_set_pointer(lane.easy, CURLOPT_HEADERDATA, context)
        _ = guardrail_curl_set_data_function(lane.easy, CURLOPT_WRITEFUNCTION, Self.bodyFunction)
        _ = guardrail_curl_set_pointer(lane.easy, CURLOPT_WRITEDATA, context)
        if innermostZone != nil, !mayUseProxy(client) {
            _ = guardrail_curl_set_socket_function(lane.easy, Self.socketFunction)
            _ = guardrail_curl_set_pointer(lane.easy, CURLOPT_OPENSOCKETDATA, context)
        }
        easy = lane.easy
        _ = guardrail_curl_set_prerequest_function(lane.easy, Self.addressFunction)
        _ = guardrail_curl_set_pointer(lane.easy, CURLOPT_PREREQDATA, context)

        let waker = request.cancellation?.add { [lane] in lane.wake() }
        defer { if let waker { request.cancellation?.remove(waker) } }
        let signals = BrokenPipes.block()
        defer { signals.restore() }
        if let body = request.body {
            _ = guardrail_curl_set_offset(lane.easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            body.withUnsafeBytes { bytes in
                // libcurl copies them.
                _ = guardrail_curl_set_pointer(
                    lane.easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
            }
        }
        let result = try perform(on: lane)
        if let failure { throw failure }
        // Another address of the host's may have been taken instead.
        if result != CURLE_OK, zone == nil, let refusedAddress { throw HTTPError.address(refusedAddress, host: host) }
        if wasStopped { return }
        if result == CURLE_OK {
            // libcurl takes a head that breaks off for a whole one.
            guard isHeadComplete else {
                throw HTTPError(.connectionLost, host: host, "the connection broke within the response's head")
            }
            return
        }
        // A redirect's body is nobody's concern, nor how it ends.
        if redirect != nil, result == CURLE_WRITE_ERROR { return }
        throw HTTPError(code: result, host: host, phase: phase(lane), detail: lane.failureText)
    }

    private func perform(on lane: ConnectionLane) throws(HTTPError) -> CURLcode {
        guard curl_multi_add_handle(lane.multi, lane.easy) == CURLM_OK else {
            throw HTTPError(.setup, host: host, "libcurl does not take the request")
        }
        defer { curl_multi_remove_handle(lane.multi, lane.easy) }
        lastByte = ContinuousClock.now
        while true {
            var running: Int32 = 0
            guard curl_multi_perform(lane.multi, &running) == CURLM_OK else {
                throw HTTPError(.setup, host: host, "libcurl cannot go on")
            }
            var result = CURLE_OK
            if guardrail_curl_multi_result(lane.multi, &result) == 1 { return result }
            if request.cancellation?.isCancelled == true {
                throw HTTPError(.cancelled, host: host, "the request was cancelled")
            }
            var wait = HTTPLimits.maximumPollMilliseconds
            let now = ContinuousClock.now
            if let deadline = request.deadline {
                let left = now.duration(to: deadline)
                guard left > .zero else { throw timeout(lane, "the deadline passed") }
                wait = min(wait, left.wholeMilliseconds)
            }
            if let idle = request.idleTimeout {
                let left = idle - lastByte.duration(to: now)
                guard left > .zero else { throw timeout(lane, "nothing came for \(idle)") }
                wait = min(wait, left.wholeMilliseconds)
            }
            _ = curl_multi_poll(lane.multi, nil, 0, Int32(wait), nil)
        }
    }

    private func timeout(_ lane: ConnectionLane, _ why: String) -> HTTPError {
        HTTPError(.timeout, host: host, "\(why) \(phase(lane))")
    }

    private func phase(_ lane: ConnectionLane) -> String {
        if head.status > 0 { return "while reading the response" }
        if lane.time(CURLINFO_PRETRANSFER_TIME_T) > 0 { return "while waiting for the response" }
        if lane.time(CURLINFO_CONNECT_TIME_T) > 0 { return "in the TLS handshake" }
        return lane.time(CURLINFO_NAMELOOKUP_TIME_T) > 0 ? "while connecting" : "while looking up the host"
    }

    // MARK: - What libcurl calls

    private static let headerFunction: guardrail_curl_data_function = { data, size, count, context in
        hop(context)?.receiveHeader(UnsafeRawBufferPointer(start: data, count: size * count)) ?? 0
    }

    private static let bodyFunction: guardrail_curl_data_function = { data, size, count, context in
        hop(context)?.receiveBody(UnsafeRawBufferPointer(start: data, count: size * count)) ?? 0
    }

    private static let addressFunction: guardrail_curl_prerequest_function = { context, remote, _, _, _ in
        guard let hop = hop(context), let remote else { return Int32(CURL_PREREQFUNC_ABORT) }
        return hop.connected(to: String(cString: remote)) ? Int32(CURL_PREREQFUNC_OK) : Int32(CURL_PREREQFUNC_ABORT)
    }

    /// Opens no socket to addresses that are refused: not even a connection tells that something is there.
    private static let socketFunction: guardrail_curl_socket_function = { context, _, address in
        guard let hop = hop(context), let address else { return guardrail_curl_bad_socket() }
        guard hop.mayConnect(to: &address.pointee.addr) else { return guardrail_curl_bad_socket() }
        return socket(
            address.pointee.family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue), address.pointee.protocol)
    }

    private func mayConnect(to address: UnsafePointer<sockaddr>) -> Bool {
        guard let innermostZone, let found = NetworkZone(socketAddress: address), found > innermostZone else {
            return true
        }
        refusedAddress = url.origin.host
        return false
    }

    /// Whether the address that libcurl connects to may be a proxy's.
    private func mayUseProxy(_ client: HTTPClient) -> Bool {
        guard client.configuration.usesEnvironmentProxy, !url.isLoopback else { return false }
        let names = url.origin.scheme == "https" ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]
        return (names + ["all_proxy", "ALL_PROXY"]).contains { getenv($0).map { $0.pointee != 0 } ?? false }
    }

    /// Whether the connection that is about to be used leads through a proxy's tunnel.
    private var isTunnelled: Bool {
        var code = 0
        return guardrail_curl_get_long(easy, CURLINFO_HTTP_CONNECTCODE, &code) == CURLE_OK && code != 0
    }

    private static func hop(_ context: UnsafeMutableRawPointer?) -> Hop? {
        context.map { Unmanaged<Hop>.fromOpaque($0).takeUnretainedValue() }
    }

    private func connected(to address: String) -> Bool {
        let found = NetworkZone(address: address)
        zone = found
        head.zone = found
        guard let innermostZone, !isTunnelled else { return true }
        if let found, found <= innermostZone { return true }
        failure = HTTPError.address(address, host: host)
        return false
    }

    /// One line, with its end. Any other count than was given makes libcurl give up.
    private func receiveHeader(_ line: UnsafeRawBufferPointer) -> Int {
        lastByte = ContinuousClock.now
        // Lines behind the body say nothing that anyone here reads.
        let isStatusLine = line.starts(with: Array("HTTP/".utf8))
        if isHeadComplete, !isStatusLine { return line.count }
        headerBytes += line.count
        guard headerBytes <= HTTPLimits.maximumHeaderBytes, head.headers.count < HTTPLimits.maximumHeaderCount else {
            failure = HTTPError(.headersTooLarge, host: host, "the response has too many header lines")
            return 0
        }
        let text = String(decoding: line, as: UTF8.self)
        if isStatusLine {
            let status = text.split(separator: " ").dropFirst().first.flatMap { Int($0.prefix(3)) }
            guard let status, (100...999).contains(status) else {
                failure = HTTPError(.malformedResponse, host: host, "the response has no status")
                return 0
            }
            head.status = status
            head.headers = []
            isHeadComplete = false
            return line.count
        }
        if line.allSatisfy({ $0 == 0x0D || $0 == 0x0A }) { return completeHead() ? line.count : 0 }
        if let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) {
            let value = text[text.utf8.index(after: colon)...]
            head.headers.append(HTTPHeader(String(text[..<colon]), Self.trimmed(value)))
        }
        return line.count
    }

    private func completeHead() -> Bool {
        // 100 Continue and its like: the response is yet to come.
        guard head.status >= 200 else { return true }
        isHeadComplete = true
        if followsRedirects, [301, 302, 303, 307, 308].contains(head.status), let location = head["location"] {
            redirect = location
            return true
        }
        wasStopped = onHead(head) == .stop
        return !wasStopped
    }

    private func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        lastByte = ContinuousClock.now
        if redirect != nil {
            discardedBytes += bytes.count
            return discardedBytes <= HTTPLimits.maximumHeaderBytes ? bytes.count : 0
        }
        if bytes.isEmpty || onChunk(bytes) == .proceed { return bytes.count }
        wasStopped = true
        return 0
    }

    private static func trimmed(_ text: Substring) -> String {
        let isBlank = { (character: UInt8) in character <= 0x20 }
        var bytes = Array(text.utf8)[...]
        bytes = bytes.drop(while: isBlank)
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Duration {
    /// Rounded up, and at most what a wait may take.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        guard seconds < 1_000_000 else { return 1_000_000_000 }
        return Int(seconds) * 1_000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
