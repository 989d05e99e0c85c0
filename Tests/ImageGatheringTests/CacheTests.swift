import ImageVerification
import Testing

@testable import ImageGathering

@Suite struct PlaceholderTests {
    @Test func patience() { #expect(ImageGatherer.patience(of: 10) == 9) }
}
