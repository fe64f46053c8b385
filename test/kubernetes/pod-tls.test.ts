import assert from "node:assert/strict";
import type { ClusterTls } from "../../provider";
import { Authority } from "../support/certificates";
import { podStack } from "../support/pod-stack";
import { failed, STEP_TIMEOUT, succeeded } from "../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../support/stack-clients";

const SERVERS = ["static-0", "operator-0"] as const;

describe("a cluster in pods with TLS", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const stack = podStack();
  const { namespace, pods } = stack;
  const clients = new Clients();
  let authority: Authority;

  before("an authority", async () => {
    authority = await Authority.create();
  });

  const ofPods = () => `*.nats.${namespace.name}.svc`;
  const ofServices = () => ["static", "operator"].map((entry) => `nats-${entry}.${namespace.name}.svc`);

  async function issue(...hosts: string[]): Promise<ClusterTls> {
    const { cert, key } = await authority.issue({ hosts });
    return { certificate: cert, key, ca: authority.cert };
  }

  const declare = (tls: ClusterTls) => stack.declare({ accounts: { A: { users: { test: {} } } }, tls });

  async function exchange(): Promise<void> {
    const { seeds, creds } = await stack.outputs();
    const logins = { "static-0": bySeed(seeds["A/test"]), "operator-0": byCreds(creds["A/test"]) };
    const [one, other] = await Promise.all(
      SERVERS.map(async (server) => {
        const tls = { ca: authority.cert, host: `nats-${server}.nats.${namespace.name}.svc` };
        return clients.connect(await stack.urlOf(server), logins[server], { tls });
      }),
    );
    assert.ok(one !== undefined && other !== undefined);
    await crosses(one, other, "test");
    await crosses(other, one, "test");
  }

  it("should make a preview refuse a certificate that Services do not match", async () => {
    await declare(await issue(ofPods()));
    assert.match(failed(await stack.preview()).output, /NA1805/);
  });

  it("should encrypt clients, routes and monitoring, which Kubernetes asks for the health of the servers", async () => {
    await declare(await issue(ofPods(), ...ofServices()));
    succeeded(await stack.up());
    await exchange();
  });

  it("should take a renewed certificate by reload, without a new pod and without disconnecting a client", async () => {
    const before = await pods.lives();
    await declare(await issue(ofPods(), ...ofServices()));
    succeeded(await stack.up());
    assert.deepEqual(await pods.lives(), before);
    assert.equal(clients.lost, 0);
    await exchange();
  });

  it("should leave nothing when it is destroyed", async () => {
    await clients.close();
    succeeded(await stack.destroy());
    assert.deepEqual(await pods.belongings(), []);
  });
});
