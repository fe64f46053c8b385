import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { answer, ask, Clients } from "../support/clients";
import { filesOf, startPair, type Pair } from "../support/pair";
import { SIDES, type Side } from "../support/sides";
import { loginOf, worldOf, type World } from "../support/world";

const EXPORTERS = ["one", "two"];
const SERVICES = [
  { terms: { subject: "plain" }, asked: "plain" },
  { terms: { subject: "wild.*" }, asked: "wild.x" },
  { terms: { subject: "own.*.a", localSubject: "to.$1" }, asked: "to.x" },
];

/** Two accounts that export the same services, and one that imports both under the same local subjects. */
function accounts(description: string): AccountDeclaration[] {
  const services = <T extends object>(terms: readonly T[]) =>
    terms.map((one) => ({ ...one, type: "service" as const }));
  return [
    ...EXPORTERS.map((name) => ({
      name,
      exports: services([...SERVICES.map(({ terms: { subject } }) => ({ subject })), { subject: "end" }]),
      users: { all: {} },
    })),
    {
      name: "importer",
      description,
      imports: services(
        EXPORTERS.flatMap((account) => [
          ...SERVICES.map(({ terms }) => ({ ...terms, account })),
          { subject: "end", localSubject: `end.${account}`, account },
        ]),
      ),
      users: { all: {} },
    },
  ];
}

describe("services of two accounts under one local subject", () => {
  let world: World;
  let pair: Pair;
  let clients: Clients;

  before(async () => {
    world = await worldOf(accounts("first"));
    pair = await startPair(world);
  });

  after(() => {
    pair.stop();
  });

  beforeEach(() => {
    clients = new Clients();
  });

  afterEach(() => clients.close());

  /** Returns the accounts that answer one request, when some accounts have a client that answers. */
  async function answersTo(asked: string, asks: Side, there: readonly (readonly [string, Side])[]): Promise<string[]> {
    const importer = await clients.logIn(pair, asks, loginOf(world, "importer/all"));
    for (const [account, side] of there) {
      const exporter = await clients.logIn(pair, side, loginOf(world, `${account}/all`));
      for (const { terms } of SERVICES) {
        await answer(exporter, terms.subject, account);
      }
      await answer(exporter, "end", "here");
      await ask(importer, `end.${account}`);
    }
    const received: string[] = [];
    importer.subscribe("_INBOX.answers", { callback: (_error, message) => void received.push(message.string()) });
    importer.publish(asked, "", { reply: "_INBOX.answers" });
    for (let waited = 0; waited < 5_000 && received.length < there.length; waited += 10) {
      await sleep(10);
    }
    await sleep(20);
    await clients.close();
    return received.sort();
  }

  /** Returns the answering accounts for each combination of connected clients. */
  async function answersOn(asks: Side, asked: string): Promise<string[][]> {
    const [one = "", two = ""] = EXPORTERS;
    const alone = EXPORTERS.flatMap((account) => SIDES.map((side) => [[account, side] as const]));
    const both = SIDES.flatMap((first) => SIDES.map((second) => [[one, first] as const, [two, second] as const]));
    const found: string[][] = [];
    for (const there of [...alone, ...both]) {
      found.push(await answersTo(asked, asks, there));
    }
    return found;
  }

  const EXPECTED = [["one"], ["one"], ["two"], ["two"], ...Array.from({ length: 4 }, () => EXPORTERS)];

  for (const asks of SIDES) {
    for (const { asked } of SERVICES) {
      it(`should all get the request when ${asked} is requested on the ${asks} server`, async () => {
        assert.deepEqual(await answersOn(asks, asked), EXPECTED);
      });
    }
  }

  it("should all get the request when the servers have reloaded", async () => {
    const changed = await worldOf(accounts("changed"));
    for (const side of SIDES) {
      const files = filesOf(side, changed, pair.listeners);
      await pair.servers[side].put(files);
      await pair.servers[side].reload(await pair.servers[side].try(files));
    }
    for (const asks of SIDES) {
      assert.deepEqual(await answersOn(asks, "to.x"), EXPECTED);
    }
  });
});
