/// The files that `init` writes.
enum Starter {
    static let configuration = """
        # Options of policy-check, by their long names; see `policy-check --help`. Flags and POLICY_CHECK_* variables
        # count before this file.
        policy: [policies]
        # What is judged when no path is given:
        # paths: [deploy]
        # Objects of tests are meant to violate policies.
        exclude: [policy-tests]
        test:
          paths: [policy-tests]

        """

    static let policy = """
        # Every Deployment says which team it belongs to. A policy needs a binding to be in force; this one only warns,
        # until `validationActions` says Deny.
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata:
          name: require-team-label
          annotations:
            policies.kyverno.io/title: Require a team
            policies.kyverno.io/category: Ownership
            policies.kyverno.io/severity: medium
            policies.kyverno.io/description: >-
              Somebody is asked when a Deployment misbehaves. The label `team` says who.
        spec:
          failurePolicy: Fail
          matchConstraints:
            resourceRules:
              - apiGroups: ["apps"]
                apiVersions: ["v1"]
                operations: ["CREATE", "UPDATE"]
                resources: ["deployments"]
          variables:
            - name: team
              expression: object.metadata.?labels.?team.orValue('')
          validations:
            - expression: variables.team != ''
              message: a Deployment needs the label team
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicyBinding
        metadata:
          name: require-team-label
        spec:
          policyName: require-team-label
          validationActions: ["Warn"]

        """

    static let test = """
        # policy-check test runs this, and so does `kyverno test`.
        apiVersion: cli.kyverno.io/v1alpha1
        kind: Test
        metadata:
          name: require-team-label
        policies:
          - ../policies/require-team-label.yaml
        resources:
          - resources.yaml
        results:
          - policy: require-team-label
            isValidatingAdmissionPolicy: true
            kind: Deployment
            resources: [with-team]
            result: pass
          - policy: require-team-label
            isValidatingAdmissionPolicy: true
            kind: Deployment
            resources: [without-team]
            result: fail

        """

    static let resources = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: with-team
          labels:
            team: payments
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: web, image: registry.example.com/web:1.0}]}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: without-team
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: web, image: registry.example.com/web:1.0}]}

        """

    static let hooks = """
        # https://pre-commit.com; policy-check must be on the PATH.
        repos:
          - repo: local
            hooks:
              - id: policy-check
                name: policy-check
                entry: policy-check check --allow-empty
                language: system
                types_or: [yaml, json]
                exclude: ^(policies|policy-tests|\\.github|\\.gitlab)/|^\\.pre-commit-config\\.yaml$
                require_serial: true
              - id: policy-test
                name: policy-check test
                entry: policy-check test
                language: system
                files: ^(policies|policy-tests)/
                pass_filenames: false

        """

    static let workflow = """
        # policy-check must be on the PATH of the runner, for example from a step before.
        name: policy-check
        on: [push, pull_request]
        permissions:
          contents: read
        jobs:
          policy-check:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v4
                with:
                  fetch-depth: 0
              - run: policy-check test
              - run: policy-check check --allow-empty -o text -o github -- .

        """

    static let job = """
        # In .gitlab-ci.yml: include: [{local: .gitlab/policy-check.yml}]. The image must have policy-check on its PATH.
        policy-check:
          stage: test
          script:
            - policy-check test
            - policy-check check --allow-empty -o text -o gitlab=quality.json -o junit=policy.xml -- .
          artifacts:
            when: always
            reports:
              codequality: quality.json
              junit: policy.xml

        """
}
