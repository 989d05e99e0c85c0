/// A server's certificate with all that is needed to renew it: what is kept in a Secret. All parts are PEM.
package struct CertificateSet: Equatable, Sendable {
    /// The authorities that clients are to trust, the newest first.
    package var authorities: [UInt8]
    /// The newest authority's key.
    package var authorityKey: [UInt8]
    /// The server's certificate.
    package var certificate: [UInt8]
    package var key: [UInt8]

    package init(authorities: [UInt8], authorityKey: [UInt8], certificate: [UInt8], key: [UInt8]) {
        self.authorities = authorities
        self.authorityKey = authorityKey
        self.certificate = certificate
        self.key = key
    }

    /// A new set.
    ///
    /// - Parameters:
    ///   - names: DNS names of the server.
    ///   - now: seconds since 1970.
    package init(names: [String], now: Int) throws(CertificateError) {
        self.init(authorities: [], authorityKey: [], certificate: [], key: [])
        try apply(.makeAll, names: names, now: now)
    }

    /// What there is; damaged parts count as missing.
    package func inventory(names: [String]) -> RenewalPlan.Inventory {
        let trusted = (try? Certificate.all(pem: authorities)) ?? []
        var inventory = RenewalPlan.Inventory(authority: nil, serving: nil, isSignedByAuthority: false)
        if let newest = trusted.first, let key = try? PrivateKey(pem: authorityKey), newest.belongs(to: key) {
            inventory.authority = newest.validity
        }
        guard let serving = try? Certificate.all(pem: certificate).first, let key = try? PrivateKey(pem: key),
            serving.belongs(to: key), names.allSatisfy(serving.isValid(forHost:)),
            let signer = trusted.firstIndex(where: serving.isSigned(by:))
        else { return inventory }
        inventory.serving = serving.validity
        inventory.isSignedByAuthority = signer == 0
        return inventory
    }

    /// Does what a plan says. Authorities that have ended leave the bundle.
    package mutating func apply(
        _ action: RenewalPlan.Action, names: [String], now: Int
    ) throws(CertificateError) {
        switch action {
        case .keep: return
        case .addAuthority: try addAuthority(now: now)
        case .sign: try sign(names: names, now: now)
        case .makeAll:
            try addAuthority(now: now)
            try sign(names: names, now: now)
        }
    }

    private mutating func addAuthority(now: Int) throws(CertificateError) {
        let key = try PrivateKey()
        let made = try Certificate.authority(name: "guardrail authority \(now)", key: key, now: now)
        var bundle = try made.pem()
        let others = ((try? Certificate.all(pem: authorities)) ?? []).filter { $0.notAfter > now }
        for other in others.prefix(CertificateLimits.keptAuthorities) { bundle += try other.pem() }
        authorities = bundle
        authorityKey = try key.pem()
    }

    private mutating func sign(names: [String], now: Int) throws(CertificateError) {
        guard let authority = try Certificate.all(pem: authorities).first else {
            throw .invalid(what: "certificate", detail: "no authority")
        }
        let (authorityKey, key) = (try PrivateKey(pem: authorityKey), try PrivateKey())
        let made = try Certificate.server(
            names: names, key: key, authority: authority, authorityKey: authorityKey, now: now)
        certificate = try made.pem()
        self.key = try key.pem()
    }
}

extension Certificate {
    fileprivate var validity: RenewalPlan.Validity { RenewalPlan.Validity(notBefore: notBefore, notAfter: notAfter) }
}
