import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Account, AuthConfiguration, MixedAuthCluster, Operator } from "../../../provider";
import { closingGates, reasonOf } from "../../support/gates";
import { ofType, valueOf } from "../../support/mocks";
import { Authority } from "../../support/certificates";
import { collectWarnings } from "../../support/warnings";
import { codesAndPathsIn } from "../reports";

const URLS = ["tls://hub.example.org:7422"];
/** The default image has no authorities. */
const WITH_AUTHORITIES = { image: "nats:2.15.2-alpine" };
const PASSWORD = "correct horse battery";

describe("remotes of a cluster", () => {
  closingGates();
  const warnings = collectWarnings();

  function createAccount(name: string) {
    const operator = new Operator(`${name}-KO`);
    return { operator, a: new Account(`${name}-A`, { operator, users: { edge: {} }, limits: { leafNodes: 8 } }) };
  }

  it("should be in the configuration of each server, with logins in files beside it", async () => {
    const { a, operator } = createAccount("hubs");
    const cluster = new MixedAuthCluster("hubs", {
      ...WITH_AUTHORITIES,
      operator,
      accounts: [a],
      remotes: { hub: { urls: URLS, account: a, user: "edge", password: PASSWORD, denyExports: ["b.>", "a.>"] } },
      operatorServer: {
        remotes: { hub: "disabled", other: { urls: URLS, account: "hubs-A", seed: a.users.edge.seed } },
      },
    });
    await valueOf(cluster.checked);
    const [ofStatic, ofOperator] = [await valueOf(cluster.configs.static), await valueOf(cluster.configs.operator)];
    const key = await valueOf(a.publicKey);
    assert.match(ofStatic, new RegExp(`leafnodes \\{\\n {2}remotes: \\[\\n {4}# hub\\n.*account: "${key}"`, "s"));
    assert.match(ofStatic, /deny_exports: \["a\.>", "b\.>"\].*min_version: "1\.2".*include "\.\/remote-hub\.conf"/s);
    assert.match(ofOperator, /urls: \["tls:\/\/hub\.example\.org:7422"\].*include "\.\/remote-other\.conf"/s);
    const { inputs } = ofType("ClusterConfiguration").find(({ name }) => name === "hubs") ?? assert.fail();
    const { static: first, operator: second } = inputs.servers as Record<string, { files: Record<string, string> }>;
    assert.match(first?.files["remote-hub.conf"] ?? "", /edge:correct%20horse%20battery@hub/);
    assert.match(second?.files["remote-other.conf"] ?? "", /^nkey: "SU/);
    const others = ["MixedAuthCluster", "Container", "ConfigurationAttempt", "ClusterCheck"].flatMap(ofType);
    assert.doesNotMatch(JSON.stringify(others.map((one) => one.inputs)), /horse/);
  });

  it("should be in files of each pod", async () => {
    const { a, operator } = createAccount("pods");
    const { creds, seed } = a.users.edge;
    const cluster = new MixedAuthCluster("pods", {
      ...WITH_AUTHORITIES,
      operator,
      accounts: [a],
      target: { kubernetes: { context: "kind" } },
      parity: { accept: { "(servers).*.*": "The network encrypts." } },
      servers: { o: { mode: "operator", replicas: 2 } },
      remotes: { one: { urls: URLS, account: a, creds }, two: { urls: ["tls://other:7422"], account: "pods-A", seed } },
    });
    const config = await valueOf(cluster.configs["o-1"] ?? assert.fail());
    assert.match(config, /credentials: "\/.*\/pods-o-1_remote-one\.creds"/);
    assert.match(config, /include "\.\/pods-o-1_remote-two\.conf"/);
  });

  it("should not be shown where an argument of the wrong type may contain a password or a key", async () => {
    const { a, operator } = createAccount("malformed");
    const withPassword = `tls://me:${PASSWORD}@hub`;
    const wrong: Record<string, unknown>[] = [
      { a: { urls: withPassword, account: a }, b: { urls: [`${withPassword}\ud800`], account: a } },
      { c: withPassword, d: { urls: ["tls://d"], account: a, tls: PASSWORD } },
    ];
    const reasons = wrong.map((remotes, index) => {
      const args = {
        operator,
        accounts: [a],
        remotes: remotes as Record<string, { urls: string[]; account: Account }>,
      };
      return reasonOf(new MixedAuthCluster(`malformed-${index}`, args).gate);
    });
    const text = (await Promise.all(reasons)).join("\n");
    assert.ok(!text.includes(PASSWORD), text.replaceAll(PASSWORD, "(password)"));
    assert.deepEqual(codesAndPathsIn(text).sort(), [
      "NA1003 remotes.a.urls",
      "NA1003 remotes.c",
      "NA1003 remotes.d.tls",
      "NA1004 remotes.b.urls[0]",
    ]);
  });

  it("should be reported when a server disables one that does not exist, and when two are the same connection", async () => {
    const authority = await Authority.create();
    const { a, operator } = createAccount("same");
    const cluster = new MixedAuthCluster("same", {
      operator,
      accounts: [a],
      remotes: {
        one: { urls: ["tls://hub"], account: a, user: "edge", password: "\ud800" },
        two: { urls: ["tls://HUB2:7422"], account: a, creds: a.users.edge.creds },
        three: { urls: ["nats-leaf://hub2"], account: a, creds: a.users.edge.creds, tls: { ca: authority.cert } },
      },
      operatorServer: { remotes: { tow: "disabled" } },
    });
    assert.deepEqual(codesAndPathsIn((await reasonOf(cluster.gate)) ?? "").sort(), [
      "NA1772 remotes.one.password",
      "NA1774 remotes.two.urls",
      "NA1778 operatorServer.remotes.tow",
      "NA1820 remotes.one.tls.ca",
      "NA1820 remotes.two.tls.ca",
    ]);
  });

  it("should report what nats-server or the hub would reject", async () => {
    const authority = await Authority.create();
    const { cert: certificate } = await authority.issue();
    const { a, operator } = createAccount("wrong");
    const cluster = new MixedAuthCluster("wrong", {
      ...WITH_AUTHORITIES,
      operator,
      accounts: [a],
      remotes: {
        a: { urls: ["tls://user:secret@hub:7422", "http://hub"], account: "wrong-A", user: "x" },
        b: { urls: URLS, account: "B" },
        c: { urls: URLS, account: "SYS" },
        d: {
          urls: ["tls://hub1", "nats://hub2"],
          account: "wrong-A",
          creds: "none",
          seed: "SU",
          denyImports: ["a..b"],
        },
        D: { urls: URLS, account: "wrong-A", seed: PASSWORD, tls: { certificate, minVersion: "1.1" as "1.2" } },
        e: { urls: URLS, account: "wrong-A", creds: PASSWORD, tls: { handshakeFirst: "1s" as unknown as boolean } },
        f: { urls: ["nats-leaf://hub.example.org:7422"], account: "wrong-A" },
      },
    });
    const reason = (await reasonOf(cluster.gate)) ?? "";
    assert.doesNotMatch(reason, new RegExp(`secret|${PASSWORD}`));
    assert.deepEqual(codesAndPathsIn(reason), [
      "NA1773 remotes.b.account",
      "NA1773 remotes.c.account",
      "NA1777 remotes.D",
      "NA1772 remotes.D.seed",
      "NA1809 remotes.D.tls.key",
      "NA1003 remotes.D.tls.minVersion",
      "NA1770 remotes.a.urls[0]",
      "NA1770 remotes.a.urls[1]",
      "NA1772 remotes.a.password",
      "NA1770 remotes.d.urls",
      "NA1101 remotes.d.denyImports[0]",
      "NA1771 remotes.d",
      "NA1772 remotes.d.creds",
      "NA1772 remotes.e.creds",
      "NA1003 remotes.e.tls.handshakeFirst",
      "NA1775 remotes.D.account",
      "NA1775 remotes.a.account",
      "NA1775 remotes.d.account",
      "NA1775 remotes.e.account",
      "NA1775 remotes.f.account",
      "NA1800 (servers).static.remotes.f",
      "NA1800 (servers).operator.remotes.f",
    ]);
    assert.deepEqual(
      new Set(codesAndPathsIn(warnings.join("\n"))),
      new Set(["NA1779 remotes.e.urls", "NA1779 remotes.f.urls"]),
    );
  });

  it("should warn of pins of leaf nodes, which nats-server compares with the certificates of hubs, too", async () => {
    const authority = await Authority.create();
    const { cert: certificate, key } = await authority.issue({ hosts: ["127.0.0.1", "static", "operator"] });
    const declare = (name: string, url: string, ports: object) => {
      const { a, operator } = createAccount(name);
      const leafNodes = { verify: true, pinnedCertificates: ["a".repeat(64)] };
      return new MixedAuthCluster(name, {
        ...WITH_AUTHORITIES,
        operator,
        accounts: [a],
        tls: { certificate, key, ca: authority.cert, leafNodes },
        operatorServer: { leafNodePort: 7422 },
        staticServer: ports,
        remotes: { hub: { urls: [url], account: a } },
      });
    };
    const pinWarnings = async (...args: Parameters<typeof declare>) => {
      warnings.length = 0;
      await valueOf(declare(...args).checked);
      return codesAndPathsIn(warnings.join("\n"));
    };
    assert.deepEqual(await pinWarnings("pinned", "tls://hub", { leafNodePort: 7423 }), [
      "NA1818 tls.leafNodes.pinnedCertificates",
    ]);
    assert.deepEqual(await pinWarnings("plain", "nats-leaf://127.0.0.1", {}), []);
  });

  it("should be files of other deployments", async () => {
    const operator = new Operator("files-KO");
    const a = new Account("files-A", { operator, users: { edge: {} } });
    const auth = new AuthConfiguration("files", {
      operator,
      accounts: [a],
      remotes: { hub: { urls: URLS, account: a, creds: a.users.edge.creds } },
      servers: { n1: { mode: "operator", host: "n1.example.org", bindAddress: "127.0.0.1" } },
    });
    assert.match(await valueOf(auth.configs.n1), /credentials: "\/etc\/nats\/remote-hub\.creds"/);
    assert.ok(await pulumi.isSecret(auth.remoteFiles.n1));
    assert.deepEqual(Object.keys(await valueOf(auth.remoteFiles.n1)), ["remote-hub.creds"]);
    // Without servers, those of a release of the Helm chart have them.
    const alone = new AuthConfiguration("alone", {
      operator,
      accounts: [a],
      remotes: { hub: { urls: ["nats-leaf://hub"], account: a }, two: { urls: ["hub"], account: a } },
    });
    assert.deepEqual(codesAndPathsIn(await reasonOf(alone.gate)), [
      "NA1770 remotes.two.urls[0]",
      "NA1800 (servers).static.remotes.hub",
      "NA1800 (servers).operator.remotes.hub",
    ]);
  });
});
