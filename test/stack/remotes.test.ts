import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { MAIN_FILE } from "../../provider/servers/server";
import { Authority } from "../support/certificates";
import { newCluster, newServer, removeCluster } from "../support/local-server";
import { SIDES, type Side } from "../support/sides";
import { DECLARED, failed, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../support/stack-clients";
import { changedResources } from "../support/stack-diff";
import { freePorts } from "../support/stack-ports";
import type { Declaration } from "./programs/declared/declaration";

const PASSWORD = "correct horse battery";
const WRONG = "wrong horse battery";
const ACCOUNTS: Declaration = { accounts: { A: { users: { test: {} } } } };
const RELOADED = ["ClusterCheck nats", "ClusterConfiguration nats", "ConfigurationAttempt nats"];

describe("a deployed cluster with a hub", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED, { logs: true });
  const clients = new Clients();
  const hub = { folder: "", clientPort: 0, leafNodePort: 0 };
  let ca: string;

  /** The same program with a remote for all servers. */
  const withHub = (password: string, more: object = {}): Declaration => ({
    ...ACCOUNTS,
    remotes: {
      hub: {
        urls: [`tls://127.0.0.1:${hub.leafNodePort}`],
        account: "A",
        user: "edge",
        password,
        tls: { ca },
        ...more,
      },
    },
  });

  before("a hub with TLS, and a cluster without it", async () => {
    const authority = await Authority.create();
    ca = authority.cert;
    const { cert, key } = await authority.issue();
    const [clientPort = 0, leafNodePort = 0] = await freePorts(2);
    Object.assign(hub, { folder: newCluster(), clientPort, leafNodePort });
    const { server } = await newServer(hub.folder, "hub");
    const users = ["edge", "client"].map((user) => `{ user: ${user}, password: "${PASSWORD}" }`).join(", ");
    await server.put({
      [MAIN_FILE]: `server_name: hub\nlisten: "127.0.0.1:${clientPort}"\naccounts { H { users: [${users}] } }
        leafnodes { listen: "127.0.0.1:${leafNodePort}", tls { cert_file: pair.pem, key_file: pair.pem } }`,
      "pair.pem": cert + key,
    });
    await server.start();
    await stack.declare(ACCOUNTS);
    succeeded(await stack.up());
  });

  after(async () => {
    await clients.close();
    removeCluster(hub.folder);
  });

  async function connect(side: Side) {
    const { clientUrls, seeds, creds } = await stack.outputs();
    const login = side === "static" ? bySeed(seeds["A/test"]) : byCreds(creds["A/test"]);
    return clients.connect(clientUrls[side], login);
  }

  const atHub = () =>
    clients.connect(`nats://127.0.0.1:${hub.clientPort}`, undefined, { user: "client", pass: PASSWORD });

  it("should report the reason for which the hub refuses a login, and not the login", async () => {
    await stack.declare(withHub(WRONG));
    const { output } = failed(await stack.up());
    assert.match(output, /NA5022[^]*not connected with the hub of the remote hub \(account A\)/);
    assert.match(output, /Authorization Violation[^]*The hub rejected the login of a remote/);
    assert.doesNotMatch(output, /horse/);
  });

  it("should connect both servers by a reload, and exchange messages", async () => {
    const open = await connect("static");
    const lives = await stack.servers.lives();
    await stack.declare(withHub(PASSWORD));
    assert.deepEqual(changedResources(succeeded(await stack.preview("--diff")).output), RELOADED);
    succeeded(await stack.up());
    assert.deepEqual(await stack.servers.lives(), lives);
    assert.equal(clients.hasLost(open), false);
    for (const side of SIDES) {
      await crosses(await connect(side), await atHub(), `to-${side}`);
      await crosses(await atHub(), await connect(side), `from-${side}`);
    }
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  });

  it("should show the login to nobody", async () => {
    for (const text of [stack.transcript, await stack.rawState(), await stack.logs()]) {
      assert.doesNotMatch(text, /horse/);
    }
    for (const side of SIDES) {
      const { [MAIN_FILE]: config = "", "remote-hub.conf": login = "" } = await stack.servers.configuration(side);
      assert.match(config, /include "\.\/remote-hub\.conf"/);
      assert.doesNotMatch(config + (await stack.servers.log(side)) + (await stack.servers.seen(side)), /horse/);
      assert.match(login, /correct%20horse%20battery/);
      const { id } = (await stack.servers.lives())[side];
      assert.equal((await stat(join(id, "remote-hub.conf"))).mode & 0o777, 0o600);
    }
  });

  it("should show a lost hub at a refresh", async () => {
    removeCluster(hub.folder);
    const { output } = succeeded(await stack.preview("--refresh", "--diff"));
    assert.match(output, /is not connected with the hub of the remote hub/);
    await stack.declare(withHub(PASSWORD, { verification: "disabled" }));
    succeeded(await stack.up());
  });

  it("should leave nothing of a removed remote", async () => {
    const lives = await stack.servers.lives();
    await stack.declare(ACCOUNTS);
    succeeded(await stack.up());
    assert.deepEqual(await stack.servers.lives(), lives);
    for (const side of SIDES) {
      const files = await stack.servers.allFiles(side);
      assert.deepEqual(
        Object.keys(files).filter((name) => name.includes("remote")),
        [],
      );
    }
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  });
});

describe("containers with a hub", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED, { targets: ["docker"] });

  it("should read the login from a file that the server alone can read, and keep nothing of it", async () => {
    // Nothing listens there: the servers try to connect.
    const hub = { urls: ["nats-leaf://127.0.0.1:1"], account: "A", user: "edge", password: PASSWORD };
    await stack.declare({ ...ACCOUNTS, remotes: { hub: { ...hub, verification: "disabled" } } });
    succeeded(await stack.up());
    for (const side of SIDES) {
      const { [MAIN_FILE]: config = "", "remote-hub.conf": login = "" } = await stack.servers.configuration(side);
      assert.match(login, /correct%20horse%20battery/);
      const log = await stack.servers.log(side);
      assert.match(log, /Error trying to connect as leafnode to remote server "127\.0\.0\.1:1"/);
      assert.doesNotMatch(config + log + (await stack.servers.seen(side)), /horse/);
    }
    assert.doesNotMatch((await stack.rawState()) + stack.transcript, /horse/);
    // The image of a stack has no version in its name, so the servers restart.
    await stack.declare(ACCOUNTS);
    succeeded(await stack.up());
    for (const side of SIDES) {
      const { "remote-hub.conf": login = "" } = await stack.servers.configuration(side);
      assert.equal(login, "");
    }
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  });
});
