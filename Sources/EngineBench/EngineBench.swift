import CEL
import Documents
import Foundation
import KubernetesCEL
import Values

/// Measures the engine's stages in this process and prints one JSON object per line.
///
///     EngineBench decode DIRECTORY          reading AdmissionReviews
///     EngineBench documents DIRECTORY MANIFEST        reading and writing JSON and YAML, with positions and without
///     EngineBench decide REVIEW POLICIES…   one decoded request judged by policies
///     EngineBench mutate REVIEW POLICIES…   one decoded request changed by mutating policies
///     EngineBench scale REVIEW              the same with 10 to 5,000 policies of which 4 match
///     EngineBench cel EXPRESSIONS REVIEW    parse, check, plan, evaluate, for each line of a JSON Lines file
///     EngineBench evaluate EXPRESSIONS REVIEW COUNT   evaluation only, a fixed number of times (for callgrind)
///     EngineBench images POLICY LAYOUT IMAGE        a decision about an image that is known
///     EngineBench images-repeat POLICY LAYOUT IMAGE COUNT    that decision a fixed number of times (for callgrind)
///     EngineBench images-cold POLICY REPOSITORY ROUNDS    Pods with images that a registry must be asked for
///     EngineBench images-far POLICY LAYOUT MILLISECONDS ROUNDS    the same, from a registry that takes its time
///     EngineBench fuzz COUNT SEED FILES…    damaged expressions through all stages; see fuzz/README.md
///     EngineBench signatures LAYOUT [SUITE] signatures by key, and keyless ones of sigstore's conformance suite
///     EngineBench threads EXPRESSIONS REVIEW COUNT    the same programs on 8 threads (for the thread sanitizer)
@main
struct EngineBench {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            switch (arguments.first, arguments.count) {
            case ("decode", 2): try decode(arguments[1])
            case ("documents", 3): try documents(arguments[1], manifest: arguments[2])
            case ("decide", 3...):
                try PolicyBenchmarks.decide(review: arguments[1], policies: Array(arguments.dropFirst(2)))
            case ("mutate", 3...):
                try PolicyBenchmarks.mutate(review: arguments[1], policies: Array(arguments.dropFirst(2)))
            case ("scale", 2): try PolicyBenchmarks.scale(review: arguments[1])
            case ("cel", 3): try expressions(arguments[1], arguments[2])
            case ("evaluate", 4): try evaluate(arguments[1], arguments[2], Int(arguments[3]) ?? 1)
            case ("signatures", 2...3):
                try SignatureBenchmarks.keys(layout: arguments[1])
                if arguments.count == 3 { try SignatureBenchmarks.keyless(suite: arguments[2]) }
            case ("threads", 4): try FuzzRun.threads(arguments[1], arguments[2], Int(arguments[3]) ?? 1)
            case ("images", 4):
                try ImageBenchmarks.cached(policy: arguments[1], layout: arguments[2], image: arguments[3])
            case ("images-repeat", 5):
                try ImageBenchmarks.repeated(
                    policy: arguments[1], layout: arguments[2], image: arguments[3], count: Int(arguments[4]) ?? 1)
            case ("images-cold", 4):
                try ColdImageBenchmarks.near(
                    policy: arguments[1], repository: arguments[2], rounds: Int(arguments[3]) ?? 1)
            case ("images-far", 5):
                try ColdImageBenchmarks.far(
                    policy: arguments[1], layout: arguments[2], milliseconds: Int(arguments[3]) ?? 20,
                    rounds: Int(arguments[4]) ?? 1)
            case ("fuzz", 4...):
                if let run = try FuzzRun(Array(arguments.dropFirst())) { exit(run.run() ? 0 : 1) }
                fallthrough
            default:
                FileHandle.standardError.write(
                    Data(
                        "usage: EngineBench decode|documents|decide|mutate|scale|cel|evaluate|signatures|images|images-repeat|images-cold|images-far|fuzz|threads …\n"
                            .utf8
                    ))
                exit(2)
            }
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(1)
        }
    }

    static func decode(_ directory: String) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".json") }
        var texts = try names.sorted().map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: directory + "/" + $0))) }
        let bytes = texts.reduce(0) { $0 + $1.count }
        for index in texts.indices { texts[index] += Array(repeating: 0, count: JSONParser.padding) }
        let parser = JSONParser()
        let measured = Measurement(count: 10) {
            for text in texts {
                text.withUnsafeBufferPointer { buffer in
                    let content = UnsafeBufferPointer(rebasing: buffer.dropLast(JSONParser.padding))
                    if let document = try? parser.parse(content, isPadded: true) { consume(document) }
                }
            }
        }
        let perDocument = measured.nanoseconds / Double(texts.count)
        report([
            ("stage", "\"decode\""), ("documents", "\(texts.count)"), ("bytes", "\(bytes)"),
            ("ns_per_document", number(perDocument)),
            ("mb_per_s", number(Double(bytes) / measured.nanoseconds * 1000)),
            ("allocations_per_document", number(measured.allocations / Double(texts.count))),
        ])
    }

    static func documents(_ directory: String, manifest: String) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".json") }
        try benchmarkDocuments(reviews: names.sorted().map { "\(directory)/\($0)" }, manifest: manifest)
    }

    static func expressions(_ file: String, _ review: String) throws {
        let (environment, activation) = try request(review)
        for (name, text) in try cases(file) {
            let parsed = try ParsedExpression(parsing: text, in: environment)
            let checked = try CheckedExpression(checking: parsed, in: environment)
            let program = try Program(planning: checked, in: environment)
            let parse = Measurement(count: 200) { consume(try? ParsedExpression(parsing: text, in: environment)) }
            let check = Measurement(count: 200) { consume(try? CheckedExpression(checking: parsed, in: environment)) }
            let plan = Measurement(count: 200) { consume(try? Program(planning: checked, in: environment)) }
            let evaluate = Measurement(count: 20_000) { run(program, activation) }
            var budget = CostBudget.unlimited
            let value = try program.evaluate(activation, budget: &budget)
            report([
                ("name", "\"\(name)\""), ("value", "\"\(value.boolValue.map { "\($0)" } ?? value.typeName)\""),
                ("cost", "\(budget.used)"), ("parse_ns", number(parse.nanoseconds)),
                ("check_ns", number(check.nanoseconds)), ("plan_ns", number(plan.nanoseconds)),
                ("evaluate_ns", number(evaluate.nanoseconds)), ("allocations", number(evaluate.allocations)),
            ])
        }
    }

    static func evaluate(_ file: String, _ review: String, _ count: Int) throws {
        let (environment, activation) = try request(review)
        for program in try programs(file, environment) {
            for _ in 0..<count { run(program, activation) }
        }
    }

    static func programs(_ file: String, _ environment: Environment) throws -> [Program] {
        try cases(file).map { _, text in
            let parsed = try ParsedExpression(parsing: text, in: environment)
            return try Program(planning: try CheckedExpression(checking: parsed, in: environment), in: environment)
        }
    }

    static func activation(_ values: [Value?]) -> Activation { Activation(values) }

    @inline(never)
    static func run(_ program: Program, _ activation: Activation) {
        var budget = CostBudget(limit: 1_000_000)
        consume(try? program.evaluate(activation, budget: &budget))
    }

    static func request(_ review: String) throws -> (Environment, Activation) {
        var environment = KubernetesEnvironment.base()
        AdmissionVariables.declare(in: &environment, hasParams: false, hasAuthorizer: false)
        let document = try JSONParser().parse([UInt8](try Data(contentsOf: URL(fileURLWithPath: review))))
        let request = document.root["request"]
        let object = request?["object"].map { Value($0) } ?? .null
        let values: [Value?] = environment.variables.map { variable in
            switch variable.name {
            case "object": object
            case "request": request.map { Value($0) } ?? .null
            default: .null
            }
        }
        return (environment, Activation(values))
    }

    static func cases(_ file: String) throws -> [(name: String, text: String)] {
        try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map { line in
            let document = try JSONParser().parse(Array(line.utf8))
            return (document.root["name"]?.string ?? "", document.root["expr"]?.string ?? "")
        }
    }

    static func number(_ value: Double) -> String { String(format: "%.1f", value) }

    static func report(_ fields: [(String, String)]) {
        print("{" + fields.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}")
    }
}
