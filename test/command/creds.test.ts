import assert from "node:assert/strict";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { spawnSync } from "node:child_process";
import { basename, join } from "node:path";
import { fileName, FolderError, writeCreds } from "../../provider/command/creds-folder";
import { findCreds } from "../../provider/command/state-creds";
import { packToken } from "../../provider/jwt/packed-token";
import { signSetToken } from "../../provider/jwt/set-jwts";
import { formatCreds } from "../../provider/jwt/sign";
import { keyOf, pairOf, seedOf } from "../support/keys";
import { temporaryFolder } from "../support/local-server";

const of = (name: string, account = "A", accountKey = account) => ({
  ...{ account, accountKey, name, publicKey: "U" },
  creds: `creds of ${name}`,
});
const CODE_OF_ERROR = (code: string) => (error: unknown) =>
  error instanceof FolderError && error.diagnostics.every((found) => found.code === code);

describe("the folder of creds", () => {
  let folder: string;

  beforeEach(() => {
    folder = join(temporaryFolder("creds"), "out");
  });

  it("should be readable by its owner only, with one file for each user", () => {
    writeCreds(folder, [of("d-1"), of("d-2"), of("d-1", "B")]);
    const file = join(folder, "A/d-1.creds");
    assert.equal(readFileSync(file, "utf8"), "creds of d-1");
    assert.deepEqual(
      [file, join(folder, "B"), folder].map((path) => statSync(path).mode & 0o777),
      [0o600, 0o700, 0o700],
    );
    writeCreds(folder, [{ ...of("d-1"), creds: "new" }]);
    assert.equal(readFileSync(file, "utf8"), "new");
    assert.deepEqual(readdirSync(join(folder, "A")).sort(), ["d-1.creds", "d-2.creds"]);
  });

  it("should be refused when others can read it, or it is a link or a file", () => {
    const refused = () => {
      assert.throws(() => {
        writeCreds(folder, [of("d-1")]);
      }, FolderError);
    };
    mkdirSync(folder);
    chmodSync(folder, 0o750);
    refused();
    const link = `${folder}-link`;
    symlinkSync(folder, link);
    folder = link;
    refused();
    folder = `${link}-file`;
    writeFileSync(folder, "");
    refused();
  });

  it("should not be left through a link in the place of a file", () => {
    const other = join(temporaryFolder("other"), "secret");
    writeFileSync(other, "other");
    mkdirSync(join(folder, "A"), { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    symlinkSync(other, join(folder, "A/d-1.creds"));
    writeCreds(folder, [of("d-1")]);
    assert.equal(readFileSync(other, "utf8"), "other");
    assert.ok(!lstatSync(join(folder, "A/d-1.creds")).isSymbolicLink());
  });

  it("should have a file name for names of every kind", () => {
    const names = [
      "../../etc/passwd",
      ".",
      "..",
      "a/b",
      "a\u0000b",
      "é",
      "e\u0301",
      "a",
      "a.",
      "con",
      "Nul.x",
      "lpt1",
      "n".repeat(255),
      "日".repeat(255),
    ];
    const files = names.map(fileName);
    assert.ok(
      files.every((file) => /^[\w%@+=~-][\w.%@+=~-]*$/.test(file) && file.length < 200),
      files.join("\n"),
    );
    assert.equal(new Set(files.map((file) => file.toLowerCase())).size, names.length);
    assert.ok(!files.some((file) => /^(?:con|nul|lpt1)\./i.test(file)));
    writeCreds(
      folder,
      names.map((name) => of(name)),
    );
    assert.equal(readdirSync(join(folder, "A")).length, names.length);
  });

  it("should have file names that do not depend on other users", () => {
    writeCreds(folder, [of("Device")]);
    const before = readdirSync(join(folder, "A"));
    assert.deepEqual(before, ["Device.creds"]);
    writeCreds(folder, [of("Device"), of("other")]);
    assert.deepEqual(readdirSync(join(folder, "A")), [...before, "other.creds"]);
  });

  it("should have a folder for each of two accounts with one name", () => {
    writeCreds(folder, [of("sys", "SYS", "AA"), of("sys", "SYS", "AB"), of("u", "a"), of("u", "A")]);
    assert.deepEqual(readdirSync(folder).sort(), ["A~A", "SYS~AA", "SYS~AB", "a~a"]);
    assert.ok(["SYS~AA", "SYS~AB"].every((own) => readdirSync(join(folder, own)).length === 1));
  });

  it("should have names that do not depend on the users that are written", () => {
    const accounts = new Map(["AA", "AB", "AC"].map((key) => [key, key === "AC" ? "other" : "fleet"]));
    writeCreds(folder, [of("d-1", "fleet", "AA")], accounts);
    writeCreds(folder, [{ ...of("d-1", "fleet", "AB"), creds: "second" }, of("d-1", "other", "AC")], accounts);
    assert.deepEqual(readdirSync(folder).sort(), ["fleet~AA", "fleet~AB", "other"]);
    assert.equal(readFileSync(join(folder, "fleet~AA/d-1.creds"), "utf8"), "creds of d-1");
    assert.equal(readFileSync(join(folder, "fleet~AB/d-1.creds"), "utf8"), "second");
  });

  it("should lose the file of a run that was killed, and no file of a run that is going on", () => {
    writeCreds(folder, [of("d-1"), of("d-1", "B")]);
    const [ended, present] = [spawnSync(process.execPath, ["--version"]).pid, process.ppid];
    const files = [`A/.${ended}.creds.new`, `B/.${ended}.creds.new`, `B/.${present}.creds.new`, "B/.notes.creds.new"];
    files.forEach((file) => {
      writeFileSync(join(folder, file), "");
    });
    symlinkSync("d-1.creds", join(folder, "A/.1.creds.new"));
    writeFileSync(join(folder, `A/.${process.pid}.creds.new`), "");
    const listed = ["A/.1.creds.new", `B/.${present}.creds.new`, "B/d-1.creds"];
    assert.deepEqual(writeCreds(folder, [of("d-1")]).sort(), listed.sort());
    assert.deepEqual(readdirSync(join(folder, "A")).sort(), [".1.creds.new", "d-1.creds"]);
    assert.deepEqual(
      readdirSync(join(folder, "B")).sort(),
      [...files.slice(2).map((file) => basename(file)), "d-1.creds"].sort(),
    );
  });

  it("should name the creds of users that were removed", () => {
    assert.deepEqual(writeCreds(folder, [of("d-1"), of("d-2"), of("d-3", "B")]), []);
    writeFileSync(join(folder, "A/notes"), "");
    assert.deepEqual(writeCreds(folder, [of("d-1")]).sort(), ["A/d-2.creds", "B/d-3.creds"]);
  });

  it("should be refused through a link with a slash at its end", () => {
    mkdirSync(folder, { mode: 0o700 });
    symlinkSync(folder, `${folder}-link`);
    assert.throws(() => writeCreds(`${folder}-link/`, [of("d-1")]), CODE_OF_ERROR("NA1911"));
  });

  it("should keep no other file when one cannot be written", () => {
    mkdirSync(join(folder, "A/d-1.creds"), { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    assert.throws(() => writeCreds(folder, [of("d-1")]), CODE_OF_ERROR("NA1911"));
    assert.deepEqual(readdirSync(join(folder, "A")), ["d-1.creds"]);
  });
});

const NOW = 1_800_000_000;
const SECRET = "4dabf18193072939515e22adb298388d";
const secret = (value: string) => ({ [SECRET]: "1b47061264138c4ac30d75fd1eb44270", plaintext: JSON.stringify(value) });

/** A state as the engine exports it. */
const stateOf = (resources: readonly (readonly [string, object, object?])[]) => ({
  deployment: {
    resources: resources.map(([type, outputs, more]) => ({
      type: `pulumi-nodejs:dynamic/nats-auth:${type}`,
      outputs,
      ...more,
    })),
  },
});

const ACCOUNT = keyOf("account", "A");
const ROLE = keyOf("account", "role");
const jwtOf = (name: string) =>
  signSetToken(
    { name, publicKey: keyOf("user", name), account: ACCOUNT, issuedAt: NOW - 100 },
    pairOf("account", "role"),
  );
const nkey = (kind: "account" | "user", label: string, more: object = {}) =>
  ["Nkey", { publicKey: keyOf(kind, label), seed: secret(seedOf(kind, label)) }, more] as const;
const user = (name: string) =>
  [
    "User",
    { name, account: ACCOUNT, publicKey: keyOf("user", name), jwt: jwtOf(name), seed: secret(seedOf("user", name)) },
  ] as const;
const packedUser = (name: string) =>
  ["User", { jwt: packToken(jwtOf(name)), seed: secret(seedOf("user", name)) }, { id: keyOf("user", name) }] as const;
const claims = (revocations?: object) =>
  ["AccountClaims", { __details: { name: "A", publicKey: ACCOUNT, revocations } }] as const;
const set = [
  "UserSetKeys",
  {
    users: "d-1\n",
    keys: `d-1 ${keyOf("user", "d-1")}\n`,
    issued: `${NOW - 100}\n`,
    given: secret(`d-1 ${seedOf("user", "d-1")}\n`),
    __details: { name: "devices", account: ACCOUNT, signingKey: ROLE, since: 1 },
  },
] as const;

describe("the creds in a state", () => {
  it("should be found in states of all versions", async () => {
    for (const version of [1, 2, 3, 4]) {
      const text = readFileSync(join(__dirname, `../stack/states/${version}/state.json`), "utf8");
      const plain = text.replace(/"ciphertext":\s*"[^"]*"/g, `"plaintext": ${JSON.stringify('"S"')}`);
      const { creds } = await findCreds(JSON.parse(plain), undefined, NOW);
      assert.ok(
        creds.some(({ account, name }) => account === "A" && name === "test"),
        `version ${version}`,
      );
    }
  });

  for (const [shape, declare] of [
    ["a packed JWT", packedUser],
    ["a JWT beside its parts", user],
  ] as const) {
    it(`should be those of users with ${shape}`, async () => {
      const { creds } = await findCreds(stateOf([claims(), declare("u")]), undefined, NOW);
      const text = formatCreds(jwtOf("u"), seedOf("user", "u"));
      const names = { accountKey: ACCOUNT, account: "A", name: "u", publicKey: keyOf("user", "u") };
      assert.deepEqual(creds, [{ ...names, creds: text }]);
    });

    it(`should not contain those that a revocation of the account ends, with ${shape}`, async () => {
      const revoked = { [keyOf("user", "u")]: NOW - 50 };
      const state = stateOf([claims(revoked), declare("u"), declare("v")]);
      const { creds, without } = await findCreds(state, undefined, NOW);
      assert.deepEqual([creds.map(({ name }) => name), without], [["v"], 1]);
    });
  }

  it("should be signed by a role's key that another one is about to replace", async () => {
    const replaced = nkey("account", "role", { delete: true });
    const { creds } = await findCreds(stateOf([claims(), replaced, nkey("account", "next"), set]), "devices", NOW);
    assert.deepEqual(
      creds.map(({ creds: text }) => text),
      [formatCreds(jwtOf("d-1"), seedOf("user", "d-1"))],
    );
    const found = await findCreds(stateOf([claims(), set]), "devices", NOW);
    assert.deepEqual([found.creds, found.without], [[], 1]);
  });

  it("should come with the names of all accounts, also of those without creds", async () => {
    const other = ["AccountClaims", { name: "A", publicKey: "AB" }] as const;
    const { accounts } = await findCreds(stateOf([claims(), other, user("u")]), "devices", NOW);
    assert.deepEqual(
      [...accounts],
      [
        [ACCOUNT, "A"],
        ["AB", "A"],
      ],
    );
  });

  it("should have the keys of their accounts", async () => {
    const { creds } = await findCreds(stateOf([claims(), user("u")]), undefined, NOW);
    assert.deepEqual(
      creds.map(({ account, accountKey }) => [account, accountKey]),
      [["A", ACCOUNT]],
    );
  });
});
