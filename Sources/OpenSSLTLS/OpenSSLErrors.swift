import COpenSSL

/// The calling thread's queue of OpenSSL errors, oldest first, taken out of the queue.
struct OpenSSLErrors {
    /// OpenSSL's words for the errors, joined; empty when the queue was.
    private(set) var text = ""
    /// The reason code of the newest error of libssl, 0 when there was none.
    private(set) var sslReason: Int32 = 0

    /// Empties the queue, so that the next operation's result is judged by its own errors only.
    static func drain() -> OpenSSLErrors {
        var errors = OpenSSLErrors()
        var quoted = 0
        while true {
            let code = ERR_get_error()
            guard code != 0 else { return errors }
            if guardrail_ERR_library(code) == ERR_LIB_SSL { errors.sslReason = guardrail_ERR_reason(code) }
            guard quoted < TLSLimits.quotedErrors else { continue }
            quoted += 1
            if !errors.text.isEmpty { errors.text += "; " }
            errors.text += describe(code)
        }
    }

    private static func describe(_ code: UInt) -> String {
        if let reason = ERR_reason_error_string(code) { return String(cString: reason) }
        return "error \(code)"
    }
}
