"""Scans a TLS server with sslyze: scan_tls.py HOST PORT prints `ok`, or what is wrong; 77 where sslyze is missing."""

import sys

try:
    from sslyze import (
        Scanner, ScanCommand, ScanCommandAttemptStatusEnum, ServerNetworkLocation, ServerScanRequest)
except ImportError:
    print("sslyze is missing")
    sys.exit(77)

HOST, PORT = sys.argv[1], int(sys.argv[2])
OLD = ["ssl_2_0_cipher_suites", "ssl_3_0_cipher_suites", "tls_1_0_cipher_suites", "tls_1_1_cipher_suites"]
COMMANDS = {
    *OLD, "tls_1_2_cipher_suites", "tls_1_3_cipher_suites", "session_renegotiation", "tls_compression", "heartbleed",
    "openssl_ccs_injection", "robot", "tls_fallback_scsv", "elliptic_curves", "session_resumption"}

wrong = []


def check(condition, text):
    if not condition:
        wrong.append(text)


scanner = Scanner()
scanner.queue_scans([ServerScanRequest(
    server_location=ServerNetworkLocation(hostname=HOST, port=PORT),
    scan_commands={ScanCommand(command) for command in COMMANDS})])
result = next(iter(scanner.get_results()))
assert result.scan_result, f"no scan: {result.connectivity_error_trace}"


def outcome(command):
    attempt = getattr(result.scan_result, command)
    assert attempt.status == ScanCommandAttemptStatusEnum.COMPLETED, f"{command}: {attempt.error_reason}"
    return attempt.result


for command in OLD:
    check(not outcome(command).accepted_cipher_suites, f"{command}: accepted")
for command in ("tls_1_2_cipher_suites", "tls_1_3_cipher_suites"):
    suites = [suite.cipher_suite.name for suite in outcome(command).accepted_cipher_suites]
    check(suites, f"{command}: none accepted")
    for suite in suites:
        check("CBC" not in suite and "_SHA" != suite[-4:], f"{suite}: no authenticated encryption")
        check(command != "tls_1_2_cipher_suites" or "ECDHE" in suite, f"{suite}: no forward secrecy")
renegotiation = outcome("session_renegotiation")
check(not renegotiation.is_vulnerable_to_client_renegotiation_dos, "clients may renegotiate")
check(renegotiation.supports_secure_renegotiation, "no secure renegotiation extension")
check(not outcome("tls_compression").supports_compression, "compression")
check(not outcome("heartbleed").is_vulnerable_to_heartbleed, "heartbleed")
check(not outcome("openssl_ccs_injection").is_vulnerable_to_ccs_injection, "ccs injection")
check(outcome("robot").robot_result.name.startswith("NOT_VULNERABLE"), "robot")
check(outcome("tls_fallback_scsv").supports_fallback_scsv, "no TLS_FALLBACK_SCSV")
curves = [curve.name for curve in outcome("elliptic_curves").supported_curves or []]
check("X25519" in curves, f"no X25519 among {curves}")
print("\n".join(wrong) or "ok")
sys.exit(1 if wrong else 0)
