import ImageArguments
import ImageGathering
import ImageRegistry
import ImageVerification

extension ImageOptions {
    /// What looks at images, as the commands have it.
    ///
    /// - Throws: status 2 if a file or directory cannot be used.
    func commandGatherer() throws(RunFailure) -> ImageGatherer? {
        do throws(VerificationError) {
            // It is the user's own configuration that names the programs.
            return try gatherer { $0.runsCredentialHelpers = true }
        } catch {
            throw RunFailure(.input, error.detail)
        }
    }
}
