import Documents
import Values

/// The JSON Patch that makes a webhook configuration trust our authorities.
enum AuthorityPatch {
    /// - Parameters:
    ///   - configuration: a ValidatingWebhookConfiguration or MutatingWebhookConfiguration.
    ///   - bundle: PEM in base64.
    /// - Returns: nil if nothing is to be done. Only webhooks that call our Service are touched.
    static func make(_ configuration: Node, _ identity: ServiceIdentity, bundle: String) -> [UInt8]? {
        var builder = DocumentBuilder(recordsPositions: false)
        var count = 0
        builder.beginList()
        let webhooks = configuration["webhooks"]?.elements ?? NodeElements(configuration)
        for (index, webhook) in webhooks.enumerated() {
            guard let client = webhook["clientConfig"], let service = client["service"],
                service["name"]?.string == identity.service, service["namespace"]?.string == identity.namespace,
                client["caBundle"]?.string != bundle, let name = webhook["name"]?.string
            else { continue }
            // Somebody may put another webhook in its place meanwhile; the server then refuses the whole patch.
            append("test", "/webhooks/\(index)/name", name, to: &builder)
            append("add", "/webhooks/\(index)/clientConfig/caBundle", bundle, to: &builder)
            count += 1
        }
        builder.endList()
        return count == 0 ? nil : JSONWriter().write(builder.finish().root)
    }

    private static func append(_ operation: String, _ path: String, _ value: String, to builder: inout DocumentBuilder)
    {
        builder.beginMap()
        for (key, text) in [("op", operation), ("path", path), ("value", value)] {
            builder.appendKey(key)
            builder.append(text)
        }
        builder.endMap()
    }
}
