import NIOHTTP1
import Testing

@testable import Webhook

@Suite struct TraceContextTests {
    private static let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test func reads() throws {
        let context = try #require(TraceContext(traceparent: Self.good))
        #expect(context.traceID == (0x0af7_6519_16cd_43dd, 0x8448_eb21_1c80_319c))
        #expect(context.parentID == 0xb7ad_6b71_6920_3331)
        #expect(context.isSampled)
        #expect(TraceContext(traceparent: Self.good.dropLast() + "2")?.isSampled == false)
        #expect(
            TraceContext(traceparent: "cc" + Self.good.dropFirst(2) + "-later") != nil, "a later version may have more")
    }

    @Test(
        "anything else is no header",
        arguments: [
            "", "00", good + "-", "ff" + good.dropFirst(2), good.uppercased(), good.replacing("-", with: "_"),
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", "cc" + good.dropFirst(2) + "later",
            good.replacing("7", with: "é"), String(good.dropLast()) + "g",
        ])
    func refuses(text: String) {
        #expect(TraceContext(traceparent: text) == nil)
    }

    @Test func comesWithTheHead() {
        let headers = RequestHeaders(["TraceParent": Self.good, "Content-Type": "application/json"])
        #expect(headers.trace?.isSampled == true)
        #expect(RequestHeaders(["traceparent": "nonsense"]).trace == nil)
    }
}
