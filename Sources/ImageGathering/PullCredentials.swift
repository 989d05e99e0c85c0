package import ImageRegistry
package import ImageVerification

/// Where credentials come from that are not the same for all: secrets of a cluster.
package protocol PullCredentials: Sendable {
    /// Blocks until they are read. What cannot be read is noted in them, and missing otherwise.
    func credentials(for access: ImageAccess) -> RegistryCredentials
}
