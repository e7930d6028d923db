"""Writes the recorded traces: `python3 kpa_traces.py` in this folder.

A model of Knative's published rules, written for this purpose alone and as plainly as possible:
it keeps every second's reading in a list and looks back over it. It shares nothing with the
program but the rules. Instances become ready (or go) four seconds after they were wanted.

Columns: second, average concurrency of that second, ready instances, desired instances, mode. A
decision is made in each even second; the gateway reports in each.
"""

import math

READY_LAG = 4


class Model:
    def __init__(self, target, window=60, panic_percent=10, threshold=2.0, up=1000, down=2, delay=0,
                 least=0, most=0, activation=1, retention=0):
        self.__dict__.update(locals())
        self.panic_window = max(1, round(window * panic_percent / 100))
        self.readings = {}
        self.starts = {}
        self.last_reading = None
        self.panicking_since = None
        self.panic_count = 0
        self.wanted = []
        self.desired = 0
        self.activating = False
        self.active_since = None
        self.idle_since = None

    def read(self, second, concurrency, ready):
        if concurrency == 0 and ready == 0:
            return
        for window in (self.window, self.panic_window):
            if self.last_reading is None or second - self.last_reading >= window:
                self.starts[window] = second
        self.last_reading = second
        self.readings[second] = concurrency

    def average(self, second, window):
        if self.last_reading is None or second - self.last_reading >= window:
            return 0
        begin = max(self.starts[window], second - window + 1)
        seconds = range(begin, self.last_reading + 1)
        return round(sum(self.readings.get(s, 0) for s in seconds) / len(seconds), 6)

    def decide(self, second, concurrency, ready):
        present = max(1, ready)
        if self.activating and ready >= max(1, self.least):
            self.activating, self.active_since = False, second
        stable = math.ceil(self.average(second, self.window) / self.target)
        panic = math.ceil(self.average(second, self.panic_window) / self.target)
        highest, lowest = math.ceil(self.up * present), math.floor(present / self.down)
        for_stable = min(max(stable, lowest), highest)
        for_panic = min(max(panic, lowest), highest)
        if stable > 0:
            for_stable = max(for_stable, self.activation)
        if panic > 0:
            for_panic = max(for_panic, self.activation)
        if panic / present >= self.threshold:
            self.panicking_since = second
        elif self.panicking_since is not None and second - self.panicking_since > self.window:
            self.panicking_since, self.panic_count = None, 0
        want = for_stable
        if self.panicking_since is not None:
            self.panic_count = want = max(self.panic_count, for_stable, for_panic)
        if self.delay:
            self.wanted.append((second // 2, want))
            ticks = math.ceil(self.delay / 2)
            want = max(w for tick, w in self.wanted if second // 2 - tick < ticks)
        want = max(want, self.least)
        if self.most:
            want = min(want, self.most)
        want = self.about_zero(second, concurrency, want)
        if self.desired == 0 and want > 0:
            self.activating = True
        self.desired = want

    def about_zero(self, second, concurrency, want):
        if want > 0:
            self.idle_since = None
            return want
        if concurrency > 0:
            return 1
        if self.desired == 0:
            return 0
        if self.activating:
            return self.desired
        if second - self.active_since < self.window:
            return 1
        if self.idle_since is None:
            self.idle_since = second
        if second - self.idle_since < self.retention:
            return 1
        self.idle_since = None
        return 0


def write(file, model, phases):
    load = [concurrency for seconds, concurrency in phases for _ in range(seconds)]
    history = []
    with open(file, "w") as out:
        out.write("# second, concurrency, ready, desired, mode; made by kpa_traces.py\n")
        for second, concurrency in enumerate(load, 1):
            ready = history[-READY_LAG] if len(history) >= READY_LAG else 0
            model.read(second, concurrency, ready)
            if second % 2 == 0:
                model.decide(second, concurrency, ready)
            history.append(model.desired)
            mode = "panic" if model.panicking_since is not None else "stable"
            out.write("%d %s %d %d %s\n" % (second, concurrency, ready, model.desired, mode))


if __name__ == "__main__":
    # A day of a service in ten minutes: a start from zero, a slow rise, a burst that panics, a
    # pause inside the burst, the way down, zero, and a burst out of zero.
    write("day.txt", Model(7.0), [
        (3, 0), (20, 1), (40, 5.5), (40, 13.9), (30, 21.5), (8, 200), (6, 0), (10, 150), (70, 30),
        (40, 3), (90, 0), (30, 0), (12, 95.25), (90, 0), (5, 1), (75, 0), (31, 0),
    ])  # fmt: skip
    # Slow rates, a delay, bounds, an activation scale and a retention period.
    write("bounded.txt", Model(10, window=30, panic_percent=20, threshold=1.5, up=2, down=1.5,
                               delay=15, most=12, activation=3, retention=20), [
        (2, 0), (15, 4), (30, 60), (20, 500), (40, 35), (60, 2), (45, 0), (40, 0), (10, 25), (80, 0),
    ])  # fmt: skip
    # A floor that never sleeps, a long window, and gaps of silence shorter than it.
    write("floor.txt", Model(1, window=120, least=2, up=10, down=10), [
        (5, 0), (1, 40), (50, 0), (1, 40), (130, 0), (60, 3.2), (100, 0),
    ])  # fmt: skip
