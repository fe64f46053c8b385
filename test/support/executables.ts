import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder with executables for one test, which do nothing but answer. */
export class Executables {
  readonly folder = mkdtempSync(join(tmpdir(), "nats-auth-test-"));

  /** Writes an executable that says a text whatever it is asked. @returns its path */
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
