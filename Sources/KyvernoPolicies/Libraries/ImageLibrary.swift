import CEL
import Values

/// An image reference as a value of the language.
final class ImageValue: ObjectValue {
    static let typeName = "kyverno.image"
    let reference: ImageReference

    init(_ reference: ImageReference) { self.reference = reference }

    var typeName: String { Self.typeName }

    func isEqual(to other: Value) -> Bool? {
        guard case .object(let object) = other, let other = object as? ImageValue else { return nil }
        return reference == other.reference
    }
}

/// `image(…)`, `parseImageReference(…)`, `isImage(…)` and the parts of an image reference.
extension Library {
    private static let imageType = CELType.opaque(ImageValue.typeName, [])

    static let kyvernoImages = Library(
        "kyverno.image",
        functions: ["image", "parseImageReference", "image.parseImageReference"].map { name in
            FunctionDeclaration(
                name,
                [
                    Overload(
                        "string_to_image_\(name)", [.string], imageType, cost: .one,
                        .unary { text throws(EvaluationError) in
                            let text = try text.string()
                            guard let reference = ImageReference(text) else {
                                throw EvaluationError(.invalidArgument, "could not parse reference: \(text)")
                            }
                            return .object(ImageValue(reference))
                        })
                ])
        }
            + ["isImage", "image.isImage"].map { name in
                FunctionDeclaration(
                    name,
                    [
                        Overload(
                            "is_image_string_\(name)", [.string], .bool,
                            .unary { text throws(EvaluationError) in .bool(ImageReference(try text.string()) != nil) })
                    ])
            } + [
                part("containsDigest", .bool) { .bool(!$0.digest.isEmpty) },
                part("registry", .string) { .string($0.registry) },
                part("repository", .string) { .string($0.repository) },
                part("identifier", .string) { .string($0.identifier) },
                part("identifierWithSeparator", .string) {
                    .string($0.suffix.isEmpty ? ":\($0.identifier)" : $0.suffix)
                },
                part("tag", .string) { .string($0.tag) },
                part("digest", .string) { .string($0.digest) },
            ], types: [ImageValue.typeName: imageType])

    private static func part(
        _ name: String, _ result: CELType, _ read: @escaping @Sendable (ImageReference) -> Value
    ) -> FunctionDeclaration {
        FunctionDeclaration(
            name,
            [
                Overload(
                    "image_\(name)", member: true, [imageType], result,
                    .unary { value throws(EvaluationError) in
                        guard case .object(let object) = value, let image = object as? ImageValue else {
                            throw .noSuchOverload()
                        }
                        return read(image.reference)
                    })
            ])
    }
}
