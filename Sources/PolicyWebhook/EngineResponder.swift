import Admission
import Documents
import NIOCore
import NIOPosix
import PolicyEngine
import Values
import Webhook

/// Answers admission requests with the verdict of a policy set.
struct EngineResponder: AdmissionResponder {
    private let policies: PolicySet
    private let workspaces = ThreadSpecificVariable<Workspace>()

    init(_ policies: PolicySet) {
        self.policies = policies
    }

    /// What one event loop's thread keeps between requests, so that a request allocates little.
    private final class Workspace: @unchecked Sendable {
        // SAFETY: kept in a thread-specific variable, so only the thread that made it uses it.
        let parser = JSONParser()
        var output: [UInt8] = []
    }

    func respond(to request: AdmissionHTTPRequest, into output: inout ByteBuffer) throws(HTTPRefusal) {
        let workspace = workspace()
        let text = request.body.assumingMemoryBound(to: UInt8.self)
        let document: Document
        do throws(DocumentError) {
            document = try workspace.parser.parse(text, isPadded: WebhookLimits.bodyPadding >= JSONParser.padding)
        } catch {
            throw .badRequest("the body is no JSON: \(error.message)")
        }
        let review = try Self.review(document)
        let verdict = policies.review(review.request)
        workspace.output.removeAll(keepingCapacity: true)
        AdmissionResponse(uid: review.request.uid, verdict: verdict).encode(into: &workspace.output)
        output.writeBytes(workspace.output)
    }

    private static func review(_ document: Document) throws(HTTPRefusal) -> AdmissionReview {
        do throws(AdmissionReviewError) {
            return try AdmissionReview(document)
        } catch {
            throw .badRequest(error.help.map { "\(error.message); \($0)" } ?? error.message)
        }
    }

    private func workspace() -> Workspace {
        if let workspace = workspaces.currentValue { return workspace }
        let workspace = Workspace()
        workspaces.currentValue = workspace
        return workspace
    }
}
