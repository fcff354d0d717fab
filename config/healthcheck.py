"""Exit 0 when the web process of this container is ready: `python -m config.healthcheck`."""

import os
import sys
from http.client import HTTPConnection, HTTPException


def main() -> int:
    """Ask /readyz on the loopback, under a name that the exchange answers to."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().removeprefix(".")
    connection = HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=8)
    try:
        connection.request("GET", "/readyz", headers={"Host": host if host != "*" else "localhost"})
        answer = connection.getresponse()
        print(answer.status, answer.read(1000).decode("utf-8", "replace"))
        return 0 if answer.status == 200 else 1
    except (OSError, HTTPException) as error:
        print(error)
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
