import assert from "node:assert/strict";
import { MixedAuthCluster, Operator, type Target } from "../../../provider";
import { Executables } from "../../support/executables";
import { restoreEnvironment } from "../../support/environment";
import { mockEngine, valueOf } from "../../support/mocks";
import { collectWarnings } from "../../support/warnings";

describe("the Docker Engine of a cluster", () => {
  const before = { ...process.env };
  const warnings = collectWarnings();

  beforeEach(mockEngine);

  afterEach(() => {
    restoreEnvironment(before);
  });

  async function deploy(target: Target, host: string): Promise<void> {
    process.env.DOCKER_HOST = host;
    const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
    const cluster = new MixedAuthCluster("nats", { operator, accounts: [], target });
    await valueOf(cluster.checked);
  }

  it("should be named in a warning, but used, when it is reached over a network without TLS", async () => {
    await deploy("docker", "tcp://192.0.2.1:2375");
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /DOCKER_HOST = "tcp:\/\/192\.0\.2\.1:2375": .*\[NA4080\]/);
  });

  it("should not be in a warning when it is on this machine, or when servers run as processes", async () => {
    const executables = new Executables();
    try {
      const binary = executables.saying("nats-server: v2.15.2");
      await deploy("docker", "unix:///var/run/docker.sock");
      await mockEngine();
      await deploy({ process: { binary, folder: executables.folder } }, "tcp://192.0.2.1:2375");
    } finally {
      executables.remove();
    }
    assert.deepEqual(warnings, []);
  });
});
