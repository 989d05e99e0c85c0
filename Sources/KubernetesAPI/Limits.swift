/// The bounds of this module: the server may be slow, broken or somebody else.
package enum KubernetesAPILimits {
    /// Bytes of one page of a list. A page that is larger is asked for again with fewer objects.
    package static let pageBytes = 32 << 20
    /// Bytes of one object that is got, or of one event of a watch. etcd takes 1.5 MiB; JSON makes more of it.
    package static let objectBytes = 8 << 20
    /// Bytes of an answer that says what is wrong.
    static let failureBytes = 64 << 10
    /// Objects asked for in one page.
    package static let pageObjects = 250
    /// Objects of one watch, all namespaces together.
    package static let watchedObjects = 50_000
    /// Bytes of the objects of one watch, as JSON.
    package static let watchedBytes = 64 << 20
    /// Bytes of a kubeconfig, a token or a certificate file.
    static let configurationBytes = 4 << 20
    static let tokenBytes = 64 << 10
    /// Resources of one API version that discovery may list.
    static let discoveredResources = 4096

    /// For everything but watches, from connecting to the last byte.
    package static let requestTimeout = Duration.seconds(30)
    static let connectTimeout = Duration.seconds(10)
    /// What a watch asks the server to end it after; half as much again is added at random, so that not all end
    /// together.
    package static let watchSeconds = 240
    /// A watch without a byte, and be it a bookmark, is begun anew after this: the connection may be dead.
    package static let watchIdle = Duration.seconds(120)
    /// How long a token file is used before it is read again: kubelets replace it well before it ends.
    static let tokenAge = Duration.seconds(60)

    package static let shortestBackoff = Duration.milliseconds(500)
    package static let longestBackoff = Duration.seconds(30)
    /// The most that the server's `Retry-After` is honoured.
    package static let longestRetryAfter = Duration.seconds(300)
    /// A watch that held this long was a good one: the next failure starts with the shortest delay.
    package static let goodWatch = Duration.seconds(5)
    /// How often a kind that is not served is looked for.
    package static let absentKind = Duration.seconds(30)
}
