import Glibc

/// The process' own figures, under the names that Prometheus' client libraries give them.
enum ProcessMetrics {
    static func write(into text: inout MetricsText) {
        if let resident = residentBytes() {
            text.single("process_resident_memory_bytes", "gauge", "Resident memory size in bytes.", resident)
        }
        if let open = openDescriptors() {
            text.single("process_open_fds", "gauge", "Number of open file descriptors.", open)
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            let count = Int(clamping: limit.rlim_cur)
            text.single("process_max_fds", "gauge", "Maximum number of open file descriptors.", count)
        }
        var usage = rusage()
        if getrusage(RUSAGE_SELF.rawValue, &usage) == 0 {
            let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
            let microseconds = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
            text.family("process_cpu_seconds_total", "counter", "Total user and system CPU time spent in seconds.")
            text.sample("process_cpu_seconds_total", text: String(Double(seconds) + Double(microseconds) / 1e6))
        }
    }

    private static func residentBytes() -> Int? {
        let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return nil }
        let fields = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: " ")
        return fields.dropFirst().first.flatMap { Int($0) }.map { $0 * sysconf(Int32(_SC_PAGESIZE)) }
    }

    private static func openDescriptors() -> Int? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Not counted: `.`, `..` and the directory itself.
        return count - 3
    }
}
