import assert from "node:assert/strict";
import { createPublicKey, X509Certificate } from "node:crypto";
import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "../support/local-server";
import { CERTIFICATE_FILES, ensureCertificates } from "../../tools/certificates";

const DAY = 86_400_000;

describe("certificates for the example", () => {
  let folder: string;

  before(() => {
    folder = join(temporaryFolder("certificates"), "tls");
  });

  after(() => rm(join(folder, ".."), { recursive: true }));

  const read = async () =>
    Promise.all(Object.values(CERTIFICATE_FILES).map((file) => readFile(join(folder, file), "utf8")));

  it("should belong together, be valid for the servers, and be readable for this user alone", async () => {
    await ensureCertificates(folder);
    const [text = "", key = "", ca = ""] = await read();
    const [certificate, authority] = [new X509Certificate(text), new X509Certificate(ca)];
    assert.ok(certificate.verify(authority.publicKey) && certificate.checkIssued(authority) && authority.ca);
    assert.ok(certificate.publicKey.equals(createPublicKey(key)));
    assert.equal(certificate.checkIP("127.0.0.1"), "127.0.0.1");
    for (const name of ["localhost", "static", "operator"]) {
      assert.equal(certificate.checkHost(name), name);
    }
    assert.equal((await stat(join(folder, CERTIFICATE_FILES.key))).mode & 0o777, 0o600);
  });

  it("should stay until they end soon, or are incomplete", async () => {
    const first = await read();
    await ensureCertificates(folder);
    assert.deepEqual(await read(), first);
    await ensureCertificates(folder, Date.now() + 310 * DAY);
    const second = await read();
    assert.notDeepEqual(second, first);
    await rm(join(folder, CERTIFICATE_FILES.key));
    await ensureCertificates(folder, Date.now() + 310 * DAY);
    assert.notDeepEqual(await read(), second);
  });
});
