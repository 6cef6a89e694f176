"""A server on loopback that speaks the streaming Messages API from a script: the double of the paid model."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Says:
    """A whole answer."""

    text: str = ""
    calls: tuple[tuple[str, dict[str, Any]], ...] = ()
    stop_reason: str | None = None


@dataclass(frozen=True)
class Refuses:
    """An error status instead of an answer."""

    status: int


@dataclass(frozen=True)
class EndsEarly:
    """A stream that ends before its last event: politely, or by a cut connection."""

    politely: bool


Turn = Says | Refuses | EndsEarly


@dataclass
class Messages:
    """The running server: where it is, and what it was asked."""

    url: str
    requests: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def messages_server(*turns: Turn) -> Iterator[Messages]:
    """Serve the turns in order; a request after the last one is refused with 400."""
    left = list(turns)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            served.requests.append(body)
            turn = left.pop(0) if left else Refuses(400)
            match turn:
                case Refuses(status):
                    self._refuse(status)
                case EndsEarly(politely):
                    self._stream(_events(Says("half a"))[:3], whole=politely)
                case Says():
                    self._stream(_events(turn), whole=True)

        def _refuse(self, status: int) -> None:
            error = json.dumps({"type": "error", "error": {"type": "scripted", "message": "scripted refusal"}}).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(error)))
            self.send_header("retry-after", "0")
            self.end_headers()
            self.wfile.write(error)

        def _stream(self, events: list[dict[str, Any]], *, whole: bool) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            for event in events:
                data = f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()
                self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            if whole:
                self.wfile.write(b"0\r\n\r\n")
            else:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Messages(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _events(turn: Says) -> list[dict[str, Any]]:
    blocks: list[tuple[dict[str, Any], dict[str, Any]]] = []
    if turn.text:
        blocks.append(({"type": "text", "text": ""}, {"type": "text_delta", "text": turn.text}))
    for number, (name, arguments) in enumerate(turn.calls):
        start = {"type": "tool_use", "id": f"toolu_{name}_{number}", "name": name, "input": {}}
        blocks.append((start, {"type": "input_json_delta", "partial_json": json.dumps(arguments)}))
    message: dict[str, Any] = {
        "id": "msg_scripted", "type": "message", "role": "assistant", "model": "claude-sonnet-5-5", "content": [],
        "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": 1000, "output_tokens": 1},
    }  # fmt: skip
    events: list[dict[str, Any]] = [{"type": "message_start", "message": message}]
    for index, (start, delta) in enumerate(blocks):
        events += [
            {"type": "content_block_start", "index": index, "content_block": start},
            {"type": "content_block_delta", "index": index, "delta": delta},
            {"type": "content_block_stop", "index": index},
        ]
    reason = turn.stop_reason or ("tool_use" if turn.calls else "end_turn")
    return [
        *events,
        {
            "type": "message_delta",
            "delta": {"stop_reason": reason, "stop_sequence": None},
            "usage": {"output_tokens": 50},
        },
        {"type": "message_stop"},
    ]
