package import Values

/// What an expression may name: variables, functions, macros and types. Plain data; extend it by copying.
package struct Environment: Sendable {
    package struct Variable: Sendable {
        package let name: String
        package let type: CELType

        package init(_ name: String, _ type: CELType) {
            self.name = name
            self.type = type
        }
    }

    /// A type with declared fields.
    package struct Structure: Sendable {
        package let name: String
        package var fields: [String: CELType]
        /// Makes the value of `Name{field: value}`; nil for a plain `StructureValue`.
        package var make: Make?

        package typealias Make =
            @Sendable (_ fields: [(name: String, value: Value)]) throws(EvaluationError) -> Value

        package init(_ name: String, _ fields: [String: CELType], make: Make? = nil) {
            self.name = name
            self.fields = fields
            self.make = make
        }
    }

    /// Names resolve in here first: in container `a.b` the name `c` may mean `a.b.c`, `a.c` or `c`.
    package var container = ""
    /// A variable's index is its slot in an `Activation`.
    package private(set) var variables: [Variable] = []
    package private(set) var functions: [String: FunctionDeclaration] = [:]
    package private(set) var macros: Set<Macro> = []
    /// Types that are values, by name: `int` is `.type(.int)` there.
    package private(set) var typeNames: [String: CELType] = [:]
    package private(set) var structures: [String: Structure] = [:]
    /// The structure whose fields are lazily composed variables (`variables.x` in an admission policy), and the
    /// variable that holds it; a field's index is its position in an activation's `ComposedVariables`.
    package var composed: Composed?
    /// Lists and maps must have elements of one type (dyn excepted), as Kubernetes demands.
    package var requiresHomogeneousLiterals = false
    /// Calls of `format` on a constant text with a literal list must fit together, as Kubernetes demands.
    package var checksFormatCalls = false
    /// `a.?b`, `a[?b]`, `{?k: v}`, `[?e]`.
    package var allowsOptionalSyntax = true
    /// `a.orValue(b)` of a plain `a` is `a`, as Kyverno has it; else only optionals have it.
    package var orValueTakesPlainValues = false
    /// Backtick-quoted field names.
    package var allowsQuotedIdentifiers = false
    /// A loop variable hides every declared name that starts with it (`x` hides `x.y` and, in container `a`, `a.x`),
    /// as the specification says; Kubernetes 1.36 lets the declared ones win.
    package var loopVariablesShadow = true
    /// Map literals take bool, int, uint and string keys, each once, as the specification says; Kubernetes takes any.
    package var hasStrictMapKeys = false
    /// A selection along an optional fails at a value without parts (null, a number), as the specification says;
    /// Kubernetes gives an empty optional.
    package var hasStrictOptionalSelection = false
    /// Structures that take any field, each of type dyn; `Object` stands for `Object.spec` and so on too. They can only
    /// be constructed: as a name in an expression they mean nothing.
    package var openStructures: Set<String> = []
    /// Functions that are called on a variable without naming it: `f(x)` means `v.f(x)`.
    package var unsaidReceivers: [String: String] = [:]
    /// Functions and macros known elsewhere: name to who has it ("Kubernetes 1.34", "Kyverno"), for messages. Of a
    /// macro also the name with its number of arguments, such as `all(3)`.
    package var knownElsewhere: [String: String] = [:]
    /// The key in `knownElsewhere` of `a.?b` and all that goes with it.
    package static let optionalSyntax = ".?"

    /// Structures that are too many to declare one by one; asked where none is declared.
    package var structureProvider: (any StructureProvider)?
    /// Set for `LooseTyping`: what an expression may take for granted beyond types.
    package var assumptions: Assumptions?

    /// Slots of `variables` by name.
    private(set) var slots: [String: Int] = [:]
    /// First parts of all dotted names, so that most selections need no look-up.
    private(set) var namespaces: Set<String> = ["google"]

    package struct Composed: Sendable {
        package var variable: String
        package var fields: [(name: String, type: CELType)]

        package init(variable: String, fields: [(name: String, type: CELType)] = []) {
            self.variable = variable
            self.fields = fields
        }
    }

    package init() {}

    package mutating func add(_ library: Library) {
        for function in library.functions {
            functions[function.name, default: FunctionDeclaration(function.name, [], dynamicCost: function.dynamicCost)]
                .overloads += function.overloads
            noteNamespace(function.name)
        }
        macros.formUnion(library.macros)
        typeNames.merge(library.types) { _, new in new }
        for name in library.types.keys { noteNamespace(name) }
    }

    private mutating func noteNamespace(_ name: String) {
        guard let dot = name.utf8.firstIndex(of: UInt8(ascii: ".")) else { return }
        namespaces.insert(String(name[..<dot]))
    }

    /// Whether `name` or one of its dotted prefixes is an open structure.
    func isOpenStructure(_ name: String) -> Bool {
        guard !openStructures.isEmpty else { return false }
        return openStructures.contains(String(name.prefix { $0 != "." }))
    }

    /// - Returns: the variable's slot.
    @discardableResult
    package mutating func declare(_ name: String, _ type: CELType) -> Int {
        variables.append(Variable(name, type))
        slots[name] = variables.count - 1
        noteNamespace(name)
        return variables.count - 1
    }

    /// Gives a declared variable another type, in its slot; nothing if it is not declared.
    package mutating func redeclare(_ name: String, _ type: CELType) {
        guard let slot = slots[name] else { return }
        variables[slot] = Variable(name, type)
    }

    package mutating func declare(_ structure: Structure) {
        structures[structure.name] = structure
        noteNamespace(structure.name)
    }
}
