import Foundation
import Testing

@testable import Archives

/// Archives made by the real tar, gzip and git.
enum Tool {
    static func bytes(_ script: String) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", "set -e; cd \"$(mktemp -d)\"; trap 'rm -rf \"$PWD\"' EXIT; \(script)"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? [UInt8](data) : []
    }
}

@Suite struct GzipTests {
    @Test("unpacks what gzip packed, several members too")
    func members() throws {
        let packed = try Tool.bytes("(printf 'hello ' | gzip -c; seq 1 50000 | gzip -9c; head -c 700 /dev/zero)")
        let text = String(decoding: try Gzip.unpack(packed), as: UTF8.self)
        #expect(text.hasPrefix("hello 1\n2\n") && text.hasSuffix("\n50000\n"))
        #expect(Gzip.isGzip(packed) && !Gzip.isGzip(Array(text.utf8)))
    }

    @Test("stops at the limit, however little the input is")
    func bomb() throws {
        let packed = try Tool.bytes("head -c 300M /dev/zero | gzip -c")
        #expect(packed.count < 1 << 20)
        let error = #expect(throws: ArchiveError.self) { try Gzip.unpack(packed) }
        #expect(error?.id == "archive-too-large")
    }

    @Test("refuses what is cut off or damaged")
    func damaged() throws {
        let packed = try Tool.bytes("seq 1 2000 | gzip -c")
        for count in stride(from: 1, to: packed.count, by: 37) {
            let error = #expect(throws: ArchiveError.self) { try Gzip.unpack(Array(packed[..<count])) }
            #expect(error?.id == "archive-truncated", "cut at \(count)")
        }
        var changed = packed
        changed[packed.count / 2] ^= 0x55
        #expect(throws: ArchiveError.self) { try Gzip.unpack(changed) }
        #expect(throws: ArchiveError.self) { try Gzip.unpack(Array("no gzip at all".utf8)) }
        #expect(throws: ArchiveError.self) { try Gzip.unpack(packed + Array("trailing".utf8)) }
        #expect(try Gzip.unpack([]) == [])
    }
}

@Suite struct TarArchiveTests {
    private static func paths(_ archive: TarArchive) -> [String] {
        archive.entries.map { "\($0.kind) \($0.path) \($0.content.count)" }
    }

    @Test(
        "reads what tar and git write",
        arguments: ["--format=ustar", "--format=gnu", "--format=posix"])
    func formats(option: String) throws {
        let long = String(repeating: "directory-of-some-length/", count: option.contains("ustar") ? 3 : 8)
        let bytes = try Tool.bytes(
            """
            mkdir -p p/sub p/\(long) && echo a > p/a.yaml && seq 1 400 > p/sub/b.yaml && ln -s a.yaml p/link.yaml
            echo deep > p/\(long)file-with-a-name-that-is-not-short-either.yaml
            tar \(option) --sort=name -cf - ./p
            """)
        let archive = try TarArchive(bytes)
        let listed = Self.paths(archive)
        #expect(listed.contains("directory p 0") && listed.contains("file p/a.yaml 2"), "\(listed)")
        #expect(listed.contains("file p/sub/b.yaml 1492") && listed.contains("link p/link.yaml 0"), "\(listed)")
        #expect(listed.contains("file p/\(long)file-with-a-name-that-is-not-short-either.yaml 5"), "\(listed)")
        let content = try #require(archive.entries.first { $0.path == "p/sub/b.yaml" }?.content)
        #expect(String(decoding: content, as: UTF8.self).hasSuffix("\n399\n400\n"))
    }

    @Test("reads git's archives")
    func git() throws {
        let bytes = try Tool.bytes(
            """
            git init -q . && mkdir d && echo x > d/x.yaml && git add . >&2
            git -c user.name=t -c user.email=t@example.com commit -qm first && git archive --format=tar HEAD
            """)
        #expect(Self.paths(try TarArchive(bytes)) == ["directory d 0", "file d/x.yaml 2"])
    }

    @Test(
        "refuses paths that lead out of the archive",
        arguments: ["../x.yaml", "a/../../x.yaml", "/etc/x.yaml", "a/..", ".."])
    func traversal(path: String) throws {
        let error = #expect(throws: ArchiveError.self) { try TarArchive(Sample.tar([(path, "x")])) }
        #expect(error?.id == "archive-path")
    }

    @Test("takes `./` and `..name` for what they are")
    func harmlessPaths() throws {
        let archive = try TarArchive(Sample.tar([("./a/./b.yaml", "x"), ("..c.yaml", "y"), ("d/...", "")]))
        #expect(Self.paths(archive) == ["file a/b.yaml 1", "file ..c.yaml 1", "file d/... 0"])
    }

    @Test("refuses two entries of one name, too many, and wrong checksums")
    func refused() throws {
        func id(_ body: () throws -> TarArchive) -> String? { #expect(throws: ArchiveError.self) { try body() }?.id }
        #expect(id { try TarArchive(Sample.tar([("a", "1"), ("./a", "2")])) } == "archive-duplicate")
        #expect(
            id { try TarArchive(Sample.tar([("a", ""), ("b", ""), ("c", "")]), maximumEntries: 2) } == "archive-entries"
        )
        var damaged = Sample.tar([("a", "1")])
        damaged[5] = 0x41
        #expect(id { try TarArchive(damaged) } == "archive-damaged")
        #expect(id { try TarArchive([]) } == "archive-truncated")
        #expect(id { try TarArchive(Array("kind: Pod\n".utf8)) } == "archive-truncated")
        #expect(try TarArchive([UInt8](repeating: 0, count: 1024)).entries.isEmpty)
    }

    @Test("a size beyond the end is an error")
    func size() throws {
        let whole = Sample.tar([("a.yaml", String(repeating: "x", count: 2000))])
        for count in stride(from: 0, to: 512 + 2000, by: 100) {
            let error = #expect(throws: ArchiveError.self) { try TarArchive(Array(whole[..<count])) }
            #expect(error?.id == "archive-truncated")
        }
    }

    @Test("damaged bytes never crash the reader")
    func damage() throws {
        let whole = try Tool.bytes("mkdir a && seq 1 99 > a/b && tar --format=posix -cf - a")
        #expect(!whole.isEmpty)
        var generator = SystemRandomNumberGenerator()
        var refused = 0
        for _ in 0..<5000 {
            var bytes = whole
            for _ in 0..<4 {
                bytes[Int.random(in: 0..<3072, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            do { _ = try TarArchive(bytes) } catch { refused += 1 }
        }
        #expect(refused > 2000)
    }
}

/// Archives that tools refuse to write.
enum Sample {
    static func tar(_ files: [(path: String, text: String)]) -> [UInt8] {
        var out: [UInt8] = []
        for file in files {
            var block = [UInt8](repeating: 0, count: 512)
            func put(_ text: String, at offset: Int) {
                block.replaceSubrange(offset..<(offset + text.utf8.count), with: text.utf8)
            }
            put(file.path, at: 0)
            put(String(file.text.utf8.count, radix: 8), at: 124)
            put("0", at: 156)
            put("        ", at: 148)
            put(String(block.reduce(0) { $0 + Int($1) }, radix: 8) + "\0", at: 148)
            out += block + Array(file.text.utf8)
            out += [UInt8](repeating: 0, count: (512 - file.text.utf8.count % 512) % 512)
        }
        return out + [UInt8](repeating: 0, count: 1024)
    }
}
