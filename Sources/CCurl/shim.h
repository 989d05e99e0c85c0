#ifndef GUARDRAIL_CCURL_SHIM_H
#define GUARDRAIL_CCURL_SHIM_H

#include <curl/curl.h>

// curl_easy_setopt and curl_easy_getinfo take variable arguments, which Swift cannot pass: one wrapper for each type
// of argument. The macros that check types in C only get in the way here.
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt
#undef curl_share_setopt

typedef size_t (*guardrail_curl_data_function)(char *data, size_t size, size_t count, void *context);

typedef int (*guardrail_curl_prerequest_function)(
    void *context, char *remote_address, char *local_address, int remote_port, int local_port);

static inline CURLcode guardrail_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode guardrail_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode guardrail_curl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode guardrail_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

// libcurl copies the bytes.
static inline CURLcode guardrail_curl_set_blob(CURL *handle, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
    return curl_easy_setopt(handle, option, &blob);
}

static inline CURLcode guardrail_curl_set_data_function(
    CURL *handle, CURLoption option, guardrail_curl_data_function function) {
    return curl_easy_setopt(handle, option, function);
}

static inline CURLcode guardrail_curl_set_prerequest_function(
    CURL *handle, guardrail_curl_prerequest_function function) {
    return curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, function);
}

typedef curl_socket_t (*guardrail_curl_socket_function)(
    void *context, curlsocktype purpose, struct curl_sockaddr *address);

static inline CURLcode guardrail_curl_set_socket_function(CURL *handle, guardrail_curl_socket_function function) {
    return curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, function);
}

static inline curl_socket_t guardrail_curl_bad_socket(void) { return CURL_SOCKET_BAD; }

static inline CURLcode guardrail_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode guardrail_curl_get_string(CURL *handle, CURLINFO info, char **value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode guardrail_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLMcode guardrail_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

// The result of the one transfer of this handle, if it has ended; 0 otherwise.
static inline int guardrail_curl_multi_result(CURLM *multi, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left)) != NULL) {
        if (message->msg == CURLMSG_DONE) {
            *result = message->data.result;
            return 1;
        }
    }
    return 0;
}

static inline int guardrail_curl_error_size(void) { return CURL_ERROR_SIZE; }

static inline long guardrail_curl_tls12(void) { return CURL_SSLVERSION_TLSv1_2; }

static inline long guardrail_curl_http11(void) { return CURL_HTTP_VERSION_1_1; }

static inline long guardrail_curl_basic(void) { return (long)CURLAUTH_BASIC; }

static inline CURLcode guardrail_curl_global_init(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

#endif
