import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { createServer, type Server } from "node:tls";
import { temporaryFolder } from "./local-server";

/** PEM texts for a connection to a Docker Engine. */
export interface EngineMaterial {
  readonly caMaterial: string;
  readonly certMaterial: string;
  readonly keyMaterial: string;
}

/** A Docker Engine over TLS: passes connections on to the socket of the engine of the tests. */
export class TlsEngine {
  readonly #connections = new Set<Socket>();

  private constructor(
    readonly host: string,
    readonly material: EngineMaterial,
    readonly server: Server,
  ) {}

  /** @returns undefined where `openssl` is missing, or the engine has no socket */
  static async start(): Promise<TlsEngine | undefined> {
    const { DOCKER_HOST = "unix:///var/run/docker.sock" } = process.env;
    const socket = /^unix:\/\/(.*)$/.exec(DOCKER_HOST)?.[1];
    const material = createMaterial();
    if (socket === undefined || material === undefined) {
      return undefined;
    }
    const { caMaterial: ca, certMaterial: cert, keyMaterial: key } = material;
    const server = createServer({ ca, cert, key, requestCert: true, rejectUnauthorized: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const engine = new TlsEngine(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, material, server);
    server.on("secureConnection", (client) => {
      const upstream = connect(socket);
      for (const [one, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        engine.#connections.add(one);
        one.on("error", () => other.destroy());
        one.on("close", () => engine.#connections.delete(one));
      }
      client.pipe(upstream).pipe(client);
    });
    server.on("tlsClientError", () => undefined);
    return engine;
  }

  stop(): void {
    this.#connections.forEach((connection) => connection.destroy());
    this.server.close();
  }
}

/** Creates a certificate for 127.0.0.1, signed by itself, for server and client alike. */
export function createMaterial(): EngineMaterial | undefined {
  const folder = temporaryFolder("tls");
  const [key, cert, settings] = ["key.pem", "cert.pem", "openssl.cnf"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(settings, SETTINGS);
  const request = ["req", "-x509", "-config", settings, "-newkey", "rsa:2048", "-nodes", "-days", "2"];
  try {
    execFileSync("openssl", [...request, "-keyout", key, "-out", cert], { stdio: "pipe" });
    const [certMaterial, keyMaterial] = [readFileSync(cert, "utf8"), readFileSync(key, "utf8")];
    return { caMaterial: certMaterial, certMaterial, keyMaterial };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const SETTINGS = `[req]
distinguished_name = name
x509_extensions = extensions
prompt = no
[name]
CN = Docker Engine of a test
[extensions]
subjectAltName = IP:127.0.0.1
basicConstraints = critical, CA:true
keyUsage = digitalSignature, keyEncipherment, keyCertSign
extendedKeyUsage = serverAuth, clientAuth
`;
