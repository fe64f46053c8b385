import assert from "node:assert/strict";
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import {
  certificateDiagnostics,
  endingDiagnostics,
  findEnded,
  issuerDiagnostics,
  outlineOf,
} from "../../../provider/model/tls/certificate";
import { certificatesIn, readCertificates, readPrivateKey } from "../../../provider/model/tls/pem";
import { Authority, type Issued, type Wanted } from "../../support/certificates";

const NOW = Date.now() / 1000;

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
  const codesOf = (certificates: string, more: object = {}) =>
    [
      ...certificateDiagnostics(
        { path: "c", keyPath: "k", certificates, purposes: ["server", "client"], hosts: [], ...more },
        NOW,
      ),
      ...issuerDiagnostics("c", certificates, [{ path: "ca", text: authority.cert }]),
    ].map(({ code }) => code);

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
