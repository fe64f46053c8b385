import type { Account } from "../model/account/account";
import type { JetStream, JetStreamLimits } from "../model/account/jetstream";
import type { AccountLimits } from "../model/account/limits";
import { sortEntries } from "../model/form/order";
import { parseSize, type Size } from "../model/form/quantities";
import { claim, claimsOf, noClaim, type ClaimTable, type ClaimValues } from "./claim-table";

/** JWT value for "no limit". Zero, like an absent limit, allows nothing (`NoLimit` of the JWT library). */
const UNLIMITED = -1;

/** JWT value of both storage limits while JetStream is off. */
const DISABLED = 0;

/** Renders a limit; one that the program leaves out is unlimited. */
export function limitClaim(name: string): (limit: number | undefined) => ClaimValues {
  return (limit) => ({ [name]: limit ?? UNLIMITED });
}

/** Renders a limit in bytes; one that the program leaves out is unlimited. */
export function sizeClaim(name: string): (size: Size | undefined) => ClaimValues {
  return (size) => ({ [name]: size === undefined ? UNLIMITED : parseSize(size) });
}

const ACCOUNT_LIMITS: ClaimTable<AccountLimits> = {
  subscriptions: limitClaim("subs"),
  data: sizeClaim("data"),
  payload: sizeClaim("payload"),
  imports: limitClaim("imports"),
  exports: limitClaim("exports"),
  wildcardExports: (allowed) => ({ wildcards: allowed ?? true }),
  disallowBearer: claim("disallow_bearer"),
  connections: limitClaim("conn"),
  leafNodes: limitClaim("leaf"),
};

const JETSTREAM_LIMITS: ClaimTable<JetStreamLimits> = {
  memoryStorage: sizeClaim("mem_storage"),
  fileStorage: sizeClaim("disk_storage"),
  streams: limitClaim("streams"),
  consumers: limitClaim("consumer"),
  maxAckPending: limitClaim("max_ack_pending"),
  memoryMaxStreamBytes: sizeClaim("mem_max_stream_bytes"),
  fileMaxStreamBytes: sizeClaim("disk_max_stream_bytes"),
  maxBytesRequired: claim("max_bytes_required"),
};

/** The JetStream terms other than the limits of all streams. */
const JETSTREAM: ClaimTable<Omit<JetStream, keyof JetStreamLimits>> = {
  tiers: claim("tiered_limits", (tiers: NonNullable<JetStream["tiers"]>) =>
    Object.fromEntries(sortEntries(tiers).map(([tier, limits]) => [tier, jetstreamLimits(limits)])),
  ),
  // The account's claims have it next to `limits`.
  clusterTraffic: noClaim,
};

/** The limits of an account, its JetStream limits included. */
export function limitsClaim({ limits = {}, jetstream }: Account): Record<string, unknown> {
  // Where JetStream is off, or limited by tiers, the limits of all streams are zero.
  const flat = jetstream === undefined || jetstream.tiers !== undefined ? NO_STORAGE : jetstreamLimits(jetstream);
  return {
    ...claimsOf(ACCOUNT_LIMITS, limits, undefined),
    ...flat,
    ...claimsOf(JETSTREAM, jetstream ?? {}, undefined),
  };
}

const NO_STORAGE = { mem_storage: DISABLED, disk_storage: DISABLED };

function jetstreamLimits(limits: JetStreamLimits): Record<string, unknown> {
  return claimsOf(JETSTREAM_LIMITS, limits, undefined);
}
