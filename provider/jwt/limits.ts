import type { Account } from "../model/account/account";
import type { JetStream, JetStreamLimits } from "../model/account/jetstream";
import { defined, sortedEntries } from "../model/form/order";
import { bytesOf, type Size } from "../model/form/quantities";

/** How a JWT says that something is not limited. Zero and an absent limit mean none at all. */
export const UNLIMITED = -1;

/** How a JWT says that something, such as JetStream, is off. */
export const DISABLED = 0;

/** The limits of an account, those of its streams among them. */
export function limitsClaim({ limits = {}, jetstream }: Account): Record<string, unknown> {
  return defined<Record<string, unknown>>({
    subs: limits.subscriptions ?? UNLIMITED,
    data: sizeClaim(limits.data),
    payload: sizeClaim(limits.payload),
    imports: limits.imports ?? UNLIMITED,
    exports: limits.exports ?? UNLIMITED,
    wildcards: limits.wildcardExports ?? true,
    disallow_bearer: limits.disallowBearer,
    conn: limits.connections ?? UNLIMITED,
    leaf: limits.leafNodes ?? UNLIMITED,
    ...(jetstream === undefined || jetstream.tiers !== undefined ? NO_STORAGE : streamsClaim(jetstream)),
    tiered_limits: jetstream?.tiers === undefined ? undefined : tiersClaim(jetstream.tiers),
  });
}

/** JetStream is off, or limited by tiers: the limits for all streams are zero then. */
const NO_STORAGE = { mem_storage: DISABLED, disk_storage: DISABLED };

function tiersClaim(tiers: NonNullable<JetStream["tiers"]>): Record<string, unknown> {
  return Object.fromEntries(sortedEntries(tiers).map(([tier, limits]) => [tier, streamsClaim(limits)]));
}

function streamsClaim(limits: JetStreamLimits): Record<string, unknown> {
  return defined<Record<string, unknown>>({
    mem_storage: sizeClaim(limits.memoryStorage),
    disk_storage: sizeClaim(limits.fileStorage),
    streams: limits.streams ?? UNLIMITED,
    consumer: limits.consumers ?? UNLIMITED,
    max_ack_pending: limits.maxAckPending ?? UNLIMITED,
    mem_max_stream_bytes: sizeClaim(limits.memoryMaxStreamBytes),
    disk_max_stream_bytes: sizeClaim(limits.fileMaxStreamBytes),
    max_bytes_required: limits.maxBytesRequired,
  });
}

/** A limit in bytes, as a JWT says it. */
export function sizeClaim(size: Size | undefined): number | undefined {
  return size === undefined ? UNLIMITED : bytesOf(size);
}
