import assert from "node:assert/strict";
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import {
  authorityDiagnostics,
  canBe,
  certificateDiagnostics,
  endingDiagnostics,
  findEnded,
  issuerDiagnostics,
  outlineOf,
  type CertificateUse,
} from "../../../provider/model/tls/certificate";
import { certificatesIn, readCertificates, readPrivateKey } from "../../../provider/model/tls/pem";
import { Authority, type Issued, type Wanted } from "../../support/certificates";

const NOW = Date.now() / 1000;
const BOTH = ["server", "client"] as const;

describe("certificates and private keys", () => {
  let authority: Authority;
  let issued: Issued;

  before("a certificate", async () => {
    authority = await Authority.create();
    issued = await authority.issue();
  });

  const problemOf = (text: string) => {
    const result = readCertificates(text);
    return "problem" in result ? result.problem : undefined;
  };
  const keyProblemOf = (text: string) => {
    const result = readPrivateKey(text);
    return "problem" in result ? result.problem : undefined;
  };
  const problemsOf = (certificates: string, ca: string, more: Partial<CertificateUse> = {}) => {
    const use: CertificateUse = { path: "c", keyPath: "k", certificates, purposes: BOTH, hosts: [], ...more };
    return [
      ...certificateDiagnostics(use, NOW),
      ...issuerDiagnostics(use, [{ path: "ca", text: ca }], NOW),
      ...authorityDiagnostics("ca", ca, NOW),
    ];
  };
  const codesOf = (certificates: string, more: Partial<CertificateUse> = {}) =>
    problemsOf(certificates, authority.cert, more).map(({ code }) => code);
  const pathsOf = (...args: Parameters<typeof problemsOf>) =>
    problemsOf(...args).map(({ code, path, value }) => `${code} ${path} ${value?.replaceAll('"', "") ?? ""}`);
  const warningsOf = (text: string) => endingDiagnostics("c", text, NOW).map(({ code }) => code);

  it("should be read with CRLF, comments and blocks that tools add, and become the same text", () => {
    const plain = readCertificates(issued.cert);
    const parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    for (const text of [
      issued.cert.replaceAll("\n", "\r\n"),
      `Bag Attributes\n    localKeyID: 01\n${issued.cert}`,
      parameters + issued.cert,
      `\uFEFF${issued.cert}`,
    ]) {
      assert.deepEqual(readCertificates(text), plain);
    }
    assert.deepEqual(readPrivateKey(issued.key.replaceAll("\n", "\r\n")), readPrivateKey(issued.key));
    const sec1 = createPrivateKey(issued.key).export({ type: "sec1", format: "pem" }).toString();
    assert.deepEqual(readPrivateKey(parameters + sec1), readPrivateKey(issued.key));
  });

  it("should be refused if they are something else, without showing anything of a key", () => {
    const truncated = issued.cert.slice(0, -40);
    assert.match(problemOf(truncated) ?? "", /truncated/);
    assert.match(problemOf(`${truncated}\n${issued.cert}`) ?? "", /truncated/);
    assert.match(problemOf(issued.cert.replace(/\n[^\n]*\n-----END/, "\n-----END")) ?? "", /invalid certificate/);
    assert.match(problemOf(issued.cert + issued.key) ?? "", /private key/);
    assert.match(problemOf(issued.key) ?? "", /private key/);
    assert.match(problemOf("") ?? "", /not text in PEM format/);
    assert.match(problemOf(issued.cert.replaceAll("\n", "\\n")) ?? "", /`\\n` in place of line breaks/);
    assert.match(keyProblemOf(issued.key.replaceAll("\n", "\\n")) ?? "", /`\\n` in place of line breaks/);
    assert.match(keyProblemOf(issued.key.replaceAll("\n", "\n  ")) ?? "", /indented/);
    assert.match(
      problemOf("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----") ?? "",
      /another kind/,
    );
    assert.match(keyProblemOf(issued.cert) ?? "", /no private key/);
    assert.match(keyProblemOf(issued.key + issued.key) ?? "", /several/);
    assert.match(keyProblemOf(issued.key.slice(0, 100)) ?? "", /truncated/);
    assert.match(keyProblemOf(issued.key.replace(/\n[^\n]{64}\n/, "\n")) ?? "", /not a valid private key/);
  });

  it("should be refused with a passphrase, or of a kind that servers do not support", () => {
    const encrypted = { cipher: "aes-256-cbc", passphrase: "secret" };
    const key = createPrivateKey(issued.key);
    assert.match(
      keyProblemOf(key.export({ type: "pkcs8", format: "pem", ...encrypted }).toString()) ?? "",
      /passphrase/,
    );
    assert.match(
      keyProblemOf(key.export({ type: "sec1", format: "pem", ...encrypted }).toString()) ?? "",
      /passphrase/,
    );
    const pem = { type: "pkcs8", format: "pem" } as const;
    const generated = [
      generateKeyPairSync("ec", { namedCurve: "secp256k1" }),
      generateKeyPairSync("ed448"),
      generateKeyPairSync("x25519"),
      generateKeyPairSync("rsa", { modulusLength: 1024 }),
    ];
    for (const { privateKey } of generated) {
      assert.match(keyProblemOf(privateKey.export(pem).toString()) ?? "", /does not support|too short/);
    }
    assert.equal(keyProblemOf(generateKeyPairSync("ed25519").privateKey.export(pem).toString()), undefined);
  });

  it("should not be signed with SHA-1, except those of the authority itself", async () => {
    assert.deepEqual(codesOf((await authority.issue({ hash: "SHA-1" })).cert), ["NA1802"]);
    const old = await Authority.create("old", undefined, { hash: "SHA-1" });
    const { cert } = await old.issue();
    assert.deepEqual(codesOf(cert + old.cert), ["NA1804"]);
  });

  it("should have a named curve", () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1", paramEncoding: "explicit" });
    assert.match(keyProblemOf(privateKey.export({ type: "pkcs8", format: "pem" }).toString()) ?? "", /by name/);
  });

  it("should be named before their end: 30 days, or a third of a shorter life", async () => {
    const isNamed = async (wanted: Wanted) =>
      endingDiagnostics("c", (await authority.issue(wanted)).cert, NOW).length === 1;
    assert.equal(await isNamed({ until: 29 }), false);
    assert.equal(await isNamed({ from: -100, until: 29 }), true);
    assert.equal(await isNamed({ from: -100, until: 31 }), false);
    assert.equal(await isNamed({ from: -1, until: 1 }), false);
    assert.equal(await isNamed({ from: -3, until: 1 }), true);
  });

  it("should be signed by an authority, also through others", async () => {
    const middle = await Authority.create("middle", authority);
    const { cert } = await middle.issue();
    assert.deepEqual(codesOf(cert + middle.cert), []);
    assert.deepEqual(codesOf(cert), ["NA1804"]);
    const same = await Authority.create();
    assert.deepEqual(codesOf((await same.issue()).cert), ["NA1804"]);
  });

  it("should be signed by authorities without a restriction to other purposes, as Go requires it", async () => {
    const wanted = { purposes: ["serverAuth"] } as const;
    const middle = await Authority.create("middle", authority, wanted);
    const { cert } = await middle.issue();
    assert.deepEqual(pathsOf(cert + middle.cert, authority.cert), ["NA1808 c CN=middle"]);
    assert.deepEqual(pathsOf(cert + middle.cert, authority.cert, { purposes: ["server"] }), []);
    assert.deepEqual(pathsOf(cert, middle.cert), ["NA1808 ca CN=middle"]);
    const root = await Authority.create("root", undefined, wanted);
    assert.deepEqual(pathsOf((await root.issue()).cert, root.cert), ["NA1808 ca CN=root"]);
    assert.deepEqual(pathsOf((await root.issue(wanted)).cert, root.cert), ["NA1808 c CN=server"]);
    assert.equal(canBe("client", cert + middle.cert), false);
    assert.equal(canBe("client", cert, middle.cert), false);
    assert.equal(canBe("server", cert, middle.cert), true);
    // Others that have signed nothing do not matter.
    assert.deepEqual(pathsOf(issued.cert + middle.cert, authority.cert + root.cert), []);
  });

  it("should be valid now with all that have signed them, and beside others that are not", async () => {
    const [former, future] = [
      await Authority.create("former", undefined, { until: -0.5 }),
      await Authority.create("future", undefined, { from: 1 }),
    ];
    assert.deepEqual(pathsOf(issued.cert, former.cert + authority.cert + future.cert), []);
    assert.deepEqual(warningsOf(former.cert + authority.cert + future.cert), ["NA1819"]);
    assert.deepEqual(findEnded(former.cert + authority.cert, NOW), []);
    const ofFormer = await former.issue();
    assert.deepEqual(pathsOf(ofFormer.cert, former.cert + authority.cert), ["NA1806 ca CN=former"]);
    assert.deepEqual(pathsOf((await future.issue()).cert, future.cert + authority.cert), ["NA1806 ca CN=future"]);
    assert.match(findEnded(former.cert, NOW).join(), /^CN=former ended/);
    // An intermediate authority that was renewed with its key.
    const middle = await Authority.create("middle", authority, { until: -0.5 });
    const leaf = await middle.issue();
    assert.deepEqual(pathsOf(leaf.cert + middle.cert, authority.cert), ["NA1806 c CN=middle"]);
    assert.match(findEnded(leaf.cert + middle.cert, NOW).join(), /^CN=middle ended/);
    assert.deepEqual(warningsOf(leaf.cert + middle.cert), []);
    assert.deepEqual(pathsOf(issued.cert + middle.cert, authority.cert), []);
    assert.deepEqual(warningsOf(issued.cert + middle.cert), ["NA1819"]);
    assert.deepEqual(findEnded(issued.cert + middle.cert, NOW), []);
    const renewed = await middle.renew(authority);
    assert.deepEqual(pathsOf(leaf.cert + middle.cert + renewed, authority.cert), []);
  });

  it("should be valid for the hosts of a server, and not by their common name", async () => {
    const { cert } = await authority.issue({ name: "n9.example.org", hosts: ["*.example.org", "10.0.0.1", "::1"] });
    assert.deepEqual(codesOf(cert, { hosts: ["n1.example.org", "10.0.0.1", "[::1]"] }), []);
    for (const host of ["example.org", "a.b.example.org", "10.0.0.2", "127.0.0.1"]) {
      assert.deepEqual(codesOf(cert, { hosts: [host] }), ["NA1805"]);
    }
    const unnamed = await authority.issue({ name: "n1", hosts: [] });
    assert.deepEqual(codesOf(unnamed.cert, { hosts: ["n1"] }), ["NA1805"]);
  });

  it("should be outlined on one line without control characters, and be named when they have ended", async () => {
    const { cert } = await authority.issue({ name: "a\nb", until: -0.5 });
    const [certificate] = certificatesIn(cert);
    assert.ok(certificate);
    assert.doesNotMatch(outlineOf(certificate), /\p{Cc}/u);
    assert.equal(findEnded(cert + issued.key + issued.cert, NOW).length, 1);
  });
});
