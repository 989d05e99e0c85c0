import Archives
import CEL
import Values

/// `gzip.compress` and `gzip.decompress`.
extension Library {
    static let kyvernoGzip = Library(
        "kyverno.gzip",
        functions: [
            FunctionDeclaration(
                "gzip.compress",
                [
                    Overload(
                        "compress_any_bytes", [.dyn], .bytes, cost: .traversalOfFirst,
                        .unary { value throws(EvaluationError) in
                            let bytes: [UInt8]
                            if case .bytes(let data) = value {
                                bytes = Array(data)
                            } else {
                                bytes = try withUTF8(value) { Array($0) }
                            }
                            do throws(ArchiveError) {
                                return .bytes(try Gzip.pack(bytes))
                            } catch {
                                throw gzipError(error)
                            }
                        })
                ]),
            FunctionDeclaration(
                "gzip.decompress",
                [
                    Overload(
                        "decompress_bytes_string", [.bytes], .string,
                        cost: .custom { _, result in UInt64((result?.stringValue?.utf8.count ?? 0) / 10 + 1) },
                        .unary { value throws(EvaluationError) in
                            guard case .bytes(let data) = value else { throw .noSuchOverload() }
                            let bytes: [UInt8]
                            do throws(ArchiveError) {
                                bytes = try Gzip.unpack(
                                    Array(data), limit: KyvernoLimits.maximumParsedBytes)
                            } catch {
                                throw gzipError(error)
                            }
                            guard let text = String(validating: bytes, as: UTF8.self) else {
                                throw EvaluationError(.invalidArgument, "the decompressed data is no UTF-8 text")
                            }
                            return .string(text)
                        })
                ]),
        ])

    private static func gzipError(_ failure: ArchiveError) -> EvaluationError {
        failure.id == "archive-too-large"
            ? EvaluationError(
                .resourceLimit, "the decompressed data has more than \(KyvernoLimits.maximumParsedBytes) bytes")
            : EvaluationError(.invalidArgument, "the data is no gzip stream")
    }
}
