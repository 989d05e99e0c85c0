import COpenSSL
import Glibc

/// A trust store of one anchor, with the time that counts.
struct TrustStore: ~Copyable {
    let pointer: OpaquePointer

    init?(anchors: [Certificate], seconds: Int64) {
        guard let pointer = X509_STORE_new() else { return nil }
        for anchor in anchors where X509_STORE_add_cert(pointer, anchor.pointer) != 1 {
            X509_STORE_free(pointer)
            return nil
        }
        let parameters = X509_STORE_get0_param(pointer)
        X509_VERIFY_PARAM_set_time(parameters, time_t(seconds))
        // The anchor is trusted because the configuration says so, whoever issued it.
        X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_PARTIAL_CHAIN))
        X509_VERIFY_PARAM_set_depth(parameters, Int32(VerificationLimits.maximumChainLength))
        self.pointer = pointer
    }

    /// Hands the store to a function that frees it.
    consuming func take() -> OpaquePointer {
        let taken = pointer
        discard self
        return taken
    }

    deinit { X509_STORE_free(pointer) }
}

/// A stack of certificates that owns a reference to each.
struct CertificateStack: ~Copyable {
    let pointer: OpaquePointer

    init?(_ certificates: [Certificate]) {
        guard let pointer = guardrail_sk_X509_new_null() else { return nil }
        for certificate in certificates {
            guard X509_up_ref(certificate.pointer) == 1 else { continue }
            if guardrail_sk_X509_push(pointer, certificate.pointer) == 0 { X509_free(certificate.pointer) }
        }
        self.pointer = pointer
    }

    /// Hands the stack to a function that frees it.
    consuming func take() -> OpaquePointer {
        let taken = pointer
        discard self
        return taken
    }

    deinit { guardrail_sk_X509_pop_free(pointer) }
}
