/// The objects of one watch as they were last seen.
package struct ObjectCache: Sendable {
    package private(set) var objects: [ObjectKey: WatchedObject] = [:]
    /// About what they take in memory.
    package private(set) var bytes = 0

    package init() {}

    /// - Returns: whether anything is different now.
    package mutating func replace(with listed: ObjectCache) -> Bool {
        let isSame =
            objects.count == listed.objects.count
            && objects.allSatisfy { listed.objects[$0.key]?.resourceVersion == $0.value.resourceVersion }
        self = listed
        return !isSame
    }

    /// - Throws: `tooLarge` if there is no room for it.
    package mutating func insert(_ object: WatchedObject) throws(APIFailure) {
        let before = objects[object.key]?.bytes
        let total = bytes - (before ?? 0) + object.bytes
        guard before != nil || objects.count < KubernetesAPILimits.watchedObjects,
            total <= KubernetesAPILimits.watchedBytes
        else {
            throw APIFailure(
                .tooLarge,
                "there are more than \(KubernetesAPILimits.watchedObjects) objects or "
                    + "\(KubernetesAPILimits.watchedBytes) bytes to watch")
        }
        objects[object.key] = object
        bytes = total
    }

    /// - Returns: whether it was there.
    package mutating func remove(_ key: ObjectKey) -> Bool {
        guard let removed = objects.removeValue(forKey: key) else { return false }
        bytes -= removed.bytes
        return true
    }
}
