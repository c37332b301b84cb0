"""As much of ``vllm serve`` as runs/serve.sh needs: a subject that asks for the key of its environment.

vllm serve MODEL --served-model-name NAME --host HOST --port PORT …
"""

from __future__ import annotations

import argparse
import json
import os
from typing import Any

from fiduciary.subjects.server import Handler, SubjectServer


class Keyed(Handler):
    """Refuses whoever does not have the key, but for its health, and completes what readiness is asked by."""

    def _refused(self) -> bool:
        if self.headers.get("Authorization") == f"Bearer {os.environ['VLLM_API_KEY']}":
            return False
        self.close_connection = True
        self._send(401, {"error": "Unauthorized"})
        return True

    def do_GET(self) -> None:
        if self.path == "/health" or not self._refused():
            super().do_GET()

    def do_POST(self) -> None:
        if self._refused():
            return
        if self.path != "/v1/completions":
            return super().do_POST()
        json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._send(200, {"usage": {"completion_tokens": 1}})

    def log_message(self, format: str, *args: Any) -> None:
        """What was asked and the answer's status, a line each."""
        print(format % args, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("serve")
    parser.add_argument("model")
    parser.add_argument("--served-model-name")
    parser.add_argument("--host")
    parser.add_argument("--port", type=int)
    options, _ = parser.parse_known_args()
    server = SubjectServer("study1", None, options.served_model_name, (options.host, options.port))
    server.RequestHandlerClass = Keyed
    server.serve_forever()


if __name__ == "__main__":
    main()
