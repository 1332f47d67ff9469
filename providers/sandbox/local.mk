# sandbox: the demo's server, a program of its own (libmicrohttpd)
