import TestCertificates
import Testing

@testable import OpenSSLTLS

@Suite(.enabled(if: TestCertificates.isPossible, "needs the openssl tool"))
struct TLSContextTests {
    private func error(_ certificate: String, _ key: String) -> TLSContextError? {
        do throws(TLSContextError) {
            _ = try TLSContext(certificatePath: certificate, keyPath: key)
            return nil
        } catch {
            return error
        }
    }

    @Test func acceptsMatchingFiles() throws {
        let files = try TestCertificates.shared.get()
        #expect(error(files.certificate, files.key) == nil)
    }

    @Test func namesAnUnreadableFile() throws {
        let files = try TestCertificates.shared.get()
        let missing = files.directory + "/missing.pem"
        #expect(error(missing, files.key) == .unreadableFile(path: missing, detail: "No such file or directory"))
        #expect(
            error(files.certificate, missing) == .unreadableFile(path: missing, detail: "No such file or directory"))
        let directory = files.directory
        #expect(error(directory, files.key) == .unreadableFile(path: directory, detail: "Is a directory"))
    }

    @Test func refusesAnOverlongFile() throws {
        let files = try TestCertificates.shared.get()
        let path = try files.file("long.pem", String(repeating: "x", count: TLSLimits.pemFileBytes + 1))
        #expect(error(path, files.key) == .unreadableFile(path: path, detail: "larger than 1048576 bytes"))
    }

    @Test func refusesAKeyOfAnotherCertificate() throws {
        let files = try TestCertificates.shared.get()
        let mismatch = error(files.certificate, files.otherKey)
        guard case .keyMismatch(files.certificate, files.otherKey, let detail) = mismatch else {
            Issue.record("no mismatch reported")
            return
        }
        #expect(detail.contains("key values mismatch"))
    }

    @Test func refusesAnEncryptedKeyWithoutAsking() throws {
        let files = try TestCertificates.shared.get()
        #expect(error(files.certificate, files.encryptedKey) == .encryptedKey(path: files.encryptedKey))
    }

    @Test(
        "refuses what is not PEM",
        arguments: ["", "no PEM here\n", "-----BEGIN CERTIFICATE-----\n%%%\n-----END CERTIFICATE-----\n"])
    func refusesDamagedFiles(text: String) throws {
        let files = try TestCertificates.shared.get()
        let path = try files.file("damaged-\(text.utf8.count).pem", text)
        guard case .invalidCertificate(path, let detail) = error(path, files.key) else {
            Issue.record("no error for the certificate")
            return
        }
        #expect(!detail.isEmpty)
        guard case .invalidKey(path, let keyDetail) = error(files.certificate, path) else {
            Issue.record("no error for the key")
            return
        }
        #expect(!keyDetail.isEmpty)
    }

    @Test func replacingKeepsTheOldContextForWhoHasIt() throws {
        let files = try TestCertificates.shared.get()
        let first = try TLSContext(certificatePath: files.certificate, keyPath: files.key)
        let second = try TLSContext(certificatePath: files.certificate, keyPath: files.key)
        let source = TLSContextSource(first)
        #expect(source.current === first)
        source.replace(with: second)
        #expect(source.current === second)
    }
}
