import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { pack } from "tar-stream";
import { readTar } from "../../../provider/servers/docker/tar";

describe("reading a tar archive", () => {
  it("should return the content of regular files by their names", async () => {
    const tar = pack();
    tar.entry({ name: "nats-auth", type: "directory" });
    tar.entry({ name: "nats-auth/nats.conf" }, "port: 4222\n");
    tar.entry({ name: "nats-auth/link", type: "symlink", linkname: "nats.conf" });
    tar.entry({ name: "nats-auth/empty" }, "");
    tar.finalize();
    const files = await readTar(Readable.from(tar));
    assert.deepEqual(
      [...files].map(([name, content]) => [name, content.toString()]),
      [
        ["nats-auth/nats.conf", "port: 4222\n"],
        ["nats-auth/empty", ""],
      ],
    );
  });

  it("should fail when its stream fails", async () => {
    const tar = pack();
    tar.destroy(new Error("cut"));
    await assert.rejects(readTar(Readable.from(tar)));
  });
});
