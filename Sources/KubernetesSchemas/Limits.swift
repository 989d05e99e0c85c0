/// Bounds of this target's work on hostile input.
enum SchemaLimits {
    /// Containers within containers of a manifest; the readers allow fewer.
    static let maximumDepth = 512
    /// Findings per object; the rest is dropped.
    static let maximumFindings = 200
    /// Levels of a CustomResourceDefinition's schema.
    static let maximumSchemaDepth = 64
    /// Entries of a CustomResourceDefinition's schemas, all types of it together.
    static let maximumFields = 20_000
}
