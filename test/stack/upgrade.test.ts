import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import type { NatsConnection } from "@nats-io/transport-node";
import { decode } from "nats-jwt";
import { STATE_VERSION } from "../../provider/dynamic/life-cycle/state-version";
import { waitFor } from "../../provider/servers/log";
import { JETSTREAM_CHECK_SUBJECTS } from "../../provider/servers/system-subjects";
import { DECLARED, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import { answer, ask, byCreds, bySeed, Clients } from "../support/stack-clients";
import { changedResources } from "../support/stack-diff";
import { tokensOf } from "../support/stack-tokens";
import { STORED_PASSPHRASE, StoredState } from "../support/stored-state";

const SIDES = ["static", "operator"] as const;

/** For clients that come back after a restart. */
const RECONNECTING = { reconnect: true, reconnectTimeWait: 50, maxReconnectAttempts: -1 };
/** Milliseconds in which clients must be back, and JetStream must have a leader. */
const BACK_TIMEOUT = 60_000;

const VERIFIED =
  /^nats-static and nats-operator are one cluster, nats, and have loaded all \d accounts(; JetStream has a leader, .*)?$/;

/** The claims of the system account, and its role for the verification. */
const SYSTEM_CLAIMS = "AccountClaims::KO/SYS";
const CHECK_ROLE = "pulumi-nats-auth-check";

/** Streams by the number of servers that store them, and the messages in each. */
const STREAMS = { both: 2, one: 1 };
const MESSAGES = 100;

/** A random loopback address, so that the ports of a stored state are free on it. */
function anyLoopback(): string {
  return `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;
}

/** The containers of later versions are as they are now: an update does not replace them. */
const LAST_WITH_OTHER_CONTAINERS = 3;

for (const version of [1, 2, 3, 4, 5]) {
  describe(`a stack that was deployed with version ${version} of the state`, function () {
    this.timeout(STEP_TIMEOUT);
    const stack = testStack(DECLARED, { targets: ["docker"], passphrase: STORED_PASSPHRASE });
    const stored = new StoredState(version);
    const storesMessages = stored.declaration.jetstream !== undefined;
    const clients = new Clients();
    const connected: NatsConnection[] = [];
    let left: Awaited<ReturnType<typeof everything>>;
    let outputs: StackOutputs;

    before("the stack as it was left, with a client by each credential", async () => {
      const bindAddress = anyLoopback();
      await stack.declare({ ...stored.declaration, bindAddress });
      Object.assign(stack.config, stored.ports);
      await stored.deploy(stack, bindAddress);
      left = await everything();
      ({ outputs } = left);
      for (const user of Object.keys(outputs.creds).filter((name) => outputs.creds[name] !== undefined)) {
        for (const side of SIDES) {
          connected.push(await clients.connect(outputs.clientUrls[side], login(user, side), RECONNECTING));
        }
      }
      if (storesMessages) {
        await store(await clients.connect(outputs.clientUrls.static, login("A/test", "static")));
      }
    });

    const login = (user: string, side: (typeof SIDES)[number]) =>
      side === "static" ? bySeed(outputs.seeds[user]) : byCreds(outputs.creds[user]);

    /** Everything that must stay unchanged. */
    async function everything() {
      const resources = await stack.resources();
      return {
        configurations: await stack.engine.configurations(),
        tokens: tokensOf(resources),
        keys: Object.fromEntries(
          resources.map(({ urn, outputs: { publicKey, seed } = {} }) => [urn, [publicKey, seed]]),
        ),
        outputs: await stack.outputs(),
      };
    }

    /**
     * Asserts that everything is unchanged. The program may have more outputs than then, and another wording. With JetStream,
     * the verification may send more requests.
     */
    async function assertAsLeft(): Promise<void> {
      const now = await everything();
      const expected = storesMessages ? withJetStreamRequests(left, now) : left;
      const shared = Object.entries(now.outputs).filter(([name]) => name in left.outputs);
      const same = { ...Object.fromEntries(shared), checked: left.outputs.checked };
      assert.deepEqual({ ...now, outputs: same }, expected);
      assert.match(now.outputs.checked, VERIFIED);
    }

    if (version <= LAST_WITH_OTHER_CONTAINERS) {
      it("should preview the replacement of both containers, and of nothing else", async () => {
        const { output } = succeeded(await stack.preview("--diff"));
        const changed = changedResources(output);
        assert.deepEqual(
          changed.filter((name) => name.startsWith("Container ")),
          ["Container nats-operator", "Container nats-static"],
        );
        assert.match(output, /^ *\+-2 to replace$/m);
        assert.deepEqual(
          changed.filter((name) => /^(Nkey|User|Network|Volume|RemoteImage) /.test(name)),
          [],
        );
      });

      it("should replace one container after the other at an update, with every key, token and configuration", async () => {
        const since = Date.now();
        succeeded(await stack.up());
        const events = await stack.engine.happened(since);
        assert.deepEqual(events, ["operator die", "operator start", "static die", "static start"]);
        await assertAsLeft();
      });
    } else {
      it("should restart nothing at an update, and keep every key, token and configuration", async () => {
        const lives = await stack.engine.lives();
        const { output } = succeeded(await stack.preview("--diff"));
        // The containers of a stored state have other ids in each run.
        assert.deepEqual(changedResources(output), [
          "ClusterCheck nats",
          "ClusterConfiguration nats",
          "ConfigurationAttempt nats",
        ]);
        succeeded(await stack.up());
        await assertAsLeft();
        assert.deepEqual(await stack.engine.lives(), lives);
      });
    }

    it("should have brought every client back", async () => {
      for (const client of connected) {
        const isBack = () =>
          client.rtt().then(
            () => true,
            () => undefined,
          );
        assert.equal(await waitFor(isBack, BACK_TIMEOUT), true);
      }
    });

    it("should have restricted and limited the containers, and publish only the ports of clients", async () => {
      for (const side of SIDES) {
        const { HostConfig } = await (await stack.engine.server(side)).inspect();
        assert.equal(HostConfig.ReadonlyRootfs, true);
        assert.ok((HostConfig.PidsLimit ?? 0) > 0 && (HostConfig.Memory ?? 0) > 0);
      }
      const urls = Object.values(outputs.clientUrls).map((url) => url.replace("nats://", ""));
      assert.deepEqual((await stack.engine.listening()).sort(), urls.sort());
    });

    if (version < STATE_VERSION) {
      it("should have migrated the resources that it updated", async () => {
        const found = (await stack.resources()).find(({ type }) => type.endsWith(":ClusterConfiguration"));
        assert.equal(found?.outputs?.stateVersion, STATE_VERSION);
        assert.equal(found.outputs.digests, undefined);
        assert.equal(
          (found.outputs.__details as object | undefined) && "digests" in (found.outputs.__details as object),
          false,
        );
      });
    }

    it("should change nothing at a second update, nor show a change in a preview", async () => {
      const lives = await stack.engine.lives();
      succeeded(await stack.preview("--expect-no-changes"));
      const { output } = succeeded(await stack.up("--expect-no-changes"));
      assert.match(output, /^ +\d+ unchanged$/m);
      await assertAsLeft();
      assert.deepEqual(await stack.engine.lives(), lives);
    });

    if (storesMessages) {
      it("should have kept every stored message", async () => {
        for (const side of SIDES) {
          const client = await clients.connect(outputs.clientUrls[side], login("A/test", side));
          for (const name of Object.keys(STREAMS)) {
            const { state } = await api<{ state: { messages: number } }>(client, `STREAM.INFO.${name}`);
            assert.equal(state.messages, MESSAGES, `${name} at the ${side} server`);
          }
        }
      });
    } else {
      it("should carry a request in both directions, with the old credentials", async () => {
        for (const [one, other] of [
          ["static", "operator"],
          ["operator", "static"],
        ] as const) {
          const responder = await clients.connect(outputs.clientUrls[one], login("A/test", one));
          const answering = await answer(responder, "test", "yes");
          const requestor = await clients.connect(outputs.clientUrls[other], login("B/test", other));
          assert.equal((await ask(requestor, "test", "well?")).string(), "yes");
          answering.unsubscribe();
        }
      });
    }
  });
}

/** A JWT of an account, as far as it is compared. */
interface SystemAccount {
  readonly nats: {
    readonly signing_keys: readonly {
      readonly role: string;
      readonly template: { readonly pub: { readonly allow?: readonly string[] } };
    }[];
  };
}

/**
 * Returns the former state with the present JWT of the system account, and asserts that this JWT differs in one way: the role
 * of the verification may also publish to the subjects that JetStream needs.
 */
function withJetStreamRequests<T extends { readonly configurations: unknown; readonly tokens: Record<string, string> }>(
  left: T,
  now: T,
): T {
  const [urn = "", token = ""] = Object.entries(left.tokens).find(([name]) => name.endsWith(SYSTEM_CLAIMS)) ?? [];
  const [former, present] = [token, now.tokens[urn] ?? ""].map((jwt) => ({
    ...(decode(jwt) as unknown as SystemAccount),
    iat: undefined,
    jti: undefined,
  }));
  assert.ok(former !== undefined);
  const signing_keys = former.nats.signing_keys.map(({ template, ...key }) => {
    const allow = [...(template.pub.allow ?? []), ...JETSTREAM_CHECK_SUBJECTS].sort();
    return { ...key, template: key.role === CHECK_ROLE ? { ...template, pub: { allow } } : template };
  });
  assert.deepEqual(present, { ...former, nats: { ...former.nats, signing_keys } });
  const { configurations, tokens } = left;
  const text = JSON.stringify({ configurations, tokens }).replaceAll(token, now.tokens[urn] ?? "");
  return { ...left, ...(JSON.parse(text) as Pick<T, "configurations" | "tokens">) };
}

/** Creates streams and publishes messages to them. */
async function store(client: NatsConnection): Promise<void> {
  for (const [name, replicas] of Object.entries(STREAMS)) {
    const stream = { name, subjects: [`${name}.>`], storage: "file", num_replicas: replicas, max_bytes: 10_000 };
    const created = await api<{ error?: object }>(client, `STREAM.CREATE.${name}`, stream);
    assert.equal(created.error, undefined);
    for (let count = 0; count < MESSAGES; count += 1) {
      await ask(client, `${name}.one`, "");
    }
  }
}

/** Sends a request to JetStream until it is answered. */
async function api<T>(client: NatsConnection, subject: string, body: object = {}): Promise<T> {
  const answered = await waitFor(
    () =>
      client.request(`$JS.API.${subject}`, JSON.stringify(body), { timeout: 2_000 }).then(
        (message) => message.json<T>(),
        () => undefined,
      ),
    BACK_TIMEOUT,
  );
  assert.ok(answered !== undefined, `nobody answers ${subject}`);
  return answered;
}
