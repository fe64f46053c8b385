import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { Authority } from "../support/certificates";
import { SIDES, type Side } from "../support/sides";
import { DECLARED, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../support/stack-clients";

/** The steps of an update that renews certificates, in their order. */
const STEPS = [
  "update configuration-attempt",
  "try static",
  "put operator",
  "put static",
  "reload operator",
  "reload static",
  "update cluster-configuration",
] as const;

/** Those of them that handle certificates. test/stack/kills.test.ts kills updates after the others. */
const OF_CERTIFICATES = STEPS.filter((step) => /^(put|reload) /.test(step));

/** How many updates are killed, in place of one after each step that handles certificates: what `npm run kills` sets. */
const { KILLS } = process.env;

const KILLED =
  KILLS === undefined
    ? OF_CERTIFICATES
    : Array.from({ length: Number(KILLS) }, (_, index) => STEPS[index % STEPS.length] ?? STEPS[0]);

describe("an update that renews certificates and is killed", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED);
  const clients = new Clients();
  let authority: Authority;
  let cert: string;

  async function renew(): Promise<void> {
    const issued = await authority.issue();
    ({ cert } = issued);
    const tls = { certificate: issued.cert, key: issued.key, ca: authority.cert };
    await stack.declare({ accounts: { A: { users: { test: {} } } }, tls });
  }

  /** Connects a client. It accepts no other certificate than the last one. */
  async function connect(side: Side) {
    const { clientUrls, seeds, creds } = await stack.outputs();
    const { fingerprint256 } = new X509Certificate(cert);
    const checkServerIdentity = (_host: string, shown: { readonly fingerprint256: string }) =>
      shown.fingerprint256 === fingerprint256 ? undefined : new Error("the server shows another certificate");
    const login = side === "static" ? bySeed(seeds["A/test"]) : byCreds(creds["A/test"]);
    return clients.connect(clientUrls[side], login, { tls: { ca: authority.cert, checkServerIdentity } as object });
  }

  before("a cluster with TLS", async () => {
    authority = await Authority.create();
    await renew();
    succeeded(await stack.up());
  });

  for (const [index, step] of KILLED.entries()) {
    it(`should be finished by the next update, without disconnecting clients, when it is killed after "${step}" (${index + 1})`, async () => {
      const [one, other] = [await connect("static"), await connect("operator")];
      const lives = await stack.servers.lives();
      await renew();
      await stack.killAfter(step);
      succeeded(await stack.unlock());
      succeeded(await stack.up());
      await crosses(one, other, "one");
      await crosses(await connect("operator"), await connect("static"), "two");
      assert.deepEqual(await stack.servers.lives(), lives);
      assert.equal(clients.lost, 0);
      for (const side of SIDES) {
        const names = Object.keys(await stack.servers.allFiles(side)).filter((name) => name.startsWith("tls-"));
        assert.deepEqual(names.sort(), [
          "tls-clients-ca.pem",
          "tls-clients.pem",
          "tls-routes-ca.pem",
          "tls-routes.pem",
        ]);
      }
      succeeded(await stack.preview("--refresh", "--expect-no-changes"));
    });
  }
});
