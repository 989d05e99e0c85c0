import Foundation

@testable import ImageVerification

/// A timestamp authority of our own: the openssl command.
struct TestStamper {
    private let key: TestKey
    private let directory: URL
    /// Leaf first, root last.
    let chain: [Certificate]

    init() throws {
        let authority = try TestKey.ec("P-256")
        let key = try TestKey.ec("P-256")
        (self.key, directory) = (key, key.directory)
        func path(_ name: String) -> String { key.directory.appendingPathComponent(name).path }
        _ = try TestKey.openssl([
            "req", "-x509", "-new", "-key", authority.path, "-subj", "/CN=stamp root", "-days", "30", "-addext",
            "keyUsage=critical,keyCertSign", "-out", path("root.pem"),
        ])
        _ = try TestKey.openssl(["req", "-new", "-key", key.path, "-subj", "/CN=stamper", "-out", path("request.pem")])
        try "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n".write(
            toFile: path("extensions"), atomically: true, encoding: .utf8)
        _ = try TestKey.openssl([
            "x509", "-req", "-in", path("request.pem"), "-CA", path("root.pem"), "-CAkey", authority.path,
            "-CAcreateserial", "-days", "10", "-extfile", path("extensions"), "-out", path("leaf.pem"),
        ])
        chain = try ["leaf.pem", "root.pem"].map {
            try Certificate(pem: String(contentsOfFile: path($0), encoding: .utf8))
        }
        try "01".write(toFile: path("serial"), atomically: true, encoding: .utf8)
        try """
        [tsa]
        default_tsa = stamper
        [stamper]
        serial = \(path("serial"))
        signer_cert = \(path("leaf.pem"))
        certs = \(path("root.pem"))
        signer_key = \(key.path)
        signer_digest = sha256
        default_policy = 1.2.3.4
        digests = sha256, sha384, sha512
        ess_cert_id_alg = sha256
        """.write(toFile: path("tsa.conf"), atomically: true, encoding: .utf8)
    }

    /// A TimeStampResp for these bytes.
    ///
    /// - Parameter embeds: whether the signer's certificate is in it.
    func response(over bytes: [UInt8], embeds: Bool = true, hash: String = "-sha256") throws -> [UInt8] {
        let name = UUID().uuidString
        let (data, query) = (
            directory.appendingPathComponent("\(name).data"), directory.appendingPathComponent("\(name).tsq")
        )
        try Data(bytes).write(to: data)
        _ = try TestKey.openssl(
            ["ts", "-query", "-data", data.path, hash, "-no_nonce", "-out", query.path] + (embeds ? ["-cert"] : []))
        let response = directory.appendingPathComponent("\(name).tsr")
        _ = try TestKey.openssl([
            "ts", "-reply", "-config", directory.appendingPathComponent("tsa.conf").path, "-queryfile", query.path,
            "-out", response.path,
        ])
        return Array(try Data(contentsOf: response))
    }
}
