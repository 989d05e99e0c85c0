// swift-tools-version: 6.2
import PackageDescription

// One place for the language rules every target follows (docs/architecture.md has the dependency table).
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// A source target with its test target's usual settings.
func target(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, swiftSettings: strict)
}

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
]
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "guardrail",
    products: [
        .library(name: "Guardrail", targets: ["Guardrail"]),
        .executable(name: "policy-check", targets: ["PolicyCheck"]),
        .executable(name: "policy-webhook", targets: ["PolicyWebhook"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(name: "CSimdjson", linkerSettings: [.linkedLibrary("simdjson")]),
        .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),
        target("Archives", ["CZlib"]),
        target("Diagnostics"),
        target("Values", ["Diagnostics"]),
        target("RegularExpressions", ["CRE2"]),
        target("Documents", ["Diagnostics", "Values", "CYAML", "CSimdjson"]),
        target("CEL", ["Diagnostics", "Values", "RegularExpressions"]),
        target("KubernetesCEL", ["CEL", "Values", "RegularExpressions"]),
        target(
            "ImageVerification", ["Documents", "Values", "Diagnostics", "RegularExpressions", "COpenSSL"]),
        target("ImageGathering", ["ImageRegistry", "ImageVerification", "OutgoingHTTP", "Values"]),
        target("OutgoingHTTP", ["CCurl"]),
        target("ImageRegistry", ["ImageVerification", "OutgoingHTTP", "Documents", "Diagnostics", "Values"]),
        target("OpenSSLTLS", ["COpenSSL", .product(name: "NIOCore", package: "swift-nio")]),
        target("Certificates", ["COpenSSL"]),
        target("KubernetesAPI", ["OutgoingHTTP", "Documents", "Values", "Diagnostics"]),
        target("Webhook", ["OpenSSLTLS"] + nio),
        target("Admission", ["Documents", "Values", "Diagnostics"]),
        target("KubernetesSchemas", ["RegularExpressions", "Documents", "Values", "Diagnostics"]),
        target(
            "CustomResourceRules", ["KubernetesSchemas", "KubernetesCEL", "CEL", "Documents", "Values", "Diagnostics"]),
        target("PolicyEngine", ["ImageVerification", "Admission", "Documents", "Values", "Diagnostics"]),
        target(
            "ValidatingAdmissionPolicies",
            [
                "PolicyEngine", "Admission", "KubernetesSchemas", "KubernetesCEL", "CEL", "Documents", "Values",
                "Diagnostics",
            ]),
        target(
            "KyvernoPolicies",
            [
                "ValidatingAdmissionPolicies", "PolicyEngine", "ImageVerification", "Admission", "KubernetesCEL", "CEL",
                "RegularExpressions", "Documents", "Values", "Diagnostics", "Archives",
            ]),
        target(
            "PolicyLint",
            [
                "KyvernoPolicies", "ValidatingAdmissionPolicies", "PolicyEngine", "Admission", "KubernetesSchemas",
                "KubernetesCEL", "CEL", "Documents", "Values", "Diagnostics",
            ]),
        target(
            "GatekeeperPolicies",
            [
                "ValidatingAdmissionPolicies", "PolicyEngine", "Admission", "KubernetesSchemas", "KubernetesCEL",
                "Values", "Diagnostics",
            ]),
        target(
            "PolicyTesting",
            [
                "PolicyLanguages", "ImageGathering", "ImageVerification", "PolicyEngine", "Admission",
                "KubernetesSchemas", "Reporting", "RegularExpressions",
                "Documents",
                "Values", "Diagnostics",
            ]),
        target(
            "PolicyLanguages",
            [
                "GatekeeperPolicies", "KyvernoPolicies", "ValidatingAdmissionPolicies", "KubernetesCEL", "PolicyEngine",
                "Admission",
                "Documents", "Values", "Diagnostics",
            ]),
        target("Guardrail", ["PolicyLanguages", "PolicyEngine", "Admission", "Documents", "Values", "Diagnostics"]),
        target("Reporting", ["Documents", "Values", "Diagnostics"]),
        target(
            "ImageArguments",
            [
                "ImageGathering", "ImageRegistry", "ImageVerification", "OutgoingHTTP", "PolicyEngine", "Documents",
                argumentParser,
            ]),
        .executableTarget(
            name: "PolicyCheck",
            dependencies: [
                "PolicyLint", "PolicyTesting", "ImageArguments", "ImageGathering", "ImageRegistry", "ImageVerification",
                "OutgoingHTTP",
                "PolicyLanguages", "PolicyEngine", "Reporting", "Archives", "Admission",
                "CustomResourceRules", "KubernetesSchemas", "KubernetesCEL", "CEL", "RegularExpressions", "Documents",
                "Values", "Diagnostics", argumentParser,
            ], swiftSettings: strict),

        .executableTarget(
            name: "PolicyWebhook",
            dependencies: [
                "KubernetesAPI", "Certificates", "PolicyLint", "PolicyLanguages", "ImageArguments", "ImageGathering",
                "ImageRegistry",
                "ImageVerification", "PolicyEngine", "Webhook", "OpenSSLTLS", "OutgoingHTTP", "Admission", "Documents",
                "Values", "Diagnostics", "CMalloc", argumentParser,
            ] + nio, swiftSettings: strict),

        // `make bench` only.
        .target(name: "CAllocationCounter"),
        .target(
            name: "ExpressionFuzzing", dependencies: ["CEL", "Documents", "KubernetesCEL", "Values"],
            path: "fuzz/ExpressionFuzzing", swiftSettings: strict),
        .executableTarget(
            name: "EngineBench",
            dependencies: [
                "CAllocationCounter", "ExpressionFuzzing", "PolicyLanguages", "PolicyEngine", "ImageGathering",
                "ImageRegistry", "ImageVerification", "TestServers",
                "Admission", "CEL",
                "Documents", "KubernetesCEL", "Values", "Diagnostics",
            ],
            swiftSettings: strict),

        tests("Archives"),
        tests("Diagnostics"),
        tests("Admission", ["Documents", "Values", "Diagnostics"]),
        tests("PolicyEngine", ["Admission", "Documents", "Values", "Diagnostics"]),
        tests(
            "ValidatingAdmissionPolicies",
            [
                "PolicyLint", "PolicyLanguages", "PolicyEngine", "Admission", "KubernetesSchemas", "KubernetesCEL",
                "Documents",
                "Values",
                "Diagnostics",
            ]),
        tests(
            "KyvernoPolicies",
            [
                "PolicyLanguages", "PolicyEngine", "ImageGathering", "ImageVerification", "Admission", "CEL",
                "KubernetesCEL", "Documents", "Values", "Diagnostics",
            ]),
        tests("PolicyLint", ["PolicyLanguages", "PolicyEngine", "Admission", "Documents", "Diagnostics"]),
        tests(
            "GatekeeperPolicies",
            ["PolicyLanguages", "PolicyEngine", "Admission", "Documents", "Values", "Diagnostics"]),
        tests("ImageGathering", ["ImageRegistry", "ImageVerification", "TestServers", "Values"]),
        tests("PolicyTesting", ["PolicyLanguages", "KubernetesSchemas", "Documents", "Values", "Diagnostics"]),
        tests("Guardrail"),
        tests("Values", ["Diagnostics"]),
        tests("RegularExpressions"),
        tests("CEL", ["ExpressionFuzzing", "Values", "Diagnostics", "KubernetesCEL"]),
        tests("KubernetesSchemas", ["Documents", "Values", "Diagnostics"]),
        tests(
            "CustomResourceRules", ["KubernetesSchemas", "KubernetesCEL", "CEL", "Documents", "Values", "Diagnostics"]),
        tests("KubernetesCEL", ["CEL", "Documents", "Values"]),
        tests("Documents", ["Diagnostics", "Values"]),
        .target(name: "TestCertificates", path: "Tests/TestCertificates", swiftSettings: strict),
        tests(
            "OpenSSLTLS", ["COpenSSL", "TestCertificates", .product(name: "NIOEmbedded", package: "swift-nio")] + nio),
        tests("Certificates", ["TestCertificates"]),
        .target(
            name: "FakeKubernetesAPI",
            dependencies: ["KubernetesAPI", "OutgoingHTTP", "TestServers", "TestCertificates"],
            path: "Tests/FakeKubernetesAPI", exclude: ["tls-front.py"], swiftSettings: strict),
        tests(
            "PolicyWebhook",
            [
                "FakeKubernetesAPI", "KubernetesAPI", "Certificates", "PolicyEngine", "Documents", "Diagnostics",
                "Values", "TestCertificates", "TestServers",
            ]),
        tests("KubernetesAPI", ["FakeKubernetesAPI", "TestServers", "OutgoingHTTP", "Documents", "Values"]),
        tests(
            "Webhook", ["OpenSSLTLS", "TestCertificates", .product(name: "NIOEmbedded", package: "swift-nio")] + nio),
        .testTarget(
            name: "ImageVerificationTests",
            dependencies: ["ImageVerification", "SignatureFixtures", "Documents", "Values"],
            exclude: ["oracle_cases.py"], swiftSettings: strict),
        .target(
            name: "SignatureFixtures", dependencies: ["ImageVerification", "Values"], path: "Tests/SignatureFixtures",
            exclude: ["conformance-reasons.tsv", "fixture-reasons.tsv"], swiftSettings: strict),
        .target(name: "TestServers", path: "Tests/TestServers", swiftSettings: strict),
        tests(
            "ImageRegistry",
            ["ImageVerification", "OutgoingHTTP", "SignatureFixtures", "TestCertificates", "TestServers"]),
        tests("OutgoingHTTP", ["TestCertificates", "TestServers"]),
        tests("Reporting", ["Documents", "Values", "Diagnostics"]),
        tests("PolicyCheck", ["SignatureFixtures", "TestServers"]),
        .testTarget(
            name: "RepositoryTests", dependencies: ["TestServers"], exclude: ["push_layout.py"], swiftSettings: strict),
    ],
    cxxLanguageStandard: .cxx17
)

// Only where it is asked for: the linker takes libFuzzer's entry point (fuzz/README.md).
if Context.environment["GUARDRAIL_FUZZER"] != nil {
    package.targets.append(
        .executableTarget(
            name: "ExpressionFuzzer", dependencies: ["ExpressionFuzzing"], path: "fuzz/ExpressionFuzzer",
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]))
}
