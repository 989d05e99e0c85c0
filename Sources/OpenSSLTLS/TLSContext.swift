import COpenSSL
import Glibc
import Synchronization

/// A server's certificate, key and TLS settings: TLS 1.2 or newer, forward secrecy only, ALPN `http/1.1`.
///
/// One context serves any number of connections on any thread; a connection keeps the context it began with.
// SAFETY: SSL_CTX counts its references atomically and locks its own caches; we change no setting after `init`.
package final class TLSContext: @unchecked Sendable {
    /// The owned `SSL_CTX`.
    let pointer: OpaquePointer
    /// Who may ask for verdicts; nil if anyone may.
    let clients: TLSClientAuthority?
    /// When the first certificate of the chain expires, in seconds since 1970.
    package private(set) var notAfter = 0

    /// Reads a PEM chain (the server's certificate first, then intermediates) and its unencrypted PEM key.
    ///
    /// With `clients`, a client is asked for a certificate; one that it shows must be valid, but it may show none:
    /// probes have none.
    package convenience init(
        certificatePath: String, keyPath: String, clients: TLSClientAuthority? = nil
    ) throws(TLSContextError) {
        try self.init(
            certificate: PEMFile(path: certificatePath),
            key: { () throws(TLSContextError) in try PEMFile(path: keyPath) },
            clients: clients)
    }

    /// The same with PEM text that is not in files; `name` is what errors call it.
    package convenience init(
        certificate: [UInt8], key: [UInt8], name: String, clients: TLSClientAuthority? = nil
    ) throws(TLSContextError) {
        try self.init(
            certificate: PEMFile(name: name, contents: certificate),
            key: { () throws(TLSContextError) in try PEMFile(name: name, contents: key) }, clients: clients)
    }

    private init(
        certificate: borrowing PEMFile, key: () throws(TLSContextError) -> PEMFile, clients: TLSClientAuthority?
    ) throws(TLSContextError) {
        self.clients = clients
        _ = OpenSSLErrors.drain()
        guard let context = SSL_CTX_new(TLS_server_method()) else {
            throw .configuration(detail: OpenSSLErrors.drain().text)
        }
        pointer = context
        try configure()
        try useCertificate(certificate, key: key)
        if let clients { try ask(clients) }
    }

    deinit { SSL_CTX_free(pointer) }

    private func configure() throws(TLSContextError) {
        SSL_CTX_set_options(pointer, guardrail_server_options())
        // Idle connections give their two 17 KB record buffers back: a thousand of them would not fit our memory bar.
        _ = guardrail_SSL_CTX_set_mode(pointer, Int(SSL_MODE_RELEASE_BUFFERS))
        // Resumption works by tickets, which cost the server no memory.
        _ = guardrail_SSL_CTX_set_session_cache_mode(pointer, Int(SSL_SESS_CACHE_OFF))
        SSL_CTX_set_num_tickets(pointer, 1)
        SSL_CTX_set_alpn_select_cb(pointer, selectHTTP11, nil)
        guard guardrail_SSL_CTX_set_min_proto_version(pointer, TLS1_2_VERSION) == 1,
            SSL_CTX_set_cipher_list(pointer, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1,
            guardrail_SSL_CTX_set1_groups_list(pointer, "X25519:P-256:P-384") == 1
        else { throw .configuration(detail: OpenSSLErrors.drain().text) }
    }

    private func useCertificate(
        _ file: borrowing PEMFile, key makeKey: () throws(TLSContextError) -> PEMFile
    ) throws(TLSContextError) {
        let path = file.path
        let chain = try file.certificates()
        guard let leaf = chain.first else { throw .invalidCertificate(path: path, detail: "no certificate") }
        defer { X509_free(leaf) }
        notAfter = chain.map(Self.notAfter).min() ?? 0
        let intermediates = guardrail_sk_X509_new_null()
        for certificate in chain.dropFirst() where guardrail_sk_X509_push(intermediates, certificate) == 0 {
            X509_free(certificate)
        }
        guard SSL_CTX_use_certificate(pointer, leaf) == 1 else {
            guardrail_sk_X509_pop_free(intermediates)
            throw .invalidCertificate(path: path, detail: OpenSSLErrors.drain().text)
        }
        guard guardrail_SSL_CTX_set0_chain(pointer, intermediates) == 1 else {
            guardrail_sk_X509_pop_free(intermediates)
            throw .invalidCertificate(path: path, detail: OpenSSLErrors.drain().text)
        }
        let keyFile = try makeKey()
        let keyPath = keyFile.path
        let key = try keyFile.privateKey()
        defer { EVP_PKEY_free(key) }
        guard X509_check_private_key(leaf, key) == 1 else {
            let detail = OpenSSLErrors.drain().text
            throw .keyMismatch(certificatePath: path, keyPath: keyPath, detail: detail)
        }
        guard SSL_CTX_use_PrivateKey(pointer, key) == 1 else {
            throw .invalidKey(path: keyPath, detail: OpenSSLErrors.drain().text)
        }
    }
}

extension TLSContext {
    /// Asks clients for certificates of these authorities.
    private func ask(_ clients: TLSClientAuthority) throws(TLSContextError) {
        let authorities = try PEMFile(path: clients.path).certificates()
        defer { authorities.forEach(X509_free) }
        for authority in authorities {
            guard X509_STORE_add_cert(SSL_CTX_get_cert_store(pointer), authority) == 1,
                SSL_CTX_add_client_CA(pointer, authority) == 1
            else { throw .invalidCertificate(path: clients.path, detail: OpenSSLErrors.drain().text) }
        }
        // Without an id of its own, OpenSSL refuses to resume sessions in which it asked for a certificate.
        let identity = Array("guardrail".utf8)
        guard SSL_CTX_set_session_id_context(pointer, identity, UInt32(identity.count)) == 1 else {
            throw .configuration(detail: OpenSSLErrors.drain().text)
        }
        SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
    }

    private static func notAfter(_ certificate: OpaquePointer) -> Int {
        var parts = tm()
        guard ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) == 1 else { return 0 }
        return timegm(&parts)
    }
}

/// The context that new connections get; replacing it leaves the open ones as they are.
package final class TLSContextSource: Sendable {
    private let context: Mutex<TLSContext>

    package init(_ context: TLSContext) { self.context = Mutex(context) }

    package var current: TLSContext { context.withLock { $0 } }

    package func replace(with newContext: TLSContext) { context.withLock { $0 = newContext } }
}

/// Picks `http/1.1` from the client's ALPN list. A client that offers a list without it speaks nothing that we do and is
/// told so by an alert (RFC 7301, 3.2); a client that offers no list never gets here.
private func selectHTTP11(
    _: OpaquePointer?, selected: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    selectedLength: UnsafeMutablePointer<UInt8>?, offered: UnsafePointer<UInt8>?, offeredLength: UInt32,
    _: UnsafeMutableRawPointer?
) -> Int32 {
    guard let selected, let selectedLength, let offered else { return SSL_TLSEXT_ERR_ALERT_FATAL }
    let list = UnsafeBufferPointer(start: offered, count: Int(offeredLength))
    var index = 0
    while index < list.count {
        let start = index + 1
        let end = start + Int(list[index])
        guard end <= list.count else { break }
        if list[start..<end].elementsEqual("http/1.1".utf8) {
            selected.pointee = offered + start
            selectedLength.pointee = list[index]
            return SSL_TLSEXT_ERR_OK
        }
        index = end
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL
}
