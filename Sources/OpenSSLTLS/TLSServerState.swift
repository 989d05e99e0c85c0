/// The life of one server-side TLS connection, apart from OpenSSL and the channel.
///
/// Each method is an event; what it returns is what the handler must do. Closing is done in three steps, because a socket
/// that is closed with unread bytes in it is reset, and the reset can overtake the answer: send close_notify and what is
/// left to write, close our half, then read and drop until the peer closes too or the linger time is over.
struct TLSServerState: Equatable {
    private enum Phase: Equatable {
        case handshaking
        case established
        /// Our last bytes are being written.
        case flushing
        /// Our half is closed.
        case lingering
        case closed
    }

    enum ReceiveAction: Equatable {
        case handshake
        case decrypt
        case discard
    }

    enum EndAction: Equatable {
        case none
        /// Tell the pipeline that no more input comes.
        case reportInputClosed
        /// The peer left before there was a connection.
        case fail(TLSConnectionError)
        case closeChannel
    }

    enum CloseAction: Equatable {
        case none
        /// Send close_notify, flush, then call `outputFlushed`.
        case sendCloseNotify
        /// There is no session to end: flush an alert that may be waiting, then call `outputFlushed`.
        case flush
    }

    enum FlushedAction: Equatable {
        case none
        case closeOutput
        case closeChannel
    }

    private var phase = Phase.handshaking
    /// The peer sent close_notify or closed its half of the connection.
    private(set) var inputClosed = false

    var isEstablished: Bool { phase == .established }

    func received() -> ReceiveAction {
        switch phase {
        case .handshaking: .handshake
        case .established: inputClosed ? .discard : .decrypt
        case .flushing, .lingering, .closed: .discard
        }
    }

    mutating func handshakeFinished() {
        if phase == .handshaking { phase = .established }
    }

    /// The peer's close_notify, or the end of its bytes without one. A missing close_notify is no error here: HTTP knows
    /// by itself where a request ends, and truncation shows there.
    mutating func inputEnded() -> EndAction {
        let first = !inputClosed
        inputClosed = true
        switch phase {
        case .handshaking: return .fail(.closedInHandshake)
        case .established: return first ? .reportInputClosed : .none
        case .flushing, .closed: return .none
        case .lingering: return .closeChannel
        }
    }

    mutating func closeRequested() -> CloseAction {
        switch phase {
        case .established:
            phase = .flushing
            return .sendCloseNotify
        case .handshaking:
            phase = .flushing
            return .flush
        case .flushing, .lingering, .closed:
            return .none
        }
    }

    /// OpenSSL or the handshake's clock gave up; no further call into OpenSSL is allowed.
    mutating func failed() -> CloseAction {
        switch phase {
        case .handshaking, .established:
            phase = .flushing
            return .flush
        case .flushing, .lingering, .closed:
            return .none
        }
    }

    mutating func outputFlushed() -> FlushedAction {
        guard phase == .flushing else { return .none }
        phase = inputClosed ? .closed : .lingering
        return inputClosed ? .closeChannel : .closeOutput
    }

    mutating func channelClosed() { phase = .closed }
}
