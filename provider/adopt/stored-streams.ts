import { existsSync, readdirSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { displayList, keyPath, type Diagnostic } from "../diagnostics/diagnostic";
import { GLOBAL_ACCOUNT } from "../read/static/global-account";

const REMEDY =
  "Before you move clients, copy the streams: `nats account backup --consumers` on the existing server, and `nats account restore` on a new one.";

/**
 * Names the streams of adopted accounts, which the new servers do not have.
 *
 * @param storeDirectory the directory above the streams, if it is known; it can be on a different machine
 */
export function leftOutStreams(
  accounts: Readonly<Record<string, { readonly jetstream?: unknown }>>,
  storeDirectory?: string,
): Diagnostic[] {
  return Object.entries(accounts).flatMap(([name, { jetstream }]): Diagnostic[] => {
    const streams = listStreams(name, storeDirectory);
    if (streams?.length === 0 || (streams === undefined && jetstream === undefined)) {
      return [];
    }
    const what = streams === undefined ? "can have streams" : `has the streams ${displayList(streams)}`;
    return [
      {
        code: "NA3068",
        path: name === GLOBAL_ACCOUNT ? "jetstream" : `${keyPath("accounts", name)}.jetstream`,
        problem: `${what}, which are not adopted: the new servers have storage of their own, where they identify the account by its public key`,
        remedy: REMEDY,
      },
    ];
  });
}

/** Lists the streams of an account; undefined if their directory cannot be read on this machine. */
function listStreams(account: string, storeDirectory: string | undefined): string[] | undefined {
  if (storeDirectory === undefined || !isAbsolute(storeDirectory)) {
    return undefined;
  }
  const all = join(storeDirectory, "jetstream");
  const streams = join(all, account, "streams");
  try {
    return readdirSync(all).includes(account) ? readdirSync(streams).sort() : [];
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT" && existsSync(all);
    return isMissing ? [] : undefined;
  }
}
