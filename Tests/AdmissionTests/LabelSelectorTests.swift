import Admission
import Documents
import Testing
import Values

@Suite("LabelSelectorTests")
struct LabelSelectorTests {
    private func node(_ json: String) throws -> Node { try JSONParser().parse(Array(json.utf8)).root }

    @Test(
        "matches labels",
        arguments: [
            ("{}", true), (#"{"matchLabels":{"a":"1"}}"#, true), (#"{"matchLabels":{"a":"2"}}"#, false),
            (#"{"matchExpressions":[{"key":"a","operator":"In","values":["0","1"]}]}"#, true),
            (#"{"matchExpressions":[{"key":"b","operator":"In","values":["1"]}]}"#, false),
            (#"{"matchExpressions":[{"key":"a","operator":"NotIn","values":["1"]}]}"#, false),
            (#"{"matchExpressions":[{"key":"b","operator":"NotIn","values":["1"]}]}"#, true),
            (#"{"matchExpressions":[{"key":"a","operator":"Exists"}]}"#, true),
            (#"{"matchExpressions":[{"key":"a","operator":"DoesNotExist"}]}"#, false),
        ])
    func matches(selector: String, expected: Bool) throws {
        let labels = try node(#"{"a":"1"}"#)
        #expect(try LabelSelector(node(selector)).matches(labels) == expected)
    }

    @Test(
        "refuses selectors that cannot work",
        arguments: [
            (#"{"matchLabels":{"a":1}}"#, "matchLabels[a]"),
            (#"{"matchExpressions":[{"key":"a","operator":"in","values":["1"]}]}"#, "matchExpressions[0].operator"),
            (#"{"matchExpressions":[{"key":"a","operator":"In"}]}"#, "matchExpressions[0].values"),
            (#"{"matchExpressions":[{"key":"a","operator":"Exists","values":["1"]}]}"#, "matchExpressions[0].values"),
            (#"{"matchExpressions":[{"operator":"Exists"}]}"#, "matchExpressions[0].key"),
        ])
    func refuses(selector: String, field: String) throws {
        let selector = try node(selector)
        #expect { try LabelSelector(selector) } throws: { ($0 as? LabelSelectorError)?.field == field }
    }
}
