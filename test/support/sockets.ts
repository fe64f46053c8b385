import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { connect } from "node:net";
import { waitFor } from "../../provider/servers/log";

/** Milliseconds in which a port accepts connections. */
const PORT_TIMEOUT = 30_000;

/** The state of a socket that listens, and columns of the kernel's table of sockets. */
const LISTEN = "0A";
const COLUMNS = { local: 1, state: 3, inode: 9 } as const;
const HEX = 16;

/** The addresses, with ports, at which a process listens for TCP connections. */
export function listeningAt(pid: number): string[] {
  const inodes = new Set(readdirSync(`/proc/${pid}/fd`).map((fd) => socketOf(`/proc/${pid}/fd/${fd}`)));
  return ["tcp", "tcp6"].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, "utf8")
      .split("\n")
      .map((line) => line.trim().split(/ +/))
      .filter((columns) => columns[COLUMNS.state] === LISTEN && inodes.has(columns[COLUMNS.inode]))
      .map((columns) => readable(columns[COLUMNS.local] ?? "")),
  );
}

function socketOf(link: string): string | undefined {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(link))?.[1];
  } catch {
    return undefined; // It was closed in the meantime.
  }
}

/** `127.0.0.1:4222` for `0100007F:107E`; an address of IPv6 stays as the kernel writes it. */
function readable(local: string): string {
  const [address = "", port = ""] = local.split(":");
  const bytes = address.match(/../g) ?? [];
  const dotted =
    bytes.length === 4
      ? [...bytes]
          .reverse()
          .map((byte) => parseInt(byte, HEX))
          .join(".")
      : address;
  return `${dotted}:${parseInt(port, HEX)}`;
}

/** Waits until a port accepts connections: kube-proxy opens those of nodes a moment after Kubernetes has assigned them. */
export async function awaitPort(host: string, port: number): Promise<void> {
  const accepts = async () => {
    const socket = connect(port, host);
    try {
      await once(socket, "connect");
      return true;
    } catch {
      return undefined;
    } finally {
      socket.destroy();
    }
  };
  assert.equal(await waitFor(accepts, PORT_TIMEOUT), true, `${host}:${port} accepts no connections`);
}
