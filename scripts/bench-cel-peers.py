#!/usr/bin/env python3
"""Times other CEL engines on the expressions and the object that `EngineBench cel` measures.

usage: bench-cel-peers.py EXPRESSIONS REVIEW

Prints one JSON object per line: {"name", "peer", "value", "evaluate_ns", "net_ns"}. The peers are Google's C++ engine
(cel-expr-python) and the Rust one (common-expression-language), both driven from Python. What an empty loop in Python
costs is taken off; `net_ns` is also without what the peer needs for the expression `true`, its way in and out of Python.
"""
import json
import statistics
import sys
import time

ROUNDS = 7
CALLS = 5_000


def nanoseconds(call):
    """The median time of one call over several rounds, without the loop's own."""
    def rounds(function):
        times = []
        for _ in range(ROUNDS):
            start = time.perf_counter_ns()
            for _ in range(CALLS):
                function()
            times.append((time.perf_counter_ns() - start) / CALLS)
        return statistics.median(times)

    return max(0.0, rounds(call) - rounds(lambda: None))


def cpp_engine(request):
    from cel_expr_python import cel

    environment = cel.NewEnv(variables={name: cel.Type.DYN for name in request})
    activation = environment.Activation(request)

    def prepare(text):
        expression = environment.compile(text)
        return lambda: expression.eval(activation)

    return prepare


def rust_engine(request):
    import cel

    context = cel.Context(request)

    def prepare(text):
        program = cel.compile(text)
        return lambda: program.execute(context)

    return prepare


def main():
    expressions, review = sys.argv[1:3]
    with open(review, encoding="utf-8") as file:
        request = {"object": json.load(file)["request"]["object"]}
    peers = {}
    for name, make in (("cel-expr-python", cpp_engine), ("common-expression-language", rust_engine)):
        try:
            peers[name] = make(request)
        except Exception as error:  # a peer that does not load is left out, and said so
            print(f"bench-cel-peers: {name}: {error}", file=sys.stderr)
    with open(expressions, encoding="utf-8") as file:
        cases = [json.loads(line) for line in file if line.strip()]
    entry = {peer: nanoseconds(prepare("true")) for peer, prepare in peers.items()}
    for case in cases:
        for peer, prepare in peers.items():
            row = {"name": case["name"], "peer": peer}
            try:
                call = prepare(case["expr"])
                row["value"] = str(call())
                measured = nanoseconds(call)
                row["evaluate_ns"] = round(measured, 1)
                row["net_ns"] = round(max(0.0, measured - entry[peer]), 1)
            except Exception as error:  # an expression that a peer cannot do
                row["error"] = str(error)
            print(json.dumps(row), flush=True)


main()
