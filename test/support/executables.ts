import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./local-server";

/** A folder with executables for one test, which do nothing but answer. */
export class Executables {
  readonly folder = temporaryFolder("executables");

  /** Writes an executable that prints a text, whatever its arguments. @returns its path */
  saying(text: string, name = "nats-server"): string {
    const path = join(this.folder, name);
    writeFileSync(path, `#!/bin/sh\necho '${text}'\n`);
    chmodSync(path, 0o755);
    return path;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
