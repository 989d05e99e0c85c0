import Diagnostics
import Documents
import ImageGathering
import ImageVerification
import Values

/// Images for tests of policies about them: an OCI image layout in the directory `signatures` beside the test, with a
/// `trusted_root.json` in it where signatures by identity are tested.
extension PolicyTest {
    private static let directoryName = "signatures"

    /// What looks at the test's images; nil if there is nothing beside it.
    func gatherer(now: Timestamp, log: inout DiagnosticLog) -> ImageGatherer? {
        let path = directory.isEmpty ? Self.directoryName : "\(directory)/\(Self.directoryName)"
        guard DirectoryWalk.isDirectory(path) else { return nil }
        do throws(VerificationError) {
            let source = try LayoutLocator(directory: path)
            return ImageGatherer(source: source, trustedRoot: try root(path), clock: { now })
        } catch {
            log.report(Diagnostic("test-signatures", .error, error.detail, file: file))
            return nil
        }
    }

    private func root(_ path: String) throws(VerificationError) -> TrustedRoot? {
        do throws(VerificationError) {
            return try TrustedRoot(path: "\(path)/trusted_root.json")
        } catch  where error.reason == .storeUnreadable {
            return nil
        } catch {
            throw error
        }
    }
}
