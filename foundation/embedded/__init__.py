"""PostgreSQL and Valkey from wheels, for a machine that has neither: ``python -m foundation.embedded -- COMMAND``.

Servers are shared by every process that names the same state folder and stopped by the last one to leave.
Nothing here knows Django; settings only read the URLs that the command receives in its environment.
"""
