import { mapServers, type PerServer } from "../../model/cluster/servers";
import { isRecord } from "../../model/form/shape";
import { DETAILS } from "../life-cycle/details";
import type { Folding } from "../life-cycle/folding";

/** Servers with their configurations, and the outlines that previews show. */
interface Configured {
  servers: PerServer<{ config: string }>;
  outlines?: PerServer<string>;
}

/**
 * Adapts a folding to properties with a text by the name of each server: its outline, or in earlier versions the configuration
 * itself.
 */
export function joiningTexts<T extends Configured, Stored extends object>(
  folding: Folding<T, Stored>,
): Folding<T, Stored> {
  return {
    fold: (properties) => folding.fold(properties),
    unfold(properties) {
      const { servers } = folding.unfold(properties);
      const names = DETAILS in properties && isRecord(servers) ? Object.keys(servers) : [];
      const [texts, rest] = [true, false].map((isText) =>
        Object.fromEntries(Object.entries(properties).filter(([key]) => names.includes(key) === isText)),
      ) as [PerServer<string>, Stored];
      const all = folding.unfold(rest);
      if (Object.keys(texts).length === 0) {
        return all;
      }
      return Object.values(servers).every(({ config }) => (config as string | undefined) !== undefined)
        ? { ...all, outlines: texts }
        : { ...all, servers: mapServers(servers, (server, name) => ({ ...server, config: texts[name] ?? "" })) };
    },
  };
}
