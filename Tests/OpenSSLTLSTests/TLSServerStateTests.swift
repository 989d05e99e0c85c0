import Testing

@testable import OpenSSLTLS

@Suite struct TLSServerStateTests {
    private func established() -> TLSServerState {
        var state = TLSServerState()
        state.handshakeFinished()
        return state
    }

    @Test func decryptsOnlyAfterTheHandshake() {
        var state = TLSServerState()
        #expect(state.received() == .handshake)
        #expect(!state.isEstablished)
        state.handshakeFinished()
        #expect(state.received() == .decrypt)
        #expect(state.isEstablished)
    }

    @Test func reportsTheEndOfInputOnce() {
        var state = established()
        #expect(state.inputEnded() == .reportInputClosed)
        #expect(state.inputEnded() == .none)
        #expect(state.received() == .discard)
        #expect(state.isEstablished, "the answer can still be written")
    }

    @Test func endInTheHandshakeFails() {
        var state = TLSServerState()
        #expect(state.inputEnded() == .fail(.closedInHandshake))
        #expect(state.failed() == .flush)
        #expect(state.outputFlushed() == .closeChannel)
    }

    @Test func closesInThreeSteps() {
        var state = established()
        #expect(state.closeRequested() == .sendCloseNotify)
        #expect(state.received() == .discard)
        #expect(state.outputFlushed() == .closeOutput)
        #expect(state.inputEnded() == .closeChannel)
    }

    @Test func closesAtOnceWhenThePeerHasClosed() {
        var state = established()
        _ = state.inputEnded()
        #expect(state.closeRequested() == .sendCloseNotify)
        #expect(state.outputFlushed() == .closeChannel)
    }

    @Test func peerClosesWhileOurLastBytesAreWritten() {
        var state = established()
        _ = state.closeRequested()
        #expect(state.inputEnded() == .none)
        #expect(state.outputFlushed() == .closeChannel)
    }

    @Test func aFailedSessionSendsNoCloseNotify() {
        var state = established()
        #expect(state.failed() == .flush)
        #expect(state.closeRequested() == .none)
        #expect(state.failed() == .none)
        #expect(state.outputFlushed() == .closeOutput)
    }

    @Test func closeBeforeTheHandshakeOnlyFlushes() {
        var state = TLSServerState()
        #expect(state.closeRequested() == .flush)
        state.handshakeFinished()
        #expect(!state.isEstablished)
    }

    @Test func nothingHappensAfterTheChannelIsGone() {
        var state = established()
        _ = state.closeRequested()
        state.channelClosed()
        #expect(state.outputFlushed() == .none)
        #expect(state.inputEnded() == .none)
        #expect(state.closeRequested() == .none)
        #expect(state.failed() == .none)
    }
}
