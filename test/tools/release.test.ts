import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { downloadExecutable } from "../../tools/parts/release";
import { temporaryFolder } from "../support/local-server";

const NAME = "nats-server";
const VERSION = "9.8.7";
const EXECUTABLE = "#!/bin/sh\n";

describe("downloading an executable from its vendor", () => {
  const files = new Map<string, Buffer>();
  let server: Server;
  let url: string;
  let folder: string;

  before(async () => {
    server = createServer((request, response) => {
      const content = files.get(request.url ?? "");
      response.writeHead(content === undefined ? 404 : 200).end(content);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as { port: number }).port}/v${VERSION}`;
  });

  beforeEach(() => {
    folder = temporaryFolder("release");
    files.clear();
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  after(() => {
    server.close();
  });

  /** Serves a release for this platform. */
  async function publish(checksum?: string, executable = NAME): Promise<void> {
    const tar = pack();
    const root = `${NAME}-v${VERSION}`;
    tar.entry({ name: `${root}/README.md` }, "read me");
    tar.entry({ name: `${root}/${executable}`, mode: 0o755 }, EXECUTABLE);
    tar.finalize();
    const content = gzipSync(await buffer(tar));
    const archive = `${root}-${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}.tar.gz`;
    const sum = checksum ?? createHash("sha256").update(content).digest("hex");
    files.set(`/v${VERSION}/${archive}`, content);
    files.set(`/v${VERSION}/SHA256SUMS`, Buffer.from(`${"0".repeat(64)}  another.zip\n${sum}  ${archive}\n`));
  }

  const download = () => downloadExecutable({ url, name: NAME, version: VERSION }, join(folder, NAME));

  it("should extract the file of that name and make it executable", async () => {
    await publish();
    await download();
    assert.equal(readFileSync(join(folder, NAME), "utf8"), EXECUTABLE);
    assert.equal(statSync(join(folder, NAME)).mode & 0o111, 0o111);
  });

  it("should write nothing when the archive has another checksum than the release", async () => {
    await publish("1".repeat(64));
    await assert.rejects(download(), /does not have the checksum/);
    assert.equal(existsSync(join(folder, NAME)), false);
  });

  it("should fail when the release, or the file in it, does not exist", async () => {
    await assert.rejects(download(), /responds with status 404/);
    await publish(undefined, "other");
    await assert.rejects(download(), /release does not contain nats-server/);
  });
});
