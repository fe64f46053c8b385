import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keyOf, seedOf } from "../support/keys";
import { NSC_KEYS } from "../read/nsc/keys";

/** An nsc store and its keystore, for as long as the tests of a describe block run. */
export interface NscFolders {
  /** The folder of an operator. */
  store(operator: string): string;
  readonly keystore: string;
}

/** The stores that a real nsc wrote, with the seeds beside them, but for those of some labels. */
export function nscFolders(without: readonly string[] = []): NscFolders {
  const folder = mkdtempSync(join(tmpdir(), "nats-auth-nsc-"));
  before("an nsc store", () => {
    cpSync(join(__dirname, "../read/nsc/stores"), join(folder, "stores"), { recursive: true });
    for (const { kind, label } of NSC_KEYS.filter((key) => !without.includes(key.label))) {
      const key = keyOf(kind, `nsc ${label}`);
      const place = join(folder, "keystore/keys", key.slice(0, 1), key.slice(1, 3));
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, `${key}.nk`), seedOf(kind, `nsc ${label}`));
    }
  });
  after("the store is gone", () => {
    rmSync(folder, { recursive: true, force: true });
  });
  return { store: (operator) => join(folder, "stores", operator), keystore: join(folder, "keystore") };
}
