import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { NatsConnection, TlsOptions } from "@nats-io/transport-node";
import type { Tunnel } from "../../provider/servers/kubernetes/tunnel";
import { waitFor } from "../../provider/servers/log";
import { writeTlsSecret } from "../support/cert-manager";
import { Authority, type Issued } from "../support/certificates";
import { isPrivateCluster, Namespace, requirePrivateCluster, serverImage } from "../support/kubernetes";
import { runInPod, secretFolder } from "../support/machine-pod";
import { openPodTunnel } from "../support/pod-tunnel";
import { PodVolumes } from "../support/pod-volumes";
import { serialOf, shownSerial } from "../support/shown-certificate";
import { SIDES, type Side } from "../support/sides";
import { CHECKOUT, DECLARED, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../support/stack-clients";
import { StackPods } from "../support/stack-pods";
import { replaceOnce, useDocumentedContext, useWrittenProgram } from "../support/written-program";

/** The Certificate and the Secret of the program. */
const CERTIFICATE = "nats-tls";
/** Milliseconds in which the engine creates an object. */
const TIMEOUT = 60_000;

const POLL = 200;
const LIST_SECRETS = ["get", "secrets", "--output", "name"];

/** What cert-manager reads of a Certificate here. */
interface CertificateSpec {
  readonly secretName: string;
  readonly dnsNames: readonly string[];
}

/** The definition of certificates, as far as the program needs it. */
const DEFINITION = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "certificates.cert-manager.io" },
  spec: {
    group: "cert-manager.io",
    scope: "Namespaced",
    names: { kind: "Certificate", plural: "certificates", singular: "certificate" },
    versions: [
      {
        ...{ name: "v1", served: true, storage: true, subresources: { status: {} } },
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
};

/** Returns the programs of the page: the complete one, and what reads a certificate. */
async function documentedPrograms(): Promise<Record<"complete" | "certificate", string>> {
  const page = await readFile(join(CHECKOUT, "docs/kubernetes.md"), "utf8");
  const after = (heading: string) => {
    const [, section = assert.fail(heading)] = page.split(`\n${heading}\n`);
    return /```ts\n([^]*?)```/.exec(section)?.[1] ?? assert.fail(heading);
  };
  return { complete: after("## Servers in pods"), certificate: after("### Certificates of cert-manager") };
}

describe("the program of docs/kubernetes.md", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const stack = testStack(DECLARED);
  // Another cluster may have a namespace of this name, which belongs to no test.
  const namespace = new Namespace(isPrivateCluster() ? "nats" : undefined);
  const pods = new StackPods(namespace);
  const volumes = new PodVolumes(namespace, { capacity: "30Gi", storageClass: "" });
  const clients = new Clients();
  const tunnels: Partial<Record<Side, Tunnel>> = {};
  let authority: Authority;
  let writeProgram: (program: string) => Promise<void>;

  before("a context with the name of the program", async function () {
    requirePrivateCluster(this);
    await useDocumentedContext(stack);
    await volumes.provide();
    authority = await Authority.create();
    writeProgram = await useWrittenProgram(stack);
  });

  after("nothing is left", async function () {
    if (isPrivateCluster()) {
      Object.values(tunnels).forEach((tunnel) => {
        tunnel.close();
      });
      await namespace.remove();
      await namespace.kubectl(["delete", "crd", DEFINITION.metadata.name, "--ignore-not-found"]);
      await volumes.remove();
    }
  });

  /** Writes the program. The cluster of the tests has another image, and a smaller node. */
  async function write(change: (program: string) => string | Promise<string> = (program) => program): Promise<void> {
    const { complete } = await documentedPrograms();
    const program = await change(
      replaceOnce(complete, "accounts: [a],", `accounts: [a], image: ${JSON.stringify(serverImage())},`),
    );
    const requests = replaceOnce(program, '{ cpu: "1", memory: "2Gi" }', '{ cpu: "10m", memory: "64Mi" }');
    await writeProgram(requests);
  }

  /** The program with a certificate of cert-manager in place of accepted ports without TLS. */
  async function withCertificate(complete: string): Promise<string> {
    const { certificate } = await documentedPrograms();
    const [, parity = assert.fail("no parity")] = /^( {4}parity: \{[^]*?^ {4}\},)$/m.exec(complete) ?? [];
    const encrypted = replaceOnce(complete, parity, "    tls,");
    return replaceOnce(encrypted, "\nconst cluster =", `\n${certificate}\nconst cluster =`);
  }

  /** Writes the Secret of the certificate as cert-manager does, in place if it exists. */
  async function issue(): Promise<Issued> {
    const { spec } = (await namespace.get("certificate", CERTIFICATE)) as { readonly spec: CertificateSpec };
    return writeTlsSecret(namespace, authority, spec.secretName, spec.dnsNames);
  }

  /** Does what cert-manager does with a new certificate: writes its Secret, then its condition. */
  async function issueFirst(): Promise<void> {
    const find = ["get", "certificate", CERTIFICATE, "--ignore-not-found", "--output", "name"];
    const isThere = async () => ((await namespace.kubectl(find)) === "" ? undefined : true);
    assert.equal(await waitFor(isThere, TIMEOUT, POLL), true);
    await issue();
    const conditions = [{ type: "Ready", status: "True", reason: "Ready" }];
    const patch = JSON.stringify({ status: { conditions } });
    const target = ["certificate", CERTIFICATE, "--subresource=status", "--type=merge"];
    await namespace.kubectl(["patch", ...target, "--patch", patch]);
  }

  /** Returns the name of the Secret of the user. */
  async function secretOfUser(): Promise<string> {
    // Kubernetes accepts no upper-case letters, so a digest follows the name of the account.
    const [, name] = /^secret\/(nats\.a-.*\.test)$/m.exec(await namespace.kubectl(LIST_SECRETS)) ?? [];
    return name ?? assert.fail("no Secret");
  }

  /** Connects with the credentials of the Secret in the cluster. */
  async function connect(side: Side, tls?: TlsOptions): Promise<NatsConnection> {
    const name = await secretOfUser();
    const { data = {} } = (await namespace.get("secret", name)) as { data?: Record<string, string> };
    const read = (key: string) => Buffer.from(data[key] ?? assert.fail(key), "base64").toString();
    const login = side === "static" ? bySeed(read("seed")) : byCreds(read("nats.creds"));
    const { address } = tunnels[side] ?? assert.fail(side);
    const own = { ca: authority.cert, host: `nats-${side}.nats.svc`, ...tls } as TlsOptions;
    return tls === undefined
      ? clients.connect(`nats://${address}`, login)
      : clients.connect(`tls://${address}`, login, { tls: own });
  }

  const both = (tls?: TlsOptions) => Promise.all([connect("static", tls), connect("operator", tls)]);

  it("should deploy servers that accept the Secrets of users", async () => {
    await write();
    succeeded(await stack.up());
    const { urls } = (await stack.outputs()) as unknown as { readonly urls: Readonly<Record<Side, string>> };
    const [, documented = ""] = /urls = .*\/\/ (\{.*\})/.exec((await documentedPrograms()).complete) ?? [];
    assert.equal(documented, `{ static: "${urls.static}", operator: "${urls.operator}" }`);
    assert.deepEqual(Object.keys(await pods.lives()), ["operator-0", "operator-1", "static-0"]);
    for (const side of SIDES) {
      tunnels[side] = await openPodTunnel({ namespace: namespace.name, statefulSet: `nats-${side}`, ordinal: 0 }, 4222);
    }
    const [onStatic, onOperator] = await both();
    await crosses(onStatic, onOperator, "one");
    succeeded(await stack.preview("--expect-no-changes"));
    await clients.close();
  });

  it("should encrypt connections with a certificate of cert-manager", async () => {
    await namespace.apply(JSON.stringify(DEFINITION));
    await namespace.kubectl([
      "wait",
      `crd/${DEFINITION.metadata.name}`,
      "--for=condition=Established",
      "--timeout=60s",
    ]);
    await write(withCertificate);
    const [updated] = await Promise.all([stack.up(), issueFirst()]);
    succeeded(updated);
    const [onStatic, onOperator] = await both({});
    await crosses(onStatic, onOperator, "two");
  });

  it("should be reached with TLS by the names of Services from another pod, which verifies them", async () => {
    const secret = await secretOfUser();
    const { urls } = (await stack.outputs()) as unknown as { readonly urls: Readonly<Record<Side, string>> };
    const script = `
      const { readFileSync } = require("node:fs");
      const { connect, credsAuthenticator, nkeyAuthenticator } = require("@nats-io/transport-node");
      const read = (key) => readFileSync("${secretFolder(secret)}/" + key);
      const logins = { static: nkeyAuthenticator(read("seed")), operator: credsAuthenticator(read("nats.creds")) };
      const reach = (entry, servers) =>
        connect({ servers, authenticator: logins[entry], tls: { ca: ${JSON.stringify(authority.cert)} }, reconnect: false });
      (async () => {
        for (const [entry, url] of Object.entries(${JSON.stringify(urls)})) {
          const client = await reach(entry, url);
          console.log(client.getServer());
          await client.close();
          // The same Service, by a name for which the certificate is not valid.
          await reach(entry, url.replace(".nats.svc", "")).then(() => console.log("accepted"), console.log);
        }
      })();`;
    const printed = await runInPod(namespace, script, [secret]);
    for (const side of SIDES) {
      assert.match(printed, new RegExp(`^nats-${side}\\.nats\\.svc:4222$`, "m"));
      assert.match(printed, new RegExp(`does not match certificate's altnames: Host: nats-${side}\\. is not`));
    }
    assert.doesNotMatch(printed, /accepted/);
  });

  it("should take a certificate that cert-manager renews in place with the next update, without disconnecting clients", async () => {
    const [onStatic, onOperator] = await both({});
    const lives = await pods.lives();
    const renewed = serialOf((await issue()).cert);
    succeeded(await stack.up("--refresh"));
    for (const side of SIDES) {
      assert.equal(await shownSerial((tls) => connect(side, tls)), renewed);
    }
    await crosses(onStatic, onOperator, "three");
    assert.equal(clients.hasLost(onStatic) || clients.hasLost(onOperator), false);
    assert.deepEqual(await pods.lives(), lives);
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  });

  it("should leave nothing when it is destroyed, not even its namespace", async () => {
    await clients.close();
    succeeded(await stack.destroy());
    assert.deepEqual(await namespace.remains(), []);
  });
});
