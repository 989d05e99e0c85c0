#!/usr/bin/env python3
"""Writes Sources/Admission/BuiltInResources.swift from an API server's resource list.

Usage: scripts/generate-resource-table.py api-resources.json > Sources/Admission/BuiltInResources.swift
The input is a JSON list of the discovery documents' resources with `parentGroupVersion`, `group`, `version` (those of
the kind), `kind`, `name` and `namespaced`.
"""
import json
import sys

# Versions that clusters before the listed one served, and that manifests may still use.
RETIRED = [
    "extensions/v1beta1 N Deployment deployments", "extensions/v1beta1 N DaemonSet daemonsets",
    "extensions/v1beta1 N ReplicaSet replicasets", "extensions/v1beta1 N Ingress ingresses",
    "extensions/v1beta1 N NetworkPolicy networkpolicies", "apps/v1beta1 N Deployment deployments",
    "apps/v1beta1 N StatefulSet statefulsets", "apps/v1beta2 N Deployment deployments",
    "apps/v1beta2 N DaemonSet daemonsets", "apps/v1beta2 N ReplicaSet replicasets",
    "apps/v1beta2 N StatefulSet statefulsets", "batch/v1beta1 N CronJob cronjobs",
    "networking.k8s.io/v1beta1 N Ingress ingresses", "networking.k8s.io/v1beta1 C IngressClass ingressclasses",
    "policy/v1beta1 N PodDisruptionBudget poddisruptionbudgets", "policy/v1beta1 C PodSecurityPolicy podsecuritypolicies",
    "autoscaling/v2beta1 N HorizontalPodAutoscaler horizontalpodautoscalers",
    "autoscaling/v2beta2 N HorizontalPodAutoscaler horizontalpodautoscalers",
    "rbac.authorization.k8s.io/v1beta1 N Role roles", "rbac.authorization.k8s.io/v1beta1 C ClusterRole clusterroles",
    "rbac.authorization.k8s.io/v1beta1 N RoleBinding rolebindings",
    "rbac.authorization.k8s.io/v1beta1 C ClusterRoleBinding clusterrolebindings",
    "apiextensions.k8s.io/v1beta1 C CustomResourceDefinition customresourcedefinitions",
    "admissionregistration.k8s.io/v1beta1 C ValidatingAdmissionPolicy validatingadmissionpolicies",
    "admissionregistration.k8s.io/v1beta1 C ValidatingAdmissionPolicyBinding validatingadmissionpolicybindings",
    "admissionregistration.k8s.io/v1beta1 C ValidatingWebhookConfiguration validatingwebhookconfigurations",
    "admissionregistration.k8s.io/v1beta1 C MutatingWebhookConfiguration mutatingwebhookconfigurations",
    "scheduling.k8s.io/v1beta1 C PriorityClass priorityclasses", "storage.k8s.io/v1beta1 C StorageClass storageclasses",
    "coordination.k8s.io/v1beta1 N Lease leases", "discovery.k8s.io/v1beta1 N EndpointSlice endpointslices",
    "events.k8s.io/v1beta1 N Event events", "node.k8s.io/v1beta1 C RuntimeClass runtimeclasses",
]


def main():
    lines = []
    for entry in json.load(open(sys.argv[1])):
        scope = "N" if entry["namespaced"] else "C"
        kind = entry["kind"]
        own = f"{entry['group']}/{entry['version']}" if entry["group"] else entry["version"]
        # A subresource's kind may be of another group: autoscaling/v1's Scale.
        if own != entry["parentGroupVersion"]:
            kind = f"{own}:{kind}"
        lines.append(f"{entry['parentGroupVersion']} {scope} {kind} {entry['name']}")
    lines += RETIRED
    print("// Written by scripts/generate-resource-table.py; do not edit.")
    print()
    print("/// One resource a line: apiVersion, N(amespaced) or C(luster), kind (with its own apiVersion if another), name.")
    print('let builtInResources: StaticString = """')
    for line in lines:
        print("    " + line)
    print('    """')


main()
