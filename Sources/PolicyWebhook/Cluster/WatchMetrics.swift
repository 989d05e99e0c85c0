import KubernetesAPI
import Webhook

/// How the watches stand, for Prometheus.
extension ClusterSources: MetricsSource {
    func write(into text: inout MetricsText) {
        let states = watches.map { (label: $0.label, state: $0.current) }
        let now = MonotonicTime.now()
        text.family("guardrail_watch_objects", "gauge", "Objects that a watch of the Kubernetes API knows.")
        for (label, state) in states {
            text.sample("guardrail_watch_objects", [("watch", label)], state.cache.objects.count)
        }
        text.family("guardrail_watch_synced", "gauge", "1 once a watch has read all its objects.")
        for (label, state) in states {
            text.sample("guardrail_watch_synced", [("watch", label)], state.isSynced ? 1 : 0)
        }
        text.family("guardrail_watch_current", "gauge", "1 while a watch has no failure.")
        for (label, state) in states {
            text.sample("guardrail_watch_current", [("watch", label)], state.failure == nil ? 1 : 0)
        }
        text.family(
            "guardrail_watch_last_event_age_seconds", "gauge", "Since the server was last heard of, bookmarks included."
        )
        for (label, state) in states {
            guard let contact = state.lastContact else { continue }
            let age = Int((now - contact).components.seconds)
            text.sample("guardrail_watch_last_event_age_seconds", [("watch", label)], age)
        }
        text.family("guardrail_watch_restarts_total", "counter", "Watches that were begun.")
        for (label, state) in states {
            text.sample("guardrail_watch_restarts_total", [("watch", label)], state.counters.watches)
        }
        text.family("guardrail_watch_lists_total", "counter", "Lists that were read whole.")
        for (label, state) in states {
            text.sample("guardrail_watch_lists_total", [("watch", label)], state.counters.lists)
        }
        text.family("guardrail_watch_failures_total", "counter", "Requests of a watch that failed.")
        for (label, state) in states {
            text.sample("guardrail_watch_failures_total", [("watch", label)], state.counters.failures)
        }
    }
}
