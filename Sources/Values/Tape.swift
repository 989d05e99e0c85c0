/// The word layout of a document's tape: simdjson's, so that its parse result is used as it is.
///
/// Each word holds a tag in the top 8 bits and a payload in the other 56. An integer or double has its 64 bits in the
/// word that follows. A string's payload is an offset into the string buffer: 4 bytes of length (native order), the
/// UTF-8 bytes, a NUL. A container's opening word holds the index past its closing word in the low 32 bits and its
/// element count in the next 24 (saturated); its closing word holds the index of the opening one.
package enum Tape {
    package static let null = UInt8(ascii: "n")
    package static let `true` = UInt8(ascii: "t")
    package static let `false` = UInt8(ascii: "f")
    package static let int = UInt8(ascii: "l")
    package static let uint = UInt8(ascii: "u")
    package static let double = UInt8(ascii: "d")
    package static let string = UInt8(ascii: "\"")
    package static let mapStart = UInt8(ascii: "{")
    package static let mapEnd = UInt8(ascii: "}")
    package static let listStart = UInt8(ascii: "[")
    package static let listEnd = UInt8(ascii: "]")
    package static let root = UInt8(ascii: "r")

    /// The largest element count that a container's opening word can hold.
    package static let maximumCount = 0xFF_FFFF

    @inlinable
    package static func tag(_ word: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: word &>> 56) }

    @inlinable
    package static func payload(_ word: UInt64) -> UInt64 { word & 0x00FF_FFFF_FFFF_FFFF }

    @inlinable
    package static func word(_ tag: UInt8, _ payload: UInt64) -> UInt64 { UInt64(tag) &<< 56 | payload }
}
