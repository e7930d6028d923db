"""Sends a line each half second: curl -N 'http://localhost:8080/function/stream?lines=5'"""

import time


def handler(event, context):
    for number in range(int(event.query.get("lines", "10"))):
        yield f"line {number}\n"
        time.sleep(0.5)
