package import CEL
package import Values

/// A URL as a value of the language.
package final class URLValue: ObjectValue {
    package static let typeName = "kubernetes.URL"
    let url: UniformResourceLocator

    init(_ url: UniformResourceLocator) { self.url = url }

    package var typeName: String { Self.typeName }
    package var description: String { url.description }

    package func isEqual(to other: Value) -> Bool? {
        guard case .object(let object) = other, let other = object as? URLValue else { return nil }
        return Array(description.utf8) == Array(other.description.utf8)
    }
}

/// `url(…)` and its parts.
extension Library {
    private static let urlType = CELType.opaque(URLValue.typeName, [])

    package static let urls = Library(
        "kubernetes.urls",
        functions: [
            FunctionDeclaration(
                "url",
                [
                    Overload(
                        "string_to_url", [.string], urlType, cost: .traversalOfFirst,
                        .unary { text throws(EvaluationError) in
                            do throws(UniformResourceLocator.ParseError) {
                                let url = try UniformResourceLocator(parsing: text.stringValue ?? "")
                                return .object(URLValue(url))
                            } catch {
                                throw EvaluationError(
                                    .invalidArgument, "URL parse error during conversion from string: \(error.message)")
                            }
                        })
                ]),
            FunctionDeclaration(
                "isURL",
                [
                    Overload(
                        "is_url_string", [.string], .bool,
                        .unary { text throws(EvaluationError) in
                            .bool((try? UniformResourceLocator(parsing: text.stringValue ?? "")) != nil)
                        })
                ]),
            part("getScheme", "url_get_scheme") { $0.scheme },
            part("getHost", "url_get_host") { String(decoding: $0.host, as: UTF8.self) },
            part("getHostname", "url_get_hostname") { $0.hostAndPort.host },
            part("getPort", "url_get_port") { $0.hostAndPort.port },
            part("getEscapedPath", "url_get_escaped_path") { $0.escapedPath },
            FunctionDeclaration(
                "getQuery",
                [
                    Overload(
                        "url_get_query", member: true, [urlType], .map(.string, .list(.string)),
                        .unary { value throws(EvaluationError) in
                            let entries = try url(value).query.map { key, values in
                                (key: Value.string(key), value: Value.list(values.map { .string($0) }))
                            }
                            return .map(MapValue(entries))
                        })
                ]),
        ], types: [URLValue.typeName: urlType])

    private static func url(_ value: Value) throws(EvaluationError) -> UniformResourceLocator {
        guard case .object(let object) = value, let value = object as? URLValue else { throw .noSuchOverload() }
        return value.url
    }

    private static func part(
        _ name: String, _ id: String, _ read: @escaping @Sendable (UniformResourceLocator) -> String
    ) -> FunctionDeclaration {
        FunctionDeclaration(
            name,
            [
                Overload(
                    id, member: true, [urlType], .string,
                    .unary { value throws(EvaluationError) in .string(read(try url(value))) })
            ])
    }
}
