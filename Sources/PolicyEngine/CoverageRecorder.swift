package import Diagnostics
import Synchronization

/// Which outcomes a part of an expression has had.
package struct CoverageOutcomes: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let isTrue = CoverageOutcomes(rawValue: 1)
    package static let isFalse = CoverageOutcomes(rawValue: 2)
    /// A value that is no bool.
    package static let value = CoverageOutcomes(rawValue: 4)
    package static let error = CoverageOutcomes(rawValue: 8)
}

/// Notes for tests of policies what the parts of their expressions came to; shared by all that evaluate.
package final class CoverageRecorder: Sendable {
    /// By check, which the policy set keeps alive, and part.
    private let outcomes = Mutex<[ObjectIdentifier: [UInt32: CoverageOutcomes]]>([:])

    package init() {}

    /// - Parameter seen: outcomes by the part's number, which means something to the policy's language only.
    package func record(_ check: PolicyCheck, _ seen: [UInt32: CoverageOutcomes]) {
        outcomes.withLock { outcomes in
            outcomes[ObjectIdentifier(check), default: [:]].merge(seen) { $0.union($1) }
        }
    }

    package func outcomes(of point: CoveragePoint) -> CoverageOutcomes {
        outcomes.withLock { $0[ObjectIdentifier(point.check)]?[point.part] ?? [] }
    }
}

/// A part of a policy that its tests should have seen come out each way it can.
package struct CoveragePoint: Sendable {
    package enum Role: String, Sendable, CaseIterable {
        case validation, condition, branch, part
    }

    package let role: Role
    /// The expression that it belongs to.
    package let check: PolicyCheck
    package let part: UInt32
    /// What it should have come to.
    package let wanted: CoverageOutcomes
    package let text: String
    package let range: SourceRange?

    package init(
        _ role: Role, of check: PolicyCheck, part: UInt32, wanted: CoverageOutcomes, text: String, range: SourceRange?
    ) {
        self.role = role
        self.check = check
        self.part = part
        self.wanted = wanted
        self.text = text
        self.range = range
    }
}

/// A policy that tells what its tests should reach.
package protocol CoverablePolicy: CompiledPolicy {
    /// In the order in which they are written, expression by expression.
    var coveragePoints: [CoveragePoint] { get }
    /// Whose coverage it is: of policies made from a template that is the template.
    var coverageID: PolicyID { get }
}

extension CoverablePolicy {
    package var coverageID: PolicyID { id }
}
