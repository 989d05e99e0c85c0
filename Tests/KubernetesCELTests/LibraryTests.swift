import CEL
import KubernetesCEL
import Testing
import Values

/// Library functions through whole expressions; each is true, or fails with the message given.
@Suite struct LibraryTests {
    static let truths = [
        // Strings: indices are code points, comparison is by bytes.
        "'😀x'.indexOf('x') == 1", "'héllo'.charAt(1) == 'é'", "'héllo'.charAt(5) == ''",
        "'héllo'.substring(1, 3) == 'él'",
        "'tacocat'.lastIndexOf('a') == 5", "'tacocat'.lastIndexOf('a', 4) == 1", "'ab'.replace('', '-') == '-a-b-'",
        "'a,b,c'.split(',', 2) == ['a', 'b,c']", "''.split(',') == ['']", "'é'.split('') == ['é']",
        "'\\u0065\\u0301' != '\\u00e9'", "'\\u2003x\\u00a0'.trim() == 'x'", "'TÀco'.lowerAscii() == 'tÀco'",
        "strings.quote('a\\n\\\"') == '\"a\\\\n\\\\\"\"'", "['a', 'b'].join('-') == 'a-b'",
        "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'.contains('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab')",
        // format
        "'%.3f'.format([1234.5]) == '1,234.500'", "'%e'.format([12345.678]) == '1.234568×10⁰⁴'",
        "'%s'.format([[1, 2]]) == '[1, 2]'", "'%x %X %o %b'.format([255, 255, 8, 5]) == 'ff FF 10 101'",
        "'%d%%'.format([-5]) == '-5%'",
        // Conversions
        "string(1e6) == '1e+06'", "string(123456.0) == '123456'", "string(0.0001) == '0.0001'", "string(1.5) == '1.5'",
        "string(-0.0) == '-0'", "string(1e21) == '1e+21'", "double('0x1p-2') == 0.25", "double('-inf') < 0.0",
        "int(-1.9) == -1", "bool('T')", "string(b'\\x61') == 'a'", "size(bytes('é')) == 2",
        // Time
        "string(duration('1h30m0.5s')) == '5400.5s'", "string(duration('-1.5ms')) == '-0.0015s'",
        "duration('1µs') == duration('1000ns')", "timestamp('2024-02-29T12:00:00.5Z').getMilliseconds() == 500",
        "string(timestamp('2024-02-29T12:00:00+02:00')) == '2024-02-29T12:00:00+02:00'",
        "timestamp('2024-07-01T12:00:00Z').getHours('America/New_York') == 8",
        "timestamp('2024-01-01T12:00:00Z').getHours('America/New_York') == 7",
        "timestamp('2090-07-01T12:00:00Z').getHours('America/New_York') == 8",
        "timestamp('2090-12-01T12:00:00Z').getHours('Australia/Sydney') == 23",
        "timestamp('2024-07-01T12:00:00Z').getMinutes('-00:30') == 30",
        "timestamp('0001-01-01T00:00:00Z').getDayOfWeek() == 1",
        "timestamp('2024-12-31T00:00:00Z').getDayOfYear() == 365",
        // Lists and sets
        "[3, 1, 2].sort() == [1, 2, 3]", "[1, 1, 2].distinct() == [1, 2]", "[[1], [2, 3]].flatten() == [1, 2, 3]",
        "[1, 2, 3].slice(1, 2) == [2]", "lists.range(3) == [0, 1, 2]", "[1, 2].reverse() == [2, 1]",
        "['bb', 'a'].sortBy(s, size(s)) == ['a', 'bb']", "[1, 2].sum() == 3", "['b', 'a'].min() == 'a'",
        "[1, 2, 2].lastIndexOf(2) == 2", "![2, 1].isSorted()", "sets.contains([1, 2], [2])",
        "!sets.intersects([1], [2])", "sets.equivalent([1, 1], [1])", "[1].first().value() == 1",
        "![].last().hasValue()",
        // Optionals
        "!optional.ofNonZeroValue('').hasValue()", "optional.none().orValue(5) == 5",
        "[optional.of(1), optional.none()].unwrapOpt() == [1]",
        // Patterns
        "'abc 123'.find('[0-9]+') == '123'", "'aabb'.findAll('b*') == ['', '', 'bb']",
        "'a1b2'.findAll('[0-9]', 1) == ['1']",
        "'x'.matches('(?<name>x)')",
        // Quantities
        "quantity('1.5Gi').compareTo(quantity('1536Mi')) == 0",
        "quantity('0.1').add(quantity('200m')) == quantity('300m')",
        "!quantity('1.0').isInteger()", "quantity('1Ki').asInteger() == 1024", "sign(quantity('-1m')) == -1",
        "!isQuantity('1K')", "quantity('9223372036854775807').add(1).isGreaterThan(quantity('9E'))",
        // Addresses
        "ip('2001:DB8::1') == ip('2001:db8:0::1')", "string(ip('2001:db8:0:0:1:0:0:1')) == '2001:db8::1:0:0:1'",
        "!isIP('01.2.3.4')", "!isIP('fe80::1%eth0')", "!isIP('::ffff:1.2.3.4')", "!ip.isCanonical('::0')",
        "cidr('10.0.0.0/8').containsIP('10.255.0.1')", "string(cidr('10.1.2.3/12').masked()) == '10.0.0.0/12'",
        "cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16')", "!isCIDR('10.0.0.0/08')",
        "ip('fe80::1').isLinkLocalUnicast()",
        // URLs
        "url('https://u:p@h.example:80/a%2Fb?k=1&k=2#f').getHost() == 'h.example:80'",
        "url('https://h/a%2Fb').getEscapedPath() == '/a%2Fb'", "url('http://[::1]:8080/').getHostname() == '::1'",
        "url('https://h/?k=1&k=2').getQuery() == {'k': ['1', '2']}", "!isURL('../x')", "!isURL('http://h:p/')",
        // Formats
        "!format.dns1123Label().validate('my-name').hasValue()", "format.dns1123Label().validate('a.b').hasValue()",
        "!format.named('nope').hasValue()",
        "!format.uuid().validate('123e4567-e89b-12d3-a456-426614174000').hasValue()",
        "format.date().validate('2023-02-29').hasValue()", "!format.byte().validate('YQ==').hasValue()",
        // Versions
        "semver('1.2.3-rc.2').isLessThan(semver('1.2.3-rc.11'))", "semver('v1.2', true) == semver('1.2.0')",
        "!isSemver('01.2.3')", "semver('1.2.3+a') == semver('1.2.3+b')",
        // Patches
        "jsonpatch.escapeKey('a/b~c') == 'a~1b~0c'",
    ]

    @Test("is true", arguments: truths)
    func truth(text: String) throws {
        #expect(try Self.evaluate(text).boolValue == true)
    }

    @Test(
        "fails with its reason",
        arguments: [
            ("'abc'.charAt(4)", "index out of range: 4"), ("'abc'.substring(2, 1)", "invalid substring range"),
            ("timestamp('2024-07-01T12:00:00Z').getHours('../../etc/passwd')", "unknown time zone"),
            ("timestamp('2024-07-01T12:00:00Z').getHours('/etc/localtime')", "unknown time zone"),
            ("timestamp('2024-07-01T12:00:00Z').getHours('Z')", "unknown time zone"),
            ("lists.range(1000000000)", "too large"), ("[1, 2].slice(0, 3)", "list is length 2"),
            ("optional.none().value()", "dereference"), ("quantity('1e1000000')", "exponent"),
            ("quantity('1e-9223372036854775808')", "exponent"),
            ("quantity('2') == quantity('1').add(quantity('1'))", "no such overload"),
            ("cidr('10.0.0.0/8').containsIP('x')", "no such overload"),
            ("[dyn(ip('1.1.1.1'))][0] == quantity('1')", "overload"),
            ("semver('1.2')", "No Major.Minor.Patch"), ("url('x')", "invalid URI for request"),
        ])
    func failure(text: String, message: String) throws {
        let error = #expect(throws: EvaluationError.self) { try Self.evaluate(text) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test(
        "does not compile",
        arguments: [
            "'a'.matches('(')", "'a'.find('\\\\C')", "timestamp('2024-02-30T00:00:00Z')", "duration('1d')",
            "int('abc')",
            "int(dyn('abc'))", "'%d'.format(['a'])", "'%s'.format([])", "'%s'.format([1, 2])", "'%y'.format([1])",
            "quantity('1').sign()", "[1, 2.0].sum()",
        ])
    func refused(text: String) {
        #expect(throws: CompileError.self) { try Self.evaluate(text) }
    }

    @Test("asks declared rules, the first match first")
    func authorizer() throws {
        var allow = AuthorizationRules.Rule()
        allow.verb = "get"
        allow.answer = AuthorizationAnswer(.allow, reason: "r")
        var deny = AuthorizationRules.Rule()
        deny.answer = AuthorizationAnswer(.deny)
        let rules = AuthorizationRules([allow, deny])
        func check(_ text: String) throws -> Bool? { try Self.evaluate(text, authorizer: rules).boolValue }
        #expect(try check("authorizer.group('').resource('pods').check('get').allowed()") == true)
        #expect(try check("authorizer.path('/x').check('put').allowed()") == false)
        #expect(try check("authorizer.group('').resource('pods').check('get').reason() == 'r'") == true)
    }

    private static func evaluate(_ text: String, authorizer: AuthorizationRules? = nil) throws -> Value {
        var environment = KubernetesEnvironment.base(mutation: true)
        if authorizer != nil { environment.declare("authorizer", Library.authorizerType) }
        let parsed = try ParsedExpression(parsing: text, in: environment)
        let checked = try CheckedExpression(checking: parsed, in: environment)
        let program = try Program(planning: checked, in: environment)
        var budget = CostBudget(limit: 1_000_000)
        let variable = authorizer.map { Value.object(AuthorizerValue($0, requestResource: nil)) }
        return try program.evaluate(Activation(authorizer == nil ? [] : [variable]), budget: &budget)
    }
}
