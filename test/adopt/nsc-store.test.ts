import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Input } from "@pulumi/pulumi";
import * as pulumi from "@pulumi/pulumi";
import { readNscStore, type NscStoreArgs } from "../../provider/adopt";
import { keyOf, seedOf } from "../support/keys";
import { mockEngine, valueOf } from "../support/mocks";
import { nscFolders } from "./nsc-folders";

const seed = (value: Input<string> | undefined) => valueOf(pulumi.output(value));

describe("readNscStore", () => {
  const folders = nscFolders(["STRICT", "A", "B/test"], { KO: ["A/test"] });

  before("an engine", mockEngine);

  const read = (operator: string, args: Partial<NscStoreArgs> = {}) =>
    readNscStore({ store: folders.store(operator), keystore: folders.keystore, ...args });

  it("should find seeds among the keys, in creds, or nowhere", async () => {
    const { accounts } = read("KO");
    assert.equal(await seed(accounts.A?.users?.test?.seed), seedOf("user", "nsc A/test"));
    assert.equal(await seed(accounts.A?.users?.answers?.seed), seedOf("user", "nsc A/answers"));
    assert.deepEqual(accounts.B?.users?.test, { publicKey: keyOf("user", "nsc B/test") });
    assert.equal(accounts.A?.publicKey, keyOf("account", "nsc A"));
  });

  it("should sign with a signing key when the operator's own seed is elsewhere", async () => {
    const { operator } = read("STRICT");
    assert.equal(await seed(operator.signer), seedOf("operator", "nsc STRICT signing"));
    assert.equal(operator.seed, undefined);
  });

  it("should know no seed when there is no keystore", () => {
    const { operator, accounts } = readNscStore({ store: folders.store("KO") });
    assert.equal(operator.signer, undefined);
    assert.equal(accounts.B?.publicKey, keyOf("account", "nsc B"));
  });

  it("should revoke what was issued up to a moment, and what the store has revoked", () => {
    const moment = "2026-03-01T12:00:00Z";
    const { operator, accounts } = read("KO", { revokedUntil: moment });
    assert.deepEqual(accounts.A?.revocations, { [keyOf("user", "nsc A/gone")]: 1_760_000_000, "*": moment });
    assert.deepEqual(accounts.B?.revocations, { "*": moment });
    assert.deepEqual(operator.systemAccount?.revocations, { "*": moment });
    assert.equal(read("KO").accounts.B?.revocations, undefined);
  });

  describe("when something in the keystore is not what it should be", () => {
    const creds = () => join(folders.keystore, "creds/KO/A");

    afterEach(() => {
      rmSync(join(creds(), "other.creds"), { force: true });
    });

    for (const [what, text, problem] of [
      ["no creds", () => "nothing", /other\.creds cannot be read: it is no credentials file/],
      ["creds of an account", () => ofAccount(), /other\.creds cannot be read: .* is not that of a user/],
    ] as const) {
      it(`should name the file when it holds ${what}, without what stands in it`, () => {
        mkdirSync(creds(), { recursive: true });
        writeFileSync(join(creds(), "other.creds"), text());
        assert.throws(
          () => read("KO"),
          (error: Error) => problem.test(error.message) && !error.message.includes(seedOf("account", "nsc B")),
        );
      });
    }

    function ofAccount(): string {
      const lines = (label: string, own: string) => `-----BEGIN ${label}-----\n${own}\n------END ${label}------\n`;
      return lines("NATS USER JWT", "x.y.z") + lines("USER NKEY SEED", seedOf("account", "nsc B"));
    }
  });
});
