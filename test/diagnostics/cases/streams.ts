import {
  findLosses,
  leavingDiagnostics,
  lossDiagnostics,
  storedLimitDiagnostics,
  type LossCause,
  type StoredStream,
  type StreamTerms,
} from "../../../provider/model/cluster/stored-streams";
import type { Diagnostic } from "../../../provider/diagnostics/diagnostic";
import type { ServerError } from "../../../provider/servers/errors";
import { notDeleted, silentServers } from "../../../provider/servers/stored-streams";
import { keyOf } from "../../support/keys";
import type { DiagnosticCase } from "./case";

const KEY = keyOf("account", "A");
const STREAMS: readonly StoredStream[] = [
  { account: KEY, name: "orders", messages: 1, replicas: 2, storage: "file", consumers: [] },
  {
    account: KEY,
    name: "KV_config",
    messages: 20,
    replicas: 1,
    storage: "memory",
    maxBytes: 2_000,
    consumers: [{ name: "worker", maxAckPending: 1_000 }],
  },
];

const BEFORE: StreamTerms = {
  accounts: new Map([[KEY, { name: "A", jetstream: {} }]]),
  isEnabled: true,
};

/** How a change causes each kind of loss. */
const LOSING: Readonly<Record<LossCause, StreamTerms>> = {
  account: { ...BEFORE, accounts: new Map() },
  jetstream: { ...BEFORE, accounts: new Map([[KEY, { name: "A" }]]) },
  servers: { ...BEFORE, isEnabled: false },
};

const lost = (cause: LossCause) => () => lossDiagnostics(findLosses(BEFORE, LOSING[cause]), { streams: STREAMS }, []);

function ofError({ code, message }: ServerError): Diagnostic[] {
  return [{ code, path: "", problem: message.replaceAll("\n", " "), remedy: "" }];
}

/** Inputs that produce each code of the area. */
export const STREAMS_CASES: readonly DiagnosticCase[] = [
  { name: "streams of an account that is removed", codes: ["NA4060"], find: lost("account") },
  { name: "streams of an account that loses JetStream", codes: ["NA4061"], find: lost("jetstream") },
  { name: "streams of servers that no longer run JetStream", codes: ["NA4062"], find: lost("servers") },
  {
    name: "streams that are not known",
    codes: ["NA4064"],
    find: () => lossDiagnostics(findLosses(BEFORE, LOSING.account), { unknown: "connection refused" }, []),
  },
  {
    name: "removed servers that leave too few for the replicas of a stream",
    codes: ["NA4067"],
    find: () => leavingDiagnostics(["s1", "s2"], 1, { streams: STREAMS }),
  },
  {
    name: "a removed server whose streams are not known",
    codes: ["NA4068"],
    find: () => leavingDiagnostics(["s1"], 2, { unknown: "connection refused" }),
  },
  {
    name: "limits that existing streams and consumers do not meet",
    codes: ["NA1730", "NA1730", "NA1730"],
    find: () => {
      const jetstream = { maxBytesRequired: true, memoryMaxStreamBytes: 1_000, maxAckPending: 5 };
      return storedLimitDiagnostics(new Map([[KEY, { name: "A", jetstream }]]), STREAMS);
    },
  },
  {
    name: "tiers without the replicas of existing streams",
    codes: ["NA1730"],
    find: () => storedLimitDiagnostics(new Map([[KEY, { name: "A", jetstream: { tiers: { R1: {} } } }]]), STREAMS),
  },
  {
    name: "streams that could not be deleted",
    codes: ["NA4065"],
    find: () => ofError(notDeleted("the servers have not responded to the request for account A…", ["A…", "B…"])),
  },
  {
    name: "a server that does not report its streams",
    codes: ["NA4066"],
    find: () => ofError(silentServers(["nats-static"])),
  },
];
