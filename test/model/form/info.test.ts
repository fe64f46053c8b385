import assert from "node:assert/strict";
import { INFO_BYTES, infoDiagnostics } from "../../../provider/model/form/info";
import { codesAndPaths } from "../../support/diagnostics";

const problems = (infoUrl: string) => codesAndPaths(infoDiagnostics({ infoUrl }));

describe("infoDiagnostics", () => {
  for (const url of [
    "https://example.org",
    "http://user:pass@example.org:8080/a/b;c?d=e&f#g",
    "nats://10.0.0.1:4222",
    "x-y+z://[::1]:1/%C3%A9",
  ]) {
    it(`should accept ${url}`, () => {
      assert.deepEqual(problems(url), []);
    });
  }

  for (const url of [
    "",
    "example.org",
    "/a",
    "mailto:a@example.org",
    "http:///a",
    "http://a b",
    "http://a/%zz",
    "1a://b",
    "http://[::1",
    "http://a:b",
    "http://é",
    "http://a/\n",
  ]) {
    it(`should reject ${JSON.stringify(url)}, as the JWT library does`, () => {
      assert.deepEqual(problems(url), ["NA1010 infoUrl"]);
    });
  }

  it("should accept up to 8 KiB of UTF-8, and reject more", () => {
    const text = "é".repeat(INFO_BYTES / 2);
    assert.deepEqual(infoDiagnostics({ description: text }), []);
    assert.deepEqual(codesAndPaths(infoDiagnostics({ description: `${text}.` })), ["NA1009 description"]);
    const url = "http://a/".padEnd(INFO_BYTES, "b");
    assert.deepEqual(problems(url), []);
    assert.deepEqual(problems(`${url}b`), ["NA1009 infoUrl"]);
  });
});
