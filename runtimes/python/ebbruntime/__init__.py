"""Hosts one Python function behind HTTP/1.1 on a unix socket.

Start-up time is what this package is written for. A bare interpreter starts in 5 ms; `socket`,
`threading`, `json` or `traceback` would add 3 to 10 ms each, because they pull in `enum`, `re` and
`functools`. So it uses the C modules under them (`_socket`, `_thread`, `_json`, `_signal`) and
imports the rest when a request needs it. The interpreter runs without `site` (-S), which
`packages` makes up for when the function imports something that is not in the standard library.

    main      start, stop: the protocol with the node
    packages  where imports look
    handler   finds the user's function and how it wants to be called
    event     what a handler gets
    answer    from what a handler returns to a response
    protocol  HTTP/1.1: requests in, responses out
    loop      which thread serves which connection
    jsons     JSON without the json module
    coroutines  the event loop of async handlers
    failures  what is logged and answered when user code fails
"""
