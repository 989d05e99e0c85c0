/// The bounds of this module. Durations that an operator may want to change are in `TLSServerConfiguration`.
package enum TLSLimits {
    /// The largest PEM file that is read, in bytes: a chain of a hundred certificates is smaller.
    package static let pemFileBytes = 1 << 20
    /// The most certificates in a chain file.
    package static let chainCertificates = 32
    /// The most alternative names of a client's certificate that are compared.
    package static let clientNames = 128
    /// The longest common name that is compared, in bytes (RFC 5280 allows 64 characters).
    package static let commonNameBytes = 256
    /// The most of OpenSSL's queued errors that one message quotes.
    package static let quotedErrors = 4
    /// Room asked for before each decryption, in bytes: TLS bounds the plaintext of a record to this.
    package static let recordBytes = 16_384
    /// The most plaintext handed on in one piece, in bytes.
    package static let plaintextBatchBytes = 4 * recordBytes
    /// The capacity of a shared buffer that is kept for the next connection, in bytes.
    package static let keptBufferBytes = 8 * recordBytes
}
