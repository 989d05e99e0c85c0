import OpenSSLTLS
