import assert from "node:assert/strict";
import { INFO_BYTES, infoDiagnostics } from "../../../provider/model/form/info";

const problems = (infoUrl: string) => infoDiagnostics({ infoUrl }).length;

describe("infoDiagnostics", () => {
  it("should accept absolute URLs with a host", () => {
    for (const url of [
      "https://example.org",
      "http://user:pass@example.org:8080/a/b;c?d=e&f#g",
      "nats://10.0.0.1:4222",
      "x-y+z://[::1]:1/%C3%A9",
    ]) {
      assert.equal(problems(url), 0, url);
    }
  });

  it("should refuse what the JWT library refuses", () => {
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
      assert.equal(problems(url), 1, url);
    }
  });

  it("should accept texts up to 8 KiB of UTF-8, and none longer", () => {
    const text = "é".repeat(INFO_BYTES / 2);
    assert.deepEqual(infoDiagnostics({ description: text }), []);
    assert.equal(infoDiagnostics({ description: `${text}.` }).length, 1);
    const url = "http://a/".padEnd(INFO_BYTES, "b");
    assert.equal(problems(url), 0);
    assert.equal(problems(`${url}b`), 1);
  });
});
