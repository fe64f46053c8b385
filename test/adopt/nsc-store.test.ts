import assert from "node:assert/strict";
import { readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Input } from "@pulumi/pulumi";
import * as pulumi from "@pulumi/pulumi";
import { readNscStore, Unreadable, type Adopted, type NscStoreArgs } from "../../provider/adopt";
import { keyOf, seedOf } from "../support/keys";
import { mockEngine, valueOf } from "../support/mocks";
import { nscFolders } from "./nsc-folders";
import { put } from "./nsc-writer";

const seed = (value: Input<string> | undefined) => valueOf(pulumi.output(value));

describe("readNscStore", () => {
  const folders = nscFolders(["STRICT", "A", "B/test"], { KO: ["A/test"] });

  before("an engine", mockEngine);

  const read = (operator: string, args: Partial<NscStoreArgs> = {}) =>
    readNscStore({ store: folders.store(operator), keystore: folders.keystore, ...args });

  it("should find seeds among the keys and in creds, and adopt other users by public key", async () => {
    const { accounts } = read("KO");
    assert.equal(await seed(accounts.A?.users?.test?.seed), seedOf("user", "nsc A/test"));
    assert.equal(await seed(accounts.A?.users?.answers?.seed), seedOf("user", "nsc A/answers"));
    assert.deepEqual(accounts.B?.users?.test, { publicKey: keyOf("user", "nsc B/test"), keepSeed: true });
    assert.equal(accounts.A?.publicKey, keyOf("account", "nsc A"));
  });

  it("should sign with a signing key when the keystore has no seed of the operator", async () => {
    const { operator } = read("STRICT");
    assert.equal(await seed(operator.signer), seedOf("operator", "nsc STRICT signing"));
    assert.equal(operator.seed, undefined);
  });

  describe("when the keystore lacks seeds", () => {
    const lost = ({ leftOut }: Adopted) => leftOut.filter(({ code }) => code === "NA3050");
    const file = (key: string) => join("keys", key.slice(0, 1), key.slice(1, 3), `${key}.nk`);

    it("should name accounts and roles", () => {
      assert.deepEqual(
        lost(read("KO")).map(({ path }) => path),
        ["accounts.A"],
      );
      assert.deepEqual(lost(readNscStore({ store: folders.store("KO") })), []);
    });

    it("should find the seed of an account in the file that the diagnostic names", async () => {
      const [named] = lost(read("KO"));
      const path = join(folders.keystore, named?.value ?? "");
      put(path, seedOf("account", "nsc A"));
      try {
        const found = read("KO");
        assert.deepEqual(lost(found), []);
        assert.equal(await seed(found.accounts.A?.seed), seedOf("account", "nsc A"));
      } finally {
        rmSync(path);
      }
    });

    it("should name the keys of an operator that could sign accounts", () => {
      const path = join(folders.keystore, file(keyOf("operator", "nsc STRICT signing")));
      renameSync(path, `${path}.aside`);
      try {
        const found = read("STRICT");
        assert.equal(found.operator.signer, undefined);
        const [named] = lost(found).filter(({ path: at }) => at === "operator.signer");
        assert.equal(named?.value, file(keyOf("operator", "nsc STRICT signing")));
      } finally {
        renameSync(`${path}.aside`, path);
      }
    });
  });

  it("should adopt public keys when there is no keystore", () => {
    const { operator, accounts } = readNscStore({ store: folders.store("KO") });
    assert.equal(operator.signer, undefined);
    assert.equal(accounts.B?.publicKey, keyOf("account", "nsc B"));
  });

  for (const [what, keystore] of [
    ["does not exist", "missing"],
    ["is a file", "stores/KO/KO.jwt"],
    ["contains neither keys nor creds", "stores"],
    ["is the folder of the keys", "keystore/keys"],
  ] as const) {
    it(`should not read the store without its seeds when the keystore ${what}`, () => {
      const path = join(folders.root, keystore);
      assert.throws(
        () => read("KO", { keystore: path }),
        (error) => error instanceof Unreadable && error.code === "NA3047" && error.origin === path,
      );
    });
  }

  it("should revoke JWTs issued until a given time, and keep the revocations of the store", () => {
    const moment = "2026-03-01T12:00:00Z";
    const { operator, accounts } = read("KO", { revokedUntil: moment });
    assert.deepEqual(accounts.A?.revocations, { [keyOf("user", "nsc A/gone")]: 1_760_000_000, "*": moment });
    assert.deepEqual(accounts.B?.revocations, { "*": moment });
    assert.deepEqual(operator.systemAccount?.revocations, { "*": moment });
    assert.equal(read("KO").accounts.B?.revocations, undefined);
  });

  describe("when the store has files that do not belong there", () => {
    const added: string[] = [];

    afterEach(() => {
      added.splice(0).forEach((path) => {
        rmSync(path, { recursive: true, force: true });
      });
    });

    /** Adds a file to the folders, and returns the adopted store with its diagnostics. */
    function readWith(file: string, text: string, path = file): [Adopted, string[]] {
      put(join(folders.root, file), text);
      added.push(join(folders.root, path));
      const found = read("KO");
      const named = found.leftOut.filter(({ code }) => !["NA3050", "NA3068"].includes(code));
      return [found, named.map(({ code, path: at }) => `${code} ${at.replace(`${folders.root}/`, "")}`)];
    }

    const users = ["answers", "bearer", "gone", "narrow", "test"];
    const creds = (label: string, own: string) => `-----BEGIN ${label}-----\n${own}\n------END ${label}------\n`;

    for (const [what, file, text, path, code] of [
      ["a file among the accounts", "stores/KO/accounts/notes.txt", "x", "", "NA3042"],
      ["a folder without an account", "stores/KO/accounts/old/old.txt", "x", "stores/KO/accounts/old", "NA3042"],
      ["a file among the users", "stores/KO/accounts/A/users/notes.txt", "x", "", "NA3042"],
      [
        "a folder among the users",
        "stores/KO/accounts/A/users/x.jwt/y",
        "x",
        "stores/KO/accounts/A/users/x.jwt",
        "NA3042",
      ],
      ["a text instead of a user's JWT", "stores/KO/accounts/A/users/x.jwt", "x", "", "NA3042"],
      ["the JWT of an operator among the users", "stores/KO/accounts/A/users/x.jwt", "KO", "", "NA3042"],
      ["creds without a seed", "keystore/creds/KO/A/other.creds", "nothing", "", "NA3007"],
      ["creds of an account", "keystore/creds/KO/A/other.creds", "account", "", "NA3009"],
    ] as const) {
      it(`should name it and read everything else when there is ${what}`, async () => {
        const contents: Readonly<Record<string, () => string>> = {
          KO: () => readFileSync(join(folders.store("KO"), "KO.jwt"), "utf8"),
          account: () => creds("NATS USER JWT", "x.y.z") + creds("USER NKEY SEED", seedOf("account", "nsc B")),
        };
        const [{ accounts, leftOut }, named] = readWith(file, contents[text]?.() ?? text, path || file);
        assert.deepEqual(named, [`${code} ${path || file}`]);
        assert.deepEqual(Object.keys(accounts), ["A", "B"]);
        assert.deepEqual(Object.keys(accounts.A?.users ?? {}), users);
        assert.equal(await seed(accounts.A?.users?.test?.seed), seedOf("user", "nsc A/test"));
        assert.ok(!JSON.stringify(leftOut).includes(seedOf("account", "nsc B")));
      });
    }

    it("should ignore hidden files", () => {
      const [, named] = readWith("stores/KO/accounts/.DS_Store", "x");
      assert.deepEqual(named, []);
    });
  });

  it("should name each account that can have streams, which the new servers do not have", () => {
    const named = read("KO").leftOut.filter(({ code }) => code === "NA3068");
    assert.deepEqual(
      named.map(({ path }) => path),
      ["accounts.B.jetstream"],
    );
  });

  it("should name a key file with the seed of another key", () => {
    const key = keyOf("account", "nsc A");
    const file = join(folders.keystore, "keys/A", key.slice(1, 3), `${key}.nk`);
    put(file, seedOf("account", "nsc B"));
    try {
      assert.throws(
        () => read("KO"),
        (error) => {
          assert.ok(error instanceof Unreadable);
          assert.deepEqual([error.code, error.origin], ["NA3009", file]);
          return !error.message.includes(seedOf("account", "nsc B"));
        },
      );
    } finally {
      rmSync(file);
    }
  });

  describe("when a part of the keystore cannot be read", () => {
    const key = keyOf("account", "nsc B");
    const parts = { folder: "keys", "key file": `keys/A/${key.slice(1, 3)}/${key}.nk`, "folder of creds": "creds/KO" };

    for (const [what, part] of Object.entries(parts)) {
      it(`should not treat its ${what} as missing`, () => {
        const path = join(folders.keystore, part);
        const aside = `${path}.aside`;
        renameSync(path, aside);
        // A link to itself cannot be read by anyone, not even by root, to which file modes do not apply.
        symlinkSync(path, path);
        try {
          assert.throws(
            () => read("KO"),
            (error) => {
              assert.ok(error instanceof Unreadable);
              assert.equal(error.code, "NA3005");
              assert.match(error.message, /ELOOP/);
              return error.origin.startsWith(path);
            },
          );
        } finally {
          rmSync(path);
          renameSync(aside, path);
        }
      });
    }

    it("should not treat a file in place of a folder as missing", () => {
      const path = join(folders.keystore, "keys/A", key.slice(1, 3));
      const aside = `${path}.aside`;
      renameSync(path, aside);
      writeFileSync(path, "");
      try {
        assert.throws(
          () => read("KO"),
          (error) => error instanceof Unreadable && error.code === "NA3005" && error.message.includes("ENOTDIR"),
        );
      } finally {
        rmSync(path);
        renameSync(aside, path);
      }
    });
  });

  it("should find the operator and its creds when the folder is a link of another name", async () => {
    const link = join(folders.root, "link");
    symlinkSync(folders.store("KO"), link);
    const { operator, accounts } = readNscStore({ store: link, keystore: folders.keystore });
    assert.equal(operator.name, "KO");
    assert.equal(await seed(accounts.A?.users?.test?.seed), seedOf("user", "nsc A/test"));
  });

  it("should not choose between the JWTs of several operators", () => {
    const store = join(folders.root, "several");
    for (const name of ["one", "two"]) {
      put(join(store, `${name}.jwt`), readFileSync(join(folders.store("KO"), "KO.jwt"), "utf8"));
    }
    assert.throws(
      () => readNscStore({ store }),
      (error) => error instanceof Unreadable && error.code === "NA3006" && error.origin === join(store, "several.jwt"),
    );
    put(join(store, "several.jwt"), readFileSync(join(folders.store("STRICT"), "STRICT.jwt"), "utf8"));
    assert.equal(readNscStore({ store }).operator.name, "STRICT");
  });

  it("should ask for the folder of an operator when the store is a file", () => {
    const store = join(folders.store("KO"), "KO.jwt");
    assert.throws(
      () => readNscStore({ store }),
      (error) => error instanceof Unreadable && error.code === "NA3006",
    );
  });

  it("should accept the path of a store in other forms", () => {
    const { operator } = readNscStore({ store: `${folders.store("KO")}/accounts/..`, keystore: folders.keystore });
    assert.equal(operator.name, "KO");
  });
});
