"""A program to be supervised: answers every GET with 200 and obeys a few wishes given as arguments.

small_server.py PORT [--deaf] [--child FILE] [--die-first FILE]
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--deaf", action="store_true", help="does not end when asked to")
    parser.add_argument("--child", type=Path, help="starts a process of its own and writes its id there")
    parser.add_argument("--die-first", type=Path, help="ends at once as long as this file does not exist")
    wishes = parser.parse_args()
    if wishes.die_first and not wishes.die_first.exists():
        wishes.die_first.touch()
        sys.exit(3)
    if wishes.deaf:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if wishes.child:
        child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
        wishes.child.write_text(str(child.pid))
    server = HTTPServer(("127.0.0.1", wishes.port), Handler)
    sys.stdout.write("serving\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
