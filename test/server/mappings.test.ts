import assert from "node:assert/strict";
import { headers, type NatsConnection } from "@nats-io/transport-node";
import { accountDiagnostics } from "../../provider/model/account/account-checks";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { formatDiagnostic } from "../../provider/diagnostics/diagnostic";
import type { Mappings } from "../../provider/model/subjects/mappings";
import { waitFor } from "../../provider/servers/log";
import { by, Clients } from "../support/clients";
import { filesOf, freeListeners, newPair, startPair, urlOf, type Pair } from "../support/pair";
import { SIDES, type Side } from "../support/sides";
import { loginOf, worldOf, type World } from "../support/world";

const FUNCTIONS = [
  ["$2.$1", "f.zb-c.abcd"],
  ["{{wildcard(2)}}", "f.zb-c"],
  ["{{left(1,2)}}.{{Right(1,1)}}", "f.ab.d"],
  ["{{splitFromLeft(1,1)}}", "f.a.bcd"],
  ["{{SplitFromRight(1,1)}}", "f.abc.d"],
  ["{{sliceFromLeft(1,3)}}", "f.abc.d"],
  ["{{SliceFromRight(1,3)}}", "f.a.bcd"],
  ["{{split(2,-)}}", "f.zb.c"],
  ["{{partition(1)}}.{{random(1)}}", "f.0.0"],
  ["{{partition(5,1,2)}}", "f.1"],
] as const;

/** What each message is mapped to, and what it arrives as. */
const MAPPINGS: Mappings = {
  ...Object.fromEntries(FUNCTIONS.map(([to], index) => [`m${index}.*.*`, [{ subject: `f.${to}` }]])),
  "rest.>": [{ subject: "all.rest.>" }],
  here: [{ subject: "in.here", cluster: "nats" }, { subject: "in.others" }],
  elsewhere: [{ subject: "in.elsewhere", cluster: "other" }],
  'quoted."x"': [{ subject: "q.'y'" }],
  split: [
    { subject: "half.one", weight: 50 },
    { subject: "half.two", weight: 50 },
  ],
  partly: [{ subject: "part", weight: 30 }],
};

const ARRIVES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(FUNCTIONS.map(([, as], index) => [`m${index}.abcd.zb-c`, as])),
  "rest.a.b": "all.rest.a.b",
  here: "in.here",
  elsewhere: "elsewhere",
  'quoted."x"': "q.'y'",
};

const ACCOUNT: AccountDeclaration = {
  name: "A",
  users: { all: {}, mapped: { permissions: { publish: { allow: ["in.>"] } } } },
  mappings: MAPPINGS,
  trace: { destination: "traces" },
};

describe("mappings and traces of messages", () => {
  let world: World;
  let pair: Pair;
  let clients: Clients;

  before(async () => {
    assert.deepEqual(accountDiagnostics(ACCOUNT).map(formatDiagnostic), []);
    world = await worldOf([ACCOUNT]);
    pair = await startPair(world);
  });

  after(() => {
    pair.stop();
  });

  beforeEach(() => {
    clients = new Clients();
  });

  afterEach(() => clients.close());

  function connectAs(user: string, side: Side): Promise<NatsConnection> {
    const { seed, creds } = loginOf(world, `A/${user}`);
    return clients.connect(urlOf(pair, side), side === "static" ? by.seed(seed) : by.creds(creds));
  }

  /** The subjects as which messages on some subjects arrive. */
  async function arrivals(client: NatsConnection, subjects: readonly string[]): Promise<string[]> {
    const arrived: string[] = [];
    client.subscribe(">", { callback: (_error, { subject }) => void arrived.push(subject) });
    subjects.forEach((subject) => {
      client.publish(subject);
    });
    await client.flush();
    return arrived;
  }

  for (const side of SIDES) {
    describe(`on the ${side} server`, () => {
      it("should map messages with every function", async () => {
        const arrived = await arrivals(await connectAs("all", side), Object.keys(ARRIVES));
        assert.deepEqual(arrived, Object.values(ARRIVES));
      });

      it("should map messages by their weights", async () => {
        const client = await connectAs("all", side);
        const many = Array.from({ length: 2_000 }, (_, index) => (index % 2 === 0 ? "split" : "partly"));
        const arrived = await arrivals(client, many);
        const count = (subject: string) => arrived.filter((one) => one === subject).length;
        assert.equal(count("half.one") + count("half.two"), 1_000);
        assert.ok(Math.abs(count("half.one") - 500) < 100, `${count("half.one")} of 1000 with weight 50`);
        assert.equal(count("part") + count("partly"), 1_000);
        assert.ok(Math.abs(count("part") - 300) < 100, `${count("part")} of 1000 with weight 30`);
      });

      it("should require permission only for the mapped subject", async () => {
        const client = await connectAs("mapped", side);
        assert.deepEqual(await arrivals(client, ["here", "elsewhere"]), ["in.here"]);
      });

      it("should trace a message when its headers ask for it", async () => {
        const client = await connectAs("all", side);
        const traces: string[] = [];
        client.subscribe("traces", {
          callback: (_error, { data }) => void traces.push(Buffer.from(data).toString()),
        });
        for (const sampled of ["00", "01"]) {
          const asking = headers();
          asking.append("traceparent", `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-${sampled}`);
          client.publish("here", "", { headers: asking });
        }
        // The server sends traces in its own time, not before it answers the client's next ping.
        await waitFor(() => Promise.resolve(traces[0]), 5_000);
        await client.flush();
        assert.equal(traces.length, 1);
        assert.match(traces[0] ?? "", /"type":"sm","ts":"[^"]*","to":"in\.here"/);
      });
    });
  }

  for (const [mappings, theirs] of [
    [{ "a.*": [{ subject: "b.$2" }] }, /wildcard index out of range/],
    [{ "a.*": [{ subject: "b.{{other(1)}}" }] }, /unknown function/],
    [{ "a.>": [{ subject: "b" }] }, /invalid subject/],
    [{ "$1.a": [{ subject: "b", weight: 1 }] }, /wildcard index out of range/],
    [{ a: ["x", "y"].map((cluster) => ({ subject: "b", cluster })) }, /duplicate entry/],
    [{ a: ["b", "c"].map((subject) => ({ subject, weight: 60 })) }, /total weight needs to be <= 100/],
  ] as const) {
    it(`should be found by the validation and refused by the static server when it is ${JSON.stringify(mappings)}`, async () => {
      const account: AccountDeclaration = { ...ACCOUNT, mappings };
      assert.equal(accountDiagnostics(account).length, 1);
      const other = await newPair(await freeListeners());
      try {
        const files = filesOf("static", await worldOf([account]), other.listeners);
        await assert.rejects(other.servers.static.try(files), theirs);
      } finally {
        other.stop();
      }
    });
  }
});
