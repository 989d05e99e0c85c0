#!/usr/bin/env python3
"""Sifts reports of the thread sanitizer: those about the standard library's Mutex are none.

    scripts/check-tsan.py LOG...

The sanitizer does not see the locks of `Synchronization.Mutex`, whose library is not instrumented, and reports what two
threads do one after the other under it. A report is put aside where both of its accesses are made below a `withLock` of the
same file, as the lines of the source say. Every other one is printed; ends with 1 if there is one.
"""

import pathlib
import re
import sys

FRAME = re.compile(r"^\s+#(\d+) (\S+) (/\S+?\.swift)(?::(\d+))?")


def stacks(report):
    """The frames of each access of a report, as (file, line)."""
    found = []
    for line in report.splitlines():
        if re.match(r"^\s+(Modifying access|Read|Write|Atomic|Previous)", line):
            found.append([])
        elif re.match(r"^\s+(Location|Thread|Mutex|As if synchronized)", line):
            break
        elif found and (frame := FRAME.match(line)):
            found[-1].append((pathlib.Path(frame[3]), int(frame[4] or 0)))
    return found


def locks(frames):
    """The files with a `withLock` that is under way on a stack."""
    found = set()
    for file, line in frames:
        if line and file.exists():
            text = file.read_text(errors="replace").splitlines()
            if any("withLock" in near for near in text[max(0, line - 2):line + 1]):
                found.add(file)
    return found


def main():
    real = sifted = 0
    for path in sys.argv[1:]:
        for report in re.split(r"^={18}$", pathlib.Path(path).read_text(errors="replace"), flags=re.M):
            if "WARNING: ThreadSanitizer" not in report:
                continue
            accesses = stacks(report)
            if len(accesses) == 2 and locks(accesses[0]) & locks(accesses[1]):
                sifted += 1
                continue
            real += 1
            print(report)
    print(f"{sifted} reports about Mutex put aside, {real} others")
    return 1 if real else 0


if __name__ == "__main__":
    sys.exit(main())
