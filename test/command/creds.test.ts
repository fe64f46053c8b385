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
import { join } from "node:path";
import { fileNames, FolderError, writeCreds } from "../../provider/command/creds-folder";
import { temporaryFolder } from "../support/local-server";

const of = (name: string, account = "A") => ({ account, name, publicKey: "U", creds: `creds of ${name}` });

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
      "A",
      "a",
      "n".repeat(255),
      "日".repeat(255),
    ];
    const files = [...fileNames(names).values()];
    assert.ok(
      files.every((file) => /^[\w%@+=~-][\w.%@+=~-]*$/.test(file) && file.length < 200),
      files.join("\n"),
    );
    assert.equal(new Set(files.map((file) => file.toLowerCase())).size, names.length);
    writeCreds(
      folder,
      names.map((name) => of(name)),
    );
    assert.equal(readdirSync(join(folder, "A")).length, names.length);
  });
});
