import type { Problem } from "../../diagnostics/unreadable";
import { emptyToUndefined, omitUndefined } from "../../model/form/order";
import { Fields } from "../fields";
import type { StaticAccount } from "./account";
import type { FoundInFile } from "./found-in-file";
import { readSwitch } from "./limits";
import { readMappings } from "./mappings";
import { readPermissions } from "./permissions";
import { leaveOutArgument } from "./server-settings";
import { readUsers } from "./users";

/** The account of everything outside of accounts. */
export const GLOBAL_ACCOUNT = "$G";

/** JetStream of the server. */
export interface ServerJetStream {
  readonly isEnabled: boolean;
  /** The directory above the stored streams. */
  readonly storeDirectory?: string;
}

/** Reads JetStream of the server: a block, or a value that switches it on or off. */
export function readServerJetStream(top: Fields): ServerJetStream {
  const path = top.pathOf("jetstream");
  const value = top.take("jetstream");
  const above = top.text("store_dir", "storedir");
  if (typeof value === "boolean" || typeof value === "string" || value === undefined) {
    const isEnabled = value !== undefined && readSwitch(value, path, top.notes);
    return noteJetStream(top, path, omitUndefined<ServerJetStream>({ isEnabled, storeDirectory: above }));
  }
  const block = new Fields(value, path, top.notes);
  const isEnabled = block.flag("enable", "enabled") ?? true;
  const storeDirectory = block.text("store", "store_dir", "storedir") ?? above;
  if (isEnabled) {
    leaveOutServerJetStream(block);
  }
  return noteJetStream(top, path, omitUndefined<ServerJetStream>({ isEnabled, storeDirectory }));
}

/** Names the settings of JetStream that the new servers do not have: without a domain or a key, clients and streams differ. */
function leaveOutServerJetStream(block: Fields): void {
  block.take("max_memory_store", "max_mem_store", "max_mem");
  block.take("max_file_store", "max_file");
  const path = block.pathOf("domain");
  if (block.text("domain") !== undefined) {
    block.notes.leaveOut({ ...NO_DOMAIN, path });
  }
  block.leaveOutRest({
    code: "NA3023",
    problem: "is a setting of JetStream, for which `MixedAuthCluster` has no argument",
    remedy: "Check whether you need it.",
  });
}

const NO_DOMAIN: Problem = {
  code: "NA3023",
  problem:
    "is not adopted: the new servers have no JetStream domain, so requests such as `$JS.<domain>.API.INFO` get no response",
  remedy: "Let clients use JetStream without a domain, or keep the existing server for them.",
};

function noteJetStream(top: Fields, path: string, jetstream: ServerJetStream): ServerJetStream {
  if (jetstream.isEnabled) {
    leaveOutArgument(top, path);
  }
  return jetstream;
}

/**
 * Reads the global account: users outside of accounts, mappings at the top level, and JetStream if it is the only account
 * besides the system account.
 *
 * @returns undefined if there is nothing to adopt
 */
export function readGlobalAccount(
  top: Fields,
  authorization: Fields | undefined,
  found: FoundInFile,
  hasJetStream: boolean,
): StaticAccount | undefined {
  const defaults = authorization?.fields("default_permission", "default_permissions", "permissions");
  const defaultPermissions = defaults === undefined ? undefined : emptyToUndefined(readPermissions(defaults));
  const users = authorization === undefined ? [] : readUsers(authorization, defaultPermissions, found);
  const mappings = readMappings(top);
  const jetstream = hasJetStream ? {} : undefined;
  return users.length === 0 && mappings === undefined && jetstream === undefined
    ? undefined
    : omitUndefined<StaticAccount>({ defaultPermissions, mappings, jetstream, users });
}
