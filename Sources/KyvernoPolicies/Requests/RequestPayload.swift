package import PolicyEngine
package import Values

/// A request to another server, as tests write it down.
package enum RequestPayload {
    /// Reads what an authorization server is asked: protobuf's JSON of Envoy's `CheckRequest`, or what Kyverno's server
    /// makes of an HTTP request.
    static func message(_ root: Node, _ subject: PolicySubject) throws(PayloadError) -> MessageValue {
        guard subject == .httpRequests else {
            return try MessageReader(format: .protobuf).read(root, as: EnvoyMessages.checkRequest)
        }
        let request = try MessageReader(format: .go).read(root, as: HTTPMessages.checkRequest)
        // The server looks for a request of the Model Context Protocol in every body.
        guard !request.hasField("mcp"), case .bytes(let body)? = request.message("attributes")?.field("body"),
            let part = HTTPMessages.checkRequest.field("mcp")?.kind.message
        else { return request }
        return request.with(
            "mcp", .object(MessageValue(part, ["request": .object(MCPMessages.request(inBody: body))])))
    }

    /// What is wrong with a payload; nil if nothing is.
    package static func problem(in root: Node, _ subject: PolicySubject) -> PayloadError? {
        do throws(PayloadError) {
            _ = try message(root, subject)
            return nil
        } catch {
            return error
        }
    }
}
