import { mapServers, type PerServer } from "../../model/cluster/servers";
import { isRecord } from "../../model/form/shape";
import { DETAILS } from "../life-cycle/details";
import type { Folding } from "../life-cycle/folding";
import { packText, unpackText } from "./packed-texts";

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

/** Adapts a folding to configurations that the engine stores packed, if they are large. */
export function packingConfigs<T extends Pick<Configured, "servers">, Stored extends object>(
  folding: Folding<T, Stored>,
): Folding<T, Stored> {
  return {
    fold: (properties) => folding.fold(mapConfigs(properties, packText)),
    unfold: (properties) => mapConfigs(folding.unfold(properties), unpackText),
  };
}

/** Applies a function to all configurations that are known. */
function mapConfigs<T extends Pick<Configured, "servers">>(properties: T, change: (config: string) => string): T {
  const { servers } = properties;
  if (!isRecord(servers)) {
    return properties;
  }
  const changed = mapServers(servers, (server) =>
    isRecord(server) && typeof server.config === "string" ? { ...server, config: change(server.config) } : server,
  );
  return { ...properties, servers: changed };
}
