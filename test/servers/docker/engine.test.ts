import assert from "node:assert/strict";
import type Docker from "dockerode";
import { engineProblem } from "../../../provider/servers/docker/address";
import type { EngineAddress } from "../../../provider/servers/docker/address";
import { engineAt } from "../../../provider/servers/docker/engine";

/** What a client of an engine dials, as far as it is looked at. */
interface Dialled {
  readonly protocol?: string;
  readonly host?: string;
  readonly port?: number | string;
  readonly socketPath?: string;
}

function dialled(address: EngineAddress): Dialled {
  const { protocol, host, port, socketPath } = (engineAt(address) as Docker & { modem: Dialled }).modem;
  return { protocol, host, port, socketPath } as Dialled;
}

describe("the address of a Docker Engine", () => {
  const before = { ...process.env };

  afterEach(() => {
    process.env = { ...before };
  });

  it("should be the given one, whatever the environment says, when one is given", () => {
    process.env.DOCKER_HOST = "tcp://elsewhere.example:2375";
    process.env.DOCKER_TLS_VERIFY = "1";
    assert.deepEqual(dialled({ host: "unix:///run/own.sock" }), {
      protocol: "http",
      host: undefined,
      port: undefined,
      socketPath: "/run/own.sock",
    });
    const plain = dialled({ host: "tcp://here.example:4000" });
    assert.deepEqual([plain.protocol, plain.host, plain.port], ["http", "here.example", "4000"]);
  });

  it("should be the environment's when none is given", () => {
    process.env.DOCKER_HOST = "unix:///run/theirs.sock";
    assert.equal(dialled({}).socketPath, "/run/theirs.sock");
  });

  it("should have the ports that engines have when it says none, and TLS when there is material for it", () => {
    const plain = dialled({ host: "tcp://here.example" });
    assert.deepEqual([plain.protocol, plain.port], ["http", "2375"]);
    const tls = dialled({ host: "tcp://here.example", caMaterial: "ca", certMaterial: "cert", keyMaterial: "key" });
    assert.deepEqual([tls.protocol, tls.port], ["https", "2376"]);
  });

  it("should be refused with what to do when this package cannot reach it", () => {
    assert.match(engineProblem("ssh://me@there") ?? "", /SSH/);
    assert.match(engineProblem("somewhere") ?? "", /unix:\/\//);
    assert.equal(engineProblem("unix:///var/run/docker.sock"), undefined);
    assert.equal(engineProblem("tcp://there:2376"), undefined);
  });
});
