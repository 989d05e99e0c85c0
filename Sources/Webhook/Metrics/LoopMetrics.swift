/// What one event loop counts; used on that loop only, but for its block, which `ServerMetrics` reads at any time.
final class LoopMetrics {
    /// Why a request or a connection was turned away although nothing was wrong with it.
    enum Shed: Int, CaseIterable {
        case inFlight
        case bodies
        case deadline
        case connections

        var label: String {
            switch self {
            case .inFlight: "in-flight"
            case .bodies: "bodies"
            case .deadline: "deadline"
            case .connections: "connections"
            }
        }
    }

    /// HTTP status codes with a counter of their own; the last stands for all others.
    static let codes = [200, 400, 403, 404, 405, 408, 413, 415, 417, 429, 431, 503, 505, 0]

    /// Where the counters lie in a block.
    enum Layout {
        static let inFlight = 0
        static let openConnections = 1
        static let connections = 2
        static let handshakes = 3
        static let shed = 4
        static let codes = shed + Shed.allCases.count
        static let evaluation = Histogram(start: codes + LoopMetrics.codes.count)
        static let total = Histogram(start: evaluation.start + Histogram.size)
        static let requests = total.start + Histogram.size
        static let decisions = AdmissionOutcome.Decision.allCases.count
        static let perKind = AdmissionOutcome.Operation.allCases.count * decisions
        static let size = requests + (WebhookLimits.kindLabels + 1) * perKind

        static func request(kind: Int, _ operation: AdmissionOutcome.Operation, _ decision: AdmissionOutcome.Decision)
            -> Int
        {
            requests + kind * perKind + operation.rawValue * decisions + decision.rawValue
        }
    }

    static func makeBlock() -> CounterBlock { CounterBlock(count: Layout.size) }

    private let block: CounterBlock
    private let labels: KindLabels
    /// This loop's copy of the labels' numbers, so that only a kind's first request takes their lock.
    private var numbers: [KindLabels.Kind: Int] = [:]

    init(block: CounterBlock, labels: KindLabels) {
        self.block = block
        self.labels = labels
    }

    var inFlight: Int { block[Layout.inFlight] }

    func requestStarted() { block.add(1, at: Layout.inFlight) }

    func requestEnded() { block.add(-1, at: Layout.inFlight) }

    func connectionOpened() { block.add(1, at: Layout.openConnections) }

    func connectionClosed() { block.add(-1, at: Layout.openConnections) }

    func connectionAccepted() { block.add(1, at: Layout.connections) }

    func handshakeFinished() { block.add(1, at: Layout.handshakes) }

    func shed(_ reason: Shed) { block.add(1, at: Layout.shed + reason.rawValue) }

    func answered(code: Int) {
        let index = Self.codes.firstIndex(of: code) ?? Self.codes.count - 1
        block.add(1, at: Layout.codes + index)
    }

    /// Counts an answered admission request; times in nanoseconds.
    func admitted(_ outcome: AdmissionOutcome, evaluation: Int, total: Int) {
        let kind = number(of: KindLabels.Kind(group: outcome.group, kind: outcome.kind))
        block.add(1, at: Layout.request(kind: kind, outcome.operation, outcome.decision))
        Layout.evaluation.record(nanoseconds: evaluation, in: block)
        Layout.total.record(nanoseconds: total, in: block)
    }

    private func number(of kind: KindLabels.Kind) -> Int {
        if let number = numbers[kind] { return number }
        let number = labels.number(of: kind)
        // Kinds without a number of their own are not remembered, or they would fill this table.
        if number != KindLabels.other { numbers[kind] = number }
        return number
    }
}

@available(*, unavailable)
extension LoopMetrics: Sendable {}
