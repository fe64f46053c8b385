import { mapServers, type PerServer } from "../../model/cluster/servers";
import type { ServerCondition } from "../../servers/condition";
import { describeMissing, type MissingServer } from "../../servers/defer";

/** What a state contains about servers that do not run. */
export interface Conditions {
  /** The condition of each server. */
  readonly condition: PerServer<ServerCondition>;
  /** The warning about servers that did not run after the last update; missing if all did. */
  readonly missing?: string;
}

/** Returns the conditions after an update. @param missing the servers that do not run */
export function conditionsAfter(servers: PerServer<unknown>, missing: readonly MissingServer[]): Conditions {
  const isMissing = (name: string) => missing.some((one) => one.name === name);
  const condition = mapServers(
    servers,
    (_server, name) => (isMissing(name) ? "stopped" : "in force") as ServerCondition,
  );
  return missing.length === 0 ? { condition } : { condition, missing: missing.map(describeMissing).join("\n") };
}

/** Returns the conditions after a refresh. @param warning that of the last update */
export function conditionsNow(condition: PerServer<ServerCondition>, warning: string | undefined): Conditions {
  const isPresent = warning !== undefined && Object.values(condition).includes("stopped");
  return isPresent ? { condition, missing: warning } : { condition };
}
