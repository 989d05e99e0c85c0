import Diagnostics
import Documents
import Values

/// What reading costs: JSON requests with simdjson, JSON and YAML files with positions, JSON written.
func benchmarkDocuments(reviews: [String], manifest: String) throws(DocumentError) {
    let clock = ContinuousClock()
    var requests: [[UInt8]] = []
    for path in reviews { requests.append(try FileReader.read(path: path).bytes) }
    let requestBytes = requests.reduce(0) { $0 + $1.count }
    let parser = JSONParser()
    var checksum = 0
    let rounds = 50

    func report(_ name: String, bytes: Int, documents: Int, _ start: ContinuousClock.Instant) {
        let time = start.duration(to: clock.now) / .seconds(1)
        let rate = (Double(bytes) / time / 1e6).rounded()
        let each = (time / Double(max(1, documents)) * 1e8).rounded() / 100
        print("\(name): \(rate) MB/s, \(each) us a document")
    }

    // The server's buffers have room behind the body, so nothing is copied.
    let padded = requests.map { $0 + [UInt8](repeating: 0, count: JSONParser.padding) }
    for isPadded in [true, false] {
        let start = clock.now
        for _ in 0..<rounds {
            for (index, text) in padded.enumerated() {
                let count = requests[index].count
                let document = try text.withUnsafeBufferPointer { bytes throws(DocumentError) in
                    try parser.parse(UnsafeBufferPointer(rebasing: bytes[..<count]), isPadded: isPadded)
                }
                checksum &+= document.tapeCount
            }
        }
        report(
            "JSON request, \(isPadded ? "padded" : "copied")", bytes: requestBytes * rounds,
            documents: requests.count * rounds, start)
    }

    let slow = clock.now
    for text in requests {
        checksum &+= try JSONReader.read(SourceFile(name: "review.json", bytes: text)).tapeCount
    }
    report("JSON file with positions", bytes: requestBytes, documents: requests.count, slow)

    var documents: [Document] = []
    for text in requests { documents.append(try parser.parse(text)) }
    var out: [UInt8] = []
    let writing = clock.now
    var written = 0
    for _ in 0..<rounds {
        for document in documents {
            out.removeAll(keepingCapacity: true)
            JSONWriter().write(document.root, to: &out)
            written += out.count
        }
    }
    report("JSON written", bytes: written, documents: documents.count * rounds, writing)

    let one = try FileReader.read(path: manifest).bytes + Array("\n---\n".utf8)
    let copies = 2000
    let source = SourceFile(name: "all.yaml", bytes: Array(repeatElement(one, count: copies).joined()))
    let reading = clock.now
    var stream = ManifestStream(source)
    while let node = try stream.next() { checksum &+= Int(node.endIndex) }
    report("YAML with positions", bytes: source.bytes.count, documents: copies, reading)
    print("checksum \(checksum)")
}
