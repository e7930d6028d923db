"""Async handlers: one event loop, on a thread of its own, runs those of all requests.

So what a function shares between its requests (a client session, a lock) lives on one loop, as
its libraries expect. Imported only when the function needs it: asyncio takes 30 ms.
"""

import _thread
import asyncio

_loop = asyncio.new_event_loop()


def _run():
    asyncio.set_event_loop(_loop)
    _loop.run_forever()


_thread.start_new_thread(_run, ())


async def _await(awaitable):
    return await awaitable


def complete(awaitable):
    """The result of an awaitable; blocks the calling thread, not the loop."""
    return asyncio.run_coroutine_threadsafe(_await(awaitable), _loop).result()


def iterate(pieces):
    """A generator over an async iterable."""
    iterator = pieces.__aiter__()
    try:
        while True:
            try:
                yield complete(iterator.__anext__())
            except StopAsyncIteration:
                return
    finally:
        if hasattr(iterator, "aclose"):
            complete(iterator.aclose())
