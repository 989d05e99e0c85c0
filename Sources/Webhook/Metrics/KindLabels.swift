import Synchronization

/// Numbers for the kinds that requests are about, few enough for labels: a client that invents kinds cannot make the
/// metrics grow.
final class KindLabels: Sendable {
    struct Kind: Hashable, Sendable {
        let group: String
        let kind: String
    }

    /// The number of all kinds that came too late for one of their own.
    static let other = 0

    private let kinds = Mutex<[Kind]>([Kind(group: "", kind: "other")])

    /// In the order of their numbers.
    var all: [Kind] { kinds.withLock { $0 } }

    /// Whether this may be the name of a kind or a group at all.
    private static func isName(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }

    func number(of kind: Kind) -> Int {
        let bytes = max(kind.group.utf8.count, kind.kind.utf8.count)
        guard !kind.kind.isEmpty, bytes <= WebhookLimits.labelBytes, Self.isName(kind.kind), Self.isName(kind.group)
        else { return Self.other }
        return kinds.withLock { kinds in
            if let known = kinds.firstIndex(of: kind) { return known }
            guard kinds.count <= WebhookLimits.kindLabels else { return Self.other }
            kinds.append(kind)
            return kinds.count - 1
        }
    }
}
