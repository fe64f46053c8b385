import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { headers, type MsgHdrs, type NatsConnection } from "@nats-io/transport-node";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { OWN_KEY } from "../../provider/model/shares/imports";
import { omitUndefined } from "../../provider/model/form/order";
import { waitFor } from "../../provider/servers/log";
import { answer, ask, Clients, nextMessage } from "../support/clients";
import { keyOf } from "../support/keys";
import { filesOf, startPair, type Pair } from "../support/pair";
import { SIDES, type Side } from "../support/sides";
import { loginOf, worldOf, type World } from "../support/world";

const service = (subject: string, terms: object = {}) => ({ subject, type: "service" as const, ...terms });
const stream = (subject: string, terms: object = {}) => ({ subject, type: "stream" as const, ...terms });
const imported = <T extends object>(terms: T) => ({ account: "exporter", ...terms });

const ACCOUNTS: readonly AccountDeclaration[] = [
  {
    name: "exporter",
    exports: [
      service("end"),
      service("one"),
      service("many", { responseType: "stream" }),
      service("pieces", { responseType: "chunked" }),
      service("short", { responseThreshold: "200ms" }),
      service("measured", { latency: { sampling: "headers", results: "latency.measured" } }),
      service("unshared", { latency: { sampling: 100, results: "latency.unshared" } }),
      service("shared", { latency: { sampling: 100, results: "latency.shared" } }),
      service("own.*.get", { accountTokenPosition: 2 }),
      service("seen", { allowTrace: true }),
      stream("for.*", { accountTokenPosition: 2 }),
      stream("ticks"),
      stream("tocks"),
    ],
    users: { all: {} },
  },
  {
    name: "importer",
    imports: [
      ...["end", "one", "many", "pieces", "short", "measured", "unshared", "seen"].map((subject) =>
        imported(service(subject)),
      ),
      imported(service("shared", { share: true })),
      imported(service(`own.${OWN_KEY}.get`, { localSubject: "mine" })),
      imported(stream(`for.${OWN_KEY}`, { localSubject: "for.me" })),
      imported(stream("ticks", { allowTrace: true })),
      imported(stream("tocks")),
    ],
    users: { all: {} },
  },
];

/** The server of the client that asks, and the server of the client that answers. */
const WAYS = SIDES.flatMap((asks) => SIDES.map((answers) => [asks, answers] as const));

describe("the terms of exports and imports", () => {
  let world: World;
  let pair: Pair;
  let clients: Clients;

  before(async () => {
    world = await worldOf(ACCOUNTS);
    pair = await startPair(world);
  });

  after(() => {
    pair.stop();
  });

  beforeEach(() => {
    clients = new Clients();
  });

  afterEach(() => clients.close());

  function connectAs(account: string, side: Side): Promise<NatsConnection> {
    return clients.logIn(pair, side, loginOf(world, `${account}/all`));
  }

  /** Returns the replies to one request that reach the requestor, when the responder sends all of them after a delay. */
  async function repliesTo(
    [asks, answers]: (typeof WAYS)[number],
    subject: string,
    replies: readonly string[],
    delay = 0,
  ): Promise<string[]> {
    const [importer, exporter] = [await connectAs("importer", asks), await connectAs("exporter", answers)];
    // Answers arrive in the order of the requests.
    answerAll(exporter, subject, replies, delay);
    answerAll(exporter, "end", ["here"], delay);
    await exporter.flush();
    await ask(importer, "end");
    const received: string[] = [];
    importer.subscribe("_INBOX.replies", { callback: (_error, message) => void received.push(message.string()) });
    importer.publish(subject, "", { reply: "_INBOX.replies" });
    await ask(importer, "end");
    await clients.close();
    return received;
  }

  function answerAll(connection: NatsConnection, subject: string, replies: readonly string[], delay: number): void {
    connection.subscribe(subject, {
      callback: (_error, message) => {
        setTimeout(() => {
          replies.forEach((reply) => message.respond(reply));
        }, delay);
      },
    });
  }

  /** Publishes a message with tracing. Returns the events of the trace with their accounts. */
  async function traced(connection: NatsConnection, subject: string): Promise<string[]> {
    const seen: string[] = [];
    const { message } = await nextMessage(connection, "traces.end");
    connection.subscribe("traces", {
      callback: (_error, { data }) => {
        const { events } = JSON.parse(Buffer.from(data).toString()) as { events: { type: string; acc?: string }[] };
        seen.push(...events.map(({ type, acc }) => `${type} ${acc ?? ""}`));
      },
    });
    connection.publish(subject, "", { headers: header("Nats-Trace-Dest", "traces"), reply: "nobody.here" });
    // The server sends traces asynchronously.
    await waitFor(() => Promise.resolve(seen[0]), 5_000);
    await sleep(50);
    connection.publish("traces.end");
    await message;
    return seen.sort();
  }

  /** Waits until there is no subscription to a subject on either server: those of clients that have left take a moment to leave a route. */
  async function waitUntilUnheard(connection: NatsConnection, subject: string): Promise<void> {
    const isUnheard = async () => !(await traced(connection, subject)).some((event) => event.startsWith("eg"));
    assert.ok(await waitFor(async () => (await isUnheard()) || undefined, 5_000), subject);
  }

  function header(key: string, value: string): MsgHdrs {
    const all = headers();
    all.append(key, value);
    return all;
  }

  for (const way of WAYS) {
    const [asks, answers] = way;

    describe(`asked on the ${asks} server and answered on the ${answers} one`, () => {
      for (const [subject, type, expected] of [
        ["one", "singleton", ["a"]],
        ["many", "stream", ["a", "b", ""]],
        ["pieces", "chunked", ["a", "b", ""]],
      ] as const) {
        it(`should forward ${expected.length} of 4 replies when the response is a ${type}`, async () => {
          assert.deepEqual(await repliesTo(way, subject, ["a", "b", "", "c"]), expected);
        });
      }

      it("should drop a reply when it comes after the response threshold, and forward it before", async () => {
        assert.deepEqual(await repliesTo(way, "short", ["in time"], 0), ["in time"]);
        assert.deepEqual(await repliesTo(way, "short", ["late"], 800), []);
      });

      it("should let an account import a subject with its own key", async () => {
        const exporter = await connectAs("exporter", answers);
        exporter.subscribe("own.*.get", { callback: (_error, message) => void message.respond(message.subject) });
        await exporter.flush();
        const importer = await connectAs("importer", asks);
        const key = keyOf("account", "importer");
        assert.equal(await ask(importer, "mine"), `own.${key}.get`);
        const { message } = await nextMessage(importer, "for.me");
        // Subscriptions take a moment to cross a route.
        const publishing = setInterval(() => {
          exporter.publish(`for.${keyOf("account", "exporter")}`);
          exporter.publish(`for.${key}`, "to the importer");
        }, 10);
        try {
          assert.equal((await message).string(), "to the importer");
        } finally {
          clearInterval(publishing);
        }
      });

      it("should measure latency when headers ask for it", async () => {
        const [importer, exporter] = [await connectAs("importer", asks), await connectAs("exporter", answers)];
        await answer(exporter, "measured", "x");
        const { message } = await nextMessage(exporter, "latency.measured");
        await ask(importer, "measured");
        await importer.request("measured", "", { headers: header("X-B3-Sampled", "1"), timeout: 5_000 });
        assert.deepEqual(Object.keys((await message).json<{ header: object }>().header), ["X-B3-Sampled"]);
      });

      for (const [subject, user] of [
        ["shared", keyOf("user", "importer/all")],
        ["unshared", undefined],
      ] as const) {
        it(`should report ${user ?? "no user"} as requestor when the import is ${subject}`, async () => {
          const [importer, exporter] = [await connectAs("importer", asks), await connectAs("exporter", answers)];
          await answer(exporter, subject, "x");
          const { message } = await nextMessage(exporter, `latency.${subject}`);
          await ask(importer, subject);
          assert.equal((await message).json<{ requestor: { user?: string } }>().requestor.user, user);
        });
      }
    });
  }

  it("should return the same trace on both servers when another account allows tracing", async () => {
    const [importer, exporter] = [keyOf("account", "importer"), keyOf("account", "exporter")];
    for (const side of SIDES) {
      const [asking, answering] = [await connectAs("importer", side), await connectAs("exporter", side)];
      await waitUntilUnheard(asking, "seen");
      await waitUntilUnheard(answering, "ticks");
      await answer(answering, "seen", "x");
      await answer(answering, "one", "x");
      asking.subscribe("ticks");
      asking.subscribe("tocks");
      await asking.flush();
      assert.deepEqual(await traced(asking, "seen"), [`eg ${exporter}`, `in ${importer}`, `si ${exporter}`]);
      assert.deepEqual(await traced(asking, "one"), [`in ${importer}`, `si ${exporter}`]);
      assert.deepEqual(await traced(answering, "ticks"), [`eg ${importer}`, `in ${exporter}`, `se ${importer}`]);
      assert.deepEqual(await traced(answering, "tocks"), [`in ${exporter}`, `se ${importer}`]);
      await clients.close();
    }
  });

  describe("after a reload", () => {
    beforeEach(async () => {
      pair.stop();
      pair = await startPair(world);
      // The operator server loads an account on first use.
      for (const side of SIDES) {
        assert.deepEqual(await repliesTo([side, side], "one", ["a", "b"]), ["a"]);
      }
    });

    async function change(accounts: readonly AccountDeclaration[]): Promise<void> {
      const changed = await worldOf(accounts);
      for (const side of SIDES) {
        const files = filesOf(side, changed, pair.listeners);
        await pair.servers[side].put(files);
        await pair.servers[side].reload(await pair.servers[side].try(files));
      }
    }

    const [exporter, importer] = ACCOUNTS as [AccountDeclaration, AccountDeclaration];
    const changedExporter = { ...exporter, description: "changed" };

    it("should keep the response threshold when the exporting account changes", async () => {
      await change([changedExporter, importer]);
      for (const side of SIDES) {
        assert.deepEqual(await repliesTo([side, side], "short", ["late"], 800), []);
      }
    });

    it("should lose the threshold only on the operator server when both accounts change, first the exporter", async () => {
      await change([changedExporter, importer]);
      await change([changedExporter, { ...importer, description: "changed" }]);
      assert.deepEqual(await repliesTo(["static", "static"], "short", ["late"], 800), []);
      // nats-server sets no threshold when an account already has a token, but imports keep a reference to the old export.
      assert.deepEqual(await repliesTo(["operator", "operator"], "short", ["late"], 800), ["late"]);
    });

    it("should apply a new response type on the operator server only when the importing account also changes", async () => {
      const changedExports = exporter.exports?.map((entry) =>
        entry.subject === "one" ? service("one", { responseType: "stream" }) : entry,
      );
      const streaming = omitUndefined<AccountDeclaration>({ ...exporter, exports: changedExports });
      await change([streaming, importer]);
      assert.deepEqual(await repliesTo(["static", "static"], "one", ["a", "b", ""]), ["a", "b", ""]);
      assert.deepEqual(await repliesTo(["operator", "operator"], "one", ["a", "b", ""]), ["a"]);
      await change([streaming, { ...importer, description: "changed" }]);
      assert.deepEqual(await repliesTo(["operator", "operator"], "one", ["a", "b", ""]), ["a", "b", ""]);
    });
  });
});
