import Glibc

/// A number that changes when one of some files is written, replaced, or reached through a link that was swapped.
///
/// Looks at device, inode, size and times of what a path leads to, not at contents. So the swap of `..data` by which a
/// kubelet updates a mounted ConfigMap or Secret shows, and so does a rename over the file.
package struct FileFingerprint: Sendable {
    private var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    package init() {}

    package var value: UInt64 { hash }

    package mutating func add(path: String) {
        for byte in path.utf8 { add(byte) }
        add(0)
        var status = stat()
        guard stat(path, &status) == 0 else {
            add(number: UInt64(bitPattern: Int64(errno)))
            return
        }
        add(number: UInt64(status.st_dev))
        add(number: UInt64(status.st_ino))
        add(number: UInt64(bitPattern: Int64(status.st_size)))
        add(number: UInt64(bitPattern: Int64(status.st_mtim.tv_sec)))
        add(number: UInt64(bitPattern: Int64(status.st_mtim.tv_nsec)))
        add(number: UInt64(bitPattern: Int64(status.st_ctim.tv_sec)))
        add(number: UInt64(bitPattern: Int64(status.st_ctim.tv_nsec)))
    }

    /// FNV-1a.
    private mutating func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }

    private mutating func add(number: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) { add(UInt8(truncatingIfNeeded: number >> UInt64(shift))) }
    }
}
