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
import { temporaryFolder } from "../support/local-server";

const of = (name: string, account = "A", accountKey = account) => ({
  ...{ account, accountKey, name, publicKey: "U" },
  text: `creds of ${name}`,
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
    writeCreds(folder, [{ ...of("d-1"), text: "new" }]);
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
    const files = names.map((name) => fileName(name));
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
    writeCreds(folder, [{ ...of("d-1", "fleet", "AB"), text: "second" }, of("d-1", "other", "AC")], accounts);
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
