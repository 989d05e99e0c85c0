/// Owns the keys of types that were learned at run time.
final class KeyMemory: @unchecked Sendable {
    // SAFETY: written only while one `CustomTypeReader` fills it, before the set that owns it is shared.
    private var keys: [UnsafeMutableBufferPointer<UInt8>] = []
    /// Keys that these ones stand beside.
    private let earlier: KeyMemory?

    init(beside earlier: KeyMemory?) { self.earlier = earlier }

    deinit {
        for key in keys { key.deallocate() }
    }

    func store(_ text: some Collection<UInt8>) -> UnsafeBufferPointer<UInt8> {
        let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, text.count))
        _ = memory.initialize(from: text)
        keys.append(memory)
        return UnsafeBufferPointer(rebasing: memory[..<text.count])
    }
}
