import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { portAddresses } from "../../../provider/components/cluster/addresses";
import type { MixedAuthClusterArgs } from "../../../provider/components/cluster/cluster-args";
import { limitsArgsDiagnostics } from "../../../provider/components/cluster/cluster-settings";
import { enginesDiagnostics, engineWarnings } from "../../../provider/components/cluster/docker-engine";
import { platformDiagnostics, processDiagnostics } from "../../../provider/components/cluster/process-checks";
import type { Diagnostic } from "../../../provider/diagnostics/diagnostic";
import { withEnvironment } from "../../support/environment";
import { Executables } from "../../support/executables";
import { valueOf } from "../../support/mocks";
import { joined, type DiagnosticCase } from "./case";
import { addressDiagnostics } from "../../../provider/components/configuration/addresses";

/** The Docker Engine of the environment. */
const DEFAULT_ENGINE = { provider: undefined, host: undefined };

/** Checks the Docker Engine of the environment with one variable set. */
function engine(
  name: string,
  value: string,
  check = () => joined(enginesDiagnostics([DEFAULT_ENGINE])),
): Promise<readonly Diagnostic[]> {
  // The environment is read synchronously: cases run concurrently.
  return withEnvironment({ [name]: value }, check);
}

/** Checks a process target in a temporary folder, whose path is replaced by `/tmp/example`. */
async function processes(target: (executables: Executables) => object, address = "127.0.0.1"): Promise<Diagnostic[]> {
  const executables = new Executables();
  try {
    const binary = executables.saying("nats-server: v2.15.2");
    const defaults = { binary, folder: executables.folder };
    const found = await joined(
      processDiagnostics({ ...defaults, ...target(executables) }, portAddresses({ bindAddress: address })),
    );
    const replaced = JSON.stringify(found).replaceAll(executables.folder, "/tmp/example");
    return JSON.parse(replaced) as Diagnostic[];
  } finally {
    executables.remove();
  }
}

function limits(docker: object, jetstream?: object): Promise<readonly Diagnostic[]> {
  return joined(limitsArgsDiagnostics({ target: { docker }, jetstream } as unknown as MixedAuthClusterArgs));
}

function openFolder({ folder }: Executables): string {
  const path = join(folder, "open");
  mkdirSync(path);
  chmodSync(path, 0o777);
  return path;
}

function fileIn({ folder }: Executables): string {
  const path = join(folder, "file");
  writeFileSync(path, "");
  return path;
}

/** Inputs that produce each code about where servers run. */
export const TARGETS_CASES: readonly DiagnosticCase[] = [
  {
    name: "a bind address that is a host name",
    codes: ["NA4021"],
    find: () => addressDiagnostics("bindAddress", "localhost"),
  },
  {
    name: "a bind address with a zone",
    codes: ["NA4021"],
    find: () => addressDiagnostics("bindAddress", "fe80::1%eth0"),
  },
  {
    name: "a bind address that this machine does not have",
    codes: ["NA4022"],
    find: () => processes(() => ({}), "192.0.2.1"),
  },
  {
    name: "a docker context in the environment",
    codes: ["NA4030"],
    find: () => engine("DOCKER_CONTEXT", "remote"),
  },
  {
    name: "a Docker Engine over SSH",
    codes: ["NA4031"],
    find: () => engine("DOCKER_HOST", "ssh://user@host"),
  },
  {
    name: "an executable that does not exist",
    codes: ["NA4040"],
    find: () => processes(() => ({ binary: "/nowhere/nats-server" })),
  },
  {
    name: "an executable that is not a nats-server",
    codes: ["NA4041"],
    find: () => processes((executables) => ({ binary: executables.saying("hello", "other") })),
  },
  {
    name: "a nats-server that is too old",
    codes: ["NA4041"],
    find: () => processes((executables) => ({ binary: executables.saying("nats-server: v2.10.22", "old") })),
  },
  {
    name: "a state folder below a file",
    codes: ["NA4042"],
    find: () => processes((executables) => ({ folder: join(fileIn(executables), "below") })),
  },
  {
    name: "a state folder that everyone can write to",
    codes: ["NA4083"],
    find: () => processes((executables) => ({ folder: openFolder(executables) })),
  },
  {
    name: "processes on Windows",
    codes: ["NA4043"],
    find: () => platformDiagnostics("win32"),
  },
  {
    name: "a Docker Engine that is reached over a network without TLS",
    codes: ["NA4080"],
    find: () => engine("DOCKER_HOST", "tcp://docker.example:2375", () => valueOf(engineWarnings(DEFAULT_ENGINE))),
  },
  {
    name: "limits of containers that are too low",
    codes: ["NA4081", "NA4081"],
    find: () => limits({ memoryLimit: "10MiB", pidsLimit: 5 }),
  },
  {
    name: "a memory limit below the memory of streams",
    codes: ["NA4082"],
    find: () => limits({ memoryLimit: "1GiB" }, { memoryStorage: "1GiB" }),
  },
];
