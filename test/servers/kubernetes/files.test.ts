import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import {
  changesOf,
  expectedDigest,
  filesIn,
  movedTo,
  toData,
  versionIn,
  withoutNames,
} from "../../../provider/servers/kubernetes/files";
import { fileInPod } from "../../../provider/servers/kubernetes/layout";
import { parseTestDigest } from "../../../provider/servers/log";
import { MAIN_FILE } from "../../../provider/servers/server";
import { natsServer, temporaryFolder } from "../../support/local-server";

const POD = "nats-static-1";
const FILES = {
  [MAIN_FILE]: `port: 4222\ninclude "./${fileInPod(POD, "routes.conf")}"\n`,
  "routes.conf": 'server_name: "ü"\n',
  "tls-client.pem": "one",
};

/** Returns the digest that nats-server prints for a file of a Secret, as a pod finds it. */
function testDigest(data: Readonly<Record<string, string>>, file: string): string | undefined {
  const folder = temporaryFolder("secret");
  try {
    for (const [name, value] of Object.entries(data)) {
      writeFileSync(join(folder, name), Buffer.from(value, "base64"));
    }
    const { stdout, stderr } = spawnSync(natsServer(), ["-t", "-c", join(folder, file)], { encoding: "utf8" });
    return parseTestDigest(stdout + stderr);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("the files of a pod in a Secret", () => {
  it("should be those that were written, without those of other pods", () => {
    const others = ["nats-static-0", "nats-static-10", "nats-static"].map((pod) => toData({ [MAIN_FILE]: pod }, pod));
    const data = Object.assign({}, ...others, toData(FILES, POD)) as Record<string, string>;
    assert.deepEqual(filesIn(data, POD), FILES);
    assert.deepEqual(filesIn(data, "nats-static-0"), { [MAIN_FILE]: "nats-static-0" });
    assert.deepEqual(filesIn(data, "nats-static-2"), {});
  });

  it("should change only where they differ, and disappear when they are no longer named", () => {
    const { "tls-client.pem": _removed, ...rest } = FILES;
    const data = { ...toData(FILES, POD), ...toData(FILES, "nats-static-0") };
    assert.deepEqual(changesOf(data, toData(FILES, POD, data), POD), {});
    const changes = changesOf(data, toData({ ...rest, "routes.conf": "" }, POD, data), POD);
    assert.deepEqual(Object.keys(changes).sort(), [
      "nats-static-1_routes.conf",
      "nats-static-1_tls-client.pem",
      "nats-static-1_version.conf",
    ]);
    assert.equal(changes["nats-static-1_tls-client.pem"], null);
  });

  it("should have a version that nats-server prints, and that differs when only a certificate does", () => {
    const versions = ["one", "two"].map((certificate) => {
      const files = { ...FILES, "tls-client.pem": certificate };
      const data = toData(files, POD);
      const { path, digest } = versionIn(data, POD) ?? assert.fail();
      assert.equal(testDigest(data, basename(path)), digest);
      return digest;
    });
    assert.notEqual(versions[0], versions[1]);
  });

  it("should have another version each time they are written over an edited file, and no version until then", () => {
    const key = fileInPod(POD, MAIN_FILE);
    let data = toData(FILES, POD);
    const digests = [0, 1, 2].map(() => {
      const { path, digest } = versionIn(data, POD) ?? assert.fail();
      assert.equal(testDigest(data, basename(path)), digest);
      const edited = { ...data, [key]: Buffer.from("port: 1\n").toString("base64") };
      assert.equal(versionIn(edited, POD), undefined);
      const next = toData(FILES, POD, edited);
      assert.deepEqual(filesIn(next, POD), FILES);
      assert.deepEqual(Object.keys(changesOf(edited, next, POD)).sort(), [key, fileInPod(POD, "version.conf")]);
      assert.deepEqual(toData(FILES, POD, next), next);
      data = next;
      return digest;
    });
    assert.equal(new Set(digests).size, digests.length);
  });

  it("should be the same for all pods without names, addresses and routes, but not with other settings", () => {
    const filesOf = (pod: string, address: string, lines = "") => ({
      [MAIN_FILE]: `server_name: "${pod}"\n${lines}cluster {\n  advertise: "${address}"\n  include "./${fileInPod(pod, "routes.conf")}"\n}\n`,
      "routes.conf": `routes: ["nats://${address}"]\n`,
      "tls-client.pem": "one",
    });
    const first = withoutNames(filesOf("nats-static-0", "192.0.2.9:31222"), "nats-static-0");
    assert.deepEqual(withoutNames(filesOf("nats-static-1", "192.0.2.9:31223"), "nats-static-1"), first);
    for (const other of [
      filesOf("nats-static-1", "192.0.2.9:31223", "max_payload: 1\n"),
      { ...filesOf("nats-static-1", "192.0.2.9:31223"), "tls-client.pem": "two" },
    ]) {
      assert.notDeepEqual(withoutNames(other, "nats-static-1"), first);
    }
  });

  it("should have the digest that nats-server prints, if they are all that it reads", () => {
    assert.equal(expectedDigest(FILES, POD), testDigest(toData(FILES, POD), fileInPod(POD, MAIN_FILE)));
    assert.equal(expectedDigest({ [MAIN_FILE]: 'include "./other.conf"\n' }, POD), undefined);
  });

  it("should include the same files from another folder", () => {
    const text = 'a {\n  include "./one.conf"\n}\nname: "include ./two.conf"\n';
    assert.equal(
      movedTo("/proc/self/fd", text),
      'a {\n  include "../../../nats-auth/one.conf"\n}\nname: "include ./two.conf"\n',
    );
  });
});
