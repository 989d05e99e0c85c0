/// JSON Web Tokens and a key set, made with PyJWT 2 and keys that are thrown away.
enum SampleTokens {
    /// Its keys: `rsa`, `es256`, `es384`, `es512`, `ed`, `oct`, `enc` (for encryption), `fixed` (`alg` RS512).
    static let keySet = #"""
        {"keys": [
        {"kty": "RSA", "n": "m_sSsHg-Uti-PEzBJddX4isQMjDTCniMKoYAA0UgN1KpWgE0womU2uL65zql3So1XXk5DY44puyy1q0ADpyU0lU-bsc85KpmWDE5Sh2BjHGGn86g-7ShyR4uxJdNRuoaRlYPSbhEusSR3VS0WvzBqCWEcpDCP6Hed6KlzAF7MOQbKa-x76QR3P-7QC3u9hC2Pzxw5W2fVdd9WofrIMLfvSjASVAxJeNi6ZRqTptIiT-af9wb-Hfyk9agOr5JWYbsusgDF9NTKBkjq16TuN8uuBkWUskKm5aOEZ7Y2cq3Z1QTsiQ_oIuxFzjU_Hj_bzo7JvUDBWDz2C5QOLE6IXuLaQ", "e": "AQAB", "kid": "rsa"},
        {"kty": "EC", "crv": "P-256", "x": "PEd-ZpPCWVryvVG6a1OyewqZMtbJx5xepzZ_IIOtZ_w", "y": "PyB6Ty3qg0ncd6zoro-mlea_Ux0B5PrcUY5OLMgEUsw", "kid": "es256"},
        {"kty": "EC", "crv": "P-384", "x": "saLlQDC-Gj2ydBjynBxAptT8TOPUSNs10CJWi1QQFcH5SmGCHdQbtOklPeGb2TuY", "y": "oSoU4DrXi0BEF3XgGDVL2DokJOCJWLyQYIcMPehofUGwLqdId5PzC3eDjGIc0OsE", "kid": "es384"},
        {"kty": "EC", "crv": "P-521", "x": "ANq-OG_8RqXJpEnwsxVpau48zp45yamuLsoyqH_jQw3HbJ08QoZSvz9faA43Jijh1J5JDiuBobvNXk348bXHxFGs", "y": "AQVIFq-zL1pL1CoB3HmU9-xkGEjSAYaWwyyO5KSyjOvSSlABC7KJU38EFrSNUoy8VnfzZHqagfzgAsuWpGRpDk98", "kid": "es512"},
        {"x": "Shc-HTDNCmmRkcFgvXYFMOPwE6jJAm6iEuv4bpM-VuQ", "kty": "OKP", "crv": "Ed25519", "kid": "ed"},
        {"kty": "oct", "k": "YSBzZWNyZXQgb2Ygc29tZSBsZW5ndGgsIG5vdCBzaG9ydA", "kid": "oct"},
        {"kty": "EC", "crv": "P-256", "x": "PEd-ZpPCWVryvVG6a1OyewqZMtbJx5xepzZ_IIOtZ_w", "y": "PyB6Ty3qg0ncd6zoro-mlea_Ux0B5PrcUY5OLMgEUsw", "kid": "enc", "use": "enc"},
        {"kty": "RSA", "n": "m_sSsHg-Uti-PEzBJddX4isQMjDTCniMKoYAA0UgN1KpWgE0womU2uL65zql3So1XXk5DY44puyy1q0ADpyU0lU-bsc85KpmWDE5Sh2BjHGGn86g-7ShyR4uxJdNRuoaRlYPSbhEusSR3VS0WvzBqCWEcpDCP6Hed6KlzAF7MOQbKa-x76QR3P-7QC3u9hC2Pzxw5W2fVdd9WofrIMLfvSjASVAxJeNi6ZRqTptIiT-af9wb-Hfyk9agOr5JWYbsusgDF9NTKBkjq16TuN8uuBkWUskKm5aOEZ7Y2cq3Z1QTsiQ_oIuxFzjU_Hj_bzo7JvUDBWDz2C5QOLE6IXuLaQ", "e": "AQAB", "kid": "fixed", "alg": "RS512"}
        ]}
        """#

    /// By algorithm; all have `role: admin`, `aud: shop`, `exp` 2030-01-01 and `nbf` 2023-11-14.
    static let signed: [(algorithm: String, token: String)] = [
        (
            "RS256",
            "eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJ0ZXN0Iiwic3ViIjoiYWxpY2UiLCJhdWQiOiJzaG9wIiwiZXhwIjoxODkzNDU2MDAwLCJuYmYiOjE3MDAwMDAwMDAsInJvbGUiOiJhZG1pbiIsIm4iOjMsImRlZXAiOnsiYSI6WzEsIngiXX19.IMObJEDe_kjMYp-InzvXclUirutqrZa4Rj81F7tcGMMc8EOR8VtOLQRNlCSZamNL_50IenDA5dBTlrM16nyXbRfGckXx6IpJcC2233vsI6Y8M5IDeG3pgcDGwNnChEB8tqh-llqdXhkcosYbh-zSY4m6LG6kQmJq9CXh5TyAT5UCW-5I8qYfIP_lKQFCk3AEfD2a6U0Sk1BbvtpUpKbBm1PcWaaALoN5UdfiMj75NaMAQDDmbvLSX14jWT2eKzckJMAezEKBq1z-ouNgZCmTrELihetbMoIeROFfXYzmv0ACWrQa8yzAfGtRm88HGmKIsxvk8mOfl0AW9bqKeRTCSg"
        ),
        (
            "PS384",
            "eyJhbGciOiJQUzM4NCIsImtpZCI6InJzYSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJ0ZXN0Iiwic3ViIjoiYWxpY2UiLCJhdWQiOiJzaG9wIiwiZXhwIjoxODkzNDU2MDAwLCJuYmYiOjE3MDAwMDAwMDAsInJvbGUiOiJhZG1pbiIsIm4iOjMsImRlZXAiOnsiYSI6WzEsIngiXX19.KS26IpcNjst2U_KTs88RNg_M6KTf8rOjACourBqbJAD7NzFQiQ5PikF_XKyvazUGPqPVjven0uCQVCOt45ha0L6bzaxUxxgK5bRlyYHhpARPI01FhfEKf8p7vXgrVmydoomAvM93q9Ok8zXwhjZEi27cqBVLRvBb_m6bhBb2dfd3v7D6u6S7hNNFOgLiiHOo-6teG-q4fFLPSm9_cPoaaA03azT3aAowe6XetbCvakSqP7OIIWXgAnD_9tI4n2rlenDLaUXF7lBOnEdN2rsCsuQHL5bLhIA0HvGiJJKkHngB0ZMFbbGS_3xRtMpHBrivmg7jtb8q84yBypWS8xRHZA"
        ),
        (
            "ES256",
            "eyJhbGciOiJFUzI1NiIsImtpZCI6ImVzMjU2IiwidHlwIjoiSldUIn0.eyJpc3MiOiJ0ZXN0Iiwic3ViIjoiYWxpY2UiLCJhdWQiOiJzaG9wIiwiZXhwIjoxODkzNDU2MDAwLCJuYmYiOjE3MDAwMDAwMDAsInJvbGUiOiJhZG1pbiIsIm4iOjMsImRlZXAiOnsiYSI6WzEsIngiXX19.aXWSl5goAO2enqdO7wB3y0Cy5BylnIiDZp8WazZ-H011eHT-4jb3-F3JPeKYWSjbNNj76GYpzF6OXXeL9kbOew"
        ),
        (
            "ES384",
            "eyJhbGciOiJFUzM4NCIsImtpZCI6ImVzMzg0IiwidHlwIjoiSldUIn0.eyJpc3MiOiJ0ZXN0Iiwic3ViIjoiYWxpY2UiLCJhdWQiOiJzaG9wIiwiZXhwIjoxODkzNDU2MDAwLCJuYmYiOjE3MDAwMDAwMDAsInJvbGUiOiJhZG1pbiIsIm4iOjMsImRlZXAiOnsiYSI6WzEsIngiXX19.VDIILIRWpuAv8AuVSM8UT1H_01q_R2On145kFUM8BlssJ-ml789L8CvKybE5V7eQP4Jxj0_GpRopbTpJg4B5B9cDTeN0rAa7_MMDWS40KogoRE_JyVn48HcP1Dfx-6PA"
        ),
        (
            "ES512",
            "eyJhbGciOiJFUzUxMiIsImtpZCI6ImVzNTEyIiwidHlwIjoiSldUIn0.eyJpc3MiOiJ0ZXN0Iiwic3ViIjoiYWxpY2UiLCJhdWQiOiJzaG9wIiwiZXhwIjoxODkzNDU2MDAwLCJuYmYiOjE3MDAwMDAwMDAsInJvbGUiOiJhZG1pbiIsIm4iOjMsImRlZXAiOnsiYSI6WzEsIngiXX19.ATBmGPAUdfuO4MoG5BeUMRdYDZ01g2TG_XObPst3KYR7V7qak-Fyly7ug5vV0InYcAJev_aE-BzFiBOZq-NGrE1IARCCjak9ZG2lZ3jKmNSVH-DPW-gC03B5oG1mWaMVV-nXtsY0eocADCyWu8NaQZ2ly3Nuu1qi9p257mNRrUPhNX1C"
        ),
        (
            "EdDSA",
            "eyJhbGciOiJFZERTQSIsImtpZCI6ImVkIiwidHlwIjoiSldUIn0.eyJpc3MiOiJ0ZXN0Iiwic3ViIjoiYWxpY2UiLCJhdWQiOiJzaG9wIiwiZXhwIjoxODkzNDU2MDAwLCJuYmYiOjE3MDAwMDAwMDAsInJvbGUiOiJhZG1pbiIsIm4iOjMsImRlZXAiOnsiYSI6WzEsIngiXX19.-NJTU0YGWTBeNPbv4AubGX7LyQ8s2dtRxcwSTKjYRMcVIpf57ftGB-gTst8r6uZ2VGCAJcWrcMAOQi6SVRo4Bg"
        ),
        (
            "HS512",
            "eyJhbGciOiJIUzUxMiIsImtpZCI6Im9jdCIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJ0ZXN0Iiwic3ViIjoiYWxpY2UiLCJhdWQiOiJzaG9wIiwiZXhwIjoxODkzNDU2MDAwLCJuYmYiOjE3MDAwMDAwMDAsInJvbGUiOiJhZG1pbiIsIm4iOjMsImRlZXAiOnsiYSI6WzEsIngiXX19.t__ffbJnEYbt3_ByRgm5Uls0DSytXwwTYl7NYYYxQtBs850jMXt-aeUn7sl05Pyium_XNVlgAmOllnnn43AMSw"
        ),
    ]

    /// Signed by the text `secret`.
    static let plain =
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhIn0.qBdA9L_PTGPhu7ipY7Xs4Eol-m79U_HNIifGEFJXeJQ"
    static let expired =
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjE3MDAwMDAwMDB9.mKPdyfWO55aiqr8d3LGZBrCgJzNdTvTpL3JbXGIvPCw"
    static let early =
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJuYmYiOjE4OTM0NTYwMDB9.0InFF7kTf4EayNhIy4tAXsQXQ8rgDkcj7oCUfqzCSvc"
    static let issuedLater =
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpYXQiOjE4OTM0NTYwMDB9.i5AnaxDJuzrIxrgBhzx7MqzoWOM5AdDY4luQUJ5Wp94"
    static let empty =
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.t-IDcSemACt8x4iTMCda8Yhe3iZaWbvV5XKSTbuAn0M"
    static let texts =
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOiIxODkzNDU2MDAwLjkiLCJhdWQiOlsiYSIsImIiXX0.HLRhRpdldc4tSlCFWTTdnNL1s80CxSj3ERi00J-C_0o"
    static let badExp =
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOiJzb29uIn0.bZIzOaovnGk8dQPzXCkqyIWMYpGyImMTUYbd7z3uig4"
    static let list =
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.W10.ny0W7Pkele2S9JjQz1pcPuE-7_Jrt2VBqPEO1UnPyQg"
    static let kid =
        "eyJhbGciOiJIUzI1NiIsImtpZCI6ImsiLCJ0eXAiOiJKV1QifQ.eyJzdWIiOiJhIn0.By61k3D82aon9TbQuJ4rSRXgOdbI75bdSW3dAmy56Rk"
    static let crit =
        "eyJhbGciOiJIUzI1NiIsImNyaXQiOlsieCJdLCJ0eXAiOiJKV1QiLCJ4IjoxfQ.eyJzdWIiOiJhIn0.azPsqjcx8D-ajPgFFamOnc2Uz1XBS-NUTQ4jYn1M0Ks"
    static let none =
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."
}
