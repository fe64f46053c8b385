import assert from "node:assert/strict";
import { CONNECTION_TYPES, type ConnectionType } from "../../provider/model/access/connection-types";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { MAIN_FILE } from "../../provider/servers/server";
import { logIn } from "../support/decisions";
import { logInOverMqtt } from "../support/mqtt";
import { filesOf, freeListeners, newPair, startPair, type Pair } from "../support/pair";
import { SIDES, type Side } from "../support/sides";
import { freePorts } from "../support/stack-ports";
import { Wire } from "../support/wire";
import { loginOf, worldOf, type World } from "../support/world";

const ACCOUNT: AccountDeclaration = {
  name: "A",
  jetstream: {},
  roles: { bearer: { bearer: true, connectionTypes: ["STANDARD", "MQTT"] } },
  users: {
    signs: { connectionTypes: ["STANDARD", "MQTT"] },
    any: {},
    bearer: { role: "bearer" },
    ...Object.fromEntries(CONNECTION_TYPES.map((type) => [type, { connectionTypes: [type] }])),
  },
};
const JETSTREAM = { memoryStorage: 2 ** 20, fileStorage: 2 ** 24 };

describe("connection types", () => {
  let world: World;

  before(async () => {
    world = await worldOf([ACCOUNT]);
  });

  describe("on the client listener of both servers", () => {
    let pair: Pair;

    before(async () => {
      pair = await startPair(world);
    });

    after(() => {
      pair.stop();
    });

    async function isLetIn(side: Side, type: ConnectionType): Promise<boolean> {
      const wire = await logIn(pair, side, world, `A/${type}`).catch(() => undefined);
      await wire?.close();
      return wire !== undefined;
    }

    for (const type of CONNECTION_TYPES) {
      const isAccepted = type === "STANDARD";
      it(`should ${isAccepted ? "let in" : "refuse"} a user with the type ${type} alone`, async () => {
        const decisions = await Promise.all(SIDES.map((side) => isLetIn(side, type)));
        assert.deepEqual(decisions, [isAccepted, isAccepted]);
      });
    }
  });

  describe("on a monitoring port", () => {
    it("should be shown with the JWTs of bearers, which log in without their seed", async () => {
      const [monitoringPort = 0] = await freePorts(1);
      const listeners = await freeListeners();
      const pair = await newPair({ ...listeners, operator: { ...listeners.operator, monitoringPort } });
      try {
        for (const side of SIDES) {
          await pair.servers[side].put(filesOf(side, world, pair.listeners));
          await pair.servers[side].start();
        }
        const { jwt } = loginOf(world, "A/bearer");
        const wire = await Wire.open(pair.listeners.operator.clientPort, { jwt, nkey: false });
        const shown = await (await fetch(`http://127.0.0.1:${monitoringPort}/connz?auth=1`)).text();
        await wire.close();
        assert.ok(shown.includes(jwt), "nats-server hides it now: the warning NA1412 is no longer needed");
      } finally {
        pair.stop();
      }
    });
  });

  describe("on an MQTT listener", () => {
    let pair: Pair;
    let ports: Readonly<Record<Side, number>>;

    before(async function () {
      this.timeout(60_000);
      pair = await newPair(await freeListeners("nats", { jetstream: JETSTREAM }));
      const [first = 0, second = 0] = await freePorts(2);
      ports = { static: first, operator: second };
      for (const side of SIDES) {
        const files = filesOf(side, world, pair.listeners, { jetstream: JETSTREAM });
        const mqtt = `mqtt { host: 127.0.0.1, port: ${ports[side]} }\n`;
        await pair.servers[side].put({ ...files, [MAIN_FILE]: `${files[MAIN_FILE] ?? ""}\n${mqtt}` });
      }
      await Promise.all(SIDES.map((side) => pair.servers[side].start()));
      // A server accepts MQTT clients once JetStream has a leader.
      const { jwt } = loginOf(world, "A/bearer");
      while (!(await logInOverMqtt(ports.operator, { username: "any", password: jwt }))) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    });

    after(() => {
      pair.stop();
    });

    for (const user of ["any", "signs", "bearer"]) {
      it(`should let no static user in: there is no nonce for the nkey of ${user} to sign`, async () => {
        const { publicKey, seed, jwt } = loginOf(world, `A/${user}`);
        for (const password of [seed, jwt, publicKey]) {
          assert.equal(await logInOverMqtt(ports.static, { username: publicKey, password }), false);
        }
      });

      it(`should let ${user} in by its JWT on the operator server only if it is a bearer`, async () => {
        const { publicKey, jwt } = loginOf(world, `A/${user}`);
        const isLetIn = await logInOverMqtt(ports.operator, { username: publicKey, password: jwt });
        assert.equal(isLetIn, user === "bearer");
      });
    }
  });
});
