import Certificates
import Testing

/// The life of a certificate and its authority, with a clock that the tests move.
@Suite struct RenewalPlanTests {
    private typealias Validity = RenewalPlan.Validity

    private static let start = 1_800_000_000
    private static let day = 86_400

    /// What a plan's action makes of an inventory, as `CertificateSet.apply` does with real certificates.
    private struct Model {
        var authorities: [Validity] = []
        var serving: Validity?
        var signer: Validity?

        func inventory() -> RenewalPlan.Inventory {
            let known = signer.map { authorities.contains($0) } ?? false
            return RenewalPlan.Inventory(
                authority: authorities.first, serving: known ? serving : nil,
                isSignedByAuthority: known && signer == authorities.first)
        }

        mutating func apply(_ action: RenewalPlan.Action, now: Int) {
            if action == .makeAll || action == .addAuthority {
                authorities = authorities.filter { $0.notAfter > now }
                authorities.insert(
                    Validity(
                        notBefore: now - CertificateLimits.backdating,
                        notAfter: now + CertificateLimits.authorityLifetime), at: 0)
            }
            if action == .makeAll || action == .sign, let authority = authorities.first {
                serving = Validity(
                    notBefore: now - CertificateLimits.backdating,
                    notAfter: min(now + CertificateLimits.servingLifetime, authority.notAfter))
                signer = authority
            }
        }
    }

    @Test("ten years: always a valid certificate, of an authority that was known long enough before")
    func tenYears() {
        var model = Model()
        var knownSince: [Int: Int] = [:]
        var signings = 0
        var authorities = 0
        for hour in 0..<(10 * 365 * 24) {
            let now = Self.start + hour * 3600
            // Two looks, since one step may follow another.
            for _ in 0..<2 {
                let plan = RenewalPlan(model.inventory(), now: now)
                if hour > 0 { #expect(plan.action != .makeAll) }
                if plan.action == .sign { signings += 1 }
                if plan.action == .addAuthority { authorities += 1 }
                model.apply(plan.action, now: now)
                for authority in model.authorities where knownSince[authority.notBefore] == nil {
                    knownSince[authority.notBefore] = now
                }
            }
            guard let serving = model.serving, let signer = model.signer else {
                Issue.record("no certificate at hour \(hour)")
                return
            }
            #expect(serving.notBefore <= now && now < serving.notAfter)
            #expect(signer.notBefore <= now && now < signer.notAfter)
            #expect(serving.notAfter <= signer.notAfter)
            if hour > 1 {
                #expect(serving.notBefore >= (knownSince[signer.notBefore] ?? now) - CertificateLimits.backdating)
            }
        }
        // Sixty days each, and one more after each new authority.
        #expect((61...85).contains(signings), "\(signings)")
        #expect((13...16).contains(authorities), "\(authorities)")
    }

    @Test("says when to look again")
    func nextLook() {
        var model = Model()
        model.apply(.makeAll, now: Self.start)
        // A new authority needs no overlap if nobody knew another before.
        let plan = RenewalPlan(model.inventory(), now: Self.start + 3600)
        #expect(plan.action == .keep)
        let life = CertificateLimits.servingLifetime + CertificateLimits.backdating
        #expect(plan.nextLook == Self.start - CertificateLimits.backdating + life / 3 * 2)
        #expect(RenewalPlan(model.inventory(), now: plan.nextLook - 1).action == .keep)
        #expect(RenewalPlan(model.inventory(), now: plan.nextLook).action == .sign)
    }

    @Test("waits for the overlap before it signs with a new authority, unless the certificate is about to end")
    func overlap() {
        var model = Model()
        model.apply(.makeAll, now: Self.start)
        let change = Self.start + 250 * Self.day
        model.apply(.sign, now: change - 70 * Self.day)
        #expect(RenewalPlan(model.inventory(), now: change).action == .addAuthority)
        model.apply(.addAuthority, now: change)
        let waiting = RenewalPlan(model.inventory(), now: change + 60)
        #expect(waiting.action == .keep)
        #expect(waiting.nextLook == change + CertificateLimits.authorityOverlap)
        #expect(RenewalPlan(model.inventory(), now: waiting.nextLook).action == .sign)
        model.serving?.notAfter = change + 3600
        #expect(RenewalPlan(model.inventory(), now: change + 60).action == .sign)
    }

    @Test(
        "a clock that jumps: what is not valid is replaced, and the jump back is survived",
        arguments: [-20 * 365, -1, 40, 100, 300, 20 * 365])
    func jumps(days: Int) {
        var model = Model()
        model.apply(.makeAll, now: Self.start)
        for now in [Self.start + days * Self.day, Self.start + 3600] {
            for _ in 0..<3 { model.apply(RenewalPlan(model.inventory(), now: now).action, now: now) }
            let later = now + CertificateLimits.authorityOverlap
            for _ in 0..<3 { model.apply(RenewalPlan(model.inventory(), now: later).action, now: later) }
            #expect(RenewalPlan(model.inventory(), now: later).action == .keep)
            #expect(model.serving.map { $0.notBefore <= later && later < $0.notAfter } == true)
        }
    }

    @Test("what is missing is made")
    func missing() {
        let now = Self.start
        let valid = Validity(notBefore: now - 1000, notAfter: now + 90 * Self.day)
        let cases: [(Validity?, Validity?, RenewalPlan.Action)] = [
            (nil, nil, .makeAll), (nil, valid, .makeAll), (valid, nil, .sign),
            (Validity(notBefore: now - 10, notAfter: now), valid, .makeAll),
            (Validity(notBefore: now + 10, notAfter: now + 20), valid, .makeAll),
            (valid, Validity(notBefore: now + 1, notAfter: now + 90 * Self.day), .sign), (valid, valid, .keep),
        ]
        for (authority, serving, action) in cases {
            let inventory = RenewalPlan.Inventory(authority: authority, serving: serving, isSignedByAuthority: true)
            #expect(RenewalPlan(inventory, now: now).action == action)
        }
    }
}
