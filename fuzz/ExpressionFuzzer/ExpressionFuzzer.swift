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

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The package manager names an executable's entry like this; libFuzzer's own `main` stays out.
@_cdecl("ExpressionFuzzer_main")
public func start(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
    var count = count
    var arguments = arguments
    return runDriver(&count, &arguments, { testOneInput($0, $1) })
}
