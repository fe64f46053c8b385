import { BlockList, isIP } from "node:net";

/** Loopback address: connections from the same machine only. */
export const LOOPBACK = "127.0.0.1";

const ADDRESSES = new BlockList();
ADDRESSES.addSubnet("127.0.0.0", 8);
ADDRESSES.addAddress("::1", "ipv6");

/** True for an IP address that only the same machine reaches. */
export function isLoopback(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && ADDRESSES.check(address, family === 6 ? "ipv6" : "ipv4");
}
