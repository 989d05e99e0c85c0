import CEL
import Documents
import ImageVerification
import PolicyEngine
import Values

/// The keys that `jwks.Fetch` gives.
final class KeySetValue: ObjectValue {
    static let name = "jwk.Set"
    static let type = CELType.opaque(name, [])
    let keys: [JSONWebKey]

    init(_ keys: [JSONWebKey]) { self.keys = keys }

    var typeName: String { Self.name }

    func isEqual(to other: Value) -> Bool? {
        guard case .object(let object) = other else { return nil }
        return object === self
    }
}

/// `jwt.Decode`, `jwks.Fetch` and `json.Unmarshal`.
extension Library {
    static let token = MessageType(
        "jwt.Token", [MessageType.Field("Claims", .object), MessageType.Field("Valid", .bool)])

    static let kyvernoTokens: Library = {
        let jwt = ExternalContext.Kind.jwt.type
        return Library(
            "kyverno.jwt",
            functions: [
                FunctionDeclaration(
                    "Decode",
                    [
                        Overload(
                            "decode_string_string", member: true, [jwt, .string, .string], token.type,
                            .ternary { context, text, secret throws(EvaluationError) in
                                let secret = try secret.string()
                                guard !secret.isEmpty else {
                                    throw EvaluationError(.invalidArgument, "the key is empty")
                                }
                                return try decode(context, text, [JSONWebKey(secret: Array(secret.utf8))])
                            }),
                        Overload(
                            "decode_string_set", member: true, [jwt, .string, KeySetValue.type], token.type,
                            .ternary { context, text, set throws(EvaluationError) in
                                guard case .object(let object) = set, let set = object as? KeySetValue else {
                                    throw .noSuchOverload()
                                }
                                return try decode(context, text, set.keys)
                            }),
                    ]),
                FunctionDeclaration(
                    "Fetch",
                    [
                        Overload(
                            "fetch_string", member: true, [ExternalContext.Kind.jwks.type, .string], KeySetValue.type,
                            .binary { context, url throws(EvaluationError) in
                                try keySet(try ExternalContext.of(context), try url.string())
                            })
                    ]),
                FunctionDeclaration(
                    "json.Unmarshal",
                    [
                        Overload(
                            "unmarshal_string_dyn", [.dyn], .dyn,
                            .unary { text throws(EvaluationError) in try unmarshal(text) })
                    ]),
            ])
    }()

    private static func decode(
        _ context: Value, _ text: Value, _ keys: [JSONWebKey]
    ) throws(EvaluationError) -> Value {
        let now = try ExternalContext.of(context).now
        let token: JSONWebToken
        do throws(VerificationError) {
            token = try JSONWebToken(text.stringValue ?? "", keys: keys)
        } catch {
            throw EvaluationError(.invalidArgument, error.detail)
        }
        let claims: [(key: Value, value: Value)] = token.claims.map { name, claim in
            let value: Value =
                switch claim {
                case .time(let seconds): .double(Double(seconds))
                case .texts(let texts): .list(texts.map { .string($0) })
                case .other(let node): Value(node).withDoubles
                }
            return (.string(name), value)
        }
        return .object(
            MessageValue(
                Self.token, ["Claims": .map(MapValue(claims)), "Valid": .bool(token.isValid(at: now))]))
    }

    /// The keys at an address, as given data: the answer to a GET of it.
    private static func keySet(_ context: ExternalContext, _ url: String) throws(EvaluationError) -> Value {
        guard let body = context.data.response("GET", url)?.body else {
            throw ExternalContext.missing("the key set `\(url)`")
        }
        // Given as data or as the text that a server sends.
        let bytes = body.string.map { Array($0.utf8) } ?? JSONWriter(sortsKeys: false).write(body)
        do throws(VerificationError) {
            return .object(KeySetValue(try JSONWebKey.keys(bytes)))
        } catch {
            throw EvaluationError(.invalidArgument, "the key set `\(url)`: \(error.detail)")
        }
    }
}
