import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/transport-node";
import { connect } from "@nats-io/transport-node";
import { renderOperatorConfig } from "../../provider/config/operator";
import { MAIN_FILE } from "../../provider/servers/server";
import { Authority, type Issued } from "../support/certificates";
import { by } from "../support/clients";
import { newCluster, newServer, removeCluster } from "../support/local-server";
import { freePorts } from "../support/stack-ports";
import { loginOf, worldOf, type World } from "../support/world";

/** What the row of `verify_and_map` in docs/parity.md states. */
describe("logins with certificates (verify_and_map)", function () {
  this.timeout(30_000);

  const ports = { static: 0, operator: 0 };
  const cluster = newCluster();
  const open: NatsConnection[] = [];
  let authority: Authority;
  let client: Issued;
  let world: World;

  before(async () => {
    authority = await Authority.create();
    client = await authority.issue({ name: "eve", hosts: [], purposes: ["clientAuth"] });
    world = await worldOf([{ name: "A", users: { test: {} } }]);
    const [a = 0, b = 0, c = 0] = await freePorts(3);
    Object.assign(ports, { static: a, operator: b });
    const { cert, key } = await authority.issue();
    const tls = `tls { cert_file: pair.pem, key_file: pair.pem, ca_file: ca.pem, verify_and_map: true }`;
    const listener = { serverName: "n", clusterName: "c", clientPort: b, clusterPort: c, address: "127.0.0.1" };
    const mains = {
      static: `host: 127.0.0.1\nport: ${a}\naccounts { A { users: [ { user: "CN=eve" } ] } }`,
      operator: renderOperatorConfig(world.model, world.tokens, listener).text.replace(/include ".*"/, ""),
    };
    for (const mode of ["static", "operator"] as const) {
      const { server } = await newServer(cluster, mode);
      await server.put({ [MAIN_FILE]: `${mains[mode]}\n${tls}\n`, "pair.pem": cert + key, "ca.pem": authority.cert });
      await server.start();
    }
  });

  after(async () => {
    await Promise.all(open.map((connection) => connection.close()));
    removeCluster(cluster);
  });

  async function logIn(mode: "static" | "operator", creds?: string): Promise<void> {
    const authenticator = creds === undefined ? {} : { authenticator: by.creds(creds) };
    const tls = { ca: authority.cert, ...client };
    open.push(await connect({ servers: `tls://127.0.0.1:${ports[mode]}`, tls, reconnect: false, ...authenticator }));
  }

  it("should work on a static server, without a seed", () => logIn("static"));

  it("should be ignored by a server in operator mode, which lets only clients with a JWT in", async () => {
    await assert.rejects(logIn("operator"), /Authorization Violation/);
    await logIn("operator", loginOf(world, "A/test").creds);
  });
});
