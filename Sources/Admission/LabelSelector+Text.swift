extension LabelSelector {
    /// As the query parameter `labelSelector` has it: `a=b,c in (d,e),!f`.
    package var text: String {
        requirements.map { requirement in
            let values = "(\(requirement.values.joined(separator: ",")))"
            return switch requirement.operator {
            case .in where requirement.values.count == 1: "\(requirement.key)=\(requirement.values[0])"
            case .in: "\(requirement.key) in \(values)"
            case .notIn: "\(requirement.key) notin \(values)"
            case .exists: requirement.key
            case .doesNotExist: "!\(requirement.key)"
            }
        }.joined(separator: ",")
    }
}
