import Admission
import Diagnostics
import Documents
import PolicyEngine
import PolicyLanguages
import Values

/// Judges Kubernetes admission requests by policies, in process: no cluster, no server, no I/O after loading.
///
///     let engine = try AdmissionEngine(policyPaths: ["policies"])
///     let response = try engine.review(body)
///
/// An engine is immutable and can be used from any number of threads at once.
public struct AdmissionEngine: Sendable {
    private let policies: PolicySet

    /// Loads policies from files and directories of YAML and JSON manifests.
    ///
    /// - Parameters:
    ///   - policyPaths: files, or directories that are read with everything below them.
    ///   - contextPaths: objects that policies refer to: Namespaces, params, CustomResourceDefinitions.
    /// - Throws: `PolicyLoadError` if any policy cannot be used, or if there is none.
    public init(policyPaths: [String], contextPaths: [String] = []) throws(PolicyLoadError) {
        var loader = PolicyLoader()
        for path in policyPaths { loader.load(policyPath: path) }
        for path in contextPaths { loader.load(contextPath: path) }
        guard let policies = loader.finish().policies else {
            let renderer = DiagnosticRenderer()
            throw PolicyLoadError(messages: loader.log.diagnostics.map(renderer.render))
        }
        self.policies = policies
    }

    /// Judges an AdmissionReview of `admission.k8s.io/v1`.
    ///
    /// - Parameter body: the AdmissionReview as JSON.
    /// - Returns: the AdmissionReview with the response, as JSON.
    /// - Throws: `ReviewError` if the body is no such AdmissionReview.
    public func review(_ body: [UInt8]) throws(ReviewError) -> [UInt8] {
        let document: Document
        do throws(DocumentError) {
            document = try JSONParser().parse(body)
        } catch {
            throw ReviewError(id: error.id, message: error.message)
        }
        let review: AdmissionReview
        do throws(AdmissionReviewError) {
            review = try AdmissionReview(document)
        } catch {
            throw ReviewError(id: error.id, message: error.message)
        }
        let verdict = policies.review(review.request)
        return AdmissionResponse(uid: review.request.uid, verdict: verdict).encoded()
    }
}

/// Why no policies could be loaded.
public struct PolicyLoadError: Error, Sendable {
    /// Each with its id, place and the line it is about, for people to read.
    public let messages: [String]
}

/// Why a body cannot be judged.
public struct ReviewError: Error, Sendable {
    /// Stable, such as `admission-review-kind`.
    public let id: String
    public let message: String
}
