import assert from "node:assert/strict";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { declareUsers } from "../../../provider/components/user-set/declared-users";
import { parseUserFile, readUserFile } from "../../../provider/components/user-set/user-file";
import type { UserSetArgs } from "../../../provider/components/user-set/user-set-args";
import { temporaryFolder } from "../../support/local-server";
import { valueOf } from "../../support/mocks";

const codes = (found: readonly { readonly code: string }[]) => found.map(({ code }) => code);
const parse = (name: string, text: string) => parseUserFile(name, Buffer.from(text));

describe("files of users", () => {
  const folder = temporaryFolder("users");

  async function declared(name: string, text: string, more: Partial<UserSetArgs> = {}) {
    const file = join(folder, name);
    writeFileSync(file, text);
    const { users, diagnostics } = await valueOf(declareUsers({ file, ...more } as UserSetArgs).users);
    return { users: Object.fromEntries(users), codes: codes(diagnostics) };
  }

  it("should be read as CSV with a byte order mark, quotes, CRLF and empty lines", async () => {
    const text = '\ufeffname,tags,expires\r\n"d,1","site:north  kind:a",\r\n\r\n"d ""2""",,2030-01-01\r\n"d\n3",x,\r\n';
    assert.deepEqual(await declared("a.csv", text), {
      users: {
        "d,1": { tags: ["site:north", "kind:a"] },
        'd "2"': { expires: "2030-01-01" },
        "d\n3": { tags: ["x"] },
      },
      codes: [],
    });
  });

  it("should pass their columns to a template", async () => {
    const template: UserSetArgs["template"] = (name, { site }) => ({ tags: [`site:${site ?? ""}`, `id:${name}`] });
    const { users } = await declared("b.csv", "name,site\nd-1,north\n", { template });
    assert.deepEqual(users, { "d-1": { tags: ["site:north", "id:d-1"] } });
    assert.deepEqual((await declared("b.csv", "name,site\nd-1,north\n")).codes, ["NA1908"]);
  });

  it("should be read as JSON: an object or a list", async () => {
    assert.deepEqual((await declared("a.json", '\ufeff{"d-1":{"tags":["a:b"]},"d-2":{}}')).users, {
      "d-1": { tags: ["a:b"] },
      "d-2": {},
    });
    assert.deepEqual((await declared("b.json", '["d-1"]', { template: () => ({ tags: ["a:b"] }) })).users, {
      "d-1": { tags: ["a:b"] },
    });
  });

  it("should be refused when they are not of one of these forms", () => {
    assert.deepEqual(codes(parse("a.csv", "name,name\na,b").diagnostics), ["NA1908"]);
    assert.deepEqual(codes(parse("a.csv", 'name\n"SUAA').diagnostics), ["NA1908"]);
    assert.deepEqual(codes(parse("a.csv", "name\na,b").diagnostics), ["NA1908"]);
    assert.deepEqual(codes(parse("a.csv", "name\na\na").diagnostics), ["NA1902"]);
    assert.deepEqual(codes(parse("a.json", "{").diagnostics), ["NA1908"]);
    const twice = '{"d-1":{"tags":["a:\\"b\\":{"]},"d-2":{"d-1":{}},"d-\\u0031":{}}';
    assert.deepEqual(codes(parse("a.json", twice).diagnostics), ["NA1902"]);
    assert.deepEqual(codes(parse("a.json", "[1,{}]").diagnostics), ["NA1906", "NA1906", "NA1902"]);
    assert.deepEqual(codes(parse("a.json", '{"d-1":1}').diagnostics), ["NA1003"]);
    assert.deepEqual(codes(parse("a.txt", "d-1").diagnostics), ["NA1908"]);
    assert.deepEqual(codes(parseUserFile("a.csv", Buffer.from([0x6e, 0xff])).diagnostics), ["NA1908"]);
  });

  it("should be refused when they are empty: a program that means it has an empty list", async () => {
    for (const text of ["", "\n \r\n", "\ufeff"]) {
      assert.deepEqual((await declared("empty.csv", text)).codes, ["NA1908"]);
    }
    assert.deepEqual((await declared("empty.json", "")).codes, ["NA1908"]);
    const empty = ["name,tags\n", "\ufeffname", "name\n\n", "[]", "{}"];
    for (const text of empty) {
      assert.deepEqual((await declared(text.includes("name") ? "b.csv" : "b.json", text)).codes, ["NA1914"]);
    }
    for (const users of [[], {}]) {
      assert.deepEqual((await valueOf(declareUsers({ users } as unknown as UserSetArgs).users)).diagnostics, []);
    }
  });

  it("should be refused when they cannot be read, or have 100 MB", () => {
    assert.deepEqual(codes(readUserFile(join(folder, "missing.csv")).diagnostics), ["NA1908"]);
    const large = join(folder, "large.csv");
    writeFileSync(large, "name\n");
    truncateSync(large, 100_000_000);
    const start = performance.now();
    assert.deepEqual(codes(readUserFile(large).diagnostics), ["NA1908"]);
    assert.ok(performance.now() - start < 1_000);
  });

  it("should be read as JSON with a string as long as the largest file", () => {
    const long = "x".repeat(30_000_000);
    const { users, diagnostics } = parse("a.json", JSON.stringify({ "d-1": { tags: [long] } }));
    assert.deepEqual([users.map(({ name }) => name), codes(diagnostics)], [["d-1"], []]);
  });

  it("should be refused when they are devices, which have no size", () => {
    const { diagnostics } = readUserFile("/dev/zero");
    assert.deepEqual(codes(diagnostics), ["NA1908"]);
    assert.match(diagnostics[0]?.problem ?? "", /is not a regular file/);
  });

  it("should be refused with the right separator when semicolons separate columns", () => {
    const { diagnostics } = parse("a.csv", "name;tags\nd-1;site:north\n");
    assert.deepEqual(codes(diagnostics), ["NA1908"]);
    assert.match(diagnostics[0]?.problem ?? "", /separate columns by commas/);
  });

  it("should be refused when users have properties that a template would replace", async () => {
    const template: UserSetArgs["template"] = () => ({ tags: ["a:b"] });
    assert.deepEqual((await declared("c.json", '{"d-1":{},"d-2":{"tags":["c:d"]}}', { template })).codes, ["NA1906"]);
    const users = { "d-1": { tags: ["c:d"] } };
    const found = await valueOf(declareUsers({ users, template } as unknown as UserSetArgs).users);
    assert.deepEqual(
      found.diagnostics.map(({ code, path }) => [code, path]),
      [["NA1906", "users.d-1"]],
    );
  });

  it("should not show a seed that is in the wrong place", () => {
    const seed = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY";
    const found = [parse("a.csv", `name\n"${seed}`), parse("a.json", `{"${seed}`), parse("a.csv", `${seed}\n`)];
    assert.ok(found.every(({ diagnostics }) => !JSON.stringify(diagnostics).includes(seed.slice(0, 30))));
  });
});
