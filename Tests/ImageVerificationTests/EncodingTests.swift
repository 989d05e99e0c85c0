import Testing
import Values

@testable import ImageVerification

@Suite struct EncodingTests {
    @Test(
        "decodes strict base64 only",
        arguments: [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYmE=", "fooba")])
    func base64(text: String, expected: String) {
        #expect(BinaryText.decodeBase64(text.utf8) == Array(expected.utf8))
        #expect(BinaryText.encodeBase64(Array(expected.utf8)) == text)
    }

    @Test(
        "refuses sloppy base64",
        arguments: [
            "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z", "Zm9v\n", " Zm9v", "Zm-v", "Zm_v", "Zg==Zg==", "Zm9v=", "=",
            "Zm9vZ",
        ])
    func strictBase64(text: String) {
        #expect(BinaryText.decodeBase64(text.utf8) == nil)
    }

    @Test("takes protobuf's liberties only where asked for")
    func protobufBase64() {
        #expect(BinaryText.decodeBase64("_-8=".utf8, .protobuf) == [0xFF, 0xEF])
        #expect(BinaryText.decodeBase64("/+8".utf8, .protobuf) == [0xFF, 0xEF])
        #expect(BinaryText.decodeBase64("Zm\n9v\r\n".utf8, .protobuf) == Array("foo".utf8))
        #expect(BinaryText.decodeBase64("Zm9v!".utf8, .protobuf) == nil)
        #expect(BinaryText.decodeBase64("_-8".utf8, .urlUnpadded) == [0xFF, 0xEF])
        #expect(BinaryText.decodeBase64("_-8=".utf8, .urlUnpadded) == nil)
        #expect(BinaryText.decodeBase64("/+8".utf8, .urlUnpadded) == nil)
    }

    @Test("decodes lower-case hexadecimal only")
    func hex() {
        #expect(BinaryText.decodeHex("00ff".utf8) == [0, 255])
        #expect(BinaryText.encodeHex([0, 255]) == "00ff")
        for text in ["0", "FF", "0g", " 00"] { #expect(BinaryText.decodeHex(text.utf8) == nil) }
    }

    @Test(
        "reads RFC 3339",
        arguments: [
            ("1970-01-01T00:00:00Z", 0, 0), ("2026-01-01T00:00:00Z", 1_767_225_600, 0),
            ("2024-02-29T23:59:59+01:00", 1_709_247_599, 0), ("2025-06-12T12:02:20.5Z", 1_749_729_740, 500_000_000),
            ("1969-12-31T23:59:59Z", -1, 0),
        ])
    func times(text: String, seconds: Int64, nanoseconds: Int32) {
        #expect(InternetTime.parse(text) == Timestamp(seconds: seconds, nanoseconds: nanoseconds))
        if nanoseconds == 0, text.hasSuffix("Z") {
            #expect(Timestamp(seconds: seconds, nanoseconds: 0).internetText == text)
        }
    }

    @Test(
        "refuses other times",
        arguments: [
            "", "2026-01-01", "2026-01-01T00:00:00", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zx", "2026-01-01T00:00:00+1:00", "2026-01-01 00:00:00Z",
        ])
    func badTimes(text: String) {
        #expect(InternetTime.parse(text) == nil)
    }

    @Test("reads shortest-form CBOR only")
    func cbor() {
        #expect(CBORItem.read([0x18, 0x18])?.integer == 24)
        #expect(CBORItem.read([0x26])?.integer == -7)
        #expect(CBORItem.read([0x18, 0x17]) == nil)
        #expect(CBORItem.read([0x9F, 0xFF]) == nil)
        #expect(CBORItem.read([0x00, 0x00]) == nil)
        #expect(CBORItem.read([0xA2, 0x01, 0x01, 0x01, 0x02]) == nil)
        #expect(CBORItem.read([0xA1, 0x01, 0x02])?[1]?.integer == 2)
        #expect(CBORItem.read([0x62, 0xC3, 0x28]) == nil)
        #expect(CBORItem.read([UInt8](repeating: 0x81, count: 100) + [0]) == nil)
        #expect(CBORItem.read([0x5B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]) == nil)
        #expect(CBORItem.head(2, 500) == [0x59, 0x01, 0xF4])
    }

    @Test("reads DER lengths in their shortest form only")
    func der() {
        func content(_ bytes: [UInt8]) -> [UInt8]? { DERReader.single(bytes[...], 0x04).map(Array.init) }
        #expect(content([4, 1, 9]) == [9])
        #expect(content([4, 0x81, 1, 9]) == nil)
        #expect(content([4, 1, 9, 0]) == nil)
        #expect(content([4, 2, 9]) == nil)
        #expect(content([4, 0x80, 0, 0]) == nil)
        #expect(content(DERReader.encode(tag: 4, [UInt8](repeating: 1, count: 300)))?.count == 300)
        #expect(
            Certificate.dotted([0x2B, 0x06, 0x01, 0x04, 0x01, 0x83, 0xBF, 0x30, 0x01, 0x08]) == "1.3.6.1.4.1.57264.1.8")
    }

    @Test(
        "refuses JSON that two readers may understand differently",
        arguments: [
            "{\"a\":1,\"a\":2}", "{\"a\":1}x", "\u{FEFF}{}", "{\"a\":1,}", "{'a':1}", "[1]",
            "{\"a\":{\"b\":1,\"b\":1}}", "",
        ])
    func json(text: String) {
        #expect(throws: VerificationError.self) {
            try JSONObject.read(Array(text.utf8), what: "text", reason: .malformedPayload)
        }
    }

    @Test("refuses JSON that is not UTF-8")
    func invalidUTF8() {
        #expect(throws: VerificationError.self) {
            try JSONObject.read(
                [0x7B, 0x22, 0xC3, 0x28, 0x22, 0x3A, 0x31, 0x7D], what: "text", reason: .malformedPayload)
        }
    }
}
