import assert from "node:assert/strict";
import type Docker from "dockerode";
import { engineProblem, isUnprotected, type EngineAddress } from "../../../provider/servers/docker/engine-address";
import { connectEngine } from "../../../provider/servers/docker/engine";
import { restoreEnvironment } from "../../support/environment";

/** The connection settings of a client that the tests compare. */
interface ConnectionSettings {
  readonly protocol?: string;
  readonly host?: string;
  readonly port?: number | string;
  readonly socketPath?: string;
}

function getSettings(address: EngineAddress): ConnectionSettings {
  const { protocol, host, port, socketPath } = (connectEngine(address) as Docker & { modem: ConnectionSettings }).modem;
  return { protocol, host, port, socketPath } as ConnectionSettings;
}

describe("the address of a Docker Engine", () => {
  const before = { ...process.env };

  afterEach(() => {
    restoreEnvironment(before);
  });

  it("should take precedence over the environment", () => {
    process.env.DOCKER_HOST = "tcp://elsewhere.example:2375";
    process.env.DOCKER_TLS_VERIFY = "1";
    assert.deepEqual(getSettings({ host: "unix:///run/own.sock" }), {
      protocol: "http",
      host: undefined,
      port: undefined,
      socketPath: "/run/own.sock",
    });
    const plain = getSettings({ host: "tcp://here.example:4000" });
    assert.deepEqual([plain.protocol, plain.host, plain.port], ["http", "here.example", "4000"]);
  });

  it("should come from the environment when the program sets none", () => {
    process.env.DOCKER_HOST = "unix:///run/theirs.sock";
    assert.equal(getSettings({}).socketPath, "/run/theirs.sock");
  });

  it("should default to the ports of Docker Engines, with TLS when there is key material", () => {
    const plain = getSettings({ host: "tcp://here.example" });
    assert.deepEqual([plain.protocol, plain.port], ["http", "2375"]);
    const tls = getSettings({ host: "tcp://here.example", caMaterial: "ca", certMaterial: "cert", keyMaterial: "key" });
    assert.deepEqual([tls.protocol, tls.port], ["https", "2376"]);
  });

  it("should be unprotected when it leaves the machine without TLS", () => {
    const isPlain = (host: string, more: Partial<EngineAddress> = {}) => isUnprotected({ host, ...more }, {});
    for (const host of ["tcp://192.0.2.1:2375", "http://docker.example", "tcp://[2001:db8::1]:2375", "tcp://0.0.0.0"]) {
      assert.equal(isPlain(host), true, host);
      assert.equal(isPlain(host, { caMaterial: "ca" }), false, host);
    }
    const local = ["tcp://127.0.0.1:2375", "tcp://127.1.2.3", "http://localhost:2375", "tcp://[::1]:2375"];
    for (const host of [...local, "unix:///run/docker.sock", "https://docker.example", "ssh://me@there", "nonsense"]) {
      assert.equal(isPlain(host), false, host);
    }
  });

  it("should be unprotected exactly if the client does not use TLS, when it comes from the environment", () => {
    for (const [DOCKER_HOST, DOCKER_TLS_VERIFY] of [
      ["tcp://192.0.2.1:2375", ""],
      ["tcp://192.0.2.1:2375", "1"],
      ["tcp://192.0.2.1:2376", ""],
    ] as const) {
      Object.assign(process.env, { DOCKER_HOST, DOCKER_TLS_VERIFY });
      assert.equal(isUnprotected({}, process.env), getSettings({}).protocol === "http");
    }
    assert.equal(isUnprotected({}, {}), false);
  });

  it("should be rejected when it uses SSH or has no known scheme", () => {
    assert.match(engineProblem("ssh://me@there") ?? "", /SSH/);
    assert.match(engineProblem("somewhere") ?? "", /unix:\/\//);
    assert.equal(engineProblem("unix:///var/run/docker.sock"), undefined);
    assert.equal(engineProblem("tcp://there:2376"), undefined);
  });
});
