"""A real mail server for tests: `mail_server.py FOLDER` listens on a free port of this machine, says which, and
writes every message it takes as a file, before it says that it took it.

What it does with a message follows from whom it is to: never…@ is refused for good, later…@ for now as often as the
digit says, silent…@ is taken and the connection cut without an answer, …slow…@ is taken and never answered, and all
others are taken.
"""

import asyncio
import collections
import pathlib
import sys

from aiosmtpd.smtp import SMTP

FOLDER = pathlib.Path(sys.argv[1])
refused = collections.Counter()
taken = 0


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name.startswith("never"):
            return f"550 5.1.1 <{address}> is unknown here"
        if name.startswith("later") and refused[address] < int(name[len("later")]):
            refused[address] += 1
            return f"451 4.7.1 <{address}> is greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        global taken
        taken += 1
        # whole at once: whoever waits for it reads the folder meanwhile
        written = FOLDER.with_name(f"{FOLDER.name}-{taken:04}")
        written.write_bytes(b"RCPT " + " ".join(envelope.rcpt_tos).encode() + b"\r\n" + envelope.content)
        written.rename(FOLDER / f"{taken:04}.eml")
        if "slow" in envelope.rcpt_tos[0]:
            await asyncio.Event().wait()
        if envelope.rcpt_tos[0].startswith("silent"):
            server.transport.abort()
        return "250 OK"


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler(), hostname="localhost"), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    # ends with whoever started it
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
