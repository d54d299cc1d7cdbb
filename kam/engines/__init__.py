"""Our own PostgreSQL and Redis, for a machine that was given neither.

Where ``DATABASE_URL`` or ``REDIS_URL`` names a server, that server is used and nothing here runs. Else a
``Home`` (the folder ``var/`` of the checkout) keeps the data, and the program that holds the home's lock
runs the engines as its child processes. They listen on unix sockets in a folder that only their owner may
enter: no port to collide with, nothing to reach from outside. Where the sockets lie follows from the
home's path alone, so every process of the checkout finds the engines without asking.
"""
