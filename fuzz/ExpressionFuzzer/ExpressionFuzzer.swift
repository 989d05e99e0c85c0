import ExpressionFuzzing

private let trials = [ExpressionTrial(), ExpressionTrial(everything: true)]

/// libFuzzer's entry: any bytes, read as an expression; the first byte's lowest bit picks the environment.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = UnsafeBufferPointer(start: bytes, count: count)
    guard let first = text.first else { return 0 }
    _ = trials[Int(first & 1)].run(String(decoding: text.dropFirst(), as: UTF8.self))
    return 0
}
