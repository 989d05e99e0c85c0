import COpenSSL

/// Ed25519ph of RFC 8032, which OpenSSL has only from version 3.2 on.
///
/// Verification handles public values only, so nothing here needs to run in constant time. Points are in extended
/// homogeneous coordinates; the formulas are those of RFC 8032, section 5.1.4.
enum Ed25519Prehash {
    static func verifies(_ signature: [UInt8], over message: [UInt8], key: [UInt8]) -> Bool {
        verifies(signature, overHash: Digest.sha512.hash(message), key: key)
    }

    /// - Parameter prehash: SHA-512 of the message.
    static func verifies(_ signature: [UInt8], overHash prehash: [UInt8], key: [UInt8]) -> Bool {
        defer { ERR_clear_error() }
        guard signature.count == 64, key.count == 32, let field = Curve25519Field() else { return false }
        let encodedPoint = Array(signature[..<32])
        let prefix = Array("SigEd25519 no Ed25519 collisions".utf8) + [1, 0]
        let hash = Digest.sha512.hash(prefix + encodedPoint + key + prehash)
        return field.holds(
            scalar: Array(signature[32...]), commitment: encodedPoint, challenge: hash, key: key)
    }
}

/// Arithmetic modulo 2^255 - 19 on OpenSSL's integers. Owns every integer that it hands out.
private final class Curve25519Field {
    private typealias Number = OpaquePointer

    private struct Point {
        let x, y, z, t: Number
    }

    private let context: OpaquePointer
    private var owned: [Number] = []
    private var hasFailed = false
    private var prime: Number
    private var order: Number
    private var twiceD: Number

    init?() {
        guard let context = BN_CTX_new() else { return nil }
        guard let prime = BN_new(), let order = BN_new(), let twiceD = BN_new() else {
            BN_CTX_free(context)
            return nil
        }
        self.context = context
        (self.prime, self.order, self.twiceD) = (prime, order, twiceD)
        owned = [prime, order, twiceD]
        var optional: Number? = prime
        BN_hex2bn(&optional, "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed")
        optional = order
        BN_hex2bn(&optional, "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed")
        optional = twiceD
        BN_hex2bn(&optional, "2406d9dc56dffce7198e80f2eef3d13000e0149a8283b156ebd69b9426b2f159")
    }

    deinit {
        owned.forEach(BN_free)
        BN_CTX_free(context)
    }

    private func number(_ word: UInt = 0) -> Number {
        // INVARIANT: without memory there is no verdict; the prime in its place makes every later result wrong.
        guard let number = BN_new() else {
            hasFailed = true
            return prime
        }
        BN_set_word(number, word)
        owned.append(number)
        return number
    }

    private func number(littleEndian bytes: [UInt8]) -> Number {
        let result = number()
        if !hasFailed { BN_lebin2bn(bytes, Int32(bytes.count), result) }
        return result
    }

    private func check(_ status: Int32) { if status != 1 { hasFailed = true } }

    private func multiply(_ a: Number, _ b: Number) -> Number {
        let result = number()
        if !hasFailed { check(BN_mod_mul(result, a, b, prime, context)) }
        return result
    }

    private func add(_ a: Number, _ b: Number) -> Number {
        let result = number()
        if !hasFailed { check(BN_mod_add(result, a, b, prime, context)) }
        return result
    }

    private func subtract(_ a: Number, _ b: Number) -> Number {
        let result = number()
        if !hasFailed { check(BN_mod_sub(result, a, b, prime, context)) }
        return result
    }

    private func add(_ p: Point, _ q: Point) -> Point {
        let a = multiply(subtract(p.y, p.x), subtract(q.y, q.x))
        let b = multiply(add(p.y, p.x), add(q.y, q.x))
        let c = multiply(multiply(p.t, q.t), twiceD)
        let zz = multiply(p.z, q.z)
        let d = add(zz, zz)
        let (e, f, g, h) = (subtract(b, a), subtract(d, c), add(d, c), add(b, a))
        return Point(x: multiply(e, f), y: multiply(g, h), z: multiply(f, g), t: multiply(e, h))
    }

    private func multiply(_ point: Point, by scalar: Number) -> Point {
        var result = Point(x: number(), y: number(1), z: number(1), t: number())
        var bit = BN_num_bits(scalar) - 1
        while bit >= 0, !hasFailed {
            result = add(result, result)
            if BN_is_bit_set(scalar, bit) == 1 { result = add(result, point) }
            bit -= 1
        }
        return result
    }

    /// Nil for bytes that are no point of the curve.
    private func decode(_ bytes: [UInt8]) -> Point? {
        var bytes = bytes
        guard bytes.count == 32 else { return nil }
        let sign = Int32(bytes[31] >> 7)
        bytes[31] &= 0x7F
        let y = number(littleEndian: bytes)
        guard !hasFailed, BN_cmp(y, prime) < 0 else { return nil }
        let (one, d, inverse) = (number(1), number(), number())
        let half = number(2)
        guard !hasFailed, BN_mod_inverse(half, half, prime, context) != nil,
            BN_mod_mul(d, twiceD, half, prime, context) == 1
        else { return nil }
        let ySquared = multiply(y, y)
        guard !hasFailed, BN_mod_inverse(inverse, add(multiply(d, ySquared), one), prime, context) != nil else {
            return nil
        }
        let square = multiply(subtract(ySquared, one), inverse)
        let x = number()
        // A missing square root is an error here: not a point.
        guard !hasFailed, BN_mod_sqrt(x, square, prime, context) != nil else { return nil }
        if BN_is_zero(x) == 1, sign == 1 { return nil }
        let signed = BN_is_bit_set(x, 0) == sign ? x : subtract(number(), x)
        return Point(x: signed, y: y, z: one, t: multiply(signed, y))
    }

    /// Whether `[scalar]B = R + [challenge]A`.
    func holds(scalar: [UInt8], commitment: [UInt8], challenge: [UInt8], key: [UInt8]) -> Bool {
        let s = number(littleEndian: scalar)
        guard !hasFailed, BN_cmp(s, order) < 0 else { return false }
        let wide = number(littleEndian: challenge)
        let h = number()
        guard !hasFailed, BN_nnmod(h, wide, order, context) == 1 else { return false }
        // y = 4/5, x even.
        let base: [UInt8] = [0x58] + [UInt8](repeating: 0x66, count: 31)
        guard let b = decode(base), let r = decode(commitment), let a = decode(key) else { return false }
        let left = multiply(b, by: s)
        let right = add(r, multiply(a, by: h))
        let xs = subtract(multiply(left.x, right.z), multiply(right.x, left.z))
        let ys = subtract(multiply(left.y, right.z), multiply(right.y, left.z))
        return !hasFailed && BN_is_zero(xs) == 1 && BN_is_zero(ys) == 1
    }
}
