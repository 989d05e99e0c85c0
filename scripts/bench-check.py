#!/usr/bin/env python3
"""What scripts/bench-check.sh runs: makes manifests and policies, runs policy-check on them, prints tables."""

import os
import statistics
import subprocess
import sys
import tempfile
import time

BINARY, RUNS = os.path.abspath(sys.argv[1]), int(sys.argv[2])
CORES = sorted(os.sched_getaffinity(0))

POLICY = """apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: {name}
spec:
  matchConstraints:
    resourceRules:
      - {{apiGroups: [{groups}], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources: [{resources}]}}
  validations:
    - expression: >-
        {expression}
      message: {name} is not met
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  name: {name}
spec: {{policyName: {name}, validationActions: [Deny]}}
"""

# Usual demands; all manifests meet them, since a run without findings must look at everything.
CHECKS = [
    ('""', '"pods"', "object.spec.containers.all(c, c.image.startsWith('registry.example.com/'))"),
    ('"apps"', '"deployments", "statefulsets"', "object.spec.?replicas.orValue(1) < 100"),
    ('"", "apps", "batch"', '"*"', "has(object.metadata.labels) && 'team' in object.metadata.labels"),
    ('""', '"services"', "object.spec.?type.orValue('ClusterIP') != 'LoadBalancer'"),
    ('"apps"', '"deployments"', "object.spec.template.spec.containers.all(c, has(c.resources) && has(c.resources.limits))"),
    ('"batch"', '"cronjobs"', "object.spec.schedule.matches('^[0-9*/, -]+$')"),
    ('"apps"', '"deployments"', "object.spec.template.spec.containers.all(c, !c.image.endsWith(':latest'))"),
    ('""', '"configmaps"', "!has(object.data) || object.data.all(k, size(k) < 100)"),
]


def policies(count, folder):
    os.makedirs(folder)
    for number in range(count):
        groups, resources, expression = CHECKS[number % len(CHECKS)]
        with open(f"{folder}/{number:03}.yaml", "w") as file:
            file.write(POLICY.format(
                name=f"check-{number}", groups=groups, resources=resources, expression=expression))


CONTAINER = """- name: app
  image: registry.example.com/team/app-{n}:1.2.{n}
  ports: [{{containerPort: 8080, name: http}}]
  env:
    - name: LOG_LEVEL
      value: info
    - name: NUMBER
      value: "{n}"
  resources:
    limits:
      cpu: 500m
      memory: 256Mi
    requests:
      cpu: 100m
      memory: 128Mi
"""


def indented(text, columns):
    return "".join(" " * columns + line + "\n" for line in text.splitlines())


def manifest(n):
    head = f"metadata:\n  name: object-{n}\n  namespace: team-{n % 20}\n  labels:\n    app: app-{n}\n    team: payments\n"
    container = CONTAINER.format(n=n)
    kind = n % 5
    if kind == 0:
        return f"apiVersion: v1\nkind: Pod\n{head}spec:\n  containers:\n{indented(container, 4)}"
    if kind == 1:
        template = f"    metadata: {{labels: {{app: app-{n}}}}}\n    spec:\n      containers:\n{indented(container, 8)}"
        return (f"apiVersion: apps/v1\nkind: Deployment\n{head}spec:\n  replicas: 3\n"
                f"  selector: {{matchLabels: {{app: app-{n}}}}}\n  template:\n{template}")
    if kind == 2:
        return (f"apiVersion: v1\nkind: Service\n{head}spec:\n  selector: {{app: app-{n}}}\n"
                "  ports: [{port: 80, targetPort: http}]\n")
    if kind == 3:
        data = "".join(f"  key-{k}: value of the key {k} in number {n}\n" for k in range(12))
        return f"apiVersion: v1\nkind: ConfigMap\n{head}data:\n{data}"
    template = f"          restartPolicy: Never\n          containers:\n{indented(container, 12)}"
    return (f"apiVersion: batch/v1\nkind: CronJob\n{head}spec:\n  schedule: '*/5 * * * *'\n"
            f"  jobTemplate:\n    spec:\n      template:\n        spec:\n{template}")


def manifests(count, folder):
    os.makedirs(folder)
    size = 0
    for number in range(count):
        text = manifest(number)
        size += len(text)
        with open(f"{folder}/{number:05}.yaml", "w") as file:
            file.write(text)
    return size


def run(arguments, cores, expected=(0,)):
    """Seconds and MB of one run, with the process on the first cores only."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [BINARY, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        preexec_fn=lambda: os.sched_setaffinity(0, CORES[:cores]))
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - started
    code = os.waitstatus_to_exitcode(status)
    process.returncode = code
    if code not in expected:
        sys.exit(f"policy-check {' '.join(arguments)} ended with {code}: {errors.decode()[:2000]}")
    return elapsed, usage.ru_maxrss / 1024


def median(arguments, cores, expected=(0,)):
    results = [run(arguments, cores, expected) for _ in range(RUNS)]
    return statistics.median(r[0] for r in results), max(r[1] for r in results)


failed = []


def bar(name, value, limit, unit):
    print(f"{'ok  ' if value <= limit else 'MISS'} {name}: {value:.3g} {unit}, bar {limit} {unit}")
    if value > limit:
        failed.append(name)


with tempfile.TemporaryDirectory() as work:
    os.chdir(work)
    policies(4, "policies-4")
    policies(49, "policies-49")
    # Nothing that the manifests are about: what is left is finding, reading and parsing them.
    os.makedirs("policies-0")
    with open("policies-0/none.yaml", "w") as file:
        file.write(POLICY.format(
            name="none", groups='"none.example.com"', resources='"nothings"', expression="true"))
    sizes = {count: manifests(count, f"manifests-{count}") for count in (1000, 10000)}
    print(f"load {os.getloadavg()[0]:.1f} on {len(CORES)} cores; median of {RUNS} runs, memory the most of them")
    print()
    print("| manifests | policies | cores | s | manifests/s | times one core | RSS MB |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    measured = {}
    for count in (1000, 10000):
        for policy in ("0", "0, as written", "4", "49"):
            number = policy.split(",")[0]
            for cores in [c for c in (1, 2, 4) if c <= len(CORES)]:
                arguments = ["--no-config", "-p", f"policies-{number}", "--jobs", str(cores), "-q", f"manifests-{count}"]
                if number == "0":
                    arguments.append("--allow-empty")
                if policy != number:
                    arguments += ["--raw", "--no-schemas", "--no-expand-workloads"]
                seconds, memory = median(arguments, cores)
                measured[count, policy, cores] = seconds
                ratio = measured[count, policy, 1] / seconds
                print(f"| {count:,} | {policy} | {cores} | {seconds:.3f} | {count / seconds:,.0f} | {ratio:.2f} "
                      f"| {memory:.0f} |")
    print()
    print(f"manifests have {sizes[1000] / 1000:.0f} bytes on average; 0 policies: read and parsed only")

    # Ten files of 10 MB, each one long stream of documents, and the same bytes in small files.
    os.makedirs("large")
    written = 0
    for number in range(10):
        with open(f"large/{number}.yaml", "w") as file:
            here = 0
            n = number * 100_000
            while here < 10 << 20:
                text = manifest(n) + "---\n"
                here += file.write(text)
                n += 1
        written += here
    many = written // (sizes[10000] // 10000)
    manifests(many, "small")
    print()
    print("| 100 MB | cores | s | MB/s | RSS MB |")
    print("|---|---:|---:|---:|---:|")
    cores = min(4, len(CORES))
    for name, folder in (("in 10 files", "large"), (f"in {many:,} files", "small")):
        seconds, memory = run(["--no-config", "-p", "policies-4", "--jobs", str(cores), "-q", folder], cores)
        measured[folder] = memory
        print(f"| {name} | {cores} | {seconds:.2f} | {written / seconds / (1 << 20):.0f} | {memory:.0f} |")
    print()
    starts = [run(["--version"], 1)[0] for _ in range(4 * RUNS)]
    start = statistics.median(starts)
    one, memory = median(["--no-config", "-p", "policies-4", "-q", "manifests-1000/00000.yaml"], 1)
    with open("policy-check.yaml", "w") as file:
        file.write("policy: policies-4\nquiet: true\n")
    configured, _ = median(["manifests-1000/00000.yaml"], 1)
    print(f"start: --version {start * 1000:.1f} ms ({min(starts) * 1000:.1f} at best); one manifest, 4 policies {one * 1000:.1f} ms, {memory:.0f} MB; "
          f"with policy-check.yaml {configured * 1000:.1f} ms")
    print()
    two = min(2, len(CORES))
    bar("1,000 manifests, 4 policies, 2 cores", measured[1000, "4", two], 0.25, "s")
    bar("1,000 manifests, 49 policies, 2 cores", measured[1000, "49", two], 0.5, "s")
    # A process alone says more than one that waits for its turn on a busy machine.
    bar("start-up, best", min(starts) * 1000, 20, "ms")
    bar("100 MB in small files, memory", measured["small"], 96, "MB")
sys.exit(1 if failed else 0)
