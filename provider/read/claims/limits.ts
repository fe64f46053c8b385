import type { ClusterTraffic, JetStream, JetStreamLimits, JetStreamTier } from "../../model/account/jetstream";
import type { AccountLimits } from "../../model/account/limits";
import { defined, unlessEmpty } from "../../model/form/order";
import { Fields } from "../fields";
import { limitOf, onlyTrue, unlessZero } from "../values";

/** Reads the limits of an account, and of its streams. A limit that is not said allows none. */
export function readLimits(says: Fields): { limits: AccountLimits | undefined; jetstream: JetStream | undefined } {
  const claims = says.fields("limits") ?? new Fields({}, says.pathOf("limits"), says.notes);
  const limit = (name: string) => limitOf(claims.limit(name) ?? 0);
  const limits = defined<AccountLimits>({
    connections: limit("conn"),
    leafNodes: limit("leaf"),
    subscriptions: limit("subs"),
    payload: limit("payload"),
    data: limit("data"),
    imports: limit("imports"),
    exports: limit("exports"),
    wildcardExports: claims.flag("wildcards") === true ? undefined : false,
    disallowBearer: onlyTrue(claims.flag("disallow_bearer")),
  });
  const jetstream = readJetStream(says, claims);
  claims.leaveOutUnknown();
  return { limits: unlessEmpty(limits), jetstream };
}

/** JetStream is on when there is storage of either kind, or a tier. */
function readJetStream(says: Fields, claims: Fields): JetStream | undefined {
  const tiers = readTiers(claims);
  const flat = readStreams(claims);
  if (tiers === undefined && flat.memoryStorage === 0 && flat.fileStorage === 0) {
    return undefined;
  }
  const traffic = says.text("cluster_traffic");
  const clusterTraffic: ClusterTraffic | undefined = traffic === "owner" ? traffic : undefined;
  return defined<JetStream>({ ...(tiers === undefined ? flat : { tiers }), clusterTraffic });
}

function readTiers(claims: Fields): JetStream["tiers"] {
  const tiers = claims.members("tiered_limits").map(({ name, value, path }) => {
    const tier = new Fields(value, path, claims.notes);
    const limits = readStreams(tier);
    tier.leaveOutUnknown();
    return [name as JetStreamTier, limits] as const;
  });
  return tiers.length === 0 ? undefined : Object.fromEntries(tiers);
}

/** To servers, zero storage is none, and zero of anything else is no limit. */
function readStreams(claims: Fields): JetStreamLimits {
  const storage = (name: string) => limitOf(claims.limit(name) ?? 0);
  const limit = (name: string) => unlessZero(storage(name));
  return defined<JetStreamLimits>({
    memoryStorage: storage("mem_storage"),
    fileStorage: storage("disk_storage"),
    streams: limit("streams"),
    consumers: limit("consumer"),
    maxAckPending: limit("max_ack_pending"),
    memoryMaxStreamBytes: limit("mem_max_stream_bytes"),
    fileMaxStreamBytes: limit("disk_max_stream_bytes"),
    maxBytesRequired: onlyTrue(claims.flag("max_bytes_required")),
  });
}
