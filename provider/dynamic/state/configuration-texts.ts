import { mapServers, type PerServer } from "../../model/cluster/servers";
import { isRecord } from "../../model/form/shape";
import { DETAILS } from "../life-cycle/details";
import type { Folding } from "../life-cycle/folding";
import { isUnknown } from "../life-cycle/unknown";
import { isPacked, packText, unpackText } from "./packed-texts";

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

/**
 * The property with the large configuration of a server, packed. The CLI logs each property, and each member of an object in addition,
 * so that it would log a text among the details four times with each call.
 */
export function configProperty(server: string): string {
  return `__config:${server}`;
}

/** Returns the text of {@link configProperty}; undefined for a small configuration, which is among the details. */
export function largeConfig(config: string): string | undefined {
  const packed = packText(config);
  return isPacked(packed) || isUnknown(config) ? packed : undefined;
}

/** Returns the text of a configuration among the details: an empty one in place of a large configuration. */
export function smallConfig(config: string): string {
  return isPacked(packText(config)) ? "" : config;
}

/** Adapts a folding to large configurations, which the engine stores packed, each in a property of its own. */
export function packingConfigs<T extends Pick<Configured, "servers">, Stored extends object>(
  folding: Folding<T, Stored>,
): Folding<T, Stored> {
  return {
    fold(properties) {
      const large: Record<string, string> = {};
      const rest = mapConfigs(properties, (config, name) => {
        const text = largeConfig(config);
        if (text !== undefined) {
          large[configProperty(name)] = text;
        }
        return smallConfig(config);
      });
      return { ...folding.fold(rest), ...large };
    },
    unfold(properties) {
      const flat = folding.unfold(properties);
      const texts = flat as Readonly<Record<string, unknown>>;
      const names = isRecord(flat.servers) ? Object.keys(flat.servers) : [];
      const all = mapConfigs(flat, (config, name) => {
        const text = texts[configProperty(name)];
        return unpackText(config === "" && typeof text === "string" ? text : config);
      });
      return omitKeys(all, names.map(configProperty));
    },
  };
}

function omitKeys<T extends object>(properties: T, keys: readonly string[]): T {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !keys.includes(key))) as T;
}

/** Applies a function to all configurations that are known. */
function mapConfigs<T extends Pick<Configured, "servers">>(
  properties: T,
  change: (config: string, name: string) => string,
): T {
  const { servers } = properties;
  if (!isRecord(servers)) {
    return properties;
  }
  const changed = mapServers(servers, (server, name) =>
    isRecord(server) && typeof server.config === "string" ? { ...server, config: change(server.config, name) } : server,
  );
  return { ...properties, servers: changed };
}
