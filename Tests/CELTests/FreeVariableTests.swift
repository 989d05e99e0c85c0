import Testing

@testable import CEL

@Suite struct FreeVariableTests {
    private static let environment: Environment = {
        var environment = Environment()
        environment.add(.operators)
        environment.add(.standard)
        for name in ["image", "images", "object", "x"] { environment.declare(name, .dyn) }
        return environment
    }()

    @Test(
        "names what no loop has bound",
        arguments: [
            ("1 + 1 == 2", []), ("image.tag == object.tag", ["image", "object"]),
            ("images.map(image, image.size())", ["images"]), ("image.map(image, image)", ["image"]),
            ("images.all(image, image == x) && image == 1", ["images", "image", "x"]),
            ("images.map(image, [object].map(object, image + object))", ["images", "object"]),
            ("images.map(image, [1].exists(x, x == image)) == [x]", ["images", "x"]),
            ("{image: [object]}", ["image", "object"]), ("has(object.image) ? 1 : x", ["object", "x"]),
            ("images[image].map(x, x.object)", ["images", "image"]),
        ])
    func names(text: String, expected: [String]) throws {
        let parsed = try ParsedExpression(parsing: text, in: Self.environment)
        let checked = try CheckedExpression(checking: parsed, in: Self.environment)
        #expect(checked.freeVariables == Set(expected))
    }
}
