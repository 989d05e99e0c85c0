#ifndef GUARDRAIL_COPENSSL_SHIM_H
#define GUARDRAIL_COPENSSL_SHIM_H

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// Swift cannot call function-like macros, nor read constants that are built with casts and shifts: each wrapper
// below is one macro under its own name.

static inline int guardrail_SSL_CTX_set_min_proto_version(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_min_proto_version(context, version);
}

static inline long guardrail_SSL_CTX_set_mode(SSL_CTX *context, long mode) {
    return SSL_CTX_set_mode(context, mode);
}

static inline long guardrail_SSL_CTX_set_session_cache_mode(SSL_CTX *context, long mode) {
    return SSL_CTX_set_session_cache_mode(context, mode);
}

static inline int guardrail_SSL_CTX_set1_groups_list(SSL_CTX *context, const char *list) {
    return (int)SSL_CTX_set1_groups_list(context, list);
}

static inline int guardrail_SSL_CTX_set0_chain(SSL_CTX *context, STACK_OF(X509) *chain) {
    return (int)SSL_CTX_set0_chain(context, chain);
}

static inline STACK_OF(X509) *guardrail_sk_X509_new_null(void) { return sk_X509_new_null(); }

static inline int guardrail_sk_X509_push(STACK_OF(X509) *stack, X509 *certificate) {
    return sk_X509_push(stack, certificate);
}

static inline int guardrail_sk_X509_num(const STACK_OF(X509) *stack) { return sk_X509_num(stack); }

static inline X509 *guardrail_sk_X509_value(const STACK_OF(X509) *stack, int index) {
    return sk_X509_value(stack, index);
}

// Frees the stack and leaves its certificates alone.
static inline void guardrail_sk_X509_free(STACK_OF(X509) *stack) { sk_X509_free(stack); }

static inline void guardrail_sk_X509_pop_free(STACK_OF(X509) *stack) { sk_X509_pop_free(stack, X509_free); }

static inline int guardrail_sk_GENERAL_NAME_num(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }

static inline GENERAL_NAME *guardrail_sk_GENERAL_NAME_value(const GENERAL_NAMES *names, int index) {
    return sk_GENERAL_NAME_value(names, index);
}

// No renegotiation (a client can make the server do handshakes for free), no compression, the server's cipher order.
static inline uint64_t guardrail_server_options(void) {
    return SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA;
}

static inline void guardrail_BIO_set_retry_read(BIO *bio) { BIO_set_retry_read(bio); }

static inline void guardrail_BIO_clear_retry_flags(BIO *bio) { BIO_clear_retry_flags(bio); }

static inline int guardrail_ERR_reason(unsigned long code) { return ERR_GET_REASON(code); }

static inline int guardrail_ERR_library(unsigned long code) { return ERR_GET_LIB(code); }

static inline EVP_PKEY *guardrail_generate_P256(void) { return EVP_EC_gen("P-256"); }

static inline void guardrail_OPENSSL_free(void *memory) { OPENSSL_free(memory); }

static inline int guardrail_PKCS7_type_is_signed(PKCS7 *message) { return PKCS7_type_is_signed(message); }

// The token's form and its signature; the imprint is compared by the caller.
static inline int guardrail_TS_token_flags(void) { return TS_VFY_VERSION | TS_VFY_SIGNATURE; }

static inline void guardrail_TS_VERIFY_CTX_set_certs(TS_VERIFY_CTX *context, STACK_OF(X509) *certificates) {
    TS_VERIFY_CTX_set_certs(context, certificates);
}

#endif
