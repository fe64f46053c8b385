import assert from "node:assert/strict";
import { StreamProtection } from "../../../provider/dynamic/cluster/stream-protection";
import type { JetStream } from "../../../provider/model/account/jetstream";
import type { PreparedChange } from "../../../provider/servers/prepare";
import { pairFiles, type PairFiles } from "../../support/change";
import { keyOf, seedOf } from "../../support/keys";
import { freeListeners } from "../../support/pair";
import { ScriptedServer } from "../../support/scripted-server";
import type { Side } from "../../support/sides";
import { worldOf } from "../../support/world";
import type { RouteCheck } from "../../../provider/dynamic/cluster/check-credentials";

/** No server listens on this address. */
const UNREACHABLE = {
  url: "nats://127.0.0.1:1",
  systemAccount: keyOf("account", "SYS"),
  signer: seedOf("account", "signer"),
  serverNames: ["nats-static", "nats-operator"],
  accounts: { [keyOf("account", "A")]: "A" },
  jetstream: "all",
} as const;

describe("the protection of streams that cannot be asked for", () => {
  let without: PairFiles;
  let system: PairFiles;
  let owner: PairFiles;

  before(async () => {
    const listeners = await freeListeners("nats", { jetstream: {} });
    const filesWith = async (jetstream?: JetStream) => {
      const account = { name: "A", users: { u: {} }, ...(jetstream === undefined ? {} : { jetstream }) };
      return pairFiles(await worldOf([account]), listeners);
    };
    without = await filesWith();
    system = await filesWith({});
    owner = await filesWith({ clusterTraffic: "owner" });
  });

  /** Returns the names of the servers that restart. */
  async function restarting(
    from: PairFiles,
    to: PairFiles,
    check?: RouteCheck,
    moved: readonly Side[] = [],
  ): Promise<string[]> {
    const change = (side: Side): PreparedChange => {
      const present = { process: "running", files: from[side] } as const;
      const next = { files: to[side], digest: "" };
      const server = new ScriptedServer(side, [], present);
      const common = { server, stage: side, previous: from[side], prelude: undefined, next, isRepair: false };
      return moved.includes(side)
        ? { ...common, before: { process: "stopped", files: {} }, predecessors: [server] }
        : { ...common, before: present, predecessors: [] };
    };
    const planned = await new StreamProtection(check).plan([change("operator"), change("static")]);
    return planned.filter(({ restarts }) => restarts === true).map(({ server }) => server.name);
  }

  it("should refuse to take JetStream from an account when the servers cannot be asked for its streams", async () => {
    await assert.rejects(restarting(system, without, UNREACHABLE), { code: "NA5054", message: /account "A"/ });
  });

  it("should restart both servers when an account gets JetStream, because it may have had streams", async () => {
    assert.deepEqual(await restarting(without, system, UNREACHABLE), ["operator", "static"]);
  });

  it("should restart the static server when the traffic changes, with and without a verification", async () => {
    assert.deepEqual(await restarting(system, owner, UNREACHABLE), ["static"]);
    assert.deepEqual(await restarting(owner, system), ["static"]);
  });

  it("should refuse another traffic when both servers move, because the account may have streams in memory", async () => {
    await assert.rejects(restarting(system, owner, UNREACHABLE, ["operator", "static"]), {
      code: "NA5053",
      message: /account "A"/,
    });
    assert.deepEqual(await restarting(system, owner, UNREACHABLE, ["static"]), []);
    assert.deepEqual(await restarting(system, system, UNREACHABLE, ["operator", "static"]), []);
  });

  it("should let JetStream be taken and given without a verification", async () => {
    assert.deepEqual(await restarting(system, without), []);
    assert.deepEqual(await restarting(without, system), []);
  });
});
