import PolicyEngine
import Webhook

/// A request that is judged again after its connection has gone on: what is needed for that, copied.
struct KeptRequest: Sendable {
    let endpoint: AdmissionEndpoint
    /// The caller's patience; nil when it gave none.
    let timeout: Duration?
    let timeLimit: TimeLimit?
    private let count: Int
    private let padded: [UInt8]

    init(_ request: AdmissionHTTPRequest) {
        endpoint = request.endpoint
        timeout = request.timeout
        timeLimit = request.timeLimit
        count = request.body.count
        padded = Array(request.body) + [UInt8](repeating: 0, count: WebhookLimits.bodyPadding)
    }

    /// - Parameter work: gets the body, after which as many zero bytes are readable as after the original's.
    func withBody<Value, Failure: Error>(
        _ work: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let result = padded.withUnsafeBytes { bytes -> Result<Value, Failure> in
            do throws(Failure) {
                return .success(try work(UnsafeRawBufferPointer(rebasing: bytes[..<count])))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
