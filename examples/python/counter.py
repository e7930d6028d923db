"""Counts the requests of this instance: state in memory lives as long as the instance does."""

import threading

lock = threading.Lock()
count = 0


def handler(event, context):
    global count
    with lock:  # one instance serves several requests at once
        count += 1
        return {"count": count, "revision": context.revision}
