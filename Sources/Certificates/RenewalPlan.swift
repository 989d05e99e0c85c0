/// What to do about a set of certificates at a given time: pure, so that a test can move the clock through years.
///
/// An authority is replaced in two steps. First a new one joins the old ones in the bundle; only after
/// `CertificateLimits.authorityOverlap`, when every client trusts both, is a certificate signed with it. So there is no
/// moment at which a client meets a certificate whose authority it does not know.
package struct RenewalPlan: Equatable, Sendable {
    /// When something is valid, in seconds since 1970.
    package struct Validity: Equatable, Sendable {
        package var notBefore: Int
        package var notAfter: Int

        package init(notBefore: Int, notAfter: Int) {
            self.notBefore = notBefore
            self.notAfter = notAfter
        }

        /// When two thirds of the lifetime are over.
        package var renewal: Int { notBefore + (notAfter - notBefore) / 3 * 2 }

        func contains(_ time: Int) -> Bool { notBefore <= time && time < notAfter }
    }

    /// What there is.
    package struct Inventory: Equatable, Sendable {
        /// The authority whose key is known; nil without a usable one.
        package var authority: Validity?
        /// The server's certificate; nil if it is damaged, without its key, for other names, or signed by nobody in the
        /// bundle.
        package var serving: Validity?
        /// Whether that authority signed it, rather than one before it.
        package var isSignedByAuthority: Bool

        package init(authority: Validity?, serving: Validity?, isSignedByAuthority: Bool) {
            self.authority = authority
            self.serving = serving
            self.isSignedByAuthority = isSignedByAuthority
        }
    }

    package enum Action: String, Sendable {
        case keep
        /// Make an authority and a certificate signed by it.
        case makeAll = "make-all"
        /// Make an authority and put it into the bundle; the certificate stays.
        case addAuthority = "add-authority"
        /// Make a certificate, signed by the authority that there is.
        case sign
    }

    package let action: Action
    /// Clear text for the log.
    package let reason: String
    /// When to look again, in seconds since 1970; only meaningful for `keep`.
    package let nextLook: Int

    /// - Parameter now: the time by which clients judge, in seconds since 1970.
    package init(_ inventory: Inventory, now: Int) {
        (action, reason) = Self.decide(inventory, now)
        var times = [inventory.serving?.renewal, inventory.authority?.renewal].compactMap { $0 }
        if !inventory.isSignedByAuthority, let authority = inventory.authority { times.append(authority.overlapEnd) }
        nextLook = times.filter { $0 > now }.min() ?? now
    }

    private static func decide(_ inventory: Inventory, _ now: Int) -> (Action, String) {
        guard let authority = inventory.authority else { return (.makeAll, "there is no usable authority") }
        guard authority.contains(now) else { return (.makeAll, "the authority is not valid now") }
        guard let serving = inventory.serving else { return (.sign, "there is no usable certificate") }
        guard serving.contains(now) else { return (.sign, "the certificate is not valid now") }
        if now >= serving.notAfter - CertificateLimits.urgency { return (.sign, "the certificate ends within a day") }
        if now >= authority.renewal { return (.addAuthority, "two thirds of the authority's lifetime are over") }
        guard now >= authority.overlapEnd else { return (.keep, "") }
        if !inventory.isSignedByAuthority { return (.sign, "the new authority is known everywhere") }
        if now >= serving.renewal { return (.sign, "two thirds of the certificate's lifetime are over") }
        return (.keep, "")
    }
}

extension RenewalPlan.Validity {
    /// When certificates of a new authority may be used.
    fileprivate var overlapEnd: Int {
        notBefore + CertificateLimits.backdating + CertificateLimits.authorityOverlap
    }
}
