/// What a request does with an object.
package enum Operation: UInt8, Sendable, CaseIterable {
    case create, update, delete, connect

    /// As an AdmissionReview spells it.
    package var name: StaticString {
        switch self {
        case .create: "CREATE"
        case .update: "UPDATE"
        case .delete: "DELETE"
        case .connect: "CONNECT"
        }
    }

    package init?(utf8 text: UnsafeBufferPointer<UInt8>) {
        for operation in Self.allCases {
            let name = operation.name
            let bytes = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
            if text.elementsEqual(bytes) {
                self = operation
                return
            }
        }
        return nil
    }
}

/// Any number of operations.
package struct OperationSet: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package init(_ operation: Operation) { rawValue = 1 << operation.rawValue }

    package static let all = OperationSet(rawValue: 0b1111)
}
