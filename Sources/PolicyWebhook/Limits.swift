import NIOCore

/// The bounds of the executable; those of the server are in `WebhookLimits`.
enum ExecutableLimits {
    /// The largest buffer that a thread keeps for the next request, in bytes.
    static let keptBufferBytes = 256 << 10
    /// The largest body after which a thread keeps its JSON parser: its buffers are several times as large.
    static let keptParserBodyBytes = 64 << 10
    /// Diagnostics of a refused set that `/policies` and the log show.
    static let shownDiagnostics = 50
    /// The longest time between two looks at the files, in seconds.
    static let longestReloadInterval = 3600.0
    /// When the log starts to warn of the certificate's end, in seconds before it.
    static let expiryWarning = 14 * 86_400
    /// From here on it warns hourly instead of daily.
    static let expiryAlarm = 86_400
    /// The most requests that `--record-limit` may ask for.
    static let recordings = 100_000
    /// The largest request, with its answer, that is recorded, in bytes.
    static let recordedBytes = 1 << 20
    /// Requests that wait to be written, and their bytes.
    static let queuedRecordings = 1024
    static let queuedRecordingBytes = 16 << 20
    /// Spans that wait to be sent, and how many go in one request.
    static let queuedSpans = 4096
    static let spansPerBatch = 512
    /// How long spans wait for others to go with them.
    static let spanDelay = TimeAmount.seconds(1)
    /// How long a collector may take for a batch, and for what is left at the end.
    static let spanPatience = Duration.seconds(5)
    static let lastSpanPatience = Duration.seconds(1)
    static let collectorAnswerBytes = 64 << 10
    /// How often a set is compiled again without the objects of the Kubernetes API that were wrong.
    static let refusalRounds = 4
    /// How long changes of the Kubernetes API are gathered before they are taken over.
    static let changeGathering = Duration.milliseconds(20)
    /// After taking over changes, the next ones wait this many times as long as that took: a tenth of the time at most.
    static let changeRest = 9
    /// How often to look whether everything has been read for the first time.
    static let syncLook = Duration.milliseconds(200)
    /// How long a set of policies waits for its params to be read.
    static let paramPatience = Duration.seconds(10)
    /// Namespaces that are looked up at a time, the threads that do it, and how long one may take.
    static let lookups = 64
    static let lookupThreads = 2
    static let lookupPatience = Duration.seconds(2)
    /// How many answers are remembered, and for how long: the watch is to have seen the Namespace by then.
    static let lookupMemory = 1024
    static let lookupMemoryTime = Duration.seconds(1)
    /// That a Namespace does not exist is true for less time.
    static let absenceMemoryTime = Duration.milliseconds(250)
    /// Watches of the Kubernetes API, each with a thread and a connection.
    static let watches = 64
    /// `--webhook-configuration`: each is watched twice, as a validating and as a mutating one.
    static let webhookConfigurations = 8
    /// How often others may change the Secret while it is read and written.
    static let agreementAttempts = 5
    /// How often the Secret is looked at: a renewed certificate is used by all replicas after this time.
    static let certificateLook = Duration.seconds(60)
    /// A webhook configuration that was patched is patched again at once if that was longer ago than this.
    static let patchMemory = Duration.seconds(300)
    /// How far our clock may be from the API server's before the log says so, in seconds.
    static let clockSkew = 300
    /// Secrets with credentials that one image may be looked at with.
    static let pullSecrets = 32
    /// Secrets and ServiceAccounts that are kept.
    static let keptSecrets = 1_024
    /// How long a secret with credentials counts, and how long it is believed that one is missing.
    static let secretLifetime = Duration.seconds(30)
    static let missingSecretLifetime = Duration.seconds(5)
}
