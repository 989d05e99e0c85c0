import ImageArguments
import ImageGathering
import ImageVerification

extension ImageOptions {
    /// What looks at images, as the commands have it.
    ///
    /// - Throws: status 2 if a file or directory cannot be used.
    func commandGatherer() throws(RunFailure) -> ImageGatherer? {
        do throws(VerificationError) {
            return try gatherer()
        } catch {
            throw RunFailure(.input, error.detail)
        }
    }
}
