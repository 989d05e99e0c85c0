import Foundation
import Testing

/// What a server in front of a cluster must survive.
@Suite struct HostileRequestTests {
    @Test(
        "20,000 mutated bodies: each is answered, none crashes or hangs the server, memory stays flat",
        .enabled(if: Repository.hasProducts && Repository.hasTool("python3"), "needs python3"))
    func mutatedBodies() throws {
        let work = try WebhookProcess.makeDirectory()
        defer { try? FileManager.default.removeItem(at: work) }
        try WebhookProcess.run(work: work) { address, process in
            let run = try Shell().start(
                "python3 scripts/mutate-webhook.py --address \(address) --samples testdata/admission-reviews "
                    + "--pid \(process) --count 20000"
            ).wait(limit: 600)
            #expect(run.status == 0, "\(run.output)")
            #expect(run.output.contains(" x 200"), "\(run.output)")
            #expect(run.output.contains(" x 400"), "\(run.output)")
        }
    }
}
